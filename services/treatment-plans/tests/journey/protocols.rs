//! The built-in protocols.

use taper_api::v1;
use taper_api::v1::protocol_service_server::ProtocolService;
use tonic::Code;

use crate::clinic::{Clinic, fields};

#[tokio::test]
async fn the_built_in_protocols_are_listed_by_pages_and_read_with_their_documents() {
    let clinic = Clinic::open().await;
    let list = |page_token: String| v1::ListProtocolsRequest { page_size: 1, page_token, ..Default::default() };
    let first = clinic.service.list_protocols(clinic.ask(list(String::new()))).await.unwrap().into_inner();
    let token = first.next_page_token.clone();
    let last = clinic.service.list_protocols(clinic.ask(list(token))).await.unwrap().into_inner();
    let listed: Vec<_> = first.protocols.into_iter().chain(last.protocols).collect();
    let names: Vec<&str> = listed.iter().map(|protocol| protocol.name.as_str()).collect();
    assert_eq!(names, ["protocols/hamstring-persistent/versions/1", "protocols/hamstring-strain/versions/1"]);
    assert_eq!(last.next_page_token, "");
    for without in listed {
        assert_eq!((without.document.as_str(), without.sha256.len()), ("", 64));
        assert!(without.rule_count > 0);
        let read = v1::GetProtocolRequest { name: without.name.clone() };
        let whole = clinic.service.get_protocol(clinic.ask(read)).await.unwrap().into_inner();
        assert!(whole.document.contains("[[rule]]"));
        assert_eq!(v1::Protocol { document: String::new(), ..whole }, without);
    }
}

#[tokio::test]
async fn a_protocol_that_is_not_built_in_is_not_found_and_a_name_that_is_none_is_refused() {
    let clinic = Clinic::open().await;
    let read = |name: &str| clinic.ask(v1::GetProtocolRequest { name: name.to_owned() });
    let missing = clinic.service.get_protocol(read("protocols/hamstring-strain/versions/99")).await.unwrap_err();
    assert_eq!(missing.code(), Code::NotFound);
    let malformed = clinic.service.get_protocol(read("protocols/hamstring-strain")).await.unwrap_err();
    assert_eq!(fields(&malformed), ["name"]);
}
