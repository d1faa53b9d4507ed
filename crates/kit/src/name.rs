//! Resource names, both ways: text that a caller sent to ids, and ids to the text of an answer.

use std::fmt;
use std::str::FromStr;

use crate::caller::Place;
use taper_core::ids::{
    ActivityId, AssessmentId, ClinicId, DecisionId, InjuryId, MemberId, PatientId, PlanId, ReceiptId, SessionId,
    TherapistId,
};

/// Why a text is not the name of such a resource. Never repeats the text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameFault {
    /// The field is empty.
    #[error("is required; it looks like {pattern}")]
    Missing {
        /// The pattern of the resource's name.
        pattern: &'static str,
    },
    /// Other collections, or more or fewer segments.
    #[error("must look like {pattern}")]
    Shape {
        /// The pattern of the resource's name.
        pattern: &'static str,
    },
    /// The shape is right, and one id is not.
    #[error("must look like {pattern}: the {segment} in it {fault}")]
    Id {
        /// The pattern of the resource's name.
        pattern: &'static str,
        /// The segment of the pattern, without braces.
        segment: &'static str,
        /// What is wrong with the id.
        fault: String,
    },
}

/// The id of a protocol or of one of its versions: 1 to 63 of `a-z`, `0-9`, `-` and `.`, a letter or digit first.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Slug(String);

