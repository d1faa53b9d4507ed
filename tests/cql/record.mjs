// A question of the exchange format as cql-execution's data source: the record as far as it counts on the day asked about.

import cql from "cql-execution";

import { className } from "./model.mjs";

const LADDER = [3, 2, 1];

/** One question as the one patient of a data source. */
export class RecordSource {
  constructor(question, measures) {
    this.patient = new Patient(question, measures);
  }

  currentPatient() {
    return this.patient;
  }

  nextPatient() {
    this.patient = undefined;
    return undefined;
  }
}

class Patient {
  constructor({ record, as_of }, measures) {
    const counts = (date, fact) => date <= as_of && !fact.entered_in_error;
    const plan = record.plan.content;
    this.id = record.plan.id;
    this.as_of = day(as_of);
    this.onset_date = day(record.injury.content.onset_date);
    this.start_date = day(plan.start_date);
    this.state = plan.state;
    this.running = plan.policy.running ?? "conservative";
    this.pain_limit = plan.policy.pain_limit ?? null;
    this.equipment = plan.policy.equipment ?? null;
    this.ladder = plan.steps.length > 0 ? plan.steps.map((step) => step.visits_per_week) : LADDER;
    this.cautions = record.patient.cautions;
    this.cautions_reviewed_date = day(record.patient.cautions_reviewed_date);
    const visits = record.sessions
      .filter((session) => counts(session.content.date, session) && session.content.state === "attended")
      .map((session) => session.content);
    const assessments = record.assessments.filter((fact) => counts(fact.content.date, fact)).map((fact) => fact.content);
    const activities = record.activities.filter((fact) => counts(fact.content.date, fact)).map((fact) => fact.content);
    this.lists = new Map();
    this.lists.set("Patient", [this]);
    this.lists.set("Visit", visits.map((visit) => ({ dated: day(visit.date) })));
    this.lists.set("Decision", inOrder(record.decisions.filter((fact) => counts(fact.content.date, fact))));
    for (const measure of measures.keys()) this.lists.set(measure, []);
    this.addAssessments(assessments, measures);
    this.addActivities(activities);
    this.addMornings([...activities, ...visits], as_of);
  }

  getId() {
    return this.id;
  }

  /** What a retrieve such as [gait] gives. */
  findRecords(retrieved) {
    return this.lists.get(className(retrieved));
  }

  addAssessments(assessments, measures) {
    for (const { date, therapist, results, run_stages } of assessments) {
      for (const { measure, value, tester } of results) {
        this.add(measure, date, level(value, measures.get(measure)), false, tester ?? therapist);
      }
      if (run_stages?.length > 0) {
        const painful = run_stages.filter((stage) => stage.pain >= 1).map((stage) => stage.speed_kmh);
        const speed = painful.length > 0 ? Math.min(...painful) : Math.max(...run_stages.map((stage) => stage.speed_kmh));
        this.add("pain_onset_speed_kmh", date, speed, painful.length === 0, therapist);
      }
    }
  }

  addActivities(activities) {
    for (const { date, kind, pain_during } of activities) {
      const measure = kind === "run" ? "pain_running" : "pain_activity";
      this.add(measure, date, pain_during == null ? null : 1000 * pain_during, false, null);
    }
  }

  /** The pain of the morning after an activity or a visit, once that morning has come. */
  addMornings(contents, as_of) {
    for (const { date, pain_next_morning } of contents) {
      const morning = dayAfter(date);
      if (pain_next_morning != null && morning <= as_of) {
        this.add("pain_next_morning", morning, 1000 * pain_next_morning, false, null);
      }
    }
  }

  add(measure, date, level, bound, tester) {
    this.lists.get(measure).push({ dated: day(date), level, bound, tester: tester ?? null });
  }
}

/** The level of a result; null for one that was not measured, or whose shape is not the measure's. */
function level(value, codes) {
  if (value.number !== undefined) return value.number;
  if (value.finding !== undefined) return value.finding ? 1 : 0;
  const place = codes.indexOf(value.code);
  return place < 0 ? null : place;
}

/** Decisions by date, then the instant, then the id; numbered in this order. */
function inOrder(decisions) {
  const key = ({ id, content }) => [content.date, Date.parse(content.decided_at), id];
  decisions.sort((a, b) => compare(key(a), key(b)));
  return decisions.map(({ content }, place) => ({ place, dated: day(content.date), ...decided(content.decided) }));
}

function compare(a, b) {
  for (let at = 0; at < a.length; at += 1) {
    if (a[at] !== b[at]) return a[at] < b[at] ? -1 : 1;
  }
  return 0;
}

function decided(what) {
  const nothing = { phase: null, step: null, rule_id: null };
  if (typeof what === "string") return { ...nothing, kind: what };
  const [[kind, value]] = Object.entries(what);
  if (kind === "activation") return { ...nothing, kind, phase: value.phase, step: value.step };
  if (kind === "clear_referral") return { ...nothing, kind, rule_id: value.rule_id };
  return { ...nothing, kind, [kind === "phase" ? "phase" : "step"]: value };
}

function dayAfter(date) {
  return new Date(Date.parse(`${date}T00:00:00Z`) + 24 * 3600 * 1000).toISOString().slice(0, 10);
}

const DAYS = new Map();

function day(date) {
  if (date == null) return null;
  if (!DAYS.has(date)) DAYS.set(date, cql.Date.parse(date));
  return DAYS.get(date);
}
