//! Supposed facts, from files and from the command line: what they become, and what is refused.

use taper_api::v1::observation::Value as Observed;
use taper_core::value::{VisitMinutes, VisitsPerWeek};

use super::*;

const THERAPIST: &str = "clinics/default/therapists/019591b2-1c5e-7c32-9d4f-0a1b2c3d4e5f";

fn around() -> Surroundings {
    let rung = |count| FrequencyStep {
        visits_per_week: VisitsPerWeek::new(count).unwrap(),
        minutes: VisitMinutes::new(30).unwrap(),
    };
    Surroundings {
        onset: jiff::civil::date(2026, 3, 1),
        on: jiff::civil::date(2026, 3, 25),
        therapist: THERAPIST.to_owned(),
        ladder: vec![rung(3), rung(2), rung(1)],
        time_zone: TimeZoneName::parse("Etc/UTC").unwrap(),
    }
}

fn fault(text: &str) -> String {
    format!("{:#}", read(text, &around()).unwrap_err())
}

#[test]
fn a_file_gives_facts_of_every_kind_with_their_days() {
    let text = r#"
        [[assess]]
        date = "2026-03-24"
        palpation_length_cm = 3
        pain_running = { value = 1, site = "tie_in" }
        run_stages = [{ speed_kmh = 9, pain = 0 }]
        [[session]]
        day = 22
        kind = "massage"
        minutes = 30
        focus = { tie_in = 18, belly = 12 }
        [[activity]]
        kind = "run"
        minutes = 20
        speed_kmh = 8.5
        pain_during = 0
        [[decide]]
        step = 2
        [[decide]]
        phase = 3
        reason = "clinical_judgement"
    "#;
    let facts = read(text, &around()).unwrap();
    let dates: Vec<String> = facts.iter().map(|one| one.date.to_string()).collect();
    assert_eq!(dates, ["2026-03-24", "2026-03-23", "2026-03-25", "2026-03-25", "2026-03-25"]);
    let Some(Fact::Assessment(assessment)) = &facts[0].fact.fact else { panic!("{:?}", facts[0]) };
    assert_eq!((assessment.observations.len(), assessment.run_stages.len()), (2, 1));
    assert_eq!(assessment.therapist, THERAPIST);
    let Some(Fact::Session(session)) = &facts[1].fact.fact else { panic!("{:?}", facts[1]) };
    assert_eq!((session.minutes, session.focus.len()), (30, 2));
    assert_eq!(session.start_time.as_ref().map(|start| start.seconds % 86_400), Some(36_000));
    let Some(Fact::Decision(decision)) = &facts[3].fact.fact else { panic!("{:?}", facts[3]) };
    assert_eq!(decision.decided, Some(v1::decision::Decided::SessionCountPerWeek(2)));
    assert!(facts[0].sentence.ends_with("[2026-03-24]"), "{}", facts[0].sentence);
    assert_eq!(facts[2].sentence, "Run, 20 min, 8.5 km/h, pain during 0");
}

#[test]
fn an_entry_that_is_wrong_is_refused_with_its_place_and_the_reason() {
    for (text, reason) in [
        ("[[assess]]\npain_rest = 1\n[[assess]]\npain_rest = 11\n", "[[assess]] 2: `pain_rest` is 11"),
        (
            "[[assess]]\nno_such_measure = 1\n",
            "measure `no_such_measure` is not in the catalogue; `taper measures` shows it",
        ),
        ("[[assess]]\ndate = \"2026-02-30\"\npain_rest = 1\n", "is no date"),
        ("[[assess]]\ndate = \"2026-03-02\"\nday = 3\npain_rest = 1\n", "a date or a day, not both"),
        ("[[assess]]\ntester = \"Ann\"\npain_rest = 1\n", "is not the name of a therapist"),
        ("[[decide]]\nstep = 5\n", "the ladder has no rung of 5 visits a week"),
        ("[[activity]]\nkind = \"swim\"\n", "unknown variant `swim`"),
        ("[assess]\npain_rest = 1\n", "with two brackets"),
        ("[[step]]\nday = 1\n", "`step` is not a kind of fact"),
        ("", "there is no fact in it"),
        ("[[assess]\n", "[[assess]]"),
    ] {
        let told = fault(text);
        if text == "[[assess]\n" {
            assert!(!told.is_empty());
            continue;
        }
        assert!(told.contains(reason), "{text}: {told}");
    }
}

#[test]
fn the_short_form_takes_numbers_findings_codes_and_sites() {
    let arguments =
        ["palpation_length_cm=3", "puranen_orava=absent", "jog_very_slow=painless", "pain_running=1@tie_in"];
    let arguments = arguments.map(str::to_owned);
    let facts = measured(&arguments, &around()).unwrap();
    let Some(Fact::Assessment(assessment)) = &facts[0].fact.fact else { panic!("{:?}", facts[0]) };
    let mut values: Vec<(String, Option<Observed>, i32)> =
        assessment.observations.iter().map(|one| (one.measure.clone(), one.value.clone(), one.site)).collect();
    values.sort_by(|one, other| one.0.cmp(&other.0));
    let expected = [
        ("jog_very_slow", Observed::Code("painless".to_owned()), 0),
        ("pain_running", Observed::Number(1.0), v1::Site::TieIn.into()),
        ("palpation_length_cm", Observed::Number(3.0), 0),
        ("puranen_orava", Observed::Finding(false), 0),
    ];
    let expected = expected.map(|(code, value, site)| (code.to_owned(), Some(value), site));
    assert_eq!(values, expected);
    assert_eq!((facts.len(), facts[0].date), (1, around().on));
}

#[test]
fn the_short_form_refuses_what_is_no_measure_or_no_value_of_it() {
    for (argument, reason) in [
        ("pain_rest", "must be code=value"),
        ("pain_rest=a lot", "is a number in {NPRS}"),
        ("pain_rest=NaN", "is a number in {NPRS}"),
        ("pain_rest=11", "`pain_rest` is 11"),
        ("puranen_orava=maybe", "is present or absent"),
        ("jog_very_slow=fine", "must be one of"),
        ("pains=1", "`taper measures` show every code"),
        ("pain_running=1@knee", "site `knee` does not exist"),
    ] {
        let told = format!("{:#}", measured(&[argument.to_owned()], &around()).unwrap_err());
        assert!(told.contains(reason), "{argument}: {told}");
    }
    let twice = ["pain_rest=1".to_owned(), "pain_rest=2".to_owned()];
    assert!(measured(&twice, &around()).unwrap_err().to_string().contains("given twice"));
    assert_eq!(measured(&[], &around()).unwrap().len(), 0);
}
