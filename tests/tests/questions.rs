//! Questions to a course: what is left and what it costs, who needs something, what a migration would change; on both
//! databases.

use taper_api::google::r#type::Money;
use taper_api::v1;
use taper_tests::{
    Case, Clinic, Database, Refused, World, days_ago, finding, number, ready_for_phase_2, request_id, session,
};
use tonic::Code;

fn dollars(units: i64) -> Option<Money> {
    Some(Money { currency_code: "USD".into(), units, nanos: 0 })
}

fn ladder(rungs: &[(i32, i32)]) -> v1::Ladder {
    let rung = |(session_count_per_week, minutes): &(i32, i32)| v1::Rung {
        session_count_per_week: *session_count_per_week,
        minutes: *minutes,
    };
    v1::Ladder { rungs: rungs.iter().map(rung).collect() }
}

#[tokio::test]
async fn a_forecast_with_coverage_tells_what_each_ladder_costs_at_least_and_guesses_nothing_without_a_trend() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let case = Clinic::open(&world).await.case(&world).await;
        let coverage = v1::Coverage {
            session_price: dollars(100),
            copay: dollars(30),
            visit_count_cap: Some(2),
            ..Default::default()
        };
        let alternative = ladder(&[(2, 30), (1, 30)]);
        let request = v1::ForecastTaperRequest {
            name: case.plan.clone(),
            coverage: Some(coverage),
            alternatives: vec![alternative.clone()],
            ..Default::default()
        };
        let told = world.plans().forecast_taper(request).await.expect("ForecastTaper").into_inner();
        let visits = told.remaining_visits.unwrap_or_else(|| panic!("{database:?} {told:?}"));
        assert!(visits.median.is_none() && visits.high.is_none() && told.earliest_end_date.is_some(), "{told:?}");
        assert!(told.notes.iter().any(|note| note == "too_few_points"), "{:?}", told.notes);
        assert!(told.grounds.iter().all(|ground| ground.too_few && ground.slope_per_week.is_none()));
        assert_eq!(told.costs.len(), 2, "{database:?}: the plan's own ladder and the alternative: {told:?}");
        assert_eq!(told.costs[1].ladder, Some(alternative));
        for cost in &told.costs {
            let visits = cost.visits.as_ref().unwrap().low;
            let (patient, insurer) = (cost.patient_pays.as_ref().unwrap(), cost.insurer_pays.as_ref().unwrap());
            let (patient, insurer) = (patient.low.as_ref().unwrap(), insurer.low.as_ref().unwrap());
            assert_eq!(patient.units + insurer.units, 100 * i64::from(visits), "{cost:?}");
            // Two visits are covered at a copay of 30; the others are the patient's.
            let covered = i64::from(visits.min(2));
            assert_eq!(patient.units, 30 * covered + 100 * (i64::from(visits) - covered), "{cost:?}");
            let cap = cost.limits_reached.iter().find(|one| one.limit() == v1::CoverageLimit::VisitCap);
            assert_eq!(cap.map(|cap| cap.visit_number), Some(3), "{cost:?}");
        }
        world.stop().await;
    }
}

#[tokio::test]
async fn a_forecast_with_trends_tells_only_the_least_where_a_rung_waits_for_more_and_names_it() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let case = Clinic::open(&world).await.case(&world).await;
        for (days, pain, lefs) in [(25, 6.0, 40.0), (20, 5.0, 45.0), (14, 5.0, 48.0), (8, 4.0, 53.0), (1, 3.0, 56.0)] {
            case.assess(&world, days, vec![number("pain_worst_24h", pain), number("lefs", lefs)]).await;
        }
        let coverage = Some(v1::Coverage {
            session_price: dollars(100),
            copay: dollars(30),
            authorized_visit_count: Some(6),
            ..Default::default()
        });
        let request = v1::ForecastTaperRequest { name: case.plan.clone(), coverage, ..Default::default() };
        let told = world.plans().forecast_taper(request).await.expect("ForecastTaper").into_inner();
        assert!(told.grounds.iter().all(|ground| !ground.too_few && ground.point_count == 5), "{:?}", told.grounds);
        let visits = told.remaining_visits.unwrap_or_else(|| panic!("{database:?} {told:?}"));
        assert_eq!((visits.median, visits.high), (None, None), "{database:?} {told:?}");
        assert!(told.remaining_weeks.is_some_and(|weeks| weeks.median.is_none() && weeks.high.is_none()), "{told:?}");
        let pays = told.costs[0].patient_pays.as_ref().unwrap();
        assert!(pays.low.is_some() && pays.median.is_none() && pays.high.is_none(), "{database:?} {pays:?}");
        // The 7th visit is not authorised, whenever it comes.
        let reached = told.costs[0].limits_reached[0];
        assert_eq!((reached.limit(), reached.visit_number), (v1::CoverageLimit::Authorization, 7), "{database:?}");
        assert_eq!(reached.date, None, "{database:?}");
        let waits = &told.rungs.last().unwrap().rules_not_forecast;
        let t4 = waits.iter().find(|rule| rule.rule_id == "T4").unwrap_or_else(|| panic!("{database:?} {waits:?}"));
        assert!(t4.text.contains("two weekly visits") && t4.criteria[0].quantity == "discharge_visits", "{t4:?}");
        assert!(waits.iter().any(|rule| rule.rule_id == "P4-DIS-6" && !rule.criteria[0].text.is_empty()), "{waits:?}");
        world.stop().await;
    }
}

