//! Bad input is refused with every offending field named, and nothing is stored: on both databases, through gRPC.

use taper_api::v1;
use taper_api::v1::{Observation, observation};
use taper_tests::{
    Case, Clinic, Database, Refused, World, assessment, date, days_ago, number, request_id, session, timestamp_days_ago,
};
use tonic::{Code, Status};

/// An assessment with one fault, and the field that must be named.
fn assessment_faults() -> Vec<(&'static str, v1::Assessment, &'static str)> {
    let one = |observation: Observation| assessment(1, vec![observation]);
    let on = |date| v1::Assessment { date: Some(date), ..one(number("lefs", 60.0)) };
    let stage = |speed_kmh: f64, pain: Option<i32>| v1::Assessment {
        run_stages: vec![v1::RunStage { speed_kmh, pain_nprs: pain }],
        ..assessment(1, Vec::new())
    };
    let unvalued = Observation { measure: "lefs".into(), ..Default::default() };
    let sited = Observation { site: 99, ..number("pain_rest", 1.0) };
    let code = Observation {
        measure: "gait".into(),
        value: Some(observation::Value::Code("hovering".into())),
        ..Default::default()
    };
    let stranger = "clinics/elsewhere/therapists/01900000-0000-7000-8000-000000000000";
    vec![
        ("NPRS 11", one(number("pain_worst_24h", 11.0)), "assessment.observations[0].number"),
        ("NPRS 3.5", one(number("pain_worst_24h", 3.5)), "assessment.observations[0].number"),
        ("AKE -5", one(number("knee_extension_deficit_deg", -5.0)), "assessment.observations[0].number"),
        ("LEFS 90", one(number("lefs", 90.0)), "assessment.observations[0].number"),
        ("strength of 400 %", one(number("strength_outer_percent", 400.0)), "assessment.observations[0].number"),
        ("NaN", one(number("lefs", f64::NAN)), "assessment.observations[0].number"),
        ("infinity", one(number("lefs", f64::INFINITY)), "assessment.observations[0].number"),
        ("four decimals", one(number("knee_extension_deficit_deg", 1.0001)), "assessment.observations[0].number"),
        ("no such measure", one(number("mood", 1.0)), "assessment.observations[0].measure"),
        ("no value", one(unvalued), "assessment.observations[0]"),
        ("a code that the measure has not", one(code), "assessment.observations[0].code"),
        ("an unknown enum number", one(sited), "assessment.observations[0].site"),
        ("tomorrow", on(days_ago(-2)), "assessment.date"),
        ("before the onset", on(days_ago(31)), "assessment.date"),
        ("year 0", on(date(0, 1, 1)), "assessment.date"),
        ("year 10000", on(date(10000, 1, 1)), "assessment.date"),
        ("30 February", on(date(2024, 2, 30)), "assessment.date"),
        ("no date", v1::Assessment { date: None, ..one(number("lefs", 60.0)) }, "assessment.date"),
        ("nothing in it", assessment(1, Vec::new()), "assessment.observations"),
        ("a stage of 46 km/h", stage(46.0, Some(0)), "assessment.run_stages[0].speed_kmh"),
        ("a stage without pain", stage(8.0, None), "assessment.run_stages[0].pain_nprs"),
        ("a NUL in the note", v1::Assessment { note: "a\0b".into(), ..one(number("lefs", 60.0)) }, "assessment.note"),
        (
            "a therapist of another clinic",
            v1::Assessment { therapist: stranger.into(), ..one(number("lefs", 60.0)) },
            "assessment.therapist",
        ),
    ]
}

