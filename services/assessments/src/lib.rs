//! AssessmentService: assessments and activities of an injury, and the catalogue of measures.

mod dates;
mod rpc;
mod testers;
mod wire;

use taper_api::v1::assessment_service_server::{AssessmentService, AssessmentServiceServer};
use taper_api::v1::{
    Activity, AmendActivityRequest, AmendAssessmentRequest, Assessment, CreateActivityRequest, CreateAssessmentRequest,
    GetActivityRequest, GetAssessmentRequest, ListActivitiesRequest, ListActivitiesResponse, ListAssessmentsRequest,
    ListAssessmentsResponse, ListMeasuresRequest, ListMeasuresResponse,
};
use taper_kit::call::unary;
use taper_store::Store;
use tonic::{Request, Response, Status};

/// The service, on an open database.
#[derive(Clone)]
pub struct Service {
    store: Store,
}

impl Service {
    /// The service on this store.
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// Its tonic server.
    pub fn server(store: Store) -> AssessmentServiceServer<Self> {
        AssessmentServiceServer::new(Self::new(store))
    }
}

#[tonic::async_trait]
impl AssessmentService for Service {
    async fn create_assessment(
        &self,
        request: Request<CreateAssessmentRequest>,
    ) -> Result<Response<Assessment>, Status> {
        unary(request, |call, message| rpc::create_assessment(&self.store, call, message)).await
    }

    async fn get_assessment(&self, request: Request<GetAssessmentRequest>) -> Result<Response<Assessment>, Status> {
        unary(request, |call, message| rpc::get_assessment(&self.store, call, message)).await
    }

    async fn list_assessments(
        &self,
        request: Request<ListAssessmentsRequest>,
    ) -> Result<Response<ListAssessmentsResponse>, Status> {
        unary(request, |call, message| rpc::list_assessments(&self.store, call, message)).await
    }

    async fn amend_assessment(&self, request: Request<AmendAssessmentRequest>) -> Result<Response<Assessment>, Status> {
        unary(request, |call, message| rpc::amend_assessment(&self.store, call, message)).await
    }

    async fn create_activity(&self, request: Request<CreateActivityRequest>) -> Result<Response<Activity>, Status> {
        unary(request, |call, message| rpc::create_activity(&self.store, call, message)).await
    }

    async fn get_activity(&self, request: Request<GetActivityRequest>) -> Result<Response<Activity>, Status> {
        unary(request, |call, message| rpc::get_activity(&self.store, call, message)).await
    }

    async fn list_activities(
        &self,
        request: Request<ListActivitiesRequest>,
    ) -> Result<Response<ListActivitiesResponse>, Status> {
        unary(request, |call, message| rpc::list_activities(&self.store, call, message)).await
    }

    async fn amend_activity(&self, request: Request<AmendActivityRequest>) -> Result<Response<Activity>, Status> {
        unary(request, |call, message| rpc::amend_activity(&self.store, call, message)).await
    }

    async fn list_measures(
        &self,
        request: Request<ListMeasuresRequest>,
    ) -> Result<Response<ListMeasuresResponse>, Status> {
        unary(request, |_, message| async move { rpc::list_measures(&message) }).await
    }

    async fn get_trends(
        &self,
        request: Request<taper_api::v1::GetTrendsRequest>,
    ) -> Result<Response<taper_api::v1::Trends>, Status> {
        unary(request, |call, message| rpc::get_trends(&self.store, call, message)).await
    }
}
