//! Treatment plans with their sessions, decisions and advice, and the protocols that the advice follows.

mod advice;
mod answer;
mod golden;
mod hypothetical;
mod place;
mod planned;
mod rpc;
mod seen;
mod standing;
mod wire;

use std::sync::Arc;

use taper_api::v1::protocol_service_server::{ProtocolService, ProtocolServiceServer};
use taper_api::v1::session_service_server::{SessionService, SessionServiceServer};
use taper_api::v1::treatment_plan_service_server::{TreatmentPlanService, TreatmentPlanServiceServer};
use taper_api::v1::{
    ActivateTreatmentPlanRequest, AmendSessionRequest, CancelSessionRequest, CompleteSessionRequest,
    CreateDecisionRequest, CreateSessionRequest, CreateTreatmentPlanRequest, Decision, GetProtocolRequest,
    GetRecommendationRequest, GetSessionRequest, GetTreatmentPlanRequest, ListDecisionsRequest, ListDecisionsResponse,
    ListProtocolsRequest, ListProtocolsResponse, ListSessionsRequest, ListSessionsResponse, ListTreatmentPlansRequest,
    ListTreatmentPlansResponse, Protocol, Recommendation, Session, TreatmentPlan,
};
use taper_core::{protocol, recommendation};
use taper_kit::{name, server_stream, unary};
use taper_store::{Store, Version};
use tokio::sync::Semaphore;
use tonic::{Request, Response, Status};

/// The advice as GetRecommendation answers it, with its sentences; for stories that are played without a server.
pub fn answer(
    plan: &name::Plan,
    protocol: &protocol::Protocol,
    advice: &recommendation::Recommendation,
) -> Recommendation {
    let texts = wire::texts::Texts::of(protocol, true);
    wire::recommendation::recommendation(plan, Version(1), advice, texts)
}

type Answer<T> = Result<Response<T>, Status>;

/// The three services of this crate on one store.
#[derive(Clone)]
pub struct Service {
    store: Store,
    /// A permit for each replay under way.
    replays: Arc<Semaphore>,
}

impl Service {
    /// The services on this store.
    pub fn new(store: Store) -> Self {
        Self { store, replays: rpc::replay_room() }
    }

    /// The server of plans, decisions and recommendations.
    pub fn treatment_plans(&self) -> TreatmentPlanServiceServer<Self> {
        TreatmentPlanServiceServer::new(self.clone())
    }

    /// The server of sessions.
    pub fn sessions(&self) -> SessionServiceServer<Self> {
        SessionServiceServer::new(self.clone())
    }

    /// The server of the built-in protocols.
    pub fn protocols(&self) -> ProtocolServiceServer<Self> {
        ProtocolServiceServer::new(self.clone())
    }
}

#[tonic::async_trait]
impl TreatmentPlanService for Service {
    async fn create_treatment_plan(&self, request: Request<CreateTreatmentPlanRequest>) -> Answer<TreatmentPlan> {
        unary(request, |call, message| rpc::create_treatment_plan(&self.store, call, message)).await
    }

    async fn get_treatment_plan(&self, request: Request<GetTreatmentPlanRequest>) -> Answer<TreatmentPlan> {
        unary(request, |call, message| async {
            let view = call.view();
            Ok(seen::plan(view, rpc::get_treatment_plan(&self.store, call, message).await?))
        })
        .await
    }

    async fn list_treatment_plans(
        &self,
        request: Request<ListTreatmentPlansRequest>,
    ) -> Answer<ListTreatmentPlansResponse> {
        unary(request, |call, message| async {
            let view = call.view();
            let page = rpc::list_treatment_plans(&self.store, call, message).await?;
            let treatment_plans = page.treatment_plans.into_iter().map(|plan| seen::plan(view, plan)).collect();
            Ok(ListTreatmentPlansResponse { treatment_plans, ..page })
        })
        .await
    }

    async fn activate_treatment_plan(&self, request: Request<ActivateTreatmentPlanRequest>) -> Answer<TreatmentPlan> {
        unary(request, |call, message| rpc::activate_treatment_plan(&self.store, call, message)).await
    }

    async fn create_decision(&self, request: Request<CreateDecisionRequest>) -> Answer<Decision> {
        unary(request, |call, message| rpc::create_decision(&self.store, call, message)).await
    }

    async fn list_decisions(&self, request: Request<ListDecisionsRequest>) -> Answer<ListDecisionsResponse> {
        unary(request, |call, message| rpc::list_decisions(&self.store, call, message)).await
    }

    async fn get_recommendation(&self, request: Request<GetRecommendationRequest>) -> Answer<Recommendation> {
        unary(request, |call, message| rpc::get_recommendation(&self.store, call, message)).await
    }

    async fn get_decision(
        &self,
        request: Request<taper_api::v1::GetDecisionRequest>,
    ) -> Answer<taper_api::v1::Decision> {
        unary(request, |call, message| rpc::get_decision(&self.store, call, message)).await
    }

    async fn simulate_recommendation(
        &self,
        request: Request<taper_api::v1::SimulateRecommendationRequest>,
    ) -> Answer<taper_api::v1::SimulateRecommendationResponse> {
        unary(request, |call, message| rpc::simulate_recommendation(&self.store, call, message)).await
    }

    async fn issue_recommendation(
        &self,
        request: Request<taper_api::v1::IssueRecommendationRequest>,
    ) -> Answer<taper_api::v1::RecommendationReceipt> {
        unary(request, |call, message| rpc::issue_recommendation(&self.store, call, message)).await
    }

