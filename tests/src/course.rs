//! What a test does with its case again and again: record an assessment, ask for the advice, decide.

use taper_api::v1::{self, decision::Decided};
use tonic::Status;

use crate::build::{assessment, request_id};
use crate::clinic::Case;
use crate::world::World;

impl Case {
    /// Records an assessment of so many days ago.
    pub async fn assess(&self, world: &World, days: i64, observations: Vec<v1::Observation>) -> v1::Assessment {
        let assessment = Some(assessment(days, observations));
        let request = v1::CreateAssessmentRequest { parent: self.injury.clone(), assessment, request_id: request_id() };
        world.assessments().create_assessment(request).await.expect("CreateAssessment").into_inner()
    }

    /// The advice of today.
    pub async fn advice(&self, world: &World) -> v1::Recommendation {
        let request = v1::GetRecommendationRequest { name: self.plan.clone(), ..Default::default() };
        world.plans().get_recommendation(request).await.expect("GetRecommendation").into_inner()
    }

    /// A decision of today with the plan's present etag; what is not given is taken from `more`.
    pub async fn decide(&self, world: &World, decided: Decided, more: v1::Decision) -> Result<v1::Decision, Status> {
        let etag = self.advice(world).await.plan_etag;
        let decision = Some(v1::Decision { therapist: self.therapist.clone(), decided: Some(decided), ..more });
        let request = v1::CreateDecisionRequest { parent: self.plan.clone(), decision, etag, request_id: request_id() };
        world.plans().create_decision(request).await.map(tonic::Response::into_inner)
    }

    /// Records a session of the plan.
    pub async fn visit(&self, world: &World, session: v1::Session) -> v1::Session {
        let request =
            v1::CreateSessionRequest { parent: self.plan.clone(), session: Some(session), request_id: request_id() };
        world.sessions().create_session(request).await.expect("CreateSession").into_inner()
    }
}

/// The screen of a hamstring strain without a finding.
const SCREEN: &str = "red_flag_pop red_flag_sudden_weakness palpable_gap red_flag_sitting_pain red_flag_foot_drop \
    red_flag_dvt_cancer red_flag_dvt_paralysis_or_cast red_flag_dvt_bed_or_surgery red_flag_dvt_vein_tenderness \
    red_flag_dvt_leg_swollen red_flag_dvt_calf_swollen red_flag_dvt_pitting red_flag_dvt_collateral_veins \
    red_flag_dvt_earlier red_flag_dvt_suspected red_flag_chest_pain red_flag_breathless red_flag_coughing_blood \
    red_flag_tense_thigh red_flag_pain_out_of_proportion red_flag_passive_stretch_pain red_flag_nerve_change \
    red_flag_below_knee_pain red_flag_paraesthesia red_flag_slump red_flag_saddle_numbness red_flag_bladder_bowel \
    red_flag_enlarging_lump red_flag_fever red_flag_night_pain red_flag_weight_loss red_flag_hot_joint \
    red_flag_skin_infection red_flag_open_wound red_flag_warm_firm_swelling red_flag_firm_mass \
    red_flag_falling_range red_flag_hop_pain red_flag_weight_bearing_pain red_flag_ischial_tenderness";

/// Observations with which phase 1 of a strain may be left, all gates but that of `without`.
pub fn ready_for_phase_2(without: &str) -> Vec<v1::Observation> {
    let mut ready: Vec<v1::Observation> =
        SCREEN.split_whitespace().map(|flag| crate::build::finding(flag, false)).collect();
    let numbers = [
        ("pain_isometric", 0.0),
        ("pain_worst_24h", 1.0),
        ("pain_next_morning", 1.0),
        ("pain_daily_life", 0.0),
        ("pain_walking", 0.0),
    ];
    ready.extend(numbers.map(|(measure, value)| crate::build::number(measure, value)));
    let codes = [
        ("single_leg_squat", "painless"),
        ("bike_test_150w", "painless"),
        ("full_knee_extension_supine", "full"),
        ("gait", "normal"),
        ("swelling", "none"),
    ];
    ready.extend(codes.map(|(measure, value)| crate::build::code(measure, value)));
    ready.retain(|observation| observation.measure != without);
    ready
}
