//! PatientService: clinics, their therapists, their patients, and the patients' injuries. AdminService: who may come in.

mod admin;
mod grant;
mod recurrence;
mod rpc;
mod wire;

pub use admin::Admin;

use taper_api::v1::patient_service_server::{PatientService, PatientServiceServer};
use taper_api::v1::{
    Clinic, CreateClinicRequest, CreateInjuryRequest, CreatePatientRequest, CreateTherapistRequest, GetClinicRequest,
    GetInjuryRequest, GetPatientRequest, GetTherapistRequest, Injury, ListClinicsRequest, ListClinicsResponse,
    ListInjuriesRequest, ListInjuriesResponse, ListPatientsRequest, ListPatientsResponse, ListTherapistsRequest,
    ListTherapistsResponse, Patient, RecordRecurrenceRequest, RecordReturnRequest, Therapist, UpdatePatientRequest,
};
use taper_kit::call::unary;
use taper_kit::stream::server_stream;
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
    pub fn server(store: Store) -> PatientServiceServer<Self> {
        PatientServiceServer::new(Self::new(store))
    }
}

#[tonic::async_trait]
impl PatientService for Service {
    async fn create_clinic(&self, request: Request<CreateClinicRequest>) -> Result<Response<Clinic>, Status> {
        unary(request, |call, message| rpc::create_clinic(&self.store, call, message)).await
    }

    async fn get_clinic(&self, request: Request<GetClinicRequest>) -> Result<Response<Clinic>, Status> {
        unary(request, |call, message| rpc::get_clinic(&self.store, call, message)).await
    }

    async fn list_clinics(
        &self,
        request: Request<ListClinicsRequest>,
    ) -> Result<Response<ListClinicsResponse>, Status> {
        unary(request, |call, message| rpc::list_clinics(&self.store, call, message)).await
    }

    async fn create_therapist(&self, request: Request<CreateTherapistRequest>) -> Result<Response<Therapist>, Status> {
        unary(request, |call, message| rpc::create_therapist(&self.store, call, message)).await
    }

    async fn get_therapist(&self, request: Request<GetTherapistRequest>) -> Result<Response<Therapist>, Status> {
        unary(request, |call, message| rpc::get_therapist(&self.store, call, message)).await
    }

    async fn list_therapists(
        &self,
        request: Request<ListTherapistsRequest>,
    ) -> Result<Response<ListTherapistsResponse>, Status> {
        unary(request, |call, message| rpc::list_therapists(&self.store, call, message)).await
    }

    async fn create_patient(&self, request: Request<CreatePatientRequest>) -> Result<Response<Patient>, Status> {
        unary(request, |call, message| async {
            let view = call.view();
            Ok(wire::patient::seen(view, rpc::create_patient(&self.store, call, message).await?))
        })
        .await
    }

    async fn get_patient(&self, request: Request<GetPatientRequest>) -> Result<Response<Patient>, Status> {
        unary(request, |call, message| async {
            let view = call.view();
            Ok(wire::patient::seen(view, rpc::get_patient(&self.store, call, message).await?))
        })
        .await
    }

    async fn list_patients(
        &self,
        request: Request<ListPatientsRequest>,
    ) -> Result<Response<ListPatientsResponse>, Status> {
        unary(request, |call, message| async {
            let view = call.view();
            let page = rpc::list_patients(&self.store, call, message).await?;
            let patients = page.patients.into_iter().map(|patient| wire::patient::seen(view, patient)).collect();
            Ok(ListPatientsResponse { patients, ..page })
        })
        .await
    }

    async fn update_patient(&self, request: Request<UpdatePatientRequest>) -> Result<Response<Patient>, Status> {
        unary(request, |call, message| async {
            let view = call.view();
            Ok(wire::patient::seen(view, rpc::update_patient(&self.store, call, message).await?))
        })
        .await
    }

    async fn delete_patient(
        &self,
        request: Request<taper_api::v1::DeletePatientRequest>,
    ) -> Result<Response<Patient>, Status> {
        unary(request, |call, message| async {
            let view = call.view();
            Ok(wire::patient::seen(view, rpc::delete_patient(&self.store, call, message).await?))
        })
        .await
    }

    async fn undelete_patient(
        &self,
        request: Request<taper_api::v1::UndeletePatientRequest>,
    ) -> Result<Response<Patient>, Status> {
        unary(request, |call, message| async {
            let view = call.view();
            Ok(wire::patient::seen(view, rpc::undelete_patient(&self.store, call, message).await?))
        })
        .await
    }

    async fn purge_patient(
        &self,
        request: Request<taper_api::v1::PurgePatientRequest>,
    ) -> Result<Response<taper_api::v1::PurgePatientResponse>, Status> {
        unary(request, |call, message| rpc::purge_patient(&self.store, call, message)).await
    }

    type ExportPatientStream = tonic::codegen::BoxStream<taper_api::v1::ExportPatientResponse>;

    async fn export_patient(
        &self,
        request: Request<taper_api::v1::ExportPatientRequest>,
    ) -> Result<Response<Self::ExportPatientStream>, Status> {
        server_stream(request, |call, message| rpc::export_patient(&self.store, call, message)).await
    }

    async fn create_injury(&self, request: Request<CreateInjuryRequest>) -> Result<Response<Injury>, Status> {
        unary(request, |call, message| rpc::create_injury(&self.store, call, message)).await
    }

    async fn get_injury(&self, request: Request<GetInjuryRequest>) -> Result<Response<Injury>, Status> {
        unary(request, |call, message| rpc::get_injury(&self.store, call, message)).await
    }

    async fn list_injuries(
        &self,
        request: Request<ListInjuriesRequest>,
    ) -> Result<Response<ListInjuriesResponse>, Status> {
        unary(request, |call, message| rpc::list_injuries(&self.store, call, message)).await
    }

    async fn record_return(&self, request: Request<RecordReturnRequest>) -> Result<Response<Injury>, Status> {
        unary(request, |call, message| rpc::record_return(&self.store, call, message)).await
    }

    async fn record_recurrence(&self, request: Request<RecordRecurrenceRequest>) -> Result<Response<Injury>, Status> {
        unary(request, |call, message| rpc::record_recurrence(&self.store, call, message)).await
    }

    async fn get_clinic_policy(
        &self,
        request: Request<taper_api::v1::GetClinicPolicyRequest>,
    ) -> Result<Response<taper_api::v1::ClinicPolicy>, Status> {
        unary(request, |call, message| rpc::get_clinic_policy(&self.store, call, message)).await
    }

    async fn update_clinic_policy(
        &self,
        request: Request<taper_api::v1::UpdateClinicPolicyRequest>,
    ) -> Result<Response<taper_api::v1::ClinicPolicy>, Status> {
        unary(request, |call, message| rpc::update_clinic_policy(&self.store, call, message)).await
    }

    async fn list_clinic_policy_revisions(
        &self,
        request: Request<taper_api::v1::ListClinicPolicyRevisionsRequest>,
    ) -> Result<Response<taper_api::v1::ListClinicPolicyRevisionsResponse>, Status> {
        unary(request, |call, message| rpc::list_clinic_policy_revisions(&self.store, call, message)).await
    }
}