fn session_faults() -> Vec<(&'static str, v1::Session, &'static str)> {
    let right = || session(1);
    let focus = |minutes| vec![v1::Focus { area: v1::Area::Belly.into(), minutes }];
    let planned = v1::SessionState::Planned.into();
    let money = |currency_code: &str, units| taper_api::google::r#type::Money {
        currency_code: currency_code.into(),
        units,
        nanos: 0,
    };
    vec![
        ("0 minutes", v1::Session { minutes: 0, focus: Vec::new(), ..right() }, "session.minutes"),
        ("700 minutes", v1::Session { minutes: 700, ..right() }, "session.minutes"),
        ("focus above the session's minutes", v1::Session { focus: focus(31), ..right() }, "session.focus"),
        ("focus of 0 minutes", v1::Session { focus: focus(0), ..right() }, "session.focus[0].minutes"),
        ("NPRS 11", v1::Session { pain_before_nprs: Some(11), ..right() }, "session.pain_before_nprs"),
        ("NPRS -1", v1::Session { pain_next_morning_nprs: Some(-1), ..right() }, "session.pain_next_morning_nprs"),
        ("no kind", v1::Session { kind: 0, ..right() }, "session.kind"),
        ("an unknown kind", v1::Session { kind: 77, ..right() }, "session.kind"),
        ("created as cancelled", v1::Session { state: v1::SessionState::Cancelled.into(), ..right() }, "session.state"),
        (
            "attended tomorrow",
            v1::Session { start_time: Some(timestamp_days_ago(-1)), ..right() },
            "session.start_time",
        ),
        (
            "planned before the onset",
            v1::Session { state: planned, start_time: Some(timestamp_days_ago(40)), ..right() },
            "session.start_time",
        ),
        ("no start", v1::Session { start_time: None, ..right() }, "session.start_time"),
        ("a price below nothing", v1::Session { charge: Some(money("USD", -5)), ..right() }, "session.charge"),
        ("no such currency form", v1::Session { charge: Some(money("dollar", 5)), ..right() }, "session.charge"),
    ]
}

fn names(status: &Status, field: &str, what: &str) {
    let refused = Refused::of(status);
    assert_eq!(
        (refused.code, refused.reason.as_str()),
        (Code::InvalidArgument, "INVALID_FIELDS"),
        "{what}: {status:?}"
    );
    assert!(
        refused.fields.iter().any(|named| named == field || named.starts_with(&format!("{field}."))),
        "{what}: {field} is not among {:?}",
        refused.fields
    );
}

async fn assessment_count(world: &World, case: &Case) -> usize {
    let request = v1::ListAssessmentsRequest { parent: case.injury.clone(), ..Default::default() };
    world.assessments().list_assessments(request).await.unwrap().into_inner().assessments.len()
}

#[tokio::test]
async fn each_fault_of_an_assessment_is_named_and_nothing_is_stored() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let case = Clinic::open(&world).await.case(&world).await;
        for (what, assessment, field) in assessment_faults() {
            let request = v1::CreateAssessmentRequest {
                parent: case.injury.clone(),
                assessment: Some(assessment),
                request_id: request_id(),
            };
            let status = world.assessments().create_assessment(request).await.expect_err(what);
            names(&status, field, &format!("{what} on {database:?}"));
        }
        assert_eq!(assessment_count(&world, &case).await, 0, "{database:?}");
        world.stop().await;
    }
}

#[tokio::test]
async fn each_fault_of_a_session_is_named_and_nothing_is_stored() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let case = Clinic::open(&world).await.case(&world).await;
        for (what, session, field) in session_faults() {
            let request = v1::CreateSessionRequest {
                parent: case.plan.clone(),
                session: Some(session),
                request_id: request_id(),
            };
            let status = world.sessions().create_session(request).await.expect_err(what);
            names(&status, field, &format!("{what} on {database:?}"));
        }
        assert!(case.session_names(&world).await.is_empty(), "{database:?}");
        world.stop().await;
    }
}

#[tokio::test]
async fn all_faults_of_one_request_are_named_at_once() {
    let world = World::start(Database::Sqlite).await;
    let case = Clinic::open(&world).await.case(&world).await;
    let wrong = v1::Session {
        kind: 0,
        start_time: Some(timestamp_days_ago(-3)),
        minutes: 700,
        pain_before_nprs: Some(11),
        note: "\0".into(),
        therapist: "clinics/x".into(),
        ..session(1)
    };
    let request =
        v1::CreateSessionRequest { parent: case.plan.clone(), session: Some(wrong), request_id: "not a uuid".into() };
    let refused = Refused::of(&world.sessions().create_session(request).await.unwrap_err());
    let expected = [
        "session.kind",
        "session.start_time",
        "session.minutes",
        "session.pain_before_nprs",
        "session.note",
        "session.therapist",
        "request_id",
    ];
    for field in expected {
        assert!(refused.fields.iter().any(|named| named == field), "{field} is not among {:?}", refused.fields);
    }
    world.stop().await;
}