#[tokio::test]
async fn while_a_referral_stops_the_treatment_no_end_is_told_and_it_is_said_why() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let case = Clinic::open(&world).await.case(&world).await;
        case.assess(&world, 1, vec![finding("palpable_gap", true)]).await;
        let coverage = Some(v1::Coverage { session_price: dollars(100), ..Default::default() });
        let request = v1::ForecastTaperRequest { name: case.plan.clone(), coverage, ..Default::default() };
        let told = world.plans().forecast_taper(request).await.expect("ForecastTaper").into_inner();
        assert_eq!(told.notes, ["stop_referral_open"], "{database:?} {told:?}");
        assert_eq!(told.note_texts.len(), 1, "{database:?}");
        assert_eq!((told.earliest_end_date, told.remaining_visits, told.remaining_weeks), (None, None, None));
        assert!(told.rungs.is_empty() && told.costs.is_empty(), "{database:?} {told:?}");
        world.stop().await;
    }
}

#[tokio::test]
async fn every_bad_value_of_a_coverage_is_named_at_once() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let case = Clinic::open(&world).await.case(&world).await;
        let coverage = v1::Coverage {
            session_price: Some(Money { currency_code: "usd".into(), units: 100, nanos: 0 }),
            deductible_remaining: dollars(-5),
            copay: Some(Money { currency_code: "USD".into(), units: 1, nanos: 1 }),
            coinsurance_percent: Some(101),
            visit_count_cap: Some(-1),
            authorized_visit_count: Some(-2),
            out_of_pocket_remaining: dollars(-1),
        };
        let request = v1::ForecastTaperRequest {
            name: case.plan.clone(),
            as_of: Some(days_ago(-3)),
            coverage: Some(coverage),
            alternatives: vec![ladder(&[(2, 30), (0, 30)])],
        };
        let refused = Refused::of(&world.plans().forecast_taper(request.clone()).await.unwrap_err());
        assert_eq!(refused.code, Code::InvalidArgument);
        let expected = [
            "as_of",
            "coverage.session_price",
            "coverage.deductible_remaining",
            "coverage.copay.nanos",
            "coverage.coinsurance_percent",
            "coverage.visit_count_cap",
            "coverage.authorized_visit_count",
            "coverage.out_of_pocket_remaining",
            "alternatives[0].rungs[1].session_count_per_week",
        ];
        for field in expected {
            assert!(refused.fields.iter().any(|path| path == field), "{field} is not in {:?}", refused.fields);
        }
        assert_eq!(refused.fields.len(), expected.len(), "{:?}", refused.fields);

        let euros = Some(Money { currency_code: "EUR".into(), units: 5, nanos: 0 });
        let mixed = v1::Coverage {
            session_price: dollars(100),
            deductible_remaining: euros.clone(),
            out_of_pocket_remaining: euros,
            ..Default::default()
        };
        let mixed = v1::ForecastTaperRequest {
            name: request.name,
            coverage: Some(mixed),
            alternatives: vec![ladder(&[(1, 30), (2, 30)])],
            as_of: None,
        };
        let refused = Refused::of(&world.plans().forecast_taper(mixed).await.unwrap_err());
        let expected = ["coverage.deductible_remaining", "coverage.out_of_pocket_remaining", "alternatives[0].rungs"];
        assert_eq!(refused.fields, expected, "{database:?}");
        world.stop().await;
    }
}

