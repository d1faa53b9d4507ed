//! The table is total, scopes narrow, glass holds for a while, and no clinic opens another's door.

use super::*;
use crate::text::Line;

const ROW: Row = Row {
    path: "/s/M",
    resource: "Patient",
    interaction: "INTERACTION_READ",
    has_patient_data: true,
    allow: &["ROLE_CLINIC_ADMIN", "ROLE_PHYSIOTHERAPIST", "ROLE_INTEGRATOR"],
    limited: &["ROLE_MASSAGE_THERAPIST"],
    break_glass: &["ROLE_FRONT_DESK"],
    deny: &["ROLE_AUDITOR", "ROLE_OPERATOR"],
};

fn rule() -> Rule {
    Table::of([&ROW]).unwrap().rule("/s/M").unwrap().clone()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn known(role: Role, scopes: &str) -> Principal {
    Principal::Known(Known {
        subject: "key:k".into(),
        role,
        clinic: Some("here".parse().unwrap()),
        scopes: (role == Role::Integrator || !scopes.is_empty()).then(|| Scopes::parse(scopes).unwrap()),
        therapist: None,
        certificate: None,
        expires_at: None,
    })
}

fn decided(role: Role, scopes: &str, until: Option<&str>) -> Result<Allowed, Denied> {
    let grant = until.map(|until| Grant { until: at(until) });
    decide(&rule(), &known(role, scopes), grant.as_ref(), at("2026-03-01T12:00:00Z"))
}

#[test]
fn each_role_gets_what_its_cell_says() {
    let whole = Ok(Allowed { view: View::Whole, by_broken_glass: false });
    assert_eq!(decided(Role::ClinicAdmin, "", None), whole);
    assert_eq!(decided(Role::Physiotherapist, "", None), whole);
    let limited = Ok(Allowed { view: View::Limited, by_broken_glass: false });
    assert_eq!(decided(Role::MassageTherapist, "", None), limited);
    assert_eq!(decided(Role::FrontDesk, "", None), Err(Denied::GlassNotBroken(Role::FrontDesk)));
    assert_eq!(decided(Role::Auditor, "", None), Err(Denied::Role(Role::Auditor)));
    assert_eq!(decided(Role::Operator, "", None), Err(Denied::Role(Role::Operator)));
    let open = decide(&rule(), &Principal::Open, None, at("2026-03-01T12:00:00Z"));
    assert_eq!(open, whole);
}

#[test]
fn broken_glass_opens_what_the_cell_names_until_it_ends_and_nothing_else() {
    let opened = Ok(Allowed { view: View::Whole, by_broken_glass: true });
    assert_eq!(decided(Role::FrontDesk, "", Some("2026-03-01T12:00:00Z")), opened);
    let ended = Err(Denied::GlassNotBroken(Role::FrontDesk));
    assert_eq!(decided(Role::FrontDesk, "", Some("2026-03-01T11:59:59.999999Z")), ended);
    assert_eq!(decided(Role::Auditor, "", Some("2026-03-01T13:00:00Z")), Err(Denied::Role(Role::Auditor)));
    assert_eq!(decided(Role::FrontDesk, "system/Injury.r", Some("2026-03-01T13:00:00Z")), Err(Denied::Scope));
}

#[test]
fn a_program_does_what_a_scope_names_and_a_scope_never_widens_a_role() {
    let whole = Ok(Allowed { view: View::Whole, by_broken_glass: false });
    for scopes in ["system/Patient.r", "system/*.r", "system/Injury.c system/Patient.cruds", "system/*.cruds"] {
        assert_eq!(decided(Role::Integrator, scopes, None), whole, "{scopes}");
    }
    for scopes in ["", "system/Patient.cuds", "system/Injury.r", "system/*.s", "system/Patients.r", "system/patient.r"]
    {
        assert_eq!(decided(Role::Integrator, scopes, None), Err(Denied::Scope), "{scopes}");
    }
    assert_eq!(decided(Role::Physiotherapist, "system/Injury.r", None), Err(Denied::Scope));
    assert_eq!(decided(Role::Auditor, "system/*.cruds", None), Err(Denied::Role(Role::Auditor)));
}

#[test]
fn scopes_that_are_there_and_empty_allow_nothing_whatever_the_role() {
    for role in [Role::ClinicAdmin, Role::Physiotherapist, Role::Integrator] {
        let Principal::Known(known) = known(role, "") else { unreachable!() };
        let nothing = Principal::Known(Known { scopes: Some(Scopes::default()), ..known });
        assert_eq!(decide(&rule(), &nothing, None, at("2026-03-01T12:00:00Z")), Err(Denied::Scope), "{role}");
    }
}

#[test]
fn what_two_scopes_both_allow_and_whether_one_covers_the_other_is_what_each_call_says() {
    let texts = [
        "",
        "system/*.cruds",
        "system/*.r",
        "system/Patient.rs",
        "system/Patient.c system/Patient.r",
        "system/Patient.cruds system/Injury.cruds",
        "system/Injury.r system/*.s",
        "system/ApiKey.c",
    ];
    let calls = || {
        // No scope names the last one: only `*` allows it.
        let resources = ["Patient", "Injury", "ApiKey", "Other"];
        resources.into_iter().flat_map(|resource| Interaction::ALL.map(|interaction| (resource, interaction)))
    };
    for (one, other) in texts.iter().flat_map(|one| texts.map(|other| (*one, other))) {
        let (own, others) = (Scopes::parse(one).unwrap(), Scopes::parse(other).unwrap());
        let both = own.within(&others);
        for (resource, interaction) in calls() {
            let by_both = own.allow(resource, interaction) && others.allow(resource, interaction);
            assert_eq!(both.allow(resource, interaction), by_both, "{one} and {other}: {resource} {interaction:?}");
        }
        let is_covered = calls().all(|(resource, what)| own.allow(resource, what) || !others.allow(resource, what));
        assert_eq!(own.cover(&others), is_covered, "{one} over {other}");
    }
    let both =
        Scopes::parse("system/*.rs system/Patient.r").unwrap().within(&Scopes::parse("system/Patient.cr").unwrap());
    assert_eq!(both.to_string(), "system/Patient.r");
}

#[test]
fn scopes_read_back_as_they_were_written_and_other_texts_are_refused() {
    for text in ["system/Patient.r", "system/*.cruds", "system/Patient.cs system/Injury.u"] {
        let scopes = Scopes::parse(text).unwrap();
        assert_eq!(scopes.to_string(), text);
        assert_eq!(scopes.iter().map(Scope::to_string).collect::<Vec<_>>().join(" "), text);
    }
    for text in [
        "Patient.r",
        "user/Patient.r",
        "system/Patient",
        "system/.r",
        "system/Patient.",
        "system/Patient.sr",
        "system/Patient.rr",
        "system/Patient.x",
        "system/Pa*.r",
        "system/Patient.r,system/Injury.r",
        "system/**.r",
    ] {
        assert_eq!(Scopes::parse(text), Err(ScopeFault), "{text}");
    }
}

#[test]
fn a_row_that_forgets_or_repeats_a_role_or_lets_an_operator_see_patients_is_refused() {
    let refused = |row: Row| Table::of([&row]).unwrap_err();
    let forgets = Row { deny: &["ROLE_OPERATOR"], ..ROW };
    assert_eq!(refused(forgets), TableFault::Role { path: "/s/M", role: Role::Auditor, count: 0 });
    let repeats = Row { limited: &["ROLE_MASSAGE_THERAPIST", "ROLE_AUDITOR"], ..ROW };
    assert_eq!(refused(repeats), TableFault::Role { path: "/s/M", role: Role::Auditor, count: 2 });
    let allow: &[&str] = &["ROLE_CLINIC_ADMIN", "ROLE_PHYSIOTHERAPIST", "ROLE_INTEGRATOR", "ROLE_OPERATOR"];
    let sees = Row { allow, deny: &["ROLE_AUDITOR"], ..ROW };
    assert_eq!(refused(sees), TableFault::OperatorSeesPatients { path: "/s/M" });
    assert!(Table::of([&Row { has_patient_data: false, ..sees }]).is_ok());
    let word = Row { deny: &["ROLE_AUDITOR", "ROLE_JANITOR"], ..ROW };
    assert_eq!(refused(word), TableFault::Word { path: "/s/M", word: "ROLE_JANITOR" });
    let nothing = Row { interaction: "INTERACTION_UNSPECIFIED", ..ROW };
    assert_eq!(refused(nothing), TableFault::Word { path: "/s/M", word: "INTERACTION_UNSPECIFIED" });
    assert_eq!(Table::of([&ROW, &ROW]).unwrap_err(), TableFault::Twice { path: "/s/M" });
}

#[test]
fn a_table_lists_its_methods_and_knows_no_other() {
    let table = Table::of([&Row { path: "/s/Z", ..ROW }, &ROW]).unwrap();
    assert_eq!(table.rules().map(|rule| rule.path).collect::<Vec<_>>(), ["/s/M", "/s/Z"]);
    assert_eq!(table.rule("/s/m"), None);
}

#[test]
fn who_calls_is_named_with_its_role_and_its_clinic_and_without_login_it_is_open() {
    let here: ClinicId = "here".parse().unwrap();
    let ann = known(Role::FrontDesk, "");
    assert_eq!((ann.subject(), ann.role(), ann.clinic()), ("key:k", Some(Role::FrontDesk), Some(&here)));
    let open = Principal::Open;
    assert_eq!((open.subject(), open.role(), open.clinic()), ("open", None, None));
}

#[test]
fn a_clinic_is_visible_to_its_own_and_to_operators_only() {
    let (here, there): (ClinicId, ClinicId) = ("here".parse().unwrap(), "there".parse().unwrap());
    assert!(Principal::Open.belongs_to(&there));
    assert!(known(Role::ClinicAdmin, "").belongs_to(&here));
    assert!(!known(Role::ClinicAdmin, "").belongs_to(&there));
    let nowhere = |role| {
        let Principal::Known(known) = known(role, "") else { unreachable!() };
        Principal::Known(Known { clinic: None, ..known })
    };
    assert!(nowhere(Role::Operator).belongs_to(&there));
    assert!(!nowhere(Role::ClinicAdmin).belongs_to(&there));
}

#[test]
fn every_role_reads_back_from_its_word() {
    for role in Role::ALL {
        assert_eq!(role.word().parse(), Ok(role));
        assert_eq!(role.to_string(), role.word());
        assert_eq!(role.is_human(), role != Role::Integrator);
    }
    assert_eq!("Operator".parse::<Role>(), Err(NoRole));
}

const ID: &str = "abcDEF012345";
const SECRET: &str = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";

#[test]
fn a_key_reads_back_from_its_text_and_keeps_its_secret_to_itself() {
    for clinic in ["here".parse().unwrap(), "north-7".parse().unwrap(), ClinicId::deployment()] {
        let key = KeyText::new(clinic, ID, SECRET).unwrap();
        assert_eq!(KeyText::parse(&key.reveal()), Some(key.clone()));
        assert_eq!(format!("{key:?}"), format!("KeyText({}, {ID}, ..)", key.clinic));
        assert!(key.matches(&key.secret_sha256()));
    }
}

#[test]
fn only_the_secret_that_was_hashed_matches() {
    let hash = KeyText::new("here".parse().unwrap(), ID, SECRET).unwrap().secret_sha256();
    for place in 0..SECRET.len() {
        let mut other = SECRET.to_owned().into_bytes();
        other[place] = if other[place] == b'x' { b'y' } else { b'x' };
        let other = KeyText::new("here".parse().unwrap(), ID, std::str::from_utf8(&other).unwrap()).unwrap();
        assert!(!other.matches(&hash));
    }
    let key = KeyText::new("here".parse().unwrap(), ID, SECRET).unwrap();
    let mut alike = hash;
    alike[..2].iter_mut().for_each(|byte| *byte ^= 1);
    assert!(!key.matches(&alike), "two differences do not undo each other");
    assert!(!key.matches(&[]) && !key.matches(&hash[..31]) && !key.matches(&[0; 33]));
}

#[test]
fn a_text_that_is_no_key_is_none() {
    let whole = KeyText::new("here".parse().unwrap(), ID, SECRET).unwrap().reveal();
    for text in [
        "".to_owned(),
        whole[1..].to_owned(),
        whole[..whole.len() - 1].to_owned(),
        format!("{whole}x"),
        format!("{whole}_x"),
        whole.replace("taper_", "Taper_"),
        whole.replace("_here_", "_Here_"),
        whole.replace("_here_", "__"),
        whole.replace("_here_", "_--_"),
        whole.replace(ID, &ID[1..]),
        whole.replace(ID, "abcDEF01234-"),
        whole.replace(SECRET, &format!("{}é", &SECRET[2..])),
        format!(" {whole}"),
    ] {
        assert_eq!(KeyText::parse(&text), None, "{text}");
    }
}

#[test]
fn a_key_lives_until_it_ends_or_is_revoked_and_only_with_its_certificate() {
    let key = ApiKey {
        id: ID.to_owned(),
        client: Line::parse("front desk").unwrap(),
        role: Role::FrontDesk,
        scopes: Scopes::default(),
        therapist: None,
        certificate: None,
        created_at: at("2026-01-01T00:00:00Z"),
        expires_at: at("2026-03-01T00:00:00Z"),
        revoked_at: None,
    };
    let (last, first) = (at("2026-02-28T23:59:59.999999Z"), at("2026-03-01T00:00:00Z"));
    assert!(key.is_live(last, None) && key.is_live(last, Some([7; 32])) && !key.is_live(first, None));
    let revoked = ApiKey { revoked_at: Some(last), ..key.clone() };
    assert!(!revoked.is_live(last, None) && revoked.is_live(at("2026-02-01T00:00:00Z"), None));
    let bound = ApiKey { certificate: Some([7; 32]), ..key };
    assert!(bound.is_live(last, Some([7; 32])));
    assert!(!bound.is_live(last, None) && !bound.is_live(last, Some([8; 32])));
}