#[tokio::test]
async fn a_name_with_a_nul_and_an_empty_name_are_refused_for_patients() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let clinic = Clinic::open(&world).await;
        for bad in ["a\0b", "", "   ", "\u{202e}evil", &"x".repeat(201)] {
            let patient = v1::Patient { family_name: bad.into(), ..Default::default() };
            let request =
                v1::CreatePatientRequest { parent: clinic.name.clone(), patient: Some(patient), ..Default::default() };
            let status = world.patients().create_patient(request).await.expect_err(bad);
            names(&status, "patient.family_name", "a bad name");
            assert!(!status.message().contains("evil"), "patient data in an error: {status:?}");
        }
        let request = v1::ListPatientsRequest { parent: clinic.name.clone(), ..Default::default() };
        let listed = world.patients().list_patients(request).await.unwrap().into_inner();
        assert!(listed.patients.is_empty(), "{database:?}");
        world.stop().await;
    }
}

#[tokio::test]
async fn pages_below_zero_above_the_limit_and_foreign_tokens_are_refused() {
    let world = World::start(Database::Sqlite).await;
    let clinic = Clinic::open(&world).await;
    let case = clinic.case(&world).await;
    for page_size in [-1, 1001, i32::MIN, i32::MAX] {
        let request = v1::ListSessionsRequest { parent: case.plan.clone(), page_size, ..Default::default() };
        let status = world.sessions().list_sessions(request).await.expect_err("a bad page size");
        names(&status, "page_size", "a bad page size");
    }
    for _ in 0..3 {
        clinic.patient(&world).await;
    }
    let request = v1::ListPatientsRequest { parent: clinic.name.clone(), page_size: 2, ..Default::default() };
    let first = world.patients().list_patients(request).await.unwrap().into_inner();
    assert_eq!(first.patients.len(), 2);
    let request = v1::ListSessionsRequest {
        parent: case.plan.clone(),
        page_token: first.next_page_token.clone(),
        ..Default::default()
    };
    let refused = Refused::of(&world.sessions().list_sessions(request).await.unwrap_err());
    assert_eq!((refused.code, refused.reason.as_str()), (Code::InvalidArgument, "INVALID_PAGE_TOKEN"));
    world.stop().await;
}

#[tokio::test]
async fn a_message_of_five_mebibytes_is_resource_exhausted_and_garbage_is_invalid_argument() {
    let world = World::start(Database::Sqlite).await;
    let case = Clinic::open(&world).await.case(&world).await;
    let huge = v1::Session { note: "x".repeat(5 << 20), ..session(1) };
    let request = v1::CreateSessionRequest { parent: case.plan.clone(), session: Some(huge), ..Default::default() };
    let refused = Refused::of(&world.sessions().create_session(request).await.unwrap_err());
    assert_eq!((refused.code, refused.reason.as_str()), (Code::ResourceExhausted, "LIMIT_EXCEEDED"));

    let mut raw = tonic::client::Grpc::new(world.channel.clone());
    raw.ready().await.unwrap();
    // A message of another shape: field 1 as a varint where a string belongs.
    let wrong = prost_types::Duration { seconds: 5, nanos: 7 };
    let path = tonic::codegen::http::uri::PathAndQuery::from_static("/taper.v1.SessionService/CreateSession");
    let codec = tonic_prost::ProstCodec::<prost_types::Duration, v1::Session>::default();
    let status = raw.unary(tonic::Request::new(wrong), path, codec).await.unwrap_err();
    let refused = Refused::of(&status);
    assert_eq!((refused.code, refused.reason.as_str()), (Code::InvalidArgument, "MALFORMED_REQUEST"));
    assert!(case.session_names(&world).await.is_empty());
    world.stop().await;
}

#[tokio::test]
async fn another_clinics_resource_answers_exactly_like_one_that_does_not_exist() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let (mine, theirs) = (Clinic::open(&world).await, Clinic::open(&world).await);
        let case = theirs.case(&world).await;
        // Their ids under my clinic, against ids that nobody has.
        let foreign = case.plan.replace(&theirs.name, &mine.name);
        let nobody = format!("{}{}", &foreign[..foreign.len() - 4], "0000");
        let get = async |name: &str| {
            let request = v1::GetTreatmentPlanRequest { known_at: None, name: name.into() };
            let status = world.plans().get_treatment_plan(request).await.unwrap_err();
            let refused = Refused::of(&status);
            (refused.code, refused.reason, refused.message.replace(name, "NAME"))
        };
        assert_eq!(get(&foreign).await, get(&nobody).await, "{database:?}");
        assert_eq!(get(&foreign).await.0, Code::NotFound);
        world.stop().await;
    }
}