#[tokio::test]
async fn faults_of_the_alternatives_are_named_at_their_places_together_with_all_others() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let case = Clinic::open(&world).await.case(&world).await;
        let contradictory = v1::Coverage { copay: dollars(5), coinsurance_percent: Some(20), ..Default::default() };
        let refuse = async |alternatives: Vec<v1::Ladder>| {
            let request = v1::ForecastTaperRequest {
                name: case.plan.clone(),
                as_of: Some(days_ago(-3)),
                coverage: Some(contradictory.clone()),
                alternatives,
            };
            Refused::of(&world.plans().forecast_taper(request).await.unwrap_err()).fields
        };
        let always = ["coverage.session_price", "coverage.coinsurance_percent"];
        let ladders = vec![ladder(&[(9, 30), (1, 30)]), ladder(&[]), ladder(&[(2, 30), (2, 45)])];
        let places =
            ["alternatives[0].rungs[0].session_count_per_week", "alternatives[1].rungs", "alternatives[2].rungs"];
        assert_eq!(refuse(ladders).await, [&always[..], &places, &["as_of"]].concat(), "{database:?}");
        let four = refuse(vec![ladder(&[(2, 30), (1, 30)]); 4]).await;
        assert_eq!(four, [&always[..], &["alternatives", "as_of"]].concat(), "{database:?}");
        world.stop().await;
    }
}

async fn summary(world: &World, case: &Case) -> v1::VisitSummary {
    let request = v1::GetVisitSummaryRequest { name: case.plan.clone(), ..Default::default() };
    world.sessions().get_visit_summary(request).await.expect("GetVisitSummary").into_inner()
}

#[tokio::test]
async fn visits_are_counted_by_the_definition_that_is_told_with_them() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let case = Clinic::open(&world).await.case(&world).await;
        let bare = |days: i64, state: v1::SessionState| v1::Session {
            state: state.into(),
            focus: Vec::new(),
            pain_before_nprs: None,
            pain_after_nprs: None,
            ..session(days)
        };
        for days in [20, 15, 10] {
            case.visit(&world, session(days)).await;
        }
        let wrong = case.visit(&world, session(9)).await;
        case.visit(&world, bare(-3, v1::SessionState::Planned)).await;
        case.visit(&world, bare(4, v1::SessionState::Planned)).await;
        for (days, no_show) in [(8, false), (7, true), (6, true)] {
            let planned = case.visit(&world, bare(days, v1::SessionState::Planned)).await;
            let request = v1::CancelSessionRequest { name: planned.name, no_show, ..Default::default() };
            world.sessions().cancel_session(request).await.expect("CancelSession");
        }
        let before = summary(&world, &case).await;
        assert_eq!(before.attended_count, 4, "{database:?}");
        let request = v1::AmendSessionRequest {
            session: Some(v1::Session { etag: String::new(), ..wrong }),
            reason: "Another patient's.".into(),
            entered_in_error: true,
            ..Default::default()
        };
        world.sessions().amend_session(request).await.expect("AmendSession");

        let counted = summary(&world, &case).await;
        assert_eq!((counted.attended_count, counted.overdue_planned_count), (3, 1), "{database:?} {counted:?}");
        let of_state = (counted.planned_count, counted.cancelled_count, counted.no_show_count);
        assert_eq!(of_state, (1, 1, 2), "{database:?} {counted:?}");
        // 28 days on the first rung of three visits a week.
        assert_eq!(counted.prescribed_count, 12, "{database:?} {counted:?}");
        assert_eq!(counted.adherence_percent, Some(25.0));
        assert!(counted.definition.contains("entered in error never counts"), "{}", counted.definition);
        let tie_in = counted.focus.iter().find(|one| one.area() == v1::Area::TieIn).expect("the tie-in");
        assert_eq!((tie_in.minutes, tie_in.share_percent, tie_in.prescribed_percent), (54, Some(60.0), 60));
        assert!(counted.weeks.iter().map(|week| week.attended_count).sum::<i32>() == 3, "{:?}", counted.weeks);
        world.stop().await;
    }
}

/// Every entry, page by page, and how many pages there were.
async fn caseload(world: &World, request: v1::ListCaseloadRequest) -> (Vec<v1::CaseloadEntry>, usize) {
    let (mut entries, mut pages, mut page_token) = (Vec::new(), 0, String::new());
    loop {
        let request = v1::ListCaseloadRequest { page_token, ..request.clone() };
        let page = world.plans().list_caseload(request).await.expect("ListCaseload").into_inner();
        entries.extend(page.entries);
        pages += 1;
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return (entries, pages);
        }
    }
}

