//! Receipts: what was issued can be checked later, and whatever was forged behind the server's back is found and named;
//! on both databases.

use taper_api::v1::{self, ReceiptPart, decision::Decided};
use taper_tests::{Case, Clinic, Database, Refused, World, days_ago, number, request_id};
use tonic::{Code, Status};

const STRAIN: &str = include_str!("../../crates/core/protocols/hamstring-strain/protocol.toml");

async fn issue(world: &World, case: &Case) -> v1::RecommendationReceipt {
    let request =
        v1::IssueRecommendationRequest { name: case.plan.clone(), request_id: request_id(), ..Default::default() };
    world.plans().issue_recommendation(request).await.expect("IssueRecommendation").into_inner()
}

async fn verify(world: &World, receipt: &v1::RecommendationReceipt) -> v1::VerifyRecommendationResponse {
    let request = v1::VerifyRecommendationRequest { name: receipt.name.clone() };
    world.plans().verify_recommendation(request).await.expect("VerifyRecommendation").into_inner()
}

/// The parts that differ.
async fn parts(world: &World, receipt: &v1::RecommendationReceipt) -> Vec<ReceiptPart> {
    let answer = verify(world, receipt).await;
    assert_eq!(answer.verified, answer.differences.is_empty());
    answer.differences.iter().map(v1::ReceiptDifference::part).collect()
}

/// A case with an assessment, an activity, a session and a decision, each with a note, and a receipt on them.
async fn told(world: &World) -> (Case, v1::Assessment, v1::RecommendationReceipt) {
    let case = Clinic::open(world).await.case(world).await;
    let assessed = v1::Assessment {
        note: "Note of the assessment.".into(),
        ..taper_tests::assessment(1, vec![number("pain_worst_24h", 5.0)])
    };
    let parent = case.injury.clone();
    let request = v1::CreateAssessmentRequest { parent, assessment: Some(assessed), request_id: request_id() };
    let assessed = world.assessments().create_assessment(request).await.unwrap().into_inner();
    let activity = v1::Activity {
        date: Some(days_ago(1)),
        kind: v1::ActivityKind::Run.into(),
        reported_by: v1::Reporter::Patient.into(),
        note: "Note of the activity.".into(),
        ..Default::default()
    };
    let parent = case.injury.clone();
    let request = v1::CreateActivityRequest { parent, activity: Some(activity), request_id: request_id() };
    world.assessments().create_activity(request).await.unwrap();
    case.visit(world, v1::Session { note: "Note of the session.".into(), ..taper_tests::session(1) }).await;
    let decision = v1::Decision {
        override_reason: v1::OverrideReason::ClinicalJudgement.into(),
        note: "Note of the decision.".into(),
        ..Default::default()
    };
    case.decide(world, Decided::Phase(2), decision).await.unwrap();
    let receipt = issue(world, &case).await;
    (case, assessed, receipt)
}

#[tokio::test]
async fn a_receipt_is_verified_and_no_later_amendment_changes_that() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let (case, assessed, receipt) = told(&world).await;
        assert!(verify(&world, &receipt).await.verified, "{database:?}");
        let advice = receipt.recommendation.clone().expect("the recommendation of the receipt");
        assert_eq!((advice.phase, receipt.as_of), (2, Some(days_ago(0))));

        let observations = vec![number("pain_worst_24h", 0.0)];
        let request = v1::AmendAssessmentRequest {
            assessment: Some(v1::Assessment { observations, ..assessed }),
            reason: "Typing error.".into(),
            request_id: request_id(),
            ..Default::default()
        };
        world.assessments().amend_assessment(request).await.expect("AmendAssessment");
        case.assess(&world, 0, vec![number("lefs", 60.0)]).await;
        let reason = v1::OverrideReason::ClinicalJudgement.into();
        let decision = v1::Decision { override_reason: reason, note: "Why.".into(), ..Default::default() };
        case.decide(&world, Decided::Phase(1), decision).await.expect("a later decision");
        let answer = verify(&world, &receipt).await;
        assert!(answer.verified, "{database:?}: {:?}", answer.differences);
        let stored = v1::RecommendationReceipt { recommendation: None, ..receipt.clone() };
        assert_eq!(answer.recommendation_receipt, Some(stored.clone()));

        let second = issue(&world, &case).await;
        assert!(second.facts_sha256 != receipt.facts_sha256 && second.output_sha256 != receipt.output_sha256);
        let request = v1::ListRecommendationReceiptsRequest { parent: case.plan.clone(), ..Default::default() };
        let listed = world.plans().list_recommendation_receipts(request).await.unwrap().into_inner();
        let second = v1::RecommendationReceipt { recommendation: None, ..second };
        assert_eq!(listed.recommendation_receipts, [stored, second], "{database:?}");
        world.stop().await;
    }
}

