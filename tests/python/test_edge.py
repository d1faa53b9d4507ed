"""The server's edge: health, reflection, deadlines, limits, and those who come without gRPC."""

import http.client

import grpc
from google.protobuf import descriptor_pool
from google.rpc import error_details_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase
from taper.v1 import assessment_service_pb2, patient_service_pb2

from clinic import ADDRESS, SECONDS, ClinicTest
from refusals import refused

SERVICES = {
    "taper.v1.AssessmentService",
    "taper.v1.PatientService",
    "taper.v1.ProtocolService",
    "taper.v1.SessionService",
    "taper.v1.TreatmentPlanService",
}


class EdgeTest(ClinicTest):
    def test_every_service_is_healthy_and_so_is_the_whole(self):
        health = health_pb2_grpc.HealthStub(self.channel)
        for service in ["", *sorted(SERVICES)]:
            with self.subTest(service=service):
                answer = health.Check(health_pb2.HealthCheckRequest(service=service), timeout=SECONDS)
                self.assertEqual(answer.status, health_pb2.HealthCheckResponse.SERVING)

    def test_reflection_tells_services_methods_and_error_details(self):
        database = ProtoReflectionDescriptorDatabase(self.channel)
        self.assertLessEqual(SERVICES, set(database.get_services()))
        pool = descriptor_pool.DescriptorPool(database)
        service = pool.FindServiceByName("taper.v1.PatientService")
        self.assertIn("CreatePatient", service.methods_by_name)
        self.assertIn("family_name", pool.FindMessageTypeByName("taper.v1.Patient").fields_by_name)
        for detail in ["google.rpc.ErrorInfo", "google.rpc.BadRequest", "google.rpc.PreconditionFailure"]:
            self.assertEqual(pool.FindMessageTypeByName(detail).full_name, detail)

    def test_an_unknown_method_is_unimplemented_with_its_reason(self):
        call = self.channel.unary_unary("/taper.v1.PatientService/HealPatient")
        with refused(self, grpc.StatusCode.UNIMPLEMENTED, "UNKNOWN_METHOD"):
            call(b"", timeout=SECONDS)

    def test_an_unknown_service_is_unimplemented_with_its_reason(self):
        call = self.channel.unary_unary("/taper.v9.MiracleService/Heal")
        with refused(self, grpc.StatusCode.UNIMPLEMENTED, "UNKNOWN_METHOD"):
            call(b"", timeout=SECONDS)

    def test_bytes_that_are_no_message_are_an_invalid_argument(self):
        call = self.channel.unary_unary("/taper.v1.PatientService/CreatePatient")
        with refused(self, grpc.StatusCode.INVALID_ARGUMENT, "MALFORMED_REQUEST"):
            call(b"\xff\xff\xff\xff", timeout=SECONDS)

    def test_a_message_of_5_mib_is_refused_with_its_limit_and_nothing_is_stored(self):
        request = self.patient_request(family_name="L" * (5 * 1024 * 1024))
        with refused(self, grpc.StatusCode.RESOURCE_EXHAUSTED, "LIMIT_EXCEEDED") as refusal:
            self.patients.CreatePatient(request, timeout=SECONDS)
        self.assertIsNotNone(refusal.detail(error_details_pb2.RetryInfo))
        self.assertEqual(refusal.info.metadata["limit"], "REQUEST_BYTES_MAX")
        listed = self.patients.ListPatients(
            patient_service_pb2.ListPatientsRequest(parent=self.clinic.name, page_size=1000), timeout=SECONDS
        )
        self.assertNotIn("L" * 100, {patient.family_name[:100] for patient in listed.patients})

    def test_a_deadline_that_is_over_is_deadline_exceeded(self):
        request = patient_service_pb2.GetClinicRequest(name=self.clinic.name)
        codes = []
        # An answer may overtake even the shortest deadline; whatever is not answered in time has this one code.
        for _ in range(50):
            try:
                self.patients.GetClinic(request, timeout=0.000_001)
            except grpc.RpcError as failed:
                codes.append(failed.code())
        self.assertTrue(codes, "no call was late")
        self.assertEqual(set(codes), {grpc.StatusCode.DEADLINE_EXCEEDED})

    def test_the_answer_carries_a_request_id(self):
        request = patient_service_pb2.GetClinicRequest(name=self.clinic.name)
        _, call = self.patients.GetClinic.with_call(request, timeout=SECONDS)
        self.assertTrue(dict(call.initial_metadata()).get("x-request-id"))

    def test_a_plain_http_get_is_told_what_this_is_and_how_to_call_it(self):
        for path in ["/", "/favicon.ico"]:
            with self.subTest(path=path):
                status, text = self.http("GET", path)
                self.assertLess(len(text), 2000)
                self.assertIn("gRPC", text)
                self.assertIn("buf curl", text)
                self.assertEqual(status, 200 if path == "/" else 404)

    def test_a_json_post_is_told_that_only_grpc_is_taken(self):
        body = '{"name": "clinics/default"}'
        headers = {"content-type": "application/json"}
        status, text = self.http("POST", "/taper.v1.PatientService/GetClinic", body, headers)
        self.assertEqual(status, 415)
        self.assertIn("application/grpc", text)

    def http(self, method, path, body=None, headers=None):
        """An HTTP/1.1 request, as curl or a browser sends it."""
        host, _, port = ADDRESS.rpartition(":")
        connection = http.client.HTTPConnection(host, int(port), timeout=SECONDS)
        self.addCleanup(connection.close)
        connection.request(method, path, body=body, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


class CatalogueTest(ClinicTest):
    def test_the_catalogue_names_unit_range_and_source_of_every_measure(self):
        listed = self.assessments.ListMeasures(
            assessment_service_pb2.ListMeasuresRequest(page_size=1000), timeout=SECONDS
        )
        measures = {measure.code: measure for measure in listed.measures}
        self.assertEqual(len(measures), len(listed.measures), "every code once")
        for measure in listed.measures:
            with self.subTest(measure=measure.code):
                self.assertTrue(measure.display_name and measure.how and measure.source and measure.fresh_days > 0)
                if measure.shape == assessment_service_pb2.MEASURE_SHAPE_NUMBER:
                    self.assertTrue(measure.unit)
                    self.assertLess(measure.min, measure.max)
        self.assertEqual((measures["lefs"].min, measures["lefs"].max), (0, 80))
        self.assertEqual(measures["pain_worst_24h"].max, 10)
