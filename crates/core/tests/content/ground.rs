//! Every rule of the clinical fact base is there, and stands on named ground.

use std::collections::BTreeSet;

use taper_core::protocol::Protocol;
use taper_core::protocol::builtin::DOCUMENTS;
use taper_core::protocol::rule::{Effect, Target};
use taper_core::recommendation::{EvidenceLevel, ReferralClass, ReferralMode};
use taper_core::record::codes::{ActivityKind, Modality};

/// Ids of clinical.md 2.3, 5 and 7 that both protocols hold.
const BOTH: &[&str] = &[
    "P1-PROG-1",
    "P1-PROG-2",
    "P1-PROG-3",
    "P1-HOLD",
    "P2-PROG-1",
    "P2-PROG-2",
    "P2-PROG-3",
    "P2-PROG-4",
    "P2-PROG-5",
    "P2-HOLD",
    "P3-PROG-1",
    "P3-PROG-2",
    "P3-PROG-3",
    "P3-PROG-4",
    "P3-PROG-5",
    "P4-STEP",
    "P4-DIS-1",
    "P4-DIS-2",
    "P4-DIS-3",
    "P4-DIS-4",
    "P4-DIS-5",
    "P4-DIS-6",
    "P4-DIS-7",
    "P4-DIS-8",
    "U-PROGRESS",
    "U-HOLD",
    "U-REGRESS-1",
    "U-REGRESS-2",
    "U-REGRESS-3",
    "U-REGRESS-4",
    "U-REGRESS-5",
    "U-REGRESS-6",
    "U-REEVAL-FIRST",
    "U-REEVAL-NEXT",
    "U-REEVAL-6-VISITS",
    "U-REEVAL-10-DAYS",
    "T1",
    "T2",
    "T3",
    "T4",
    "T5",
    "T6",
    "T7",
    "RF-AVULSION",
    "RF-DVT",
    "RF-PE",
    "RF-COMPARTMENT",
    "RF-CAUDA-EQUINA",
    "RF-SARCOMA",
    "RF-INFECTION",
    "RF-MYOSITIS",
    "RF-NEURAL",
    "RF-FOOT-DROP",
    "RF-STRESS-FRACTURE",
    "RF-ADOLESCENT",
    "RF-ANTICOAGULANT",
    "RF-PERSISTENT",
    "RF-RECURRENCE",
    "RF-NO-PROGRESS",
];

/// Ids that only an acute strain has: the acute clock, the grade and what hangs on them.
const ACUTE_ONLY: &[&str] =
    &["P1-PROG-4", "P1-REFER", "U-REEVAL-DAY-7", "RF-THIRD-DEGREE", "GRADE-M-I", "GRADE-F-FIRST", "ICE-USE"];

fn protocol(id: &str) -> &'static Protocol {
    let found = taper_core::protocol::builtin().iter().find(|protocol| protocol.reference.protocol == id);
    found.unwrap_or_else(|| panic!("{id} is not built in, or does not parse"))
}

#[test]
fn both_protocols_parse() {
    for document in DOCUMENTS {
        if let Err(fault) = Protocol::parse(document.text, &[]) {
            panic!("{}: {fault}", document.folder);
        }
    }
    let ids: Vec<&str> =
        taper_core::protocol::builtin().iter().map(|protocol| protocol.reference.protocol.as_str()).collect();
    assert_eq!(ids.len(), DOCUMENTS.len());
    assert!(ids.contains(&"hamstring-strain") && ids.contains(&"hamstring-persistent"), "{ids:?}");
}

#[test]
fn every_rule_of_the_fact_base_is_there() {
    let (strain, persistent) = (protocol("hamstring-strain"), protocol("hamstring-persistent"));
    for id in BOTH {
        assert!(strain.rule(id).is_some(), "hamstring-strain lacks {id}");
        assert!(persistent.rule(id).is_some(), "hamstring-persistent lacks {id}");
    }
    for id in ACUTE_ONLY {
        assert!(strain.rule(id).is_some(), "hamstring-strain lacks {id}");
        assert!(persistent.rule(id).is_none(), "hamstring-persistent must not have {id}");
    }
}

