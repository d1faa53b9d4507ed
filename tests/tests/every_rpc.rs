//! What holds for every RPC, taken from the contract itself, so that a new one cannot be forgotten.

use prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage, FieldDescriptor, MethodDescriptor, Value};
use taper_api::v1;
use taper_tests::{Case, Clinic, Database, Refused, World, assessment, finding, request_id, session};
use tonic::codegen::http::uri::PathAndQuery;
use tonic::{Code, Status};

fn pool() -> DescriptorPool {
    DescriptorPool::decode(taper_api::FILE_DESCRIPTOR_SET).unwrap()
}

fn methods() -> Vec<MethodDescriptor> {
    let pool = pool();
    let services = pool.services().filter(|service| service.package_name() == "taper.v1");
    let methods: Vec<MethodDescriptor> = services.flat_map(|service| service.methods().collect::<Vec<_>>()).collect();
    assert!(methods.len() >= 38, "only {} methods", methods.len());
    methods
}

/// Sends a message of any method; the answer is not read, only whether it was given, a stream to its end.
async fn send(world: &World, method: &MethodDescriptor, message: DynamicMessage) -> Result<(), Status> {
    let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
    let mut client = tonic::client::Grpc::new(world.channel.clone());
    client.ready().await.unwrap();
    // The codec only needs the bytes: as unknown fields of an empty message they would be dropped.
    let request = tonic::Request::new(Raw(message.encode_to_vec()));
    let path = path.parse::<PathAndQuery>().unwrap();
    if !method.is_server_streaming() {
        return client.unary(request, path, RawCodec).await.map(|_| ());
    }
    let mut stream = client.server_streaming(request, path, RawCodec).await?.into_inner();
    while stream.message().await?.is_some() {}
    Ok(())
}

#[tokio::test]
async fn every_rpc_answers_the_empty_request_or_names_what_is_missing() {
    for database in Database::ALL {
        let world = World::start(database).await;
        for method in methods() {
            let answer = send(&world, &method, DynamicMessage::new(method.input())).await;
            let Err(status) = answer else {
                assert!(method.name().starts_with("List"), "{} took an empty request", method.full_name());
                continue;
            };
            let refused = Refused::of(&status);
            assert_eq!(refused.code, Code::InvalidArgument, "{}: {status:?}", method.full_name());
            let required: Vec<String> =
                method.input().fields().filter(is_required).map(|field| field.name().to_owned()).collect();
            for field in &required {
                let named = refused.fields.iter().any(|path| path == field || path.starts_with(&format!("{field}.")));
                assert!(named, "{} does not name {field}: {:?}", method.full_name(), refused.fields);
            }
        }
        world.stop().await;
    }
}

#[tokio::test]
async fn every_rpc_answers_a_name_of_another_clinic_as_one_that_nobody_has() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let (mine, theirs) = (Clinic::open(&world).await, Clinic::open(&world).await);
        let names = names_of(&world, &theirs.case(&world).await).await;
        let mut compared = 0;
        for method in methods() {
            for name in &names {
                let foreign = name.replace(&theirs.name, &mine.name);
                let nobody = format!("{}{}", &foreign[..foreign.len() - 4], "0000");
                let ask = async |name: &str| {
                    let mut message = DynamicMessage::new(method.input());
                    let field = ["name", "parent"].into_iter().find(|field| message.get_field_by_name(field).is_some());
                    message.set_field_by_name(field?, Value::String(name.to_owned()));
                    let status = send(&world, &method, message).await.err()?;
                    let refused = Refused::of(&status);
                    Some((refused.code, refused.reason, refused.fields, refused.message.replace(name, "NAME")))
                };
                let (theirs, nobodys) = (ask(&foreign).await, ask(&nobody).await);
                assert_eq!(theirs, nobodys, "{} of {name} on {database:?}", method.full_name());
                compared += usize::from(theirs.is_some_and(|(code, ..)| code == Code::NotFound));
            }
        }
        assert!(compared >= 15, "only {compared} answers were NOT_FOUND: the comparison shows little");
        world.stop().await;
    }
}

