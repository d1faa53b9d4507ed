"""Retries and races: request ids, etags, and what another clinic may see."""

import concurrent.futures

import grpc
from taper.v1 import patient_service_pb2, session_service_pb2, treatment_plan_service_pb2

from clinic import SECONDS, ClinicTest, days_ago, request_id
from refusals import refused


class RetryTest(ClinicTest):
    def test_a_retry_with_the_same_request_id_gets_the_same_answer_and_stores_nothing_again(self):
        plan = self.active_plan(days_ago(20))
        request = self.session_request(plan.name, days_ago(1))
        request.request_id = request_id()
        first = self.sessions.CreateSession(request, timeout=SECONDS)
        second = self.sessions.CreateSession(request, timeout=SECONDS)
        self.assertEqual(first, second)
        self.assertEqual(self.session_names(plan.name), [first.name])

    def test_64_calls_at_once_with_one_request_id_store_one_session_and_get_one_answer(self):
        plan = self.active_plan(days_ago(20))
        request = self.session_request(plan.name, days_ago(1))
        request.request_id = request_id()

        def create(_):
            # A call that lost a race may be told to come again; the request id makes that safe.
            for _ in range(50):
                try:
                    return self.sessions.CreateSession(request, timeout=SECONDS)
                except grpc.RpcError as error:
                    if error.code() not in (grpc.StatusCode.ABORTED, grpc.StatusCode.UNAVAILABLE):
                        raise
            self.fail("never accepted")

        with concurrent.futures.ThreadPoolExecutor(64) as pool:
            answers = list(pool.map(create, range(64)))
        self.assertEqual({answer.SerializeToString(deterministic=True) for answer in answers}, {
            answers[0].SerializeToString(deterministic=True)
        })
        self.assertEqual(self.session_names(plan.name), [answers[0].name])

    def test_a_request_id_with_another_body_is_refused(self):
        plan = self.active_plan(days_ago(20))
        request = self.session_request(plan.name, days_ago(1))
        request.request_id = request_id()
        self.sessions.CreateSession(request, timeout=SECONDS)
        request.session.minutes = 45
        with refused(self, grpc.StatusCode.INVALID_ARGUMENT, "REQUEST_ID_REUSED"):
            self.sessions.CreateSession(request, timeout=SECONDS)

    def session_names(self, plan):
        request = session_service_pb2.ListSessionsRequest(parent=plan, page_size=1000)
        return [session.name for session in self.sessions.ListSessions(request, timeout=SECONDS).sessions]

    def test_an_old_etag_is_aborted_with_the_current_one(self):
        patient = self.new_patient()
        old = patient.etag
        patient.given_name = "Nora"
        request = patient_service_pb2.UpdatePatientRequest(patient=patient)
        updated = self.patients.UpdatePatient(request, timeout=SECONDS)
        self.assertEqual(updated.given_name, "Nora")
        self.assertNotEqual(updated.etag, old)
        with refused(self, grpc.StatusCode.ABORTED, "ETAG_MISMATCH") as refusal:
            self.patients.UpdatePatient(request, timeout=SECONDS)
        self.assertEqual(refusal.info.metadata["etag"], updated.etag)

    def test_a_decision_without_the_plans_etag_names_the_field(self):
        plan = self.active_plan(days_ago(20))
        decision = treatment_plan_service_pb2.Decision(therapist=self.therapist.name, phase=1)
        request = treatment_plan_service_pb2.CreateDecisionRequest(parent=plan.name, decision=decision)
        with refused(self, grpc.StatusCode.INVALID_ARGUMENT, "INVALID_FIELDS") as refusal:
            self.plans.CreateDecision(request, timeout=SECONDS)
        self.assertIn("etag", refusal.fields)

    def test_an_external_id_is_unique_in_its_clinic(self):
        number = patient_service_pb2.ExternalId(system="acme-practice", value="4711")
        first = self.new_patient(external_ids=[number])
        self.assertEqual(list(first.external_ids), [number])
        with refused(self, grpc.StatusCode.ALREADY_EXISTS, "ALREADY_EXISTS"):
            self.new_patient(external_ids=[number])


class OtherClinicTest(ClinicTest):
    def test_a_patient_of_another_clinic_looks_like_one_that_does_not_exist(self):
        patient = self.new_patient()
        own_id = patient.name.rsplit("/", 1)[-1]
        other = patient_service_pb2.CreateClinicRequest(
            clinic_id=f"{self.clinic.name.rsplit('/', 1)[-1]}-2",
            clinic=patient_service_pb2.Clinic(display_name="Other", time_zone="Europe/Oslo"),
        )
        other = self.patients.CreateClinic(other, timeout=SECONDS)
        messages = []
        for id in [own_id, "01890000-0000-7000-8000-000000000000"]:
            request = patient_service_pb2.GetPatientRequest(name=f"{other.name}/patients/{id}")
            with refused(self, grpc.StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND") as refusal:
                self.patients.GetPatient(request, timeout=SECONDS)
            messages.append(refusal.message.replace(id, ""))
        self.assertEqual(messages[0], messages[1])

    def test_a_therapist_of_another_clinic_is_not_taken(self):
        plan = self.active_plan(days_ago(20))
        stranger = "clinics/default/therapists/01890000-0000-7000-8000-000000000000"
        with self.assertRaises(grpc.RpcError) as failed:
            self.new_session(plan.name, days_ago(1), therapist=stranger)
        self.assertIn(failed.exception.code(), (grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.NOT_FOUND))