    async fn get_recommendation_receipt(
        &self,
        request: Request<taper_api::v1::GetRecommendationReceiptRequest>,
    ) -> Answer<taper_api::v1::RecommendationReceipt> {
        unary(request, |call, message| rpc::get_recommendation_receipt(&self.store, call, message)).await
    }

    async fn list_recommendation_receipts(
        &self,
        request: Request<taper_api::v1::ListRecommendationReceiptsRequest>,
    ) -> Answer<taper_api::v1::ListRecommendationReceiptsResponse> {
        unary(request, |call, message| rpc::list_recommendation_receipts(&self.store, call, message)).await
    }

    async fn verify_recommendation(
        &self,
        request: Request<taper_api::v1::VerifyRecommendationRequest>,
    ) -> Answer<taper_api::v1::VerifyRecommendationResponse> {
        unary(request, |call, message| rpc::verify_recommendation(&self.store, call, message)).await
    }

    async fn forecast_taper(
        &self,
        request: Request<taper_api::v1::ForecastTaperRequest>,
    ) -> Answer<taper_api::v1::ForecastTaperResponse> {
        unary(request, |call, message| async {
            let view = call.view();
            Ok(seen::forecast(view, rpc::forecast_taper(&self.store, call, message).await?))
        })
        .await
    }

    async fn migrate_treatment_plan(
        &self,
        request: Request<taper_api::v1::MigrateTreatmentPlanRequest>,
    ) -> Answer<taper_api::v1::MigrateTreatmentPlanResponse> {
        unary(request, |call, message| rpc::migrate_treatment_plan(&self.store, call, message)).await
    }

    async fn list_caseload(
        &self,
        request: Request<taper_api::v1::ListCaseloadRequest>,
    ) -> Answer<taper_api::v1::ListCaseloadResponse> {
        unary(request, |call, message| rpc::list_caseload(&self.store, call, message)).await
    }
}

#[tonic::async_trait]
impl SessionService for Service {
    async fn create_session(&self, request: Request<CreateSessionRequest>) -> Answer<Session> {
        unary(request, |call, message| async {
            let view = call.view();
            Ok(wire::session::seen(view, rpc::create_session(&self.store, call, message).await?))
        })
        .await
    }

    async fn get_session(&self, request: Request<GetSessionRequest>) -> Answer<Session> {
        unary(request, |call, message| async {
            let view = call.view();
            Ok(wire::session::seen(view, rpc::get_session(&self.store, call, message).await?))
        })
        .await
    }

    async fn list_sessions(&self, request: Request<ListSessionsRequest>) -> Answer<ListSessionsResponse> {
        unary(request, |call, message| async {
            let view = call.view();
            let page = rpc::list_sessions(&self.store, call, message).await?;
            let sessions = page.sessions.into_iter().map(|session| wire::session::seen(view, session)).collect();
            Ok(ListSessionsResponse { sessions, ..page })
        })
        .await
    }

    async fn amend_session(&self, request: Request<AmendSessionRequest>) -> Answer<Session> {
        unary(request, |call, message| rpc::amend_session(&self.store, call, message)).await
    }

    async fn complete_session(&self, request: Request<CompleteSessionRequest>) -> Answer<Session> {
        unary(request, |call, message| rpc::complete_session(&self.store, call, message)).await
    }

    async fn cancel_session(&self, request: Request<CancelSessionRequest>) -> Answer<Session> {
        unary(request, |call, message| async {
            let view = call.view();
            Ok(wire::session::seen(view, rpc::cancel_session(&self.store, call, message).await?))
        })
        .await
    }

    async fn get_visit_summary(
        &self,
        request: Request<taper_api::v1::GetVisitSummaryRequest>,
    ) -> Answer<taper_api::v1::VisitSummary> {
        unary(request, |call, message| async {
            let view = call.view();
            Ok(seen::visit_summary(view, rpc::get_visit_summary(&self.store, call, message).await?))
        })
        .await
    }
}

#[tonic::async_trait]
impl ProtocolService for Service {
    async fn get_protocol(&self, request: Request<GetProtocolRequest>) -> Answer<Protocol> {
        unary(request, |call, message| rpc::get_protocol(&self.store, call, message)).await
    }

    async fn list_protocols(&self, request: Request<ListProtocolsRequest>) -> Answer<ListProtocolsResponse> {
        unary(request, |call, message| rpc::list_protocols(&self.store, call, message)).await
    }

    async fn validate_protocol(
        &self,
        request: Request<taper_api::v1::ValidateProtocolRequest>,
    ) -> Answer<taper_api::v1::ValidateProtocolResponse> {
        unary(request, rpc::validate_protocol).await
    }

    async fn create_protocol_version(
        &self,
        request: Request<taper_api::v1::CreateProtocolVersionRequest>,
    ) -> Answer<taper_api::v1::Protocol> {
        unary(request, |call, message| rpc::create_protocol_version(&self.store, call, message)).await
    }

    async fn test_protocol(
        &self,
        request: Request<taper_api::v1::TestProtocolRequest>,
    ) -> Answer<taper_api::v1::TestProtocolResponse> {
        unary(request, |call, message| rpc::test_protocol(&self.store, call, message)).await
    }

    type ReplayProtocolStream = tonic::codegen::BoxStream<taper_api::v1::ReplayProtocolResponse>;

    async fn replay_protocol(
        &self,
        request: Request<taper_api::v1::ReplayProtocolRequest>,
    ) -> Answer<Self::ReplayProtocolStream> {
        server_stream(request, |call, message| rpc::replay_protocol(&self.store, &self.replays, call, message)).await
    }
}