#[tokio::test]
async fn one_byte_of_a_fact_is_found_and_named_and_verified_again_once_it_is_put_back() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let (_, _, receipt) = told(&world).await;
        // The notes are what is encrypted of them.
        for table in ["assessments", "activities", "sessions", "decisions", "patient_revisions"] {
            world.flip(table, "ciphertext").await;
            assert!(parts(&world, &receipt).await.contains(&ReceiptPart::Facts), "{database:?} {table}");
            world.flip(table, "ciphertext").await;
            assert!(verify(&world, &receipt).await.verified, "{database:?} {table} as it was");
        }
        world.stop().await;
    }
}

#[tokio::test]
async fn a_forged_value_that_changes_the_advice_is_found_in_the_facts_and_in_the_output() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let case = Clinic::open(&world).await.case(&world).await;
        case.assess(&world, 1, vec![taper_tests::code("gait", "normal")]).await;
        let receipt = issue(&world, &case).await;
        world.forge("assessments", "body", "\"normal\"", "\"limp\"").await;
        let parts = parts(&world, &receipt).await;
        assert!(parts.contains(&ReceiptPart::Facts) && parts.contains(&ReceiptPart::Output), "{database:?} {parts:?}");
        assert!(!parts.contains(&ReceiptPart::Seal) && !parts.contains(&ReceiptPart::Protocol), "{parts:?}");
        world.stop().await;
    }
}

#[tokio::test]
async fn one_byte_of_the_receipts_own_row_breaks_its_seal_whichever_column_it_is_in() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let (_, _, receipt) = told(&world).await;
        let flipped = |hash: &str| {
            let first = if hash.starts_with('a') { 'b' } else { 'a' };
            format!("{first}{}", &hash[1..])
        };
        let columns = [
            ("protocol_sha256", &receipt.protocol_sha256, ReceiptPart::Protocol),
            ("facts_sha256", &receipt.facts_sha256, ReceiptPart::Facts),
            ("output_sha256", &receipt.output_sha256, ReceiptPart::Output),
            ("seal", &receipt.seal_sha256, ReceiptPart::Seal),
        ];
        for (column, hash, part) in columns {
            world.forge("receipts", column, hash, &flipped(hash)).await;
            let found = parts(&world, &receipt).await;
            assert!(found.contains(&ReceiptPart::Seal) && found.contains(&part), "{database:?} {column}: {found:?}");
            world.forge("receipts", column, &flipped(hash), hash).await;
        }
        let version = &receipt.program_version;
        world.forge("receipts", "program_version", version, &format!("{version}1")).await;
        assert_eq!(parts(&world, &receipt).await, [ReceiptPart::Seal], "{database:?} program_version");
        world.forge("receipts", "program_version", &format!("{version}1"), version).await;
        assert!(verify(&world, &receipt).await.verified, "{database:?}: as it was");
        world.stop().await;
    }
}

#[tokio::test]
async fn a_forged_number_or_day_of_the_receipts_own_row_breaks_its_seal() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let (_, _, receipt) = told(&world).await;
        for column in ["known_at", "issued_at", "plan_version", "as_of", "protocol_version"] {
            let stored = world.texts(format!("SELECT CAST({column} AS TEXT) FROM receipts")).await.remove(0);
            let last = if stored.ends_with('1') { '2' } else { '1' };
            let other = match column {
                "as_of" => "2001-01-01".to_owned(),
                _ => format!("{}{last}", &stored[..stored.len() - 1]),
            };
            world.forge("receipts", column, &stored, &other).await;
            assert!(parts(&world, &receipt).await.contains(&ReceiptPart::Seal), "{database:?} {column}");
            world.forge("receipts", column, &other, &stored).await;
        }
        assert!(verify(&world, &receipt).await.verified, "{database:?}: as it was");
        world.stop().await;
    }
}

