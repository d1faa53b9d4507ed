//! A forecast of the taper in words: visits, weeks and dates with their intervals, what they cost, and which limit is met.

use taper_api::google::r#type::{Date, Money};
use taper_api::v1::{
    CountInterval, CoverageLimit, DateInterval, ForecastTaperResponse, LadderCost, LimitReached, MoneyInterval,
    RuleNotForecast, RuleResult, Rung, RungForecast, TrendGround, WeeksInterval,
};
use taper_core::measure::{MeasureCode, Shape};

use crate::columns::{Columns, row};
use crate::money;
use crate::paper::{Paper, wrapped};
use crate::story::{criteria, words};

/// The whole forecast. `plan` is its name, `on` the day that was asked for, empty for today.
pub fn told(paper: Paper, plan: &str, on: &str, forecast: &ForecastTaperResponse) -> String {
    let day = if on.is_empty() { String::new() } else { format!(" on {on}") };
    let mut lines = vec![paper.heading(&format!("Plan {}{day}: what is left of the taper", words::last_part(plan)))];
    let visits = forecast.remaining_visits.as_ref().map_or_else(not_said, count);
    let weeks = forecast.remaining_weeks.as_ref().map_or_else(not_said, weeks);
    let earliest = forecast.earliest_end_date.as_ref().map(words::date);
    lines.push(paper.entry("Visits", &visits));
    lines.push(paper.entry("Weeks", &weeks));
    let end = |date: String| {
        paper.entry("Not before", &format!("{date}: the last visit, by the ladder's minimum times alone"))
    };
    lines.extend(earliest.map(end));
    lines.extend(rungs(paper, forecast));
    lines.extend(grounds(paper, &forecast.grounds));
    for (place, note) in notes(forecast).iter().enumerate() {
        lines.push(paper.entry(if place == 0 { "Notes" } else { "" }, note));
    }
    lines.extend(costs(paper, &forecast.costs));
    lines.push(String::new());
    lines.extend(wrapped(CLOSING, paper.width()));
    lines.join("\n")
}

const CLOSING: &str = "A median with its 80% interval rests on this patient's own values and the ladder's minimum \
                       times, \"at least\" on the minimum times alone; never a promise of a date. Taper supports a \
                       clinician, who decides.";

fn not_said() -> String {
    "nothing can be said".to_owned()
}

fn count(interval: &CountInterval) -> String {
    let high = interval.high.map_or_else(open, |high| high.to_string());
    match interval.median {
        Some(median) => format!("{median} ({} to {high})", interval.low),
        None => format!("at least {}", interval.low),
    }
}

/// A rung that may be left on the day on which it is taken up asks for no visit.
fn count_on_rung(interval: &CountInterval) -> String {
    match (interval.low, interval.median) {
        (0, None) => "any number".to_owned(),
        _ => count(interval),
    }
}

fn weeks(interval: &WeeksInterval) -> String {
    let figure = |number: f64| words::number(number, "");
    let high = interval.high.map_or_else(open, figure);
    match interval.median {
        Some(median) => format!("{} ({} to {high})", figure(median), figure(interval.low)),
        None => format!("at least {}", figure(interval.low)),
    }
}

fn open() -> String {
    "open".to_owned()
}

fn rungs(paper: Paper, forecast: &ForecastTaperResponse) -> Vec<String> {
    if forecast.rungs.is_empty() {
        return Vec::new();
    }
    let mut rows = vec![row(["rung", "visits on it", "until", "80% interval"])];
    for one in &forecast.rungs {
        let visits = one.visits.as_ref().map(count_on_rung).unwrap_or_default();
        let (until, interval) = one.until.as_ref().map(dates).unwrap_or_default();
        rows.push(vec![one.rung.as_ref().map(rung).unwrap_or_default(), visits, until, interval]);
    }
    let mut lines = vec![String::new()];
    lines.extend(Columns::table(&rows, 2, paper.width()));
    lines.extend(forecast.rungs.iter().flat_map(|one| waits(paper, one)));
    lines
}

/// What a rung waits for that is not forecast: each rule with what it looks at.
fn waits(paper: Paper, one: &RungForecast) -> Vec<String> {
    if one.rules_not_forecast.is_empty() {
        return Vec::new();
    }
    let name = one.rung.as_ref().map(rung).unwrap_or_default();
    let mut lines = vec![format!("  {name} also waits for what is not forecast:")];
    for waiting in &one.rules_not_forecast {
        let text = match waiting.holds {
            true => format!("{} holds as long as it may be met: {}", waiting.rule_id, waiting.text),
            false => format!("{}: {}", waiting.rule_id, waited_for(waiting)),
        };
        lines.extend(wrapped(&text, paper.width().saturating_sub(4)).iter().map(|line| format!("    {line}")));
    }
    lines
}

