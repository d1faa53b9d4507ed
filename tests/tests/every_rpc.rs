//! What holds for every RPC, taken from the contract itself, so that a new one cannot be forgotten.

use prost::Message as _;
use prost_reflect::{DynamicMessage, FieldDescriptor, MethodDescriptor, Value};
use taper_api::v1;
use taper_tests::{Case, Clinic, Database, Refused, World, assessment, finding, raw, request_id, session};
use tonic::metadata::MetadataMap;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

/// Sends a message of any method; the answer is not read, only whether it was given, a stream to its end.
async fn send(world: &World, method: &MethodDescriptor, message: DynamicMessage) -> Result<(), Status> {
    raw::call(&world.channel, &raw::path_of(method), message.encode_to_vec(), MetadataMap::new()).await.map(|_| ())
}

#[tokio::test]
async fn every_rpc_answers_the_empty_request_or_names_what_is_missing() {
    for database in Database::ALL {
        let world = World::start(database).await;
        for method in raw::methods() {
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
        for method in raw::methods() {
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

/// Every pattern of a resource's name in the contract that ends with an id.
fn patterns() -> Vec<String> {
    let pool = raw::pool();
    let extension = pool.get_extension_by_name("google.api.resource").unwrap();
    let mut patterns = Vec::new();
    for message in pool.all_messages().filter(|message| message.options().has_extension(&extension)) {
        let resource = message.options().get_extension(&extension).into_owned();
        let of_message = resource.as_message().unwrap().get_field_by_name("pattern").unwrap().into_owned();
        patterns.extend(of_message.as_list().unwrap().iter().map(|pattern| pattern.as_str().unwrap().to_owned()));
    }
    patterns.retain(|pattern| pattern.ends_with('}'));
    patterns
}

#[tokio::test]
async fn what_is_not_found_is_named_as_it_was_asked_for() {
    let patterns = patterns();
    assert!(patterns.len() >= 12, "{patterns:?}");
    for database in Database::ALL {
        let world = World::start(database).await;
        let case = Clinic::open(&world).await.case(&world).await;
        let ids: Vec<&str> = case.plan.split('/').skip(1).step_by(2).collect();
        for pattern in &patterns {
            let parents = ["{clinic}", "{patient}", "{injury}", "{treatment_plan}"];
            let leaf = pattern.rsplit('/').next().unwrap();
            let is_word = ["{clinic}", "{version}"].contains(&leaf);
            let nobodys = if is_word { "nowhere".to_owned() } else { request_id() };
            let mut name = pattern.replace(leaf, &nobodys).replace("{protocol}", "hamstring-strain");
            for (parent, id) in parents.into_iter().zip(&ids) {
                name = name.replace(parent, id);
            }
            let mut told = 0;
            for method in raw::methods() {
                let mut message = DynamicMessage::new(method.input());
                if message.get_field_by_name("name").is_none() {
                    continue;
                }
                message.set_field_by_name("name", Value::String(name.clone()));
                let Err(status) = send(&world, &method, message).await else { continue };
                if status.code() == Code::NotFound {
                    let info = status.get_error_details().error_info().cloned().unwrap();
                    assert_eq!(info.metadata.get("name"), Some(&name), "{} on {database:?}", method.full_name());
                    assert!(status.message().starts_with(&format!("{name} ")), "{}", status.message());
                    told += 1;
                }
            }
            assert!(told > 0, "no method says that a {pattern} was not found");
        }
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
    for method in raw::methods() {
        for field in method.input().fields().filter(|field| field.containing_oneof().is_none()) {
            fields += 1;
            assert!(!behaviours(&field).is_empty(), "{} does not say whether it is required", field.full_name());
        }
    }
    assert!(fields > 80, "only {fields} fields were looked at");
    let request = raw::pool().get_message_by_name("taper.v1.CreateSessionRequest").unwrap();
    assert!(is_required(&request.get_field_by_name("parent").unwrap()));
    assert!(!is_required(&request.get_field_by_name("request_id").unwrap()));
}
