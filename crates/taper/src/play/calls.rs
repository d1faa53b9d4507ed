//! The calls that a story is played with: each with a deadline and, where it changes something, a request_id.

use std::time::Duration;

use anyhow::anyhow;
use taper_api::v1::assessment_service_client::AssessmentServiceClient;
use taper_api::v1::patient_service_client::PatientServiceClient;
use taper_api::v1::session_service_client::SessionServiceClient;
use taper_api::v1::treatment_plan_service_client::TreatmentPlanServiceClient;
use taper_kit::Clock;
use tonic::transport::Channel;
use tonic::{Request, Response, Status};
use tonic_types::StatusExt;

/// Longer than any write may take, so that it is the server that says what is late.
const WITHIN: Duration = Duration::from_secs(30);

/// Clients of every service, on one connection.
#[derive(Clone, Debug)]
pub(super) struct Calls {
    pub(super) patients: PatientServiceClient<Channel>,
    pub(super) assessments: AssessmentServiceClient<Channel>,
    pub(super) sessions: SessionServiceClient<Channel>,
    pub(super) plans: TreatmentPlanServiceClient<Channel>,
    clock: Clock,
}

impl Calls {
    pub(super) fn on(channel: Channel) -> Self {
        Self {
            patients: PatientServiceClient::new(channel.clone()),
            assessments: AssessmentServiceClient::new(channel.clone()),
            sessions: SessionServiceClient::new(channel.clone()),
            plans: TreatmentPlanServiceClient::new(channel),
            clock: Clock::system(),
        }
    }

    /// A new id of a mutation.
    pub(super) fn request_id(&self) -> String {
        self.clock.new_id().to_string()
    }
}

/// The message as a request with a deadline.
pub(super) fn asked<M>(message: M) -> Request<M> {
    let mut request = Request::new(message);
    request.set_timeout(WITHIN);
    request
}

/// The answer's message; a refusal becomes an error that says what was asked and which fields were wrong.
pub(super) fn answered<M>(what: &str, answer: Result<Response<M>, Status>) -> anyhow::Result<M> {
    match answer {
        Ok(answer) => Ok(answer.into_inner()),
        Err(refusal) => Err(anyhow!("{what} was refused: {}", told(&refusal))),
    }
}

fn told(refusal: &Status) -> String {
    let details = refusal.get_error_details();
    let mut told = format!("{:?}: {}", refusal.code(), refusal.message());
    for field in details.bad_request().into_iter().flat_map(|request| &request.field_violations) {
        told.push_str(&format!("\n  {} {}", field.field, field.description));
    }
    for one in details.precondition_failure().into_iter().flat_map(|failure| &failure.violations) {
        told.push_str(&format!("\n  {} {}: {}", one.r#type, one.subject, one.description));
    }
    told
}