/// The criteria that are not met; the rule's sentence when it has none.
fn waited_for(waiting: &RuleNotForecast) -> String {
    let rule = RuleResult { criteria: waiting.criteria.clone(), ..RuleResult::default() };
    let in_the_way = criteria::in_the_way(&rule);
    if in_the_way.is_empty() {
        return waiting.text.clone();
    }
    let told = in_the_way.iter().map(|(joined, criterion)| format!("{joined}{}", criteria::told(criterion)));
    told.collect::<Vec<_>>().join("; ")
}

fn rung(rung: &Rung) -> String {
    format!("{} a week, {} min", rung.session_count_per_week, rung.minutes)
}

fn dates(interval: &DateInterval) -> (String, String) {
    let date = |date: &Option<Date>| date.as_ref().map_or_else(open, words::date);
    match &interval.median {
        Some(median) => (words::date(median), format!("{} to {}", date(&interval.low), date(&interval.high))),
        None => (format!("not before {}", date(&interval.low)), String::new()),
    }
}

fn grounds(paper: Paper, grounds: &[TrendGround]) -> Vec<String> {
    if grounds.is_empty() {
        return Vec::new();
    }
    let mut rows = vec![row(["trend that it rests on", "values", "change a week", "80% interval"])];
    for one in grounds {
        let unit = unit(&one.measure);
        // A week's change is small: two decimals.
        let figure = |number: f64| format!("{number:.2} {unit}").trim_end().to_owned();
        let (change, interval) = match (one.too_few, one.slope_per_week) {
            (true, _) | (_, None) if one.newest_too_old => ("the newest value is too old".to_owned(), String::new()),
            (true, _) | (_, None) => {
                (format!("too few: values on {} days are needed", one.point_count_needed), String::new())
            }
            (false, Some(slope)) => {
                let side = |side: Option<f64>| side.map_or_else(open, figure);
                let (low, high) = (side(one.slope_per_week_low), side(one.slope_per_week_high));
                (figure(slope), format!("{low} to {high}"))
            }
        };
        rows.push(vec![words::measure(&one.measure), one.point_count.to_string(), change, interval]);
    }
    let mut lines = vec![String::new()];
    lines.extend(Columns::table(&rows, 2, paper.width()));
    lines
}

/// A change on a scale is in points, not out of ten.
fn unit(measure: &str) -> &'static str {
    match MeasureCode::parse(measure).map(|code| code.measure().shape) {
        Ok(Shape::Number { unit: "{NPRS}" | "{VAS}" | "{score}", .. }) => "points",
        Ok(Shape::Number { unit, .. }) => unit,
        _ => "",
    }
}

/// Sentences where the server gives them, else the codes.
fn notes(forecast: &ForecastTaperResponse) -> Vec<String> {
    match forecast.note_texts.is_empty() {
        true => forecast.notes.iter().map(|code| words::spaced(code)).collect(),
        false => forecast.note_texts.clone(),
    }
}

fn costs(paper: Paper, costs: &[LadderCost]) -> Vec<String> {
    if costs.is_empty() {
        return Vec::new();
    }
    let names = names(costs);
    let mut rows = vec![row(["ladder", "visits", "patient pays", "insurer pays"])];
    for (place, (name, one)) in names.iter().zip(costs).enumerate() {
        let own = if place == 0 { " (the plan's)" } else { "" };
        let visits = one.visits.as_ref().map(count).unwrap_or_default();
        let pays = |part: &Option<MoneyInterval>| part.as_ref().map(amounts).unwrap_or_default();
        rows.push(vec![format!("{name}{own}"), visits, pays(&one.patient_pays), pays(&one.insurer_pays)]);
    }
    let mut lines = vec![String::new()];
    lines.extend(Columns::table(&rows, 2, paper.width()));
    for (name, one) in names.iter().zip(costs) {
        lines.extend(one.limits_reached.iter().map(|reached| format!("  {name}: {}", limit(reached))));
    }
    lines
}

