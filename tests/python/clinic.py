"""A clinic of its own for each test class, on the server that TAPER_ADDRESS names."""

import datetime
import os
import unittest
import uuid

import grpc
from google.protobuf import timestamp_pb2
from google.type import date_pb2
from taper.v1 import (
    assessment_service_pb2,
    assessment_service_pb2_grpc,
    patient_service_pb2,
    patient_service_pb2_grpc,
    protocol_service_pb2_grpc,
    session_service_pb2,
    session_service_pb2_grpc,
    treatment_plan_service_pb2,
    treatment_plan_service_pb2_grpc,
    values_pb2,
)

ADDRESS = os.environ["TAPER_ADDRESS"]

# A call that takes longer is a fault of its own.
SECONDS = 10


def today() -> datetime.date:
    """Today in the clinics' time zone, which is UTC."""
    return datetime.datetime.now(datetime.timezone.utc).date()


def days_ago(days: int) -> datetime.date:
    """A day before today."""
    return today() - datetime.timedelta(days=days)


def wire_date(day: datetime.date) -> date_pb2.Date:
    """A civil date on the wire."""
    return date_pb2.Date(year=day.year, month=day.month, day=day.day)


def wire_time(day: datetime.date, hour: int = 0) -> timestamp_pb2.Timestamp:
    """An instant on that day."""
    instant = datetime.datetime.combine(day, datetime.time(hour), datetime.timezone.utc)
    time = timestamp_pb2.Timestamp()
    time.FromDatetime(instant)
    return time


def request_id() -> str:
    """A new id of a mutation."""
    return str(uuid.uuid4())


class ClinicTest(unittest.TestCase):
    """A clinic with a therapist, and the calls that a clinic's software makes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel = grpc.insecure_channel(ADDRESS)
        cls.addClassCleanup(cls.channel.close)
        cls.patients = patient_service_pb2_grpc.PatientServiceStub(cls.channel)
        cls.assessments = assessment_service_pb2_grpc.AssessmentServiceStub(cls.channel)
        cls.plans = treatment_plan_service_pb2_grpc.TreatmentPlanServiceStub(cls.channel)
        cls.sessions = session_service_pb2_grpc.SessionServiceStub(cls.channel)
        cls.protocols = protocol_service_pb2_grpc.ProtocolServiceStub(cls.channel)
        clinic = patient_service_pb2.Clinic(display_name="Black Box Clinic", time_zone="Etc/UTC")
        request = patient_service_pb2.CreateClinicRequest(clinic_id=f"black-box-{uuid.uuid4().hex[:12]}", clinic=clinic)
        cls.clinic = cls.patients.CreateClinic(request, timeout=SECONDS)
        cls.therapist = cls.new_therapist()

    @classmethod
    def new_therapist(cls):
        """A physiotherapist of the clinic."""
        therapist = patient_service_pb2.Therapist(
            display_name="Dana Ito", discipline=values_pb2.DISCIPLINE_PHYSIOTHERAPIST
        )
        request = patient_service_pb2.CreateTherapistRequest(parent=cls.clinic.name, therapist=therapist)
        return cls.patients.CreateTherapist(request, timeout=SECONDS)

    def patient_request(self, **fields):
        """A request that creates a patient, and is accepted as it stands."""
        birth_date = wire_date(datetime.date(1990, 5, 17))
        fields = {"given_name": "Mira", "family_name": "Lund", "birth_date": birth_date} | fields
        return patient_service_pb2.CreatePatientRequest(
            parent=self.clinic.name, patient=patient_service_pb2.Patient(**fields)
        )

    def new_patient(self, **fields):
        """A patient of the clinic."""
        return self.patients.CreatePatient(self.patient_request(**fields), timeout=SECONDS)

    def injury_request(self, patient: str, onset: datetime.date, **fields):
        """A request that creates an injury, and is accepted as it stands."""
        fields = {
            "side": values_pb2.SIDE_LEFT,
            "site": values_pb2.SITE_BELLY,
            "onset_date": wire_date(onset),
            "mechanism": values_pb2.MECHANISM_SPRINT,
            "presentation": values_pb2.PRESENTATION_ACUTE,
        } | fields
        return patient_service_pb2.CreateInjuryRequest(parent=patient, injury=patient_service_pb2.Injury(**fields))

    def new_injury(self, patient: str, onset: datetime.date, **fields):
        """An acute injury of the belly."""
        return self.patients.CreateInjury(self.injury_request(patient, onset, **fields), timeout=SECONDS)

    def assessment_request(self, injury: str, day: datetime.date, observations=(("pain_worst_24h", 3.0),), **fields):
        """A request that records these values on that day."""
        observed = [observation(measure, value) for measure, value in observations]
        assessment = assessment_service_pb2.Assessment(
            date=wire_date(day), therapist=self.therapist.name, observations=observed, **fields
        )
        return assessment_service_pb2.CreateAssessmentRequest(parent=injury, assessment=assessment)

    def assess(self, injury: str, day: datetime.date, observations):
        """Records these values on that day."""
        return self.assessments.CreateAssessment(self.assessment_request(injury, day, observations), timeout=SECONDS)

    def new_plan(self, injury: str, start: datetime.date, **fields):
        """A draft plan."""
        plan = treatment_plan_service_pb2.TreatmentPlan(start_date=wire_date(start), **fields)
        request = treatment_plan_service_pb2.CreateTreatmentPlanRequest(parent=injury, treatment_plan=plan)
        return self.plans.CreateTreatmentPlan(request, timeout=SECONDS)

    def activate(self, plan: str, day: datetime.date, phase: int = 1, **fields):
        """Starts the plan in the phase, on its first rung."""
        request = treatment_plan_service_pb2.ActivateTreatmentPlanRequest(
            name=plan, phase=phase, therapist=self.therapist.name, date=wire_date(day), **fields
        )
        return self.plans.ActivateTreatmentPlan(request, timeout=SECONDS)

    def active_plan(self, onset: datetime.date):
        """A new patient with an injury and an active plan, in phase 1."""
        patient = self.new_patient()
        injury = self.new_injury(patient.name, onset)
        plan = self.new_plan(injury.name, onset)
        return self.activate(plan.name, onset)

    def session_request(self, plan: str, day: datetime.date, **fields):
        """A request that records an attended massage of half an hour, and is accepted as it stands."""
        fields = {
            "kind": session_service_pb2.SESSION_KIND_MASSAGE,
            "state": session_service_pb2.SESSION_STATE_ATTENDED,
            "start_time": wire_time(day),
            "minutes": 30,
            "therapist": self.therapist.name,
        } | fields
        return session_service_pb2.CreateSessionRequest(parent=plan, session=session_service_pb2.Session(**fields))

    def new_session(self, plan: str, day: datetime.date, **fields):
        """An attended massage of half an hour."""
        return self.sessions.CreateSession(self.session_request(plan, day, **fields), timeout=SECONDS)

    def recommendation(self, plan: str, as_of: datetime.date | None = None, include_text: bool = False):
        """What the rules say, today or on an earlier day."""
        request = treatment_plan_service_pb2.GetRecommendationRequest(name=plan, include_text=include_text)
        if as_of is not None:
            request.as_of.CopyFrom(wire_date(as_of))
        return self.plans.GetRecommendation(request, timeout=SECONDS)


def observation(measure: str, value, **fields):
    """One result: a number, a finding (bool), or a code."""
    kind = {bool: "finding", str: "code"}.get(type(value), "number")
    return assessment_service_pb2.Observation(measure=measure, **{kind: value}, **fields)
