//! The closed lists of codes that a record uses; each code is written the same in proto, Rust, TOML and the database.

macro_rules! codes {
    ($($(#[doc = $doc:literal])* $name:ident { $($(#[doc = $vdoc:literal])* $variant:ident = $code:literal,)* })*) => {$(
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[doc = $vdoc])* #[serde(rename = $code)] $variant,)* }

        impl $name {
            /// Every code, in the order of the list.
            pub const ALL: &'static [$name] = &[$($name::$variant,)*];

            /// The code, in lower snake case.
            pub fn code(self) -> &'static str {
                match self { $($name::$variant => $code,)* }
            }

            /// Finds the code.
            pub fn parse(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|c| c.code() == code)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.code())
            }
        }
    )*};
}

codes! {
    /// A therapist's discipline.
    Discipline { Physiotherapist = "physiotherapist", MassageTherapist = "massage_therapist", Other = "other", }
    /// A medical caution of a patient, which can block a modality.
    Caution {
        /// Anticoagulant or antiplatelet medicine.
        Anticoagulant = "anticoagulant",
        /// A bleeding disorder or low platelets.
        BleedingDisorder = "bleeding_disorder",
        Pacemaker = "pacemaker",
        /// Active or earlier cancer.
        Malignancy = "malignancy",
        /// Impaired circulation.
        ImpairedCirculation = "impaired_circulation",
        ColdHypersensitivity = "cold_hypersensitivity",
        /// Skin without normal feeling at the site.
        InsensateSkin = "insensate_skin",
        /// Cannot understand or report on the treatment.
        ImpairedUnderstanding = "impaired_understanding",
        /// Growth plates still open.
        OpenGrowthPlates = "open_growth_plates",
        Pregnancy = "pregnancy",
        Immunosuppression = "immunosuppression",
        SteroidUse = "steroid_use",
        /// Earlier deep-vein thrombosis.
        EarlierThrombosis = "earlier_thrombosis",
        /// Relative energy deficiency in sport.
        LowEnergyAvailability = "low_energy_availability",
    }
    /// The injured side.
    Side { Left = "left", Right = "right", }
    /// Where on the hamstring.
    Site {
        /// The hamstring-glute tie-in, at the sitting bone.
        TieIn = "tie_in",
        /// The muscle belly.
        Belly = "belly",
        /// Near the knee.
        Distal = "distal",
        Unknown = "unknown",
    }
    /// How the injury happened.
    Mechanism {
        /// Running at speed, late swing.
        Sprint = "sprint",
        /// Rapid deceleration.
        Deceleration = "deceleration",
        /// Slow overstretching.
        Stretch = "stretch",
        /// Slip or split under eccentric load, for example water-skiing.
        EccentricSlip = "eccentric_slip",
        DirectBlow = "direct_blow",
        /// Gradual onset without one moment.
        Gradual = "gradual",
        Other = "other",
        Unknown = "unknown",
    }
    /// How the injury presents.
    Presentation {
        Acute = "acute",
        /// Longer than three months.
        Persistent = "persistent",
    }
    /// What kind of treatment a session is.
    SessionKind { Physio = "physio", Massage = "massage", }
    /// Where a session stands.
    SessionState { Planned = "planned", Attended = "attended", Cancelled = "cancelled", NoShow = "no_show", }
    /// Where hands-on work was done.
    Area {
        TieIn = "tie_in", Belly = "belly", Distal = "distal",
        /// Proximal and distal to the injury, not on it.
        AroundInjury = "around_injury",
        Gluteal = "gluteal", Quadriceps = "quadriceps", Calf = "calf", LowerBack = "lower_back", Other = "other",
    }
    /// A modality or technique.
    Modality {
        Ice = "ice", Heat = "heat", Ultrasound = "ultrasound",
        /// Laser or infrared.
        Laser = "laser",
        Stretching = "stretching", Massage = "massage",
        /// Light strokes towards the lymph nodes.
        LymphDrainage = "lymph_drainage",
        DryNeedling = "dry_needling", Exercise = "exercise", Other = "other",
    }
    /// How a modality went for this patient.
    ModalityResult { Helped = "helped", NoEffect = "no_effect", Impractical = "impractical", Worse = "worse", }
    /// What was done outside the sessions.
    ActivityKind {
        Run = "run", Elliptical = "elliptical", StationaryBike = "stationary_bike",
        /// A revolving staircase.
        RevolvingStaircase = "revolving_staircase",
        Stepper = "stepper", Stretching = "stretching", Strength = "strength", EccentricExercise = "eccentric_exercise",
        Calisthenics = "calisthenics", SelfMassage = "self_massage",
        /// A full session of the patient's sport, at full intensity.
        FullTraining = "full_training",
        Walk = "walk",
    }
    /// Who reported an activity.
    Reporter { Patient = "patient", Therapist = "therapist", Device = "device", }
    /// An adverse event of a session.
    AdverseEventKind {
        Bruising = "bruising", PainFlare = "pain_flare", SkinInjury = "skin_injury", Burn = "burn", Dizziness = "dizziness",
        Other = "other",
    }
    /// Where a plan stands.
    PlanState { Draft = "draft", Active = "active", Suspended = "suspended", Completed = "completed", Cancelled = "cancelled", }
    /// When running may begin.
    RunningPolicy {
        /// Running waits for phase 4.
        Conservative = "conservative",
        /// Slow, pain-free jogging from the phase 2 gate on.
        Integrated = "integrated",
    }
    /// Equipment that the stronger form of a gate needs.
    Equipment { Ergometer = "ergometer", Dynamometer = "dynamometer", Goniometer = "goniometer", }
    /// Why a therapist decided against the advice; after HL7's non-adherence reason codes.
    OverrideReason {
        ClinicalJudgement = "clinical_judgement",
        /// New findings that the record does not hold.
        OtherFindings = "other_findings",
        PatientPreference = "patient_preference",
        /// Time, distance, cost or insurance.
        AccessOrCost = "access_or_cost",
        /// The measure could not be taken.
        NotMeasurable = "not_measurable",
        /// A specialist's or physician's order.
        MedicalOrder = "medical_order",
        Other = "other",
    }
    /// On what a clearance of a referral rests.
    ClearanceOutcome {
        ImagingNegative = "imaging_negative", ImagingPositive = "imaging_positive",
        /// A physician examined the patient and excluded the condition.
        ExcludedByPhysician = "excluded_by_physician",
        /// The condition is known and treated, and hands-on work may go on.
        TreatedAndReleased = "treated_and_released",
    }
    /// Who cleared a referral.
    ClearedBy { Physician = "physician", Specialist = "specialist", EmergencyDepartment = "emergency_department", Other = "other", }
    /// When an injury came back, counted from the return to full participation.
    RecurrenceTiming {
        /// Within 2 months.
        Early = "early",
        /// After 2 and up to 12 months.
        Late = "late",
        /// After more than 12 months.
        Delayed = "delayed",
        /// There had been no return to full participation.
        Exacerbation = "exacerbation",
    }
    /// How much treatment before the plan helped.
    TreatmentResult { Helped = "helped", NoEffect = "no_effect", Worse = "worse", Unknown = "unknown", }
}