/// Which visit meets which limit; a visit without a date is one that only a slower course comes to.
fn limit(reached: &LimitReached) -> String {
    let when = reached
        .date
        .as_ref()
        .map_or_else(|| ", if it comes to that,".to_owned(), |date| format!(", about {},", words::date(date)));
    let what = match reached.limit() {
        CoverageLimit::VisitCap => "is the first that is not covered any more",
        CoverageLimit::Authorization => "is the first that is not authorised",
        CoverageLimit::OutOfPocket => "is the first that costs less, beyond the out-of-pocket maximum",
        CoverageLimit::Deductible => "is the first that the deductible does not take in full",
        CoverageLimit::Unspecified => "meets a limit",
    };
    format!("visit {}{when} {what}", reached.visit_number)
}

/// Each ladder as `3-2-1`; where the minutes are not all the same as `3x45-1x30`.
fn names(costs: &[LadderCost]) -> Vec<String> {
    let rungs = |cost: &LadderCost| cost.ladder.clone().unwrap_or_default().rungs;
    let mut minutes: Vec<i32> = costs.iter().flat_map(rungs).map(|rung| rung.minutes).collect();
    minutes.sort_unstable();
    minutes.dedup();
    let one = |rung: &Rung| match minutes.len() {
        0 | 1 => rung.session_count_per_week.to_string(),
        _ => format!("{}x{}", rung.session_count_per_week, rung.minutes),
    };
    costs.iter().map(|cost| rungs(cost).iter().map(one).collect::<Vec<_>>().join("-")).collect()
}

fn amounts(interval: &MoneyInterval) -> String {
    let amount = |money: &Option<Money>| money.as_ref().map_or_else(open, money::told);
    let bare = |money: &Option<Money>| amount(money).split(' ').next().unwrap_or_default().to_owned();
    match &interval.median {
        Some(median) => format!("{} ({} to {})", money::told(median), bare(&interval.low), bare(&interval.high)),
        None => format!("at least {}", amount(&interval.low)),
    }
}

#[cfg(test)]
mod tests {
    use taper_api::v1::seen_value::Value;
    use taper_api::v1::{CriterionResult, Ladder, SeenValue, Verdict};

    use super::*;

    const PLAN: &str = "clinics/default/patients/p/injuries/i/treatmentPlans/t";

    fn date(month: i32, day: i32) -> Option<Date> {
        Some(Date { year: 2026, month, day })
    }

    fn steps(count: i32) -> Rung {
        Rung { session_count_per_week: count, minutes: 30 }
    }

    fn paid(low: &str, median: &str, high: Option<&str>) -> Option<MoneyInterval> {
        let money = |text: &str| money::parse(text, "USD").ok();
        Some(MoneyInterval { low: money(low), median: money(median), high: high.and_then(money) })
    }

    fn forecast() -> ForecastTaperResponse {
        let interval = DateInterval { low: date(4, 6), median: date(4, 13), high: None };
        let slope = TrendGround {
            measure: "pain_worst_24h".to_owned(),
            point_count: 5,
            slope_per_week_low: Some(-0.8),
            slope_per_week: Some(-0.5),
            slope_per_week_high: Some(-0.2),
            ..Default::default()
        };
        let short = TrendGround {
            measure: "lefs".to_owned(),
            point_count: 2,
            too_few: true,
            point_count_needed: 4,
            ..Default::default()
        };
        let reached = LimitReached { limit: CoverageLimit::Deductible.into(), visit_number: 4, date: date(4, 2) };
        let beyond = LimitReached { limit: CoverageLimit::VisitCap.into(), visit_number: 21, date: None };
        let cost = LadderCost {
            ladder: Some(Ladder { rungs: vec![steps(3), steps(2), steps(1)] }),
            visits: Some(CountInterval { low: 8, median: Some(12), high: None }),
            patient_pays: paid("400", "480.50", None),
            insurer_pays: paid("0", "900", Some("1200")),
            limits_reached: vec![reached, beyond],
            ..Default::default()
        };
        let number = |number: f64| SeenValue { value: Some(Value::Number(number)) };
        let phase = CriterionResult {
            quantity: "phase".to_owned(),
            comparator: ">=".to_owned(),
            threshold: vec![number(3.0)],
            observed: Some(number(2.0)),
            verdict: Verdict::Unmet.into(),
            ..Default::default()
        };
        let text = "From two visits to one.".to_owned();
        let waiting = RuleNotForecast { rule_id: "T3".to_owned(), text, criteria: vec![phase], holds: false };
        let text = "The treatment hurt.".to_owned();
        let holding = RuleNotForecast { rule_id: "P2-HOLD".to_owned(), text, holds: true, ..Default::default() };
        ForecastTaperResponse {
            remaining_visits: Some(CountInterval { low: 8, median: Some(12), high: Some(20) }),
            remaining_weeks: Some(WeeksInterval { low: 4.0, median: Some(6.5), high: None }),
            rungs: vec![RungForecast {
                rung: Some(steps(2)),
                until: Some(interval),
                visits: Some(CountInterval { low: 4, median: Some(6), high: Some(8) }),
                rules_not_forecast: vec![waiting, holding],
                ..Default::default()
            }],
            earliest_end_date: date(4, 20),
            grounds: vec![slope, short],
            notes: vec!["gates_not_forecast".to_owned()],
            costs: vec![cost],
            note_texts: vec!["The phases' gates are not forecast.".to_owned()],
        }
    }