impl Slug {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Slug {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.');
        let starts_well = text.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
        if text.len() <= 63 && starts_well && text.bytes().all(allowed) {
            return Ok(Self(text.to_owned()));
        }
        Err("must be 1 to 63 lower-case letters, digits, hyphens and dots, a letter or digit first")
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Each name is a struct of its ids, with `FromStr` for what a caller sent and `Display` for what is answered.
macro_rules! names {
    ($($(#[doc = $doc:literal])* $name:ident = $pattern:literal { $($segment:ident: $id:ty),+ })*) => {$(
        $(#[doc = $doc])*
        #[doc = concat!("\n\nIts name is `", $pattern, "`.")]
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[expect(missing_docs, reason = "a segment is what its name in the pattern says")]
        pub struct $name { $(pub $segment: $id,)+ }

        impl $name {
            /// The pattern of the name.
            pub const PATTERN: &'static str = $pattern;
        }

        impl FromStr for $name {
            type Err = NameFault;

            fn from_str(text: &str) -> Result<Self, NameFault> {
                let mut segments = segments($pattern, text)?.into_iter();
                Ok(Self { $($segment: id($pattern, stringify!($segment), segments.next())?,)+ })
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let ids: &[&dyn fmt::Display] = &[$(&self.$segment,)+];
                f.write_str(&filled($pattern, ids))
            }
        }
    )*

        /// Whether a text is the name of a resource of any kind.
        pub fn is_name(text: &str) -> bool {
            [$(text.parse::<$name>().is_ok(),)+].contains(&true)
        }
    };
}

names! {
    /// A clinic, owner of everything below it.
    Clinic = "clinics/{clinic}" { clinic: ClinicId }
    /// A therapist of a clinic.
    Therapist = "clinics/{clinic}/therapists/{therapist}" { clinic: ClinicId, therapist: TherapistId }
    /// A patient of a clinic.
    Patient = "clinics/{clinic}/patients/{patient}" { clinic: ClinicId, patient: PatientId }
    /// An injury of a patient.
    Injury = "clinics/{clinic}/patients/{patient}/injuries/{injury}" {
        clinic: ClinicId, patient: PatientId, injury: InjuryId
    }
    /// An assessment of an injury.
    Assessment = "clinics/{clinic}/patients/{patient}/injuries/{injury}/assessments/{assessment}" {
        clinic: ClinicId, patient: PatientId, injury: InjuryId, assessment: AssessmentId
    }
    /// An activity outside the sessions.
    Activity = "clinics/{clinic}/patients/{patient}/injuries/{injury}/activities/{activity}" {
        clinic: ClinicId, patient: PatientId, injury: InjuryId, activity: ActivityId
    }
    /// A treatment plan of an injury.
    Plan = "clinics/{clinic}/patients/{patient}/injuries/{injury}/treatmentPlans/{plan}" {
        clinic: ClinicId, patient: PatientId, injury: InjuryId, plan: PlanId
    }
    /// A session of a treatment plan.
    Session = "clinics/{clinic}/patients/{patient}/injuries/{injury}/treatmentPlans/{plan}/sessions/{session}" {
        clinic: ClinicId, patient: PatientId, injury: InjuryId, plan: PlanId, session: SessionId
    }
    /// A therapist's decision on a treatment plan.
    Decision = "clinics/{clinic}/patients/{patient}/injuries/{injury}/treatmentPlans/{plan}/decisions/{decision}" {
        clinic: ClinicId, patient: PatientId, injury: InjuryId, plan: PlanId, decision: DecisionId
    }
    /// A recommendation that was issued as a receipt.
    Receipt = "clinics/{clinic}/patients/{patient}/injuries/{injury}/treatmentPlans/{plan}/recommendations/{receipt}" {
        clinic: ClinicId, patient: PatientId, injury: InjuryId, plan: PlanId, receipt: ReceiptId
    }
    /// A key of a program or a person.
    ApiKey = "clinics/{clinic}/apiKeys/{api_key}" { clinic: ClinicId, api_key: Slug }
    /// Whom an issuer of tokens knows, as a member of a clinic.
    Member = "clinics/{clinic}/members/{member}" { clinic: ClinicId, member: MemberId }
    /// The default policy of a clinic.
    ClinicPolicy = "clinics/{clinic}/policy" { clinic: ClinicId }
    /// A version of a clinic's own protocol.
    ClinicProtocolVersion = "clinics/{clinic}/protocols/{protocol}/versions/{version}" {
        clinic: ClinicId, protocol: Slug, version: Slug
    }
    /// A built-in protocol.
    Protocol = "protocols/{protocol}" { protocol: Slug }
    /// A version of a built-in protocol.
    ProtocolVersion = "protocols/{protocol}/versions/{version}" { protocol: Slug, version: Slug }
}

macro_rules! places {
    ($($name:ident $(of $patient:ident)?),*) => {$(
        impl Place for $name {
            fn owner(&self) -> &ClinicId {
                &self.clinic
            }
            $(
                fn about(&self) -> Option<PatientId> {
                    Some(self.$patient)
                }
            )?
        }
    )*};
}

places! {
    Clinic, Therapist, ApiKey, Member, ClinicPolicy, ClinicProtocolVersion, Patient of patient, Injury of patient, Assessment of patient,
    Activity of patient, Plan of patient, Session of patient, Decision of patient, Receipt of patient
}

impl Patient {
    /// The clinic that the patient belongs to.
    pub fn clinic(&self) -> Clinic {
        Clinic { clinic: self.clinic.clone() }
    }
}

impl Injury {
    /// The patient whose injury it is.
    pub fn patient(&self) -> Patient {
        Patient { clinic: self.clinic.clone(), patient: self.patient }
    }
}

impl Plan {
    /// The injury that is treated.
    pub fn injury(&self) -> Injury {
        Injury { clinic: self.clinic.clone(), patient: self.patient, injury: self.injury }
    }
}

impl Decision {
    /// The plan that was decided on.
    pub fn plan(&self) -> Plan {
        Plan { clinic: self.clinic.clone(), patient: self.patient, injury: self.injury, plan: self.plan }
    }
}

impl Receipt {
    /// The plan whose recommendation was issued.
    pub fn plan(&self) -> Plan {
        Plan { clinic: self.clinic.clone(), patient: self.patient, injury: self.injury, plan: self.plan }
    }
}

/// The texts that stand where the pattern has `{...}`; everything else must be equal.
fn segments<'t>(pattern: &'static str, text: &'t str) -> Result<Vec<&'t str>, NameFault> {
    if text.is_empty() {
        return Err(NameFault::Missing { pattern });
    }
    let mut captured = Vec::new();
    let mut given = text.split('/');
    for expected in pattern.split('/') {
        match given.next() {
            Some(segment) if expected.starts_with('{') => captured.push(segment),
            Some(segment) if segment == expected => {}
            Some(_) | None => return Err(NameFault::Shape { pattern }),
        }
    }
    if given.next().is_some() { Err(NameFault::Shape { pattern }) } else { Ok(captured) }
}

fn id<T>(pattern: &'static str, segment: &'static str, text: Option<&str>) -> Result<T, NameFault>
where
    T: FromStr<Err: fmt::Display>,
{
    let text = text.ok_or(NameFault::Shape { pattern })?;
    text.parse().map_err(|fault: T::Err| NameFault::Id { pattern, segment, fault: fault.to_string() })
}

fn filled(pattern: &str, ids: &[&dyn fmt::Display]) -> String {
    let mut ids = ids.iter();
    let fill = |segment: &str| match segment.starts_with('{') {
        true => ids.next().map(ToString::to_string).unwrap_or_default(),
        false => segment.to_owned(),
    };
    pattern.split('/').map(fill).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pattern with a good id in every place.
    fn example(pattern: &str) -> String {
        let mut text = pattern.replace("{clinic}", "north-clinic").replace("{protocol}", "hamstring-strain");
        text = text.replace("{version}", "1.0.0");
        while let (Some(from), Some(to)) = (text.find('{'), text.find('}')) {
            text.replace_range(from..=to, &uuid::Uuid::now_v7().to_string());
        }
        text
    }

    fn check<N>(pattern: &'static str)
    where
        N: FromStr<Err = NameFault> + fmt::Display + fmt::Debug,
    {
        let good = example(pattern);
        assert_eq!(good.parse::<N>().unwrap().to_string(), good);
        assert_eq!("".parse::<N>().unwrap_err(), NameFault::Missing { pattern });
        for bad in [format!("{good}/"), format!("/{good}"), format!("{good}/x/y"), good.replacen('/', "//", 1)] {
            assert_eq!(bad.parse::<N>().unwrap_err(), NameFault::Shape { pattern }, "{bad}");
        }
        let (parent, _) = good.rsplit_once('/').unwrap();
        for last in ["", "-", "x y", "A\0", "019591B2-1C5E-7C32-9D4F-0A1B2C3D4E5F", "é"] {
            let fault = format!("{parent}/{last}").parse::<N>().unwrap_err();
            assert!(matches!(fault, NameFault::Id { .. }), "{last}: {fault}");
            assert!(fault.to_string().contains(pattern), "{fault}");
        }
    }

    #[test]
    fn every_name_reads_back_as_it_was_written_and_every_other_text_is_refused() {
        check::<Clinic>(Clinic::PATTERN);
        check::<Therapist>(Therapist::PATTERN);
        check::<Patient>(Patient::PATTERN);
        check::<Injury>(Injury::PATTERN);
        check::<Assessment>(Assessment::PATTERN);
        check::<Activity>(Activity::PATTERN);
        check::<Plan>(Plan::PATTERN);
        check::<Session>(Session::PATTERN);
        check::<Decision>(Decision::PATTERN);
        check::<Receipt>(Receipt::PATTERN);
        check::<ClinicProtocolVersion>(ClinicProtocolVersion::PATTERN);
        check::<Protocol>(Protocol::PATTERN);
        check::<ProtocolVersion>(ProtocolVersion::PATTERN);
    }

    #[test]
    fn a_name_of_any_kind_is_known_from_a_text_that_is_none() {
        for pattern in [ClinicPolicy::PATTERN, Session::PATTERN, ApiKey::PATTERN, Protocol::PATTERN] {
            assert!(is_name(&example(pattern)), "{pattern}");
        }
        let patient = example(Patient::PATTERN);
        for other in ["", "clinics", "clinics/North", "Ann Miller", &format!("{patient}/"), &format!(" {patient}")] {
            assert!(!is_name(other), "{other}");
        }
    }

    #[test]
    fn the_name_of_another_collection_is_refused() {
        let therapist = example(Therapist::PATTERN);
        assert_eq!(therapist.parse::<Patient>().unwrap_err(), NameFault::Shape { pattern: Patient::PATTERN });
    }

    #[test]
    fn a_fault_names_the_segment_and_the_pattern_but_not_the_text() {
        let fault = "clinics/default/patients/Miller".parse::<Patient>().unwrap_err().to_string();
        let expected = "must look like clinics/{clinic}/patients/{patient}: \
                        the patient in it must be a UUID in lower case with hyphens";
        assert_eq!(fault, expected);
    }

    #[test]
    fn a_name_leads_to_its_parents() {
        let text = example(Plan::PATTERN);
        let plan: Plan = text.parse().unwrap();
        assert!(text.starts_with(&plan.injury().to_string()));
        assert!(text.starts_with(&plan.injury().patient().to_string()));
        assert_eq!(plan.injury().patient().clinic().to_string(), "clinics/north-clinic");
    }
}
