//! Decisions against a setback, and what the history of a referral's clearances shows; on both databases.

use taper_api::v1::{self, decision::Decided};
use taper_tests::{Clinic, Database, Refused, World, days_ago, finding, number};
use tonic::Code;

fn because(note: &str) -> v1::Decision {
    v1::Decision {
        override_reason: v1::OverrideReason::ClinicalJudgement.into(),
        note: note.into(),
        ..Default::default()
    }
}

#[tokio::test]
async fn an_override_of_a_regress_needs_a_note_beside_its_reason() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let case = Clinic::open(&world).await.case(&world).await;
        let earlier = v1::Decision { date: Some(days_ago(10)), ..because("") };
        case.decide(&world, Decided::Phase(2), earlier).await.expect("phase 2 ten days ago");
        case.assess(&world, 1, vec![number("pain_daily_life", 6.0)]).await;
        let advice = case.advice(&world).await;
        assert_eq!(advice.phase_action(), v1::PhaseAction::Regress, "{database:?} {advice:?}");

        for (given, reason) in [
            (v1::Decision::default(), "OVERRIDE_REASON_NEEDED"),
            (because(""), "OVERRIDE_NOTE_NEEDED"),
            (because("  \n "), "OVERRIDE_NOTE_NEEDED"),
        ] {
            let refused = Refused::of(&case.decide(&world, Decided::Phase(2), given).await.unwrap_err());
            assert_eq!((refused.code, refused.reason.as_str()), (Code::FailedPrecondition, reason), "{database:?}");
            assert!(!refused.preconditions.is_empty(), "{refused:?}");
        }
        let noted = because("A dog bit the other leg.");
        let kept = case.decide(&world, Decided::Phase(2), noted).await.expect("with a note");
        let request = v1::GetDecisionRequest { name: kept.name.clone(), known_at: None };
        let read = world.plans().get_decision(request).await.unwrap().into_inner();
        assert_eq!(read.note, "A dog bit the other leg.");
        assert_eq!(read.override_reason(), v1::OverrideReason::ClinicalJudgement);
        case.decide(&world, Decided::Phase(1), v1::Decision::default()).await.expect("what is advised needs no reason");
        world.stop().await;
    }
}

#[tokio::test]
async fn a_clearance_appears_in_the_history_of_its_referral() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let case = Clinic::open(&world).await.case(&world).await;
        case.assess(&world, 5, vec![finding("palpable_gap", true)]).await;
        let of_gap = async || {
            let advice = case.advice(&world).await;
            advice.referrals.into_iter().find(|one| one.rule_id == "RF-AVULSION").expect("the referral")
        };
        let open = of_gap().await;
        assert_eq!((open.standing(), open.clearances.len()), (v1::ReferralStanding::Open, 0), "{database:?}");
        let cleared = Decided::ReferralClearance(v1::ReferralClearance {
            rule_id: "RF-AVULSION".into(),
            outcome: v1::ClearanceOutcome::ImagingNegative.into(),
            cleared_by: v1::ClearedBy::Specialist.into(),
            note: "MRI.".into(),
        });
        let on = v1::Decision { date: Some(days_ago(3)), ..Default::default() };
        let decision = case.decide(&world, cleared, on).await.expect("the clearance");
        let history = vec![v1::Clearance {
            decision: decision.name,
            date: Some(days_ago(3)),
            outcome: v1::ClearanceOutcome::ImagingNegative.into(),
            cleared_by: v1::ClearedBy::Specialist.into(),
        }];
        let closed = of_gap().await;
        assert_eq!((closed.standing(), &closed.clearances), (v1::ReferralStanding::Cleared, &history), "{database:?}");

        case.assess(&world, 1, vec![finding("palpable_gap", true)]).await;
        let again = of_gap().await;
        assert_eq!((again.standing(), &again.clearances), (v1::ReferralStanding::Open, &history), "{database:?}");
        world.stop().await;
    }
}