#[tokio::test]
async fn a_fact_that_cannot_be_read_any_more_is_named_and_not_an_error() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let case = Clinic::open(&world).await.case(&world).await;
        case.assess(&world, 1, vec![taper_tests::code("gait", "normal")]).await;
        let receipt = issue(&world, &case).await;
        world.forge("assessments", "body", "\"gait\"", "\"gaiz\"").await;
        let answer = verify(&world, &receipt).await;
        let output = answer.differences.iter().find(|one| one.part() == ReceiptPart::Output).expect("the output");
        assert_eq!((output.recomputed_sha256.as_str(), &output.issued_sha256), ("", &receipt.output_sha256));
        let found = parts(&world, &receipt).await;
        assert_eq!(found, [ReceiptPart::Facts, ReceiptPart::Output], "{database:?}");
        world.stop().await;
    }
}

#[tokio::test]
async fn one_byte_of_a_clinics_own_protocol_is_found_and_named() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let clinic = Clinic::open(&world).await;
        let document = STRAIN.replacen("version = \"1\"", "version = \"7\"", 1);
        let request = v1::CreateProtocolVersionRequest {
            parent: clinic.name.clone(),
            document,
            request_id: request_id(),
            ..Default::default()
        };
        let protocol = world.protocols().create_protocol_version(request).await.unwrap().into_inner().name;
        let case = clinic.case(&world).await;
        let request = v1::MigrateTreatmentPlanRequest {
            name: case.plan.clone(),
            protocol: protocol.clone(),
            etag: case.advice(&world).await.plan_etag,
            request_id: request_id(),
            ..Default::default()
        };
        world.plans().migrate_treatment_plan(request).await.expect("MigrateTreatmentPlan");
        let receipt = issue(&world, &case).await;
        assert_eq!(receipt.protocol, protocol);
        assert!(verify(&world, &receipt).await.verified, "{database:?}");
        world.forge("protocols", "document", "The patient walks", "The patient talks").await;
        let found = parts(&world, &receipt).await;
        assert!(found.contains(&ReceiptPart::Protocol), "{database:?}: {found:?}");
        assert!(!found.contains(&ReceiptPart::Seal) && !found.contains(&ReceiptPart::Facts), "{found:?}");
        world.stop().await;
    }
}

/// A decision that follows the advice and cites a receipt.
async fn citing(world: &World, case: &Case, receipt: &str) -> Result<v1::Decision, Status> {
    let decision = v1::Decision { recommendation: receipt.into(), ..Default::default() };
    case.decide(world, Decided::Phase(1), decision).await
}

#[tokio::test]
async fn a_decision_cites_the_receipt_that_it_answers_and_one_of_another_plan_is_refused() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let clinic = Clinic::open(&world).await;
        let (case, other) = (clinic.case(&world).await, clinic.case(&world).await);
        let (mine, theirs) = (issue(&world, &case).await, issue(&world, &other).await);
        let decision = citing(&world, &case, &mine.name).await.expect("a receipt of the plan");
        let request = v1::GetDecisionRequest { name: decision.name.clone(), known_at: None };
        let read = world.plans().get_decision(request).await.unwrap().into_inner();
        assert_eq!((read.recommendation.as_str(), &read), (mine.name.as_str(), &decision), "{database:?}");

        let (_, id) = theirs.name.rsplit_once('/').unwrap();
        let nobodys = format!("{}/recommendations/{id}", case.plan);
        for foreign in [theirs.name.as_str(), nobodys.as_str()] {
            let refused = Refused::of(&citing(&world, &case, foreign).await.unwrap_err());
            let fields = vec!["decision.recommendation".to_owned()];
            assert_eq!((refused.code, refused.fields), (Code::InvalidArgument, fields), "{database:?} {foreign}");
        }
        assert!(verify(&world, &mine).await.verified, "{database:?}: after the decision");
        world.stop().await;
    }
}

#[tokio::test]
async fn a_repeat_with_the_same_request_id_gives_the_same_receipt() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let case = Clinic::open(&world).await.case(&world).await;
        let request = v1::IssueRecommendationRequest {
            name: case.plan.clone(),
            include_text: true,
            request_id: request_id(),
            ..Default::default()
        };
        let first = world.plans().issue_recommendation(request.clone()).await.unwrap().into_inner();
        let again = world.plans().issue_recommendation(request).await.unwrap().into_inner();
        assert_eq!(first, again, "{database:?}");
        let request = v1::ListRecommendationReceiptsRequest { parent: case.plan.clone(), ..Default::default() };
        let listed = world.plans().list_recommendation_receipts(request).await.unwrap().into_inner();
        assert_eq!(listed.recommendation_receipts.len(), 1, "{database:?}");
        world.stop().await;
    }
}