/// Names of one case of each kind.
async fn names_of(world: &World, case: &Case) -> Vec<String> {
    let request = v1::CreateAssessmentRequest {
        parent: case.injury.clone(),
        assessment: Some(assessment(1, vec![finding("palpable_gap", false)])),
        request_id: request_id(),
    };
    let assessment = world.assessments().create_assessment(request).await.unwrap().into_inner().name;
    let request =
        v1::CreateSessionRequest { parent: case.plan.clone(), session: Some(session(1)), request_id: request_id() };
    let session = world.sessions().create_session(request).await.unwrap().into_inner().name;
    let activity = v1::Activity {
        date: Some(taper_tests::days_ago(1)),
        kind: v1::ActivityKind::Run.into(),
        reported_by: v1::Reporter::Patient.into(),
        ..Default::default()
    };
    let request =
        v1::CreateActivityRequest { parent: case.injury.clone(), activity: Some(activity), request_id: request_id() };
    let activity = world.assessments().create_activity(request).await.unwrap().into_inner().name;
    let case = [&case.therapist, &case.patient, &case.injury, &case.plan].map(String::clone);
    case.into_iter().chain([assessment, session, activity]).collect()
}

/// The numbers of google.api.FieldBehavior that a field declares.
fn behaviours(field: &FieldDescriptor) -> Vec<i32> {
    let extension = field.parent_pool().get_extension_by_name("google.api.field_behavior").unwrap();
    let values = field.options().get_extension(&extension).into_owned();
    values.as_list().unwrap().iter().map(|value| value.as_enum_number().unwrap()).collect()
}

fn is_required(field: &FieldDescriptor) -> bool {
    const REQUIRED: i32 = 2;
    behaviours(field).contains(&REQUIRED)
}

#[test]
fn every_field_of_a_request_says_whether_it_is_required() {
    let mut fields = 0;
    for method in methods() {
        for field in method.input().fields().filter(|field| field.containing_oneof().is_none()) {
            fields += 1;
            assert!(!behaviours(&field).is_empty(), "{} does not say whether it is required", field.full_name());
        }
    }
    assert!(fields > 80, "only {fields} fields were looked at");
    let request = pool().get_message_by_name("taper.v1.CreateSessionRequest").unwrap();
    assert!(is_required(&request.get_field_by_name("parent").unwrap()));
    assert!(!is_required(&request.get_field_by_name("request_id").unwrap()));
}

/// Bytes that are sent and received as they are.
struct Raw(Vec<u8>);

#[derive(Clone, Copy)]
struct RawCodec;

impl tonic::codec::Codec for RawCodec {
    type Encode = Raw;
    type Decode = Raw;
    type Encoder = RawCodec;
    type Decoder = RawCodec;

    fn encoder(&mut self) -> RawCodec {
        RawCodec
    }

    fn decoder(&mut self) -> RawCodec {
        RawCodec
    }
}

impl tonic::codec::Encoder for RawCodec {
    type Item = Raw;
    type Error = Status;

    fn encode(&mut self, item: Raw, buffer: &mut tonic::codec::EncodeBuf<'_>) -> Result<(), Status> {
        bytes::BufMut::put_slice(buffer, &item.0);
        Ok(())
    }
}

impl tonic::codec::Decoder for RawCodec {
    type Item = Raw;
    type Error = Status;

    fn decode(&mut self, buffer: &mut tonic::codec::DecodeBuf<'_>) -> Result<Option<Raw>, Status> {
        let mut bytes = vec![0; bytes::Buf::remaining(buffer)];
        bytes::Buf::copy_to_slice(buffer, &mut bytes);
        Ok(Some(Raw(bytes)))
    }
}
