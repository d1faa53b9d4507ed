//! Reads every sentence that the protocols can print, and looks for claims that nothing supports.

use std::collections::BTreeSet;

use taper_core::case::Case;
use taper_core::measure::ALL;
use taper_core::protocol::builtin;

/// Words of which none may stand in a sentence, with the claim that they would make.
const FORBIDDEN: &[(&str, &[&str])] = &[
    (
        "that something heals, cures or works for certain",
        &["heal", " cures", " cured", "guarantee", "proven", "works against"],
    ),
    (
        "that something keeps recurrence away",
        &["prevents", "lowers the risk", "reduces the risk", "reduces reinjur", "fewer reinjur", "protects"],
    ),
    (
        "that a dose or a rung is published",
        &[
            "evidence-based",
            "evidence based",
            "validated",
            "published ladder",
            "published rung",
            "published taper",
            "recommended dose",
        ],
    ),
    (
        "a date of return for one person",
        &[
            "return date",
            "date of return",
            "will be back",
            "back to running in",
            "return to running in",
            "will return",
            "until return",
            "can run again in",
        ],
    ),
    ("that a grade sets the course", &["days out", "weeks out", "lay-off"]),
    (
        "that light or sound reaches and heals deep tissue",
        &[
            "reaches deep",
            "deep tissue",
            "penetrat",
            "speeds up return",
            "speeds return",
            "shortens recovery",
            "speeds recovery",
        ],
    ),
    (
        "that ice cools one centimetre",
        &[
            "only 1 cm",
            "no more than 1 cm",
            "at most 1 cm deep",
            "one centimetre of",
            "only a centimetre",
            "cannot reach the muscle",
        ],
    ),
    (
        "that little to see means little harm",
        &[
            "no bruise means",
            "without a bruise it is",
            "means a mild",
            "is therefore mild",
            "only a mild",
            "harmless",
            "nothing serious",
        ],
    ),
    (
        "that a screen rules something out",
        &["rules out", "ruled out", "all clear", "excludes dvt", "can be excluded", "safe", "no danger"],
    ),
    (
        "a published change of the FASH, or a real change below the error",
        &["fash mcid", "meaningful change of the fash", "mcid of the fash"],
    ),
    (
        "that tight quadriceps are the reason",
        &["caused by tight", "because of tight", "quadriceps cause", "tightness causes"],
    ),
    ("a diagnosis", &["you have a", "the patient has a", "is diagnosed", "the diagnosis is"]),
    (
        "advice on drugs",
        &[
            "ibuprofen",
            "paracetamol",
            "acetaminophen",
            "diclofenac",
            "naproxen",
            "nsaid",
            "painkiller",
            "take medicine",
            "stop the medicine",
            "anti-inflammatory",
            "inject",
            "cortisone",
            "heparin",
            "prp",
        ],
    ),
    ("advice on surgery", &["surgery", "surgical", "operate", "an operation is", "repair the tendon"]),
    (
        "that figures of elite athletes hold for everybody",
        &["as in professionals", "applies to every runner", "for every patient"],
    ),
    ("less cost or reinjury without a comparison", &["saves money", "saves cost", "cheaper", "cost-effective"]),
    ("a drop-out figure from a registry", &["70% of patients", "70 percent of patients"]),
];

/// Words that are only allowed in one of these turns.
const ONLY_AS: &[(&str, &[&str])] = &[
    ("exclude", &["excludes nothing", "not exclude", "not excluded"]),
    ("mild", &["mild or marked", ": mild,"]),
    ("prevent", &["preventive exercises", "rates the nordic exercise highly for prevention"]),
    (
        "recurrence",
        &[
            "recurrences come early",
            "recurrences of one series",
            "a recurrence",
            "kind of recurrence",
            "did not lower recurrence",
        ],
    ),
];

/// Words that may not meet in one sentence.
const APART: &[(&str, &str)] = &[
    ("massage", "recurrence"),
    ("massage", "faster"),
    ("laser", "helps"),
    ("ultrasound", "helps"),
    ("30 minutes", "shown to"),
    ("three times", "recommended"),
    ("grade", "weeks"),
    ("degree", "weeks"),
];

fn claims(sentence: &str) -> Vec<String> {
    let text = sentence.to_lowercase();
    let mut found = Vec::new();
    for (claim, words) in FORBIDDEN {
        for word in words.iter().filter(|word| text.contains(**word)) {
            found.push(format!("claims {claim} (`{word}`): {sentence}"));
        }
    }
    for (word, turns) in ONLY_AS {
        let allowed: usize = turns.iter().map(|turn| text.matches(turn).count() * turn.matches(word).count()).sum();
        if text.matches(word).count() > allowed {
            found.push(format!("says `{word}` other than as {turns:?}: {sentence}"));
        }
    }
    for (one, other) in APART {
        if text.contains(one) && text.contains(other) {
            found.push(format!("joins `{one}` and `{other}`: {sentence}"));
        }
    }
    found
}