#[tokio::test]
async fn the_caseload_is_listed_by_attention_and_by_therapist_page_by_page() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let clinic = Clinic::open(&world).await;
        let (stopped, visited, ready) =
            (clinic.case(&world).await, clinic.case(&world).await, clinic.case(&world).await);
        Clinic::open(&world).await.case(&world).await;
        stopped.assess(&world, 1, vec![finding("palpable_gap", true)]).await;
        visited.visit(&world, v1::Session { therapist: clinic.therapist.clone(), ..session(2) }).await;
        ready.assess(&world, 0, ready_for_phase_2("")).await;

        let all = v1::ListCaseloadRequest { parent: clinic.name.clone(), page_size: 1, ..Default::default() };
        let (entries, pages) = caseload(&world, all.clone()).await;
        let names: Vec<&str> = entries.iter().map(|entry| entry.treatment_plan.as_str()).collect();
        assert_eq!(names, [&stopped.plan, &visited.plan, &ready.plan], "{database:?}");
        assert_eq!(pages, 3, "{database:?}: one plan a page");
        let (at_once, pages) = caseload(&world, v1::ListCaseloadRequest { page_size: 0, ..all.clone() }).await;
        assert_eq!((at_once, pages), (entries.clone(), 1), "{database:?}");

        let of = async |attention: v1::Attention| {
            let request = v1::ListCaseloadRequest { attentions: vec![attention.into()], ..all.clone() };
            let (entries, _) = caseload(&world, request).await;
            entries.into_iter().map(|entry| entry.treatment_plan).collect::<Vec<String>>()
        };
        assert_eq!(of(v1::Attention::Stopped).await, [stopped.plan.as_str()], "{database:?}");
        assert_eq!(of(v1::Attention::ReadyToAdvance).await, [ready.plan.as_str()], "{database:?}");
        assert!(of(v1::Attention::ReadyForDischarge).await.is_empty(), "{database:?}");
        assert_eq!(entries[0].attentions().next(), Some(v1::Attention::Stopped));
        assert!(entries.iter().all(|entry| entry.attentions().any(|one| one == v1::Attention::BehindOnVisits)));

        let by = v1::ListCaseloadRequest { therapist: clinic.therapist.clone(), ..all.clone() };
        let (mine, _) = caseload(&world, by).await;
        assert_eq!(mine, [entries[1].clone()], "{database:?}");
        assert_eq!((mine[0].last_visit_date, mine[0].phase), (Some(days_ago(2)), 1));
        let first = world.plans().list_caseload(all.clone()).await.unwrap().into_inner();
        let other = v1::ListCaseloadRequest { therapist: clinic.therapist, page_token: first.next_page_token, ..all };
        let refused = Refused::of(&world.plans().list_caseload(other).await.unwrap_err());
        assert_eq!(refused.reason, "INVALID_PAGE_TOKEN", "a token of another filter");
        world.stop().await;
    }
}

#[tokio::test]
async fn a_migration_that_only_validates_shows_the_difference_and_writes_nothing() {
    for database in Database::ALL {
        let world = World::start(database).await;
        let case = Clinic::open(&world).await.case(&world).await;
        case.assess(&world, 1, ready_for_phase_2("bike_test_150w")).await;
        let request = v1::ListProtocolsRequest::default();
        let listed = world.protocols().list_protocols(request).await.unwrap().into_inner().protocols;
        let other = listed.iter().find(|one| one.name.contains("persistent")).expect("another protocol").name.clone();
        let advice = case.advice(&world).await;
        assert_ne!(advice.protocol, other);
        let before = world.rows().await;
        let request = v1::MigrateTreatmentPlanRequest {
            name: case.plan.clone(),
            protocol: other.clone(),
            validate_only: true,
            request_id: request_id(),
            ..Default::default()
        };
        let shown = world.plans().migrate_treatment_plan(request.clone()).await.expect("validate_only").into_inner();
        assert_eq!(shown.treatment_plan.as_ref().unwrap().protocol, other);
        assert!(!shown.differences.is_empty(), "{database:?}");
        assert_eq!(world.rows().await, before, "{database:?}");
        assert_eq!(case.advice(&world).await, advice, "{database:?}");

        let request = v1::MigrateTreatmentPlanRequest { validate_only: false, ..request };
        let refused = Refused::of(&world.plans().migrate_treatment_plan(request.clone()).await.unwrap_err());
        assert_eq!((refused.code, refused.fields), (Code::InvalidArgument, vec!["etag".to_owned()]));
        let request = v1::MigrateTreatmentPlanRequest { etag: advice.plan_etag, ..request };
        let done = world.plans().migrate_treatment_plan(request.clone()).await.expect("with the etag").into_inner();
        assert_eq!(done.differences, shown.differences, "{database:?}: what was done is not what was shown");
        assert_eq!(case.advice(&world).await.protocol, other, "{database:?}");
        assert_ne!(world.rows().await, before);
        let again = v1::MigrateTreatmentPlanRequest { validate_only: true, ..request };
        let again = Refused::of(&world.plans().migrate_treatment_plan(again).await.unwrap_err());
        assert_eq!((again.code, again.fields), (Code::InvalidArgument, vec!["protocol".to_owned()]), "{database:?}");
        world.stop().await;
    }
}
