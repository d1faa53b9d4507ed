"""One patient from the first visit on, as a clinic's software records it."""

import grpc
from google.rpc import error_details_pb2
from taper.v1 import (
    assessment_service_pb2,
    patient_service_pb2,
    recommendation_pb2,
    session_service_pb2,
    treatment_plan_service_pb2,
    values_pb2,
)

from clinic import SECONDS, ClinicTest, days_ago, observation, wire_date
from refusals import refused


class StoryTest(ClinicTest):
    def test_a_patient_reads_back_as_recorded(self):
        created = self.new_patient(cautions=[values_pb2.CAUTION_PACEMAKER])
        read = self.patients.GetPatient(patient_service_pb2.GetPatientRequest(name=created.name), timeout=SECONDS)
        self.assertEqual(read, created)
        self.assertEqual((read.given_name, read.family_name), ("Mira", "Lund"))
        self.assertEqual(list(read.cautions), [values_pb2.CAUTION_PACEMAKER])

    def test_early_in_an_acute_injury_the_advice_is_to_hold_and_every_rule_shows_its_ground(self):
        plan = self.active_plan(days_ago(10))
        injury = plan.name.rsplit("/treatmentPlans/", 1)[0]
        assessed = self.assess(
            injury,
            days_ago(7),
            [
                ("pain_worst_24h", 6.0),
                ("gait", "limp"),
                ("bruising", "local"),
                ("knee_extension_deficit_deg", 18.0),
                ("strength_outer_percent", 55.0),
            ],
        )
        advice = self.recommendation(plan.name, as_of=days_ago(7), include_text=True)
        self.assertEqual(advice.phase, 1)
        self.assertEqual(advice.phase_action, recommendation_pb2.PHASE_ACTION_HOLD)
        self.assertTrue(advice.summary)
        gait = self.criterion(advice, "P1-PROG-1", "gait")
        self.assertEqual(gait.verdict, recommendation_pb2.VERDICT_UNMET)
        self.assertEqual(gait.observed.code, "limp")
        self.assertEqual(gait.source, assessed.name)
        self.assertEqual(gait.observed_date, wire_date(days_ago(7)))
        for rule in advice.rules:
            self.assertNotEqual(rule.evidence_level, recommendation_pb2.EVIDENCE_LEVEL_UNSPECIFIED, rule.rule_id)
        self.assertIn("single_leg_squat", {missing.what for missing in advice.missing})

    def criterion(self, advice, rule_id, measure):
        rules = [rule for rule in advice.rules if rule.rule_id == rule_id]
        self.assertEqual(len(rules), 1, f"{rule_id} in {[rule.rule_id for rule in advice.rules]}")
        found = [criterion for criterion in rules[0].criteria if criterion.measure == measure]
        self.assertTrue(found, f"{measure} in {rules[0]}")
        return found[0]

    def test_the_advice_of_an_earlier_day_does_not_see_later_facts(self):
        plan = self.active_plan(days_ago(10))
        injury = plan.name.rsplit("/treatmentPlans/", 1)[0]
        self.assess(injury, days_ago(5), [("gait", "limp")])
        before = self.recommendation(plan.name, as_of=days_ago(4))
        self.assess(injury, days_ago(2), [("gait", "normal"), ("pain_walking", 0.0)])
        self.assertEqual(self.recommendation(plan.name, as_of=days_ago(4)), self.without_etag(before, plan.name))
        today = self.recommendation(plan.name)
        self.assertEqual(self.criterion(today, "P1-PROG-1", "gait").observed.code, "normal")

    def without_etag(self, advice, plan):
        """The same advice with the plan's current etag, since the etag tells of now and not of the day."""
        current = self.plans.GetTreatmentPlan(
            treatment_plan_service_pb2.GetTreatmentPlanRequest(name=plan), timeout=SECONDS
        )
        advice.plan_etag = current.etag
        return advice

    def test_a_palpable_gap_stops_already_the_draft_and_an_advance_is_refused_until_it_is_cleared(self):
        patient = self.new_patient()
        injury = self.new_injury(patient.name, days_ago(4))
        plan = self.new_plan(injury.name, days_ago(4))
        self.assess(injury.name, days_ago(3), [("palpable_gap", True), ("red_flag_pop", True), ("gait", "unable")])
        advice = self.recommendation(plan.name)
        self.assertEqual(advice.phase_action, recommendation_pb2.PHASE_ACTION_STOP)
        stops = {
            referral.rule_id: referral
            for referral in advice.referrals
            if referral.mode == recommendation_pb2.REFERRAL_MODE_STOP
            and referral.standing == recommendation_pb2.REFERRAL_STANDING_OPEN
        }
        self.assertIn("avulsion", {referral.condition for referral in stops.values()})
        self.assertEqual(list(advice.focus), [])
        with refused(self, grpc.StatusCode.FAILED_PRECONDITION, "OVERRIDE_REASON_NEEDED"):
            self.activate(plan.name, days_ago(3))
        reason = treatment_plan_service_pb2.OVERRIDE_REASON_CLINICAL_JUDGEMENT
        with refused(self, grpc.StatusCode.FAILED_PRECONDITION, "OVERRIDE_NOTE_NEEDED"):
            self.activate(plan.name, days_ago(3), override_reason=reason)
        words = "The specialist was called; the exercises stay without load."
        active = self.activate(plan.name, days_ago(3), override_reason=reason, note=words)
        decision = treatment_plan_service_pb2.Decision(
            therapist=self.therapist.name,
            phase=2,
            override_reason=treatment_plan_service_pb2.OVERRIDE_REASON_CLINICAL_JUDGEMENT,
        )
        request = treatment_plan_service_pb2.CreateDecisionRequest(
            parent=plan.name, decision=decision, etag=active.etag
        )
        with refused(self, grpc.StatusCode.FAILED_PRECONDITION, "STOP_REFERRAL_OPEN") as refusal:
            self.plans.CreateDecision(request, timeout=SECONDS)
        violations = refusal.detail(error_details_pb2.PreconditionFailure).violations
        self.assertTrue({violation.subject.split(" ")[0] for violation in violations} & set(stops))

    def test_a_decision_against_the_advice_needs_a_reason_and_then_stands(self):
        plan = self.active_plan(days_ago(10))
        injury = plan.name.rsplit("/treatmentPlans/", 1)[0]
        self.assess(injury, days_ago(1), [("gait", "limp"), ("pain_worst_24h", 6.0)])
        decision = treatment_plan_service_pb2.Decision(therapist=self.therapist.name, phase=2)
        request = treatment_plan_service_pb2.CreateDecisionRequest(
            parent=plan.name, decision=decision, etag=self.recommendation(plan.name).plan_etag
        )
        with refused(self, grpc.StatusCode.FAILED_PRECONDITION, "OVERRIDE_REASON_NEEDED") as refusal:
            self.plans.CreateDecision(request, timeout=SECONDS)
        failure = refusal.detail(error_details_pb2.PreconditionFailure)
        self.assertIn("P1-PROG-1", {violation.subject.split(" ")[0] for violation in failure.violations})
        request.decision.override_reason = treatment_plan_service_pb2.OVERRIDE_REASON_CLINICAL_JUDGEMENT
        self.plans.CreateDecision(request, timeout=SECONDS)
        self.assertEqual(self.recommendation(plan.name).phase, 2)
        listed = self.plans.ListDecisions(
            treatment_plan_service_pb2.ListDecisionsRequest(parent=plan.name), timeout=SECONDS
        )
        kinds = [decision.WhichOneof("decided") for decision in listed.decisions]
        self.assertEqual(kinds, ["activation_phase", "phase"])

    def test_an_amended_assessment_counts_with_its_new_value_and_one_in_error_no_longer(self):
        plan = self.active_plan(days_ago(10))
        injury = plan.name.rsplit("/treatmentPlans/", 1)[0]
        first = self.assess(injury, days_ago(1), [("gait", "limp")])
        self.assertEqual(first.revision, 1)
        amended = assessment_service_pb2.Assessment()
        amended.CopyFrom(first)
        del amended.observations[:]
        amended.observations.append(observation("gait", "normal"))
        request = assessment_service_pb2.AmendAssessmentRequest(
            assessment=amended, reason="Typed for another patient", etag=first.etag
        )
        second = self.assessments.AmendAssessment(request, timeout=SECONDS)
        self.assertEqual((second.name, second.revision), (first.name, 2))
        self.assertEqual(second.amend_reason, "Typed for another patient")
        self.assertEqual(self.criterion(self.recommendation(plan.name), "P1-PROG-1", "gait").observed.code, "normal")
        request = assessment_service_pb2.AmendAssessmentRequest(
            assessment=assessment_service_pb2.Assessment(name=first.name), reason="Wrong patient", entered_in_error=True
        )
        self.assertTrue(self.assessments.AmendAssessment(request, timeout=SECONDS).entered_in_error)
        gait = self.criterion(self.recommendation(plan.name), "P1-PROG-1", "gait")
        self.assertEqual(gait.verdict, recommendation_pb2.VERDICT_UNKNOWN)

    def test_a_planned_session_is_completed_once(self):
        plan = self.active_plan(days_ago(10))
        planned = self.new_session(plan.name, days_ago(1), state=session_service_pb2.SESSION_STATE_PLANNED)
        request = session_service_pb2.CompleteSessionRequest(
            name=planned.name,
            minutes=25,
            focus=[session_service_pb2.Focus(area=values_pb2.AREA_TIE_IN, minutes=25)],
            pain_before_nprs=3,
            pain_after_nprs=0,
        )
        done = self.sessions.CompleteSession(request, timeout=SECONDS)
        self.assertEqual((done.state, done.minutes), (session_service_pb2.SESSION_STATE_ATTENDED, 25))
        self.assertTrue(done.HasField("pain_after_nprs"), "0 is a finding")
        self.assertFalse(done.HasField("pain_next_morning_nprs"))
        with refused(self, grpc.StatusCode.FAILED_PRECONDITION, "WRONG_STATE"):
            self.sessions.CancelSession(session_service_pb2.CancelSessionRequest(name=planned.name), timeout=SECONDS)

    def test_one_plan_of_an_injury_is_active_at_a_time(self):
        plan = self.active_plan(days_ago(10))
        injury = plan.name.rsplit("/treatmentPlans/", 1)[0]
        with refused(self, grpc.StatusCode.FAILED_PRECONDITION, "WRONG_STATE"):
            self.activate(plan.name, days_ago(10))
        second = self.new_plan(injury, days_ago(10))
        with refused(self, grpc.StatusCode.FAILED_PRECONDITION, "PLAN_ALREADY_ACTIVE"):
            self.activate(second.name, days_ago(10))

    def test_an_injury_that_comes_back_is_a_new_one_linked_to_the_first(self):
        patient = self.new_patient()
        first = self.new_injury(patient.name, days_ago(100))
        request = patient_service_pb2.RecordReturnRequest(name=first.name, return_date=wire_date(days_ago(40)))
        self.patients.RecordReturn(request, timeout=SECONDS)
        again = self.injury_request(patient.name, days_ago(5)).injury
        request = patient_service_pb2.RecordRecurrenceRequest(name=first.name, injury=again)
        second = self.patients.RecordRecurrence(request, timeout=SECONDS)
        self.assertNotEqual(second.name, first.name)
        self.assertEqual(second.recurs_from, first.name)
        self.assertEqual(second.recurrence_timing, patient_service_pb2.RECURRENCE_TIMING_EARLY)
