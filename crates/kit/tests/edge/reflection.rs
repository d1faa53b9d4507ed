//! Reflection, as tools use it.

use prost::Message;
use tokio_stream::once;

use crate::running::Running;

macro_rules! reflects {
    ($test:ident, $version:ident) => {
        #[tokio::test(flavor = "multi_thread")]
        async fn $test() {
            use pb::server_reflection_request::MessageRequest as Ask;
            use pb::server_reflection_response::MessageResponse as Answer;
            use tonic_reflection::pb::$version as pb;

            let server = Running::start().await;
            let mut client = pb::server_reflection_client::ServerReflectionClient::new(server.channel().await);
            let mut answers = Vec::new();
            let error_details = "google/rpc/error_details.proto".to_owned();
            for ask in [Ask::ListServices(String::new()), Ask::FileByFilename(error_details.clone())] {
                let request = pb::ServerReflectionRequest { host: String::new(), message_request: Some(ask) };
                let mut stream = client.server_reflection_info(once(request)).await.unwrap().into_inner();
                answers.push(stream.message().await.unwrap().unwrap().message_response.unwrap());
            }
            let Answer::ListServicesResponse(list) = &answers[0] else { panic!("{answers:?}") };
            assert!(list.service.iter().any(|service| service.name == "grpc.health.v1.Health"), "{list:?}");
            let Answer::FileDescriptorResponse(files) = &answers[1] else { panic!("{answers:?}") };
            let file = prost_types::FileDescriptorProto::decode(files.file_descriptor_proto[0].as_slice()).unwrap();
            assert_eq!(file.name(), error_details);
            assert!(file.message_type.iter().any(|message| message.name() == "ErrorInfo"));
        }
    };
}

reflects!(reflection_v1_lists_services_and_knows_the_error_details, v1);
reflects!(reflection_v1alpha_lists_services_and_knows_the_error_details, v1alpha);