#[test]
fn every_rule_has_evidence_and_every_citation_is_listed_with_its_reference() {
    for protocol in taper_core::protocol::builtin() {
        let tags: BTreeSet<&str> = protocol.sources.iter().map(|source| source.tag.as_str()).collect();
        let mut cited = BTreeSet::new();
        for rule in &protocol.rules {
            assert!(!rule.evidence.citations.is_empty(), "{}", rule.id);
            for tag in &rule.evidence.citations {
                assert!(tags.contains(tag.as_str()), "{} cites {tag}", rule.id);
                cited.insert(tag.as_str());
            }
            if rule.evidence.level == EvidenceLevel::Derived {
                assert!(rule.evidence.derived, "{} is derived and must say so", rule.id);
            }
            if rule.evidence.citations.iter().any(|tag| tag == "own") {
                assert!(rule.evidence.derived, "{} rests on our own reading and must say so", rule.id);
            }
        }
        assert_eq!(cited, tags, "{}: a source that nobody cites", protocol.reference.protocol);
        assert!(protocol.sources.iter().all(|source| source.reference.len() > 8));
    }
}

#[test]
fn the_ladder_and_the_dose_claim_no_more_than_they_have() {
    for protocol in taper_core::protocol::builtin() {
        for id in ["T2", "T3", "T4", "T5"] {
            let evidence = &protocol.rule(id).unwrap().evidence;
            assert_eq!(evidence.level, EvidenceLevel::Derived, "{id}");
        }
        for id in ["T1", "MAS-DOSE"] {
            assert_eq!(protocol.rule(id).unwrap().evidence.level, EvidenceLevel::Anecdote, "{id}");
        }
        let steps: Vec<(u8, u16)> =
            protocol.ladder.steps.iter().map(|step| (step.visits_per_week.get(), step.minutes.get())).collect();
        assert_eq!(steps, [(3, 30), (2, 30), (1, 30)]);
        let shares: Vec<(&str, u8)> =
            protocol.ladder.focus.iter().map(|share| (share.area.code(), share.percent.get())).collect();
        assert_eq!(shares, [("tie_in", 60), ("belly", 40)]);
    }
}

#[test]
fn every_modality_and_every_activity_has_a_rule() {
    for protocol in taper_core::protocol::builtin() {
        let id = protocol.reference.protocol.as_str();
        let targets: Vec<Target> = protocol
            .rules
            .iter()
            .filter_map(|rule| match &rule.effect {
                Effect::Permit(permit) => Some(permit.target),
                _ => None,
            })
            .collect();
        for modality in Modality::ALL {
            let expected =
                *modality != Modality::Other && !(id == "hamstring-persistent" && *modality == Modality::Ice);
            assert_eq!(targets.contains(&Target::Modality(Some(*modality))), expected, "{id}: {modality}");
        }
        for activity in ActivityKind::ALL {
            assert!(targets.contains(&Target::Activity(Some(*activity))), "{id}: {activity}");
        }
    }
}

#[test]
fn referrals_are_as_pressing_as_the_fact_base_says() {
    use ReferralClass::{Emergency, Routine, SameDay, Urgent};
    use ReferralMode::{InParallel, Stop};
    let table = [
        ("RF-AVULSION", Urgent, Stop),
        ("RF-AVULSION-POSSIBLE", Urgent, Stop),
        ("RF-DVT", SameDay, Stop),
        ("RF-PE", Emergency, Stop),
        ("RF-COMPARTMENT", Emergency, Stop),
        ("RF-CAUDA-EQUINA", Emergency, Stop),
        ("RF-SARCOMA", Urgent, Stop),
        ("RF-INFECTION", SameDay, Stop),
        ("RF-MYOSITIS", Urgent, Stop),
        ("RF-NEURAL", Routine, Stop),
        ("RF-FOOT-DROP", Urgent, Stop),
        ("RF-STRESS-FRACTURE", Urgent, Stop),
        ("RF-ADOLESCENT", Urgent, Stop),
        ("RF-ANTICOAGULANT", Routine, InParallel),
        ("RF-PERSISTENT", Routine, InParallel),
        ("RF-RECURRENCE", Routine, InParallel),
        ("RF-NO-PROGRESS", Routine, InParallel),
    ];
    for protocol in taper_core::protocol::builtin() {
        for (id, class, mode) in table {
            let Effect::Refer(refer) = &protocol.rule(id).unwrap().effect else { panic!("{id} does not refer") };
            assert_eq!((refer.class, refer.mode, refer.latched), (class, mode, true), "{id}");
        }
        let refers = protocol.rules.iter().filter(|rule| matches!(rule.effect, Effect::Refer(_)));
        for rule in refers {
            let known = table.iter().any(|(id, ..)| rule.id == *id)
                || ["P1-REFER", "RF-THIRD-DEGREE"].contains(&rule.id.as_str());
            assert!(known, "{} is not in this table", rule.id);
        }
    }
    let Effect::Refer(refer) = &protocol("hamstring-strain").rule("P1-REFER").unwrap().effect else {
        panic!("P1-REFER")
    };
    assert_eq!((refer.mode, refer.latched), (InParallel, false));
}
