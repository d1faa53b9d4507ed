//! What identifies a patient stands nowhere in the database as it was typed, and reads back as it was typed.

use jiff::civil::date;
use taper_core::access::{Interaction, Role};
use taper_core::audit::Event;
use taper_core::ids::{
    ActivityId, AssessmentId, DecisionId, InjuryId, PatientId, PlanId, ReceiptId, RequestId, SessionId, TherapistId,
};
use taper_core::record::activity::Activity;
use taper_core::record::assessment::Assessment;
use taper_core::record::clinic::Therapist;
use taper_core::record::codes::{AdverseEventKind, Modality, PlanState};
use taper_core::record::decision::{Decided, Decision};
use taper_core::record::injury::{EarlierTreatment, Injury};
use taper_core::record::patient::{ExternalId, Patient};
use taper_core::record::session::{AdverseEvent, Session, Treatment};
use taper_core::text::{Line, Note};
use taper_store::{
    Amendment, At, Claim, Error, PlanKey, Version, Write, activities, assessments, audit, decisions, injuries,
    patients, plans, receipts, records, requests, sessions, therapists,
};

use crate::harness::{Home, Kind, instant, on_both};
use crate::receipts::receipt;
use crate::samples::*;
use crate::schema::{all_rows, copy};

on_both! {
    what_identifies_stands_nowhere_in_the_clear_and_reads_back;
    what_is_encrypted_for_one_row_does_not_open_in_another;
    the_key_of_one_patient_is_not_taken_for_the_key_of_another;
}

/// Texts that stand nowhere else, each given once.
pub struct Typed {
    patient: &'static str,
    pub texts: Vec<String>,
}

impl Typed {
    fn text(&mut self) -> String {
        let text = format!("Qz{}{:02}Wx", self.patient, self.texts.len());
        self.texts.push(text.clone());
        text
    }

    fn note(&mut self) -> Note {
        Note::parse(&self.text()).unwrap()
    }

    fn line(&mut self) -> Line {
        line(&self.text())
    }

    fn amendment(&mut self) -> Amendment {
        Amendment { expected: None, reason: Some(self.note()), entered_in_error: false, now: instant(21) }
    }

    fn patient(&mut self, birth_year: i16) -> Patient {
        let birth_date = date(birth_year, 6, 5);
        self.texts.push(birth_date.to_string());
        let numbers = ["acme", "other"].map(|system| ExternalId { system: line(system), value: self.line() });
        let (given_name, family_name) = (Some(self.line()), self.line());
        let birth_date = Some(birth_date);
        Patient { given_name, family_name, birth_date, external_ids: numbers.to_vec(), ..patient(&[]) }
    }

    fn injury(&mut self) -> Injury {
        let earlier = |kind| EarlierTreatment { kind, ..injury(None).earlier_treatments.remove(0) };
        let earlier_treatments = vec![earlier(self.note()), earlier(self.note())];
        Injury { note: self.note(), earlier_treatments, ..injury(None) }
    }

    fn assessment(&mut self) -> Assessment {
        Assessment { date: date(2026, 3, 1), note: self.note(), ..small_assessment() }
    }

    fn activity(&mut self) -> Activity {
        Activity { date: date(2026, 3, 2), note: self.note(), ..activity() }
    }

    fn session(&mut self) -> Session {
        let of = |note| Treatment { modality: Modality::LymphDrainage, minutes: None, result: None, note };
        let treatments = vec![of(self.note()), of(self.note())];
        let adverse_events = vec![AdverseEvent { kind: AdverseEventKind::PainFlare, note: self.note() }];
        Session { date: date(2026, 3, 3), note: self.note(), treatments, adverse_events, ..session() }
    }

    fn decision(&mut self) -> Decision {
        let mut decided = all_decided().pop().unwrap();
        if let Decided::ClearReferral { note, .. } = &mut decided {
            *note = self.note();
        }
        Decision { date: date(2026, 3, 4), note: self.note(), ..decision(decided) }
    }
}

/// A patient with one of everything that a person can type something into, and the current revision of each.
pub struct Whole {
    pub key: PlanKey,
    pub assessment: AssessmentId,
    pub activity: ActivityId,
    pub session: SessionId,
    pub decision: DecisionId,
    pub receipt: ReceiptId,
    pub request: RequestId,
    pub typed: Typed,
    pub patient: Patient,
    /// The answer of the request.
    pub answer: Vec<u8>,
    contents: (Injury, Assessment, Activity, Session, Decision),
    reasons: [Option<Note>; 3],
}

impl Whole {
    /// The ids of a patient that was never recorded.
    pub fn never() -> Whole {
        let mut typed = Typed { patient: "nobody", texts: Vec::new() };
        Whole {
            key: PlanKey { patient: PatientId(new_id()), injury: InjuryId(new_id()), plan: PlanId(new_id()) },
            assessment: assessment_id(),
            activity: activity_id(),
            session: session_id(),
            decision: decision_id(),
            receipt: ReceiptId(new_id()),
            request: RequestId(new_id()),
            patient: typed.patient(1987),
            answer: Vec::new(),
            contents: (typed.injury(), typed.assessment(), typed.activity(), typed.session(), typed.decision()),
            reasons: [None, None, None],
            typed,
        }
    }
}