/// Everything that the built-in protocols and the catalogue can print.
fn printed() -> Vec<String> {
    let mut sentences = Vec::new();
    for measure in ALL {
        sentences.push(measure.name.to_owned());
        sentences.push(measure.how.to_owned());
    }
    for protocol in taper_core::protocol::builtin() {
        sentences.push(protocol.title.clone());
        sentences.push(protocol.summary.clone());
        for phase in &protocol.phases {
            sentences.push(phase.name.clone());
            sentences.push(phase.goal.clone());
        }
        sentences.extend(protocol.texts.values().cloned());
        sentences.extend(protocol.rules.iter().map(|rule| rule.sentence.clone()));
    }
    sentences
}

/// What was printed of every criterion in the golden cases.
fn printed_in_the_golden_cases() -> BTreeSet<String> {
    let mut sentences = BTreeSet::new();
    for (_, text) in builtin::DOCUMENTS.iter().flat_map(|document| document.cases) {
        let Ok(case) = Case::parse(text) else { continue };
        for outcome in case.play() {
            let reference = &outcome.recommendation.protocol;
            let Some(protocol) = taper_core::protocol::find(reference) else { continue };
            let criteria = outcome.recommendation.rules.iter().flat_map(|rule| &rule.criteria);
            sentences.extend(criteria.map(|criterion| protocol.criterion_sentence(criterion)));
        }
    }
    sentences
}

#[test]
fn no_explanation_of_a_golden_case_claims_more_than_its_source() {
    let sentences = printed_in_the_golden_cases();
    assert!(sentences.len() > 500, "only {} sentences were read", sentences.len());
    let found: Vec<String> = sentences.iter().flat_map(|sentence| claims(sentence)).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// Turns that nobody reads at once: a code, a double negative, an exact finding, two blanks.
const UNREADABLE: [&str; 8] =
    ["_", "  ", "exactly absent", "exactly present", "Not recorded", "at most normal", ": not ", ", lefs"];

#[test]
fn explanations_of_golden_cases_read_plainly() {
    let sentences = printed_in_the_golden_cases();
    for turn in UNREADABLE {
        // That a value is not known, and why, is no negative of a negative.
        let found: Vec<&String> =
            sentences.iter().filter(|one| one.replace(": not known", "").contains(turn)).collect();
        assert!(found.is_empty(), "{turn:?}: {found:#?}");
    }
    let has = |part: &str| assert!(sentences.iter().any(|one| one.contains(part)), "{part:?} is missing");
    has("Recorded lately, pain after the session: yes; asked for: yes; met.");
    has("Limp or pain in walking: no; asked for: yes; not met.");
    has("Days on record, Lower Extremity Functional Scale: ");
    has("; asked for: worse than ");
    has("; asked for: absent; met.");
}

#[test]
fn nothing_that_can_be_printed_claims_more_than_its_source() {
    assert_eq!(taper_core::protocol::builtin().len(), builtin::DOCUMENTS.len(), "a protocol does not parse");
    let sentences = printed();
    assert!(sentences.len() > 500, "only {} sentences were read", sentences.len());
    let found: Vec<String> = sentences.iter().flat_map(|sentence| claims(sentence)).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_planted_claim_of_each_kind_is_caught() {
    let planted = [
        "Massage heals the strain.",
        "Three visits of 30 minutes are evidence-based.",
        "You will be back to running in three weeks.",
        "A second degree takes two weeks.",
        "Laser reaches deep tissue.",
        "Ultrasound speeds recovery.",
        "Ice cools only 1 cm.",
        "No bruise means a mild strain.",
        "The clean screen rules out a thrombosis.",
        "A thrombosis is excluded.",
        "The four gates are validated.",
        "This is a published rung of the ladder.",
        "The FASH MCID is 10.",
        "The strain was caused by tight quadriceps.",
        "Take ibuprofen.",
        "The tendon needs surgery.",
        "The patient has a rupture.",
        "Massage makes a recurrence less likely.",
        "It is safe to sprint.",
        "This prevents another injury.",
        "Twice a week is cheaper.",
        "These figures of professionals hold for every patient.",
        "70% of patients leave early.",
    ];
    for sentence in planted {
        assert!(!claims(sentence).is_empty(), "not caught: {sentence}");
    }
}

#[test]
fn honest_sentences_are_let_through() {
    let honest = [
        "A screen without findings excludes nothing.",
        "No benefit has been shown for this injury.",
        "Proximal tendinopathy or an incomplete avulsion is not excluded.",
        "Compare both thighs and judge the swelling as none, mild or marked.",
    ];
    for sentence in honest {
        assert_eq!(claims(sentence), Vec::<String>::new());
    }
}

#[test]
fn sentences_end_as_sentences() {
    for protocol in taper_core::protocol::builtin() {
        for rule in &protocol.rules {
            assert!(rule.sentence.ends_with('.') && rule.sentence.len() > 10, "{}: {}", rule.id, rule.sentence);
        }
        for (code, sentence) in &protocol.texts {
            assert!(sentence.ends_with('.'), "{code}: {sentence}");
        }
    }
}

#[test]
fn what_is_derived_says_so_where_it_is_printed() {
    for protocol in taper_core::protocol::builtin() {
        for rule in
            protocol.rules.iter().filter(|rule| rule.id.starts_with('T') && rule.id != "T1" && rule.id.len() == 2)
        {
            let says = rule.sentence.contains("ur own rule") || rule.evidence.citations.iter().any(|tag| tag == "S51");
            assert!(says, "{}: {}", rule.id, rule.sentence);
        }
    }
}