    #[test]
    fn a_forecast_tells_visits_weeks_rungs_trends_costs_and_limits_with_their_intervals() {
        let text = told(Paper::plain().as_wide_as(100), PLAN, "2026-03-23", &forecast());
        for part in [
            "Plan t on 2026-03-23: what is left of the taper",
            "  Visits     12 (8 to 20)",
            "  Weeks      6.5 (4 to open)",
            "  Not before 2026-04-20: the last visit, by the ladder's minimum times alone",
            "  2 a week, 30 min  6 (4 to 8)    2026-04-13  2026-04-06 to open",
            "\n  2 a week, 30 min also waits for what is not forecast:\n    T3: phase",
            ": 2, needed at least 3\n",
            "\n    P2-HOLD holds as long as it may be met: The treatment hurt.\n",
            "-0.50 points",
            "too few: values on 4 days are needed",
            "The phases' gates are not forecast",
            "480.50 USD (400.00 to open)",
            "900.00 USD (0.00 to 1200.00)",
            "  3-2-1: visit 4, about 2026-04-02, is the first that the deductible does not take in full",
            "  3-2-1: visit 21, if it comes to that, is the first that is not covered any more",
            "promise of a date",
        ] {
            assert!(text.contains(part), "{part:?} is missing in:\n{text}");
        }
        assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    }

    #[test]
    fn ladders_of_other_minutes_are_told_apart() {
        let cost = |minutes: i32| LadderCost {
            ladder: Some(Ladder { rungs: vec![Rung { session_count_per_week: 3, minutes }, steps(1)] }),
            ..Default::default()
        };
        assert_eq!(names(&[cost(30), cost(30)]), ["3-1", "3-1"]);
        assert_eq!(names(&[cost(30), cost(45)]), ["3x30-1x30", "3x45-1x30"]);
    }

    #[test]
    fn without_a_trend_only_the_least_is_told() {
        let least = CountInterval { low: 4, ..Default::default() };
        let weeks = WeeksInterval { low: 2.0, ..Default::default() };
        let until = DateInterval { low: date(4, 6), ..Default::default() };
        let rung = RungForecast { rung: Some(steps(2)), until: Some(until), visits: Some(least), ..Default::default() };
        let forecast = ForecastTaperResponse {
            remaining_visits: Some(least),
            remaining_weeks: Some(weeks),
            rungs: vec![rung],
            ..Default::default()
        };
        let begun = CountInterval { low: 0, ..Default::default() };
        let last = RungForecast { rung: Some(steps(1)), visits: Some(begun), ..Default::default() };
        let rungs = [&forecast.rungs[..], &[last]].concat();
        let text = told(Paper::plain(), PLAN, "", &ForecastTaperResponse { rungs, ..forecast });
        assert!(text.contains("  1 a week, 30 min  any number") && !text.contains("at least 0"), "{text}");
        assert!(text.contains("  Visits     at least 4\n  Weeks      at least 2\n"), "{text}");
        assert!(text.contains("at least 4    not before 2026-04-06"), "{text}");
    }

    #[test]
    fn where_nothing_can_be_said_nothing_is_guessed() {
        let nothing = ForecastTaperResponse { notes: vec!["stopped_now".to_owned()], ..Default::default() };
        let text = told(Paper::plain(), PLAN, "", &nothing);
        assert!(text.contains("  Visits     nothing can be said\n  Weeks      nothing can be said"), "{text}");
        assert!(text.contains("  Notes      stopped now") && !text.contains("ladder  "), "{text}");
    }
}