/// Records a patient, each part twice: the second revision says something else. The version of the patient is 2 then,
/// that of its plan 3, and its record is sealed up to second 30.
pub async fn record(tx: &Write, name: &'static str) -> Whole {
    let mut typed = Typed { patient: name, texts: Vec::new() };
    let of = Whole::never();
    let (key, injury_key) = (of.key, of.key.injury_key());
    let at = instant(20);
    patients::create(tx, key.patient, &typed.patient(1987), at).await.unwrap();
    let patient = typed.patient(1986);
    patients::update(tx, key.patient, None, &patient, instant(21)).await.unwrap();
    injuries::create(tx, injury_key, &typed.injury(), at).await.unwrap();
    let injury = typed.injury();
    injuries::revise(tx, injury_key, None, &injury, instant(21)).await.unwrap();
    plans::create(tx, key, &plan(PlanState::Draft), at).await.unwrap();
    plans::revise(tx, key, None, &plan(PlanState::Active), instant(21)).await.unwrap();
    assessments::create(tx, injury_key, of.assessment, &typed.assessment(), at).await.unwrap();
    let (assessment, amendment) = (typed.assessment(), typed.amendment());
    let reasons =
        [assessments::amend(tx, injury_key, of.assessment, &assessment, amendment).await.unwrap().amend_reason];
    activities::create(tx, injury_key, of.activity, &typed.activity(), at).await.unwrap();
    let (activity, amendment) = (typed.activity(), typed.amendment());
    let amended = activities::amend(tx, injury_key, of.activity, &activity, amendment).await.unwrap();
    let reasons = [reasons[0].clone(), amended.amend_reason];
    sessions::create(tx, key, of.session, &typed.session(), at).await.unwrap();
    let (session, amendment) = (typed.session(), typed.amendment());
    let amended = sessions::amend(tx, key, of.session, &session, amendment).await.unwrap();
    let [one, other] = reasons;
    let decision = typed.decision();
    decisions::create(tx, key, Version(2), of.decision, &decision, instant(22)).await.unwrap();
    let known_at = records::hold(tx, key, instant(30)).await.unwrap();
    receipts::create(tx, key, of.receipt, &receipt(key, known_at, "")).await.unwrap();
    let answer = format!("\0{}\u{ff}", typed.text()).into_bytes();
    assert_eq!(requests::claim(tx, of.request, "UpdatePatient", b"hash", at).await, Ok(Claim::New));
    requests::finish(tx, of.request, Some(key.patient), &answer).await.unwrap();
    audit::append(tx, vec![event(key.patient)]).await.unwrap();
    let contents = (injury, assessment, activity, session, decision);
    Whole { typed, patient, answer, contents, reasons: [one, other, amended.amend_reason], ..of }
}

fn event(patient: PatientId) -> Event {
    Event {
        at: instant(30),
        subject: "key:1".to_owned(),
        role: Role::ALL.first().copied(),
        method: "taper.v1.PatientService/UpdatePatient".to_owned(),
        interaction: Interaction::ALL[0],
        patient: Some(patient),
        outcome: "OK".to_owned(),
        call_id: "call".to_owned(),
        resource: None,
        by_broken_glass: false,
    }
}

/// Every byte that is stored: of SQLite the file and its log, of Postgres each row as it prints it.
async fn all_bytes(home: &Home) -> Vec<u8> {
    match home.kind {
        Kind::Sqlite => {
            let path = home.url.trim_start_matches("sqlite://");
            let log = std::fs::read(format!("{path}-wal")).unwrap();
            assert!(!log.is_empty());
            [std::fs::read(path).unwrap(), log].concat()
        }
        Kind::Postgres => all_rows(home).await.into_values().flatten().collect::<Vec<String>>().join("\n").into_bytes(),
    }
}

/// Whether a text stands there, as it is or as Postgres prints bytes.
fn has(bytes: &[u8], text: &str) -> bool {
    let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    [text, &hex].iter().any(|text| bytes.windows(text.len()).any(|part| part == text.as_bytes()))
}

async fn what_identifies_stands_nowhere_in_the_clear_and_reads_back(home: &Home) {
    let tx = home.write("here").await;
    let of = record(&tx, "ann").await;
    // Two in the clear on purpose, one as a text and one as bytes, which the search must find.
    let control = Therapist { id: TherapistId(new_id()), display_name: line("QzcontrolWx"), ..therapist() };
    therapists::create(&tx, &control, instant(20)).await.unwrap();
    let request = RequestId(new_id());
    requests::claim(&tx, request, "CreateTherapist", b"hash", instant(20)).await.unwrap();
    requests::finish(&tx, request, None, b"QzanswerWx").await.unwrap();
    tx.commit().await.unwrap();
    let bytes = all_bytes(home).await;
    for control in ["QzcontrolWx", "QzanswerWx"] {
        assert!(has(&bytes, control), "the search does not find {control}");
    }
    assert_eq!(of.typed.texts.len(), 34, "{:?}", of.typed.texts);
    for text in &of.typed.texts {
        assert!(!has(&bytes, text), "{text} stands in the clear");
    }
    reads_back(home, &of).await;
}

