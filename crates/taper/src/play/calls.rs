//! The calls that a story is played with: each with a deadline and, where it changes something, a request_id.

use taper_api::v1::assessment_service_client::AssessmentServiceClient;
use taper_api::v1::patient_service_client::PatientServiceClient;
use taper_api::v1::session_service_client::SessionServiceClient;
use taper_api::v1::treatment_plan_service_client::TreatmentPlanServiceClient;
use tonic::transport::Channel;

pub(super) use crate::connection::{answered, asked, request_id};

/// Clients of every service, on one connection.
#[derive(Clone, Debug)]
pub(super) struct Calls {
    pub(super) patients: PatientServiceClient<Channel>,
    pub(super) assessments: AssessmentServiceClient<Channel>,
    pub(super) sessions: SessionServiceClient<Channel>,
    pub(super) plans: TreatmentPlanServiceClient<Channel>,
}

impl Calls {
    pub(super) fn on(channel: Channel) -> Self {
        Self {
            patients: PatientServiceClient::new(channel.clone()),
            assessments: AssessmentServiceClient::new(channel.clone()),
            sessions: SessionServiceClient::new(channel.clone()),
            plans: TreatmentPlanServiceClient::new(channel),
        }
    }
}
