"""Lists by pages: everything once, in order, whatever the size of the page."""

import grpc
from taper.v1 import patient_service_pb2, session_service_pb2

from clinic import SECONDS, ClinicTest, days_ago
from refusals import refused


class ListTest(ClinicTest):
    def test_the_pages_of_a_list_hold_everything_once_in_the_order_of_creation(self):
        plan = self.active_plan(days_ago(20))
        created = [self.new_session(plan.name, days_ago(age)).name for age in range(7, 0, -1)]
        for page_size in [1, 3, 7, 1000]:
            with self.subTest(page_size=page_size):
                pages = self.pages(plan.name, page_size)
                self.assertEqual([session.name for page in pages for session in page], created)
                self.assertTrue(all(len(page) <= page_size for page in pages))

    def pages(self, plan, page_size):
        pages, token = [], ""
        while True:
            request = session_service_pb2.ListSessionsRequest(parent=plan, page_size=page_size, page_token=token)
            page = self.sessions.ListSessions(request, timeout=SECONDS)
            pages.append(page.sessions)
            token = page.next_page_token
            if not token:
                return pages

    def test_a_token_of_one_list_is_refused_by_another(self):
        for _ in range(2):
            self.new_patient()
        request = patient_service_pb2.ListPatientsRequest(parent=self.clinic.name, page_size=1)
        token = self.patients.ListPatients(request, timeout=SECONDS).next_page_token
        self.assertTrue(token)
        request = patient_service_pb2.ListTherapistsRequest(parent=self.clinic.name, page_token=token)
        with refused(self, grpc.StatusCode.INVALID_ARGUMENT, "INVALID_PAGE_TOKEN"):
            self.patients.ListTherapists(request, timeout=SECONDS)

    def test_a_page_has_50_rows_when_no_size_is_named(self):
        plan = self.active_plan(days_ago(60))
        for _ in range(51):
            self.new_session(plan.name, days_ago(1))
        request = session_service_pb2.ListSessionsRequest(parent=plan.name)
        page = self.sessions.ListSessions(request, timeout=SECONDS)
        self.assertEqual(len(page.sessions), 50)
        request.page_token = page.next_page_token
        page = self.sessions.ListSessions(request, timeout=SECONDS)
        self.assertEqual((len(page.sessions), page.next_page_token), (1, ""))

    def test_the_list_of_a_parent_that_is_not_there_is_not_found(self):
        missing = f"{self.clinic.name}/patients/01890000-0000-7000-8000-000000000000"
        with refused(self, grpc.StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND"):
            self.patients.ListInjuries(patient_service_pb2.ListInjuriesRequest(parent=missing), timeout=SECONDS)
