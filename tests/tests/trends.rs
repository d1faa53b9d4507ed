//! Trends: what each change is worth, red flags, and what came of an override; on both databases.

use taper_api::v1::{self, ChangeMark, decision::Decided};
use taper_tests::{Clinic, Database, World, code, days_ago, finding, number};

#[tokio::test]
async fn trends_mark_each_change_and_tell_what_came_of_an_override() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let case = Clinic::open(&world).await.case(&world).await;
        for (days, lefs) in [(20, 40.0), (15, 43.0), (10, 60.0), (5, 20.0)] {
            case.assess(&world, days, vec![number("lefs", lefs)]).await;
        }
        let decision = v1::Decision {
            override_reason: v1::OverrideReason::PatientPreference.into(),
            note: "Wants to.".into(),
            ..Default::default()
        };
        let decision = case.decide(&world, Decided::Phase(2), decision).await.expect("an override");
        let measures = vec!["lefs".to_owned()];
        let request = v1::GetTrendsRequest { treatment_plan: case.plan.clone(), measures, ..Default::default() };
        let trends = world.assessments().get_trends(request).await.expect("GetTrends").into_inner();
        assert_eq!(trends.series.len(), 1, "{database:?}: only the measure that was asked for");
        let marks: Vec<ChangeMark> = trends.series[0].points.iter().map(v1::TrendPoint::mark).collect();
        let expected = [
            ChangeMark::Baseline,
            ChangeMark::NoDetectableChange,
            ChangeMark::BetterMeaningful,
            ChangeMark::WorseMeaningful,
        ];
        assert_eq!(marks, expected, "{database:?} {:?}", trends.series);
        assert_eq!(trends.series[0].points[1].change_from_baseline, Some(3.0));

        let [course] = trends.overrides.as_slice() else { panic!("{:?}", trends.overrides) };
        assert_eq!((course.decision.as_str(), course.has_note), (decision.name.as_str(), true));
        assert_eq!((course.reason.as_str(), course.therapist.as_str()), ("patient_preference", &*case.therapist));
        assert_eq!((course.date, course.setback_within_21_days), (Some(days_ago(0)), None), "too early to tell");
        assert!(course.rule_ids.iter().any(|rule| rule.starts_with("P1-PROG")), "{course:?}");
        let counted: i32 = trends.override_reason_counts.iter().map(|one| one.count).sum();
        assert_eq!(counted, 1);
        let counted: Vec<&str> = trends.override_counts.iter().map(|one| one.rule_id.as_str()).collect();
        assert!(course.rule_ids.iter().all(|rule| counted.contains(&rule.as_str())), "{counted:?}");
        world.stop().await;
    }
}

#[tokio::test]
async fn trends_tell_a_red_flag_first_and_of_findings_no_error() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let case = Clinic::open(&world).await.case(&world).await;
        for (days, chest_pain, gait) in [(9, false, "limp"), (6, true, "normal"), (3, true, "unable")] {
            let seen = vec![finding("red_flag_chest_pain", chest_pain), code("gait", gait)];
            case.assess(&world, days, seen).await;
        }
        let measures = vec!["gait".to_owned()];
        let request = v1::GetTrendsRequest { treatment_plan: case.plan.clone(), measures, ..Default::default() };
        let trends = world.assessments().get_trends(request).await.expect("GetTrends").into_inner();
        let flag = v1::RedFlagCourse {
            measure: "red_flag_chest_pain".to_owned(),
            present_since_date: Some(days_ago(6)),
            absent_until_date: Some(days_ago(9)),
            absent_since_date: None,
        };
        assert_eq!(trends.red_flags, [flag], "{database:?}: whichever measures are asked for");
        let [gait] = trends.series.as_slice() else { panic!("{:?}", trends.series) };
        let marks: Vec<ChangeMark> = gait.points.iter().map(v1::TrendPoint::mark).collect();
        let expected = [ChangeMark::Baseline, ChangeMark::ChangedForBetter, ChangeMark::ChangedForWorse];
        assert_eq!(marks, expected, "{database:?}");
        assert_eq!(gait.points[2].compared_with_date, Some(days_ago(9)));
        world.stop().await;
    }
}
