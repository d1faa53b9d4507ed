//! AdminService: who may come in to a clinic, and what happened in it.

use taper_api::v1;
use taper_api::v1::admin_service_server::{AdminService, AdminServiceServer};
use taper_kit::call::unary;
use taper_store::Store;
use tonic::{Request, Response, Status};

use crate::rpc;

/// The service, on an open database.
#[derive(Clone)]
pub struct Admin {
    store: Store,
}

impl Admin {
    /// Its tonic server.
    pub fn server(store: Store) -> AdminServiceServer<Self> {
        AdminServiceServer::new(Self { store })
    }
}

#[tonic::async_trait]
impl AdminService for Admin {
    async fn create_api_key(&self, request: Request<v1::CreateApiKeyRequest>) -> Result<Response<v1::ApiKey>, Status> {
        unary(request, |call, message| rpc::create_api_key(&self.store, call, message)).await
    }

    async fn list_api_keys(
        &self,
        request: Request<v1::ListApiKeysRequest>,
    ) -> Result<Response<v1::ListApiKeysResponse>, Status> {
        unary(request, |call, message| rpc::list_api_keys(&self.store, call, message)).await
    }

    async fn revoke_api_key(&self, request: Request<v1::RevokeApiKeyRequest>) -> Result<Response<v1::ApiKey>, Status> {
        unary(request, |call, message| rpc::revoke_api_key(&self.store, call, message)).await
    }

    async fn create_member(&self, request: Request<v1::CreateMemberRequest>) -> Result<Response<v1::Member>, Status> {
        unary(request, |call, message| rpc::create_member(&self.store, call, message)).await
    }

    async fn list_members(
        &self,
        request: Request<v1::ListMembersRequest>,
    ) -> Result<Response<v1::ListMembersResponse>, Status> {
        unary(request, |call, message| rpc::list_members(&self.store, call, message)).await
    }

    async fn disable_member(&self, request: Request<v1::DisableMemberRequest>) -> Result<Response<v1::Member>, Status> {
        unary(request, |call, message| rpc::disable_member(&self.store, call, message)).await
    }

    async fn break_glass(
        &self,
        request: Request<v1::BreakGlassRequest>,
    ) -> Result<Response<v1::BreakGlassResponse>, Status> {
        unary(request, |call, message| rpc::break_glass(&self.store, call, message)).await
    }

    async fn list_audit_events(
        &self,
        request: Request<v1::ListAuditEventsRequest>,
    ) -> Result<Response<v1::ListAuditEventsResponse>, Status> {
        unary(request, |call, message| rpc::list_audit_events(&self.store, call, message)).await
    }

    async fn verify_audit(
        &self,
        request: Request<v1::VerifyAuditRequest>,
    ) -> Result<Response<v1::VerifyAuditResponse>, Status> {
        unary(request, |call, message| rpc::verify_audit(&self.store, call, message)).await
    }
}