async fn reads_back(home: &Home, of: &Whole) {
    let tx = home.read("here").await;
    let (key, injury_key, now) = (of.key, of.key.injury_key(), At::NOW);
    let (injury, assessment, activity, session, decision) = &of.contents;
    assert_eq!(patients::get(&tx, key.patient, now).await.unwrap().content, of.patient);
    assert_eq!(injuries::get(&tx, injury_key, now).await.unwrap().content, *injury);
    let read = assessments::get(&tx, injury_key, of.assessment, now).await.unwrap();
    assert_eq!((&read.content, &read.amend_reason), (assessment, &of.reasons[0]));
    let read = activities::get(&tx, injury_key, of.activity, now).await.unwrap();
    assert_eq!((&read.content, &read.amend_reason), (activity, &of.reasons[1]));
    let read = sessions::get(&tx, key, of.session, now).await.unwrap();
    assert_eq!((&read.content, &read.amend_reason), (session, &of.reasons[2]));
    assert_eq!(decisions::get(&tx, key, of.decision, now).await.unwrap().content, *decision);
    let whole = records::load(&tx, key, None).await.unwrap();
    assert_eq!(whole.patient.birth_date, of.patient.birth_date);
    assert_eq!((&whole.injury.content, &whole.assessments[0].content), (injury, assessment));
    assert_eq!((&whole.activities[0].content, &whole.sessions[0].content), (activity, session));
    assert_eq!(&whole.decisions[0].content, decision);
    // What the earlier revisions said is there too: every text is found again.
    let earlier = At { as_of: None, known_at: Some(instant(20)) };
    let mut said = format!("{whole:?} {:?} {:?}", of.patient, of.reasons);
    said += &format!("{:?}", patients::get(&tx, key.patient, earlier).await.unwrap());
    said += &format!("{:?}", records::load(&tx, key, Some(instant(20))).await.unwrap());
    drop(tx);
    let tx = home.write("here").await;
    let Ok(Claim::Done(answer)) = requests::claim(&tx, of.request, "UpdatePatient", b"hash", instant(60)).await else {
        panic!("the answer of the request is lost");
    };
    assert_eq!(answer, of.answer);
    said += &String::from_utf8_lossy(&answer);
    for text in &of.typed.texts {
        assert!(said.contains(text), "{text} is not read back");
    }
}

/// The digests are taken away, so that only the encryption itself can tell.
async fn what_is_encrypted_for_one_row_does_not_open_in_another(home: &Home) {
    let tx = home.write("here").await;
    let of = record(&tx, "ann").await;
    let other = record(&tx, "bob").await;
    tx.commit().await.unwrap();
    for (table, column) in [("patient_revisions", "patient_id"), ("sessions", "session_id")] {
        copy(home, table).await;
        let exchange = format!(
            "UPDATE {table} SET digest = NULL, ciphertext = (SELECT x.ciphertext FROM untouched_{table} x
             WHERE x.revision = {table}.revision AND x.{column} <> {table}.{column}) WHERE superseded_at IS NULL"
        );
        home.tamper(exchange).await.unwrap();
    }
    let tx = home.read("here").await;
    for of in [of, other] {
        let damaged = |table: &str| Error::Damaged { what: format!("{table}.ciphertext") };
        let read = patients::get(&tx, of.key.patient, At::NOW).await.map(|_| ());
        assert_eq!(read, Err(damaged("patient_revisions")));
        let read = sessions::get(&tx, of.key, of.session, At::NOW).await.map(|_| ());
        assert_eq!(read, Err(damaged("sessions")));
    }
}

async fn the_key_of_one_patient_is_not_taken_for_the_key_of_another(home: &Home) {
    let tx = home.write("here").await;
    let of = record(&tx, "ann").await;
    let other = record(&tx, "bob").await;
    tx.commit().await.unwrap();
    copy(home, "patient_keys").await;
    let exchange = "UPDATE patient_keys SET wrapped_key = (SELECT x.wrapped_key FROM untouched_patient_keys x
                    WHERE x.patient_id <> patient_keys.patient_id)";
    home.tamper(exchange.to_owned()).await.unwrap();
    let tx = home.read("here").await;
    for of in [of, other] {
        let read = patients::get(&tx, of.key.patient, At::NOW).await.map(|_| ());
        assert_eq!(read, Err(Error::Damaged { what: "patient_keys.wrapped_key".to_owned() }));
    }
}
