"""Bad input: INVALID_ARGUMENT, every offending field named at once, and nothing stored."""

import datetime
import math

import grpc
from google.type import date_pb2
from taper.v1 import (
    assessment_service_pb2,
    patient_service_pb2,
    session_service_pb2,
    treatment_plan_service_pb2,
    values_pb2,
)

from clinic import SECONDS, ClinicTest, days_ago, observation, today, wire_date, wire_time
from refusals import refused

ONSET = 20


def is_at(field, place):
    """Whether the field is that place, or lies within it."""
    return field == place or field.startswith((f"{place}.", f"{place}["))


class BadInputTest(ClinicTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        test = cls()
        cls.patient = test.new_patient()
        cls.injury = test.new_injury(cls.patient.name, days_ago(ONSET))
        plan = test.new_plan(cls.injury.name, days_ago(ONSET))
        cls.plan = test.activate(plan.name, days_ago(ONSET))

    def check(self, call, request, *fields):
        """The call is refused, naming these fields and no others, and what is stored is as before."""
        before = self.stored()
        with refused(self, grpc.StatusCode.INVALID_ARGUMENT, "INVALID_FIELDS") as refusal:
            call(request, timeout=SECONDS)
        named = refusal.fields
        for field in fields:
            self.assertTrue(any(is_at(one, field) for one in named), f"{field} is not among {named}")
        for one in named:
            self.assertTrue(any(is_at(one, field) for field in fields), f"{one} was not due")
        self.assertEqual(self.stored(), before)

    def stored(self):
        """How much there is of everything that these tests could store."""
        injury, plan = self.injury.name, self.plan.name
        patients = patient_service_pb2.ListPatientsRequest(parent=self.clinic.name, page_size=1000)
        injuries = patient_service_pb2.ListInjuriesRequest(parent=self.patient.name, page_size=1000)
        assessments = assessment_service_pb2.ListAssessmentsRequest(parent=injury, page_size=1000)
        activities = assessment_service_pb2.ListActivitiesRequest(parent=injury, page_size=1000)
        sessions = session_service_pb2.ListSessionsRequest(parent=plan, page_size=1000)
        decisions = treatment_plan_service_pb2.ListDecisionsRequest(parent=plan, page_size=1000)
        return [
            len(self.patients.ListPatients(patients, timeout=SECONDS).patients),
            len(self.patients.ListInjuries(injuries, timeout=SECONDS).injuries),
            len(self.assessments.ListAssessments(assessments, timeout=SECONDS).assessments),
            len(self.assessments.ListActivities(activities, timeout=SECONDS).activities),
            len(self.sessions.ListSessions(sessions, timeout=SECONDS).sessions),
            len(self.plans.ListDecisions(decisions, timeout=SECONDS).decisions),
        ]

    def test_a_value_out_of_its_range_is_refused_and_the_last_one_within_is_taken(self):
        for measure, within, beyond in [
            ("pain_worst_24h", 10.0, 11.0),
            ("pain_worst_24h", 0.0, -1.0),
            ("knee_extension_deficit_deg", 0.0, -5.0),
            ("lefs", 80.0, 90.0),
            ("strength_outer_percent", 150.0, 400.0),
            ("pain_worst_24h", 4.0, math.nan),
            ("pain_worst_24h", 4.0, math.inf),
            ("knee_extension_deficit_deg", 4.5, 4.0001),
        ]:
            with self.subTest(measure=measure, beyond=beyond):
                request = self.assessment_request(self.injury.name, today(), [(measure, beyond)])
                self.check(self.assessments.CreateAssessment, request, "assessment.observations[0]")
                self.assess(self.injury.name, today(), [(measure, within)])

    def test_a_value_of_another_shape_and_an_unknown_measure_are_refused(self):
        for measure, value in [
            ("pain_worst_24h", True),
            ("gait", "hopping"),
            ("gait", 1.0),
            ("palpable_gap", "yes"),
            ("mood", 1.0),
        ]:
            with self.subTest(measure=measure, value=value):
                request = self.assessment_request(self.injury.name, today(), [(measure, value)])
                self.check(self.assessments.CreateAssessment, request, "assessment.observations[0]")

    def test_all_faults_of_a_request_are_named_at_once(self):
        assessment = assessment_service_pb2.Assessment(
            date=date_pb2.Date(year=0, month=1, day=1),
            therapist="clinics/nobody",
            observations=[
                observation("pain_worst_24h", 11.0),
                observation("gait", "normal"),
                observation("lefs", 90.0),
            ],
            note="n" * 10_001,
        )
        request = assessment_service_pb2.CreateAssessmentRequest(
            parent=self.injury.name, assessment=assessment, request_id="not a uuid"
        )
        self.check(
            self.assessments.CreateAssessment,
            request,
            "request_id",
            "assessment.date",
            "assessment.therapist",
            "assessment.observations[0]",
            "assessment.observations[2]",
            "assessment.note",
        )

    def test_an_assessment_before_the_onset_or_in_the_future_is_refused(self):
        for day in [days_ago(ONSET + 1), today() + datetime.timedelta(days=2)]:
            with self.subTest(day=day):
                request = self.assessment_request(self.injury.name, day)
                self.check(self.assessments.CreateAssessment, request, "assessment.date")
        self.assess(self.injury.name, days_ago(ONSET), [("pain_worst_24h", 6.0)])

    def test_a_date_that_is_none_is_refused(self):
        for year, month, day in [(0, 1, 1), (10_000, 1, 1), (2024, 13, 1), (2023, 2, 29), (2024, 1, 0), (-1, 1, 1)]:
            with self.subTest(date=(year, month, day)):
                wrong = date_pb2.Date(year=year, month=month, day=day)
                request = self.assessment_request(self.injury.name, today())
                request.assessment.date.CopyFrom(wrong)
                self.check(self.assessments.CreateAssessment, request, "assessment.date")
                request = self.injury_request(self.patient.name, today())
                request.injury.onset_date.CopyFrom(wrong)
                self.check(self.patients.CreateInjury, request, "injury.onset_date")
                self.check(self.patients.CreatePatient, self.patient_request(birth_date=wrong), "patient.birth_date")
                request = treatment_plan_service_pb2.GetRecommendationRequest(name=self.plan.name, as_of=wrong)
                self.check(self.plans.GetRecommendation, request, "as_of")

    def test_a_day_in_the_future_is_refused_wherever_it_stands(self):
        future = wire_date(today() + datetime.timedelta(days=2))
        self.check(self.patients.CreatePatient, self.patient_request(birth_date=future), "patient.birth_date")
        request = self.injury_request(self.patient.name, today())
        request.injury.onset_date.CopyFrom(future)
        self.check(self.patients.CreateInjury, request, "injury.onset_date")
        activity = assessment_service_pb2.Activity(
            date=future,
            kind=values_pb2.ACTIVITY_KIND_RUN,
            reported_by=assessment_service_pb2.REPORTER_PATIENT,
        )
        request = assessment_service_pb2.CreateActivityRequest(parent=self.injury.name, activity=activity)
        self.check(self.assessments.CreateActivity, request, "activity.date")
        attended = wire_time(today() + datetime.timedelta(days=2))
        request = self.session_request(self.plan.name, today(), start_time=attended)
        self.check(self.sessions.CreateSession, request, "session.start_time")
        request = treatment_plan_service_pb2.GetRecommendationRequest(name=self.plan.name, as_of=future)
        self.check(self.plans.GetRecommendation, request, "as_of")

    def test_a_session_of_no_or_too_many_minutes_is_refused(self):
        for minutes in [0, -1, 601, 700, 2**31 - 1]:
            with self.subTest(minutes=minutes):
                request = self.session_request(self.plan.name, today(), minutes=minutes)
                self.check(self.sessions.CreateSession, request, "session.minutes")
        self.new_session(self.plan.name, days_ago(1), minutes=1)
        self.new_session(self.plan.name, days_ago(1), minutes=600)

    def test_focus_minutes_beyond_the_minutes_of_the_session_are_refused(self):
        tie_in, belly = values_pb2.AREA_TIE_IN, values_pb2.AREA_BELLY
        for shares in [[(tie_in, 20), (belly, 11)], [(tie_in, 31)]]:
            with self.subTest(shares=shares):
                focus = [session_service_pb2.Focus(area=area, minutes=minutes) for area, minutes in shares]
                request = self.session_request(self.plan.name, today(), minutes=30, focus=focus)
                self.check(self.sessions.CreateSession, request, "session.focus")
        focus = [session_service_pb2.Focus(area=tie_in, minutes=18), session_service_pb2.Focus(area=belly, minutes=12)]
        self.new_session(self.plan.name, days_ago(1), minutes=30, focus=focus)

    def test_pain_beyond_the_scale_is_refused_in_a_session(self):
        for field in ["pain_before_nprs", "pain_after_nprs", "pain_next_morning_nprs"]:
            for value in [-1, 11]:
                with self.subTest(field=field, value=value):
                    request = self.session_request(self.plan.name, days_ago(1), **{field: value})
                    self.check(self.sessions.CreateSession, request, f"session.{field}")

    def test_nul_in_a_text_is_refused(self):
        request = self.patient_request(family_name="Lu\0nd", given_name="\0")
        self.check(self.patients.CreatePatient, request, "patient.family_name", "patient.given_name")
        request = self.session_request(self.plan.name, today(), note="a\0b")
        self.check(self.sessions.CreateSession, request, "session.note")

    def test_a_name_that_is_missing_or_too_long_is_refused(self):
        self.check(self.patients.CreatePatient, self.patient_request(family_name=""), "patient.family_name")
        self.check(self.patients.CreatePatient, self.patient_request(family_name="L" * 201), "patient.family_name")
        self.new_patient(family_name="Ł" * 200)

    def test_unknown_and_missing_enum_values_are_refused(self):
        for number in [0, 99, -1]:
            with self.subTest(number=number):
                request = self.injury_request(self.patient.name, today(), side=number, site=number, presentation=number)
                self.check(self.patients.CreateInjury, request, "injury.side", "injury.site", "injury.presentation")
                request = self.session_request(self.plan.name, today(), kind=number, state=number)
                self.check(self.sessions.CreateSession, request, "session.kind", "session.state")
        self.check(self.patients.CreatePatient, self.patient_request(cautions=[1, 99]), "patient.cautions[1]")

    def test_a_missing_body_is_named(self):
        request = patient_service_pb2.CreatePatientRequest(parent=self.clinic.name)
        self.check(self.patients.CreatePatient, request, "patient")
        request = session_service_pb2.CreateSessionRequest(parent=self.plan.name)
        self.check(self.sessions.CreateSession, request, "session")

    def test_a_name_of_another_shape_is_refused(self):
        for name in ["", "clinics", "clinics/default", f"{self.patient.name}/", self.patient.name.upper(), "x" * 5000]:
            with self.subTest(name=name[:50]):
                request = patient_service_pb2.GetPatientRequest(name=name)
                self.check(self.patients.GetPatient, request, "name")

    def test_a_page_size_below_0_or_above_1000_is_refused(self):
        for size in [-1, 1001, -(2**31)]:
            with self.subTest(size=size):
                request = patient_service_pb2.ListPatientsRequest(parent=self.clinic.name, page_size=size)
                self.check(self.patients.ListPatients, request, "page_size")
                request = session_service_pb2.ListSessionsRequest(parent=self.plan.name, page_size=size)
                self.check(self.sessions.ListSessions, request, "page_size")

    def test_a_page_token_that_was_never_given_is_refused(self):
        request = patient_service_pb2.ListPatientsRequest(parent=self.clinic.name, page_token="AAAA")
        with refused(self, grpc.StatusCode.INVALID_ARGUMENT, "INVALID_PAGE_TOKEN"):
            self.patients.ListPatients(request, timeout=SECONDS)

    def test_a_ladder_that_does_not_fall_is_refused(self):
        step = treatment_plan_service_pb2.FrequencyStep
        plan = treatment_plan_service_pb2.TreatmentPlan(
            frequency_steps=[
                step(session_count_per_week=2, minutes=30),
                step(session_count_per_week=3, minutes=30),
            ]
        )
        request = treatment_plan_service_pb2.CreateTreatmentPlanRequest(parent=self.injury.name, treatment_plan=plan)
        self.check(self.plans.CreateTreatmentPlan, request, "treatment_plan.frequency_steps")
