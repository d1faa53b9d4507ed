//! Forecasts and costs on the wire.

use jiff::civil::Date;
use taper_api::v1;
use taper_core::forecast::{
    ALTERNATIVES_MAX, Cost, CostFault, Coverage, Forecast, Ground, Interval, Limit, LimitBroken, StepForecast, Waiting,
    is_ladder, note_sentence,
};
use taper_core::record::plan::FrequencyStep;
use taper_core::value::{Money, Percent, Thousandths, VisitMinutes, VisitsPerWeek};
use taper_kit::fields::Fields;
use taper_kit::name;

use super::recommendation::criterion;
use super::session::{money, wire_money};
use super::texts::Texts;
use super::{advice, date, number};

/// The coverage that is asked for, when it is given; every fault of it was noted.
pub(crate) fn coverage(given: &v1::Coverage, fields: &mut Fields) -> Option<Coverage> {
    let price = fields.required("coverage.session_price", given.session_price.as_ref());
    let price = price.and_then(|price| money("coverage.session_price", Some(price), fields));
    let coinsurance = given.coinsurance_percent.map(|percent| Percent::new(i64::from(percent)));
    let deductible_remaining = money("coverage.deductible_remaining", given.deductible_remaining.as_ref(), fields);
    let copay = money("coverage.copay", given.copay.as_ref(), fields);
    let coinsurance_percent = coinsurance.and_then(|percent| fields.take("coverage.coinsurance_percent", percent));
    let visit_cap = count("coverage.visit_count_cap", given.visit_count_cap, fields);
    let authorised_visits = count("coverage.authorized_visit_count", given.authorized_visit_count, fields);
    let out_of_pocket = given.out_of_pocket_remaining.as_ref();
    let out_of_pocket_remaining = money("coverage.out_of_pocket_remaining", out_of_pocket, fields);
    let Some(price) = price else {
        // The currencies cannot be compared without a price; what goes together can.
        if copay.is_some() && coinsurance_percent.is_some() {
            fault(&CostFault::CopayAndCoinsurance, fields);
        }
        return None;
    };
    let coverage = Coverage {
        price,
        deductible_remaining,
        copay,
        coinsurance_percent,
        visit_cap,
        authorised_visits,
        out_of_pocket_remaining,
    };
    for found in coverage.faults() {
        fault(&found, fields);
    }
    Some(coverage)
}

/// Notes a fault in the words of the request.
fn fault(found: &CostFault, fields: &mut Fields) {
    match found {
        CostFault::OtherCurrency { field } => {
            fields.fault(coverage_field(field), "must be in the currency of coverage.session_price");
        }
        CostFault::NotAnAmount { field, reason } => fields.fault(coverage_field(field), reason),
        CostFault::CopayAndCoinsurance => {
            fields.fault("coverage.coinsurance_percent", "must not be given together with coverage.copay");
        }
        CostFault::TooManyAlternatives { found } => {
            fields.fault("alternatives", format!("has {found} ladders; at most {ALTERNATIVES_MAX} are possible"));
        }
        CostFault::NotALadder { place } => {
            let message = "must have at least one rung, with fewer visits a week from rung to rung";
            fields.fault(format!("alternatives[{place}].rungs"), message);
        }
        CostFault::NoForecast { .. } => {}
    }
}

/// The request's word for a field of the coverage.
fn coverage_field(field: &str) -> String {
    match field {
        "price" => "coverage.session_price".to_owned(),
        other => format!("coverage.{other}"),
    }
}

fn count(field: &str, given: Option<i32>, fields: &mut Fields) -> Option<u32> {
    let count = u32::try_from(given?).ok();
    if count.is_none() {
        fields.fault(field, "is below 0");
    }
    count
}

/// The ladders to compare with; each one that is none is noted at its place.
pub(crate) fn ladders(given: &[v1::Ladder], fields: &mut Fields) -> Vec<Vec<FrequencyStep>> {
    if given.len() > ALTERNATIVES_MAX {
        fault(&CostFault::TooManyAlternatives { found: given.len() }, fields);
        return Vec::new();
    }
    given.iter().enumerate().filter_map(|(place, given)| ladder(place, given, fields)).collect()
}

fn ladder(place: usize, given: &v1::Ladder, fields: &mut Fields) -> Option<Vec<FrequencyStep>> {
    let at = format!("alternatives[{place}].rungs");
    if !fields.within_items_max(&at, given.rungs.len()) {
        return None;
    }
    let mut rungs = Vec::new();
    for (place, rung) in given.rungs.iter().enumerate() {
        let visits = VisitsPerWeek::new(i64::from(rung.session_count_per_week));
        let visits = fields.take(format!("{at}[{place}].session_count_per_week"), visits);
        let minutes = fields.take(format!("{at}[{place}].minutes"), VisitMinutes::new(i64::from(rung.minutes)));
        rungs.extend(visits.zip(minutes).map(|(visits_per_week, minutes)| FrequencyStep { visits_per_week, minutes }));
    }
    if rungs.len() != given.rungs.len() {
        return None;
    }
    if !is_ladder(&rungs) {
        fault(&CostFault::NotALadder { place }, fields);
    }
    Some(rungs)
}

/// The forecast with the costs of each ladder.
pub(crate) fn forecast(
    plan: &name::Plan,
    forecast: &Forecast,
    costs: &[Cost],
    texts: Texts<'_>,
) -> v1::ForecastTaperResponse {
    let mut notes: Vec<&str> = forecast.notes.iter().map(String::as_str).collect();
    for note in costs.iter().flat_map(|cost| &cost.notes) {
        if !notes.contains(&note.as_str()) {
            notes.push(note);
        }
    }
    v1::ForecastTaperResponse {
        remaining_visits: forecast.remaining_visits.map(counts),
        remaining_weeks: forecast.remaining_weeks.map(weeks),
        rungs: forecast.steps.iter().map(|step| rung(plan, step, texts)).collect(),
        earliest_end_date: forecast.earliest_by_ladder.map(date),
        grounds: forecast.ground.iter().map(ground).collect(),
        note_texts: notes.iter().map(|note| note_sentence(note).to_owned()).collect(),
        notes: forecast.notes.clone(),
        costs: costs.iter().map(cost).collect(),
    }
}

fn rung(plan: &name::Plan, step: &StepForecast, texts: Texts<'_>) -> v1::RungForecast {
    let waiting = |waiting: &Waiting| v1::RuleNotForecast {
        rule_id: waiting.rule_id.to_string(),
        text: texts.rule(&waiting.rule_id),
        criteria: waiting.criteria.iter().map(|seen| criterion(plan, seen, texts)).collect(),
        holds: waiting.holds,
    };
    v1::RungForecast {
        rung: Some(advice::rung(step.step)),
        until: step.until.map(dates),
        visits: Some(counts(step.visits)),
        grounds: step.ground.iter().map(ground).collect(),
        rules_not_forecast: step.not_forecast.iter().map(waiting).collect(),
    }
}

fn ground(ground: &Ground) -> v1::TrendGround {
    match ground {
        Ground::Trend { points, slope_per_week, measure } => v1::TrendGround {
            measure: measure.as_str().to_owned(),
            point_count: number(*points),
            slope_per_week_low: Some(slope_per_week.low.to_f64()),
            slope_per_week: slope_per_week.median.map(Thousandths::to_f64),
            slope_per_week_high: slope_per_week.high.map(Thousandths::to_f64),
            ..v1::TrendGround::default()
        },
        Ground::LadderOnly { why } => v1::TrendGround {
            measure: why.measure.as_str().to_owned(),
            point_count: number(why.points),
            too_few: true,
            point_count_needed: number(why.points_needed),
            newest_too_old: why.newest_too_old,
            ..v1::TrendGround::default()
        },
    }
}

fn cost(cost: &Cost) -> v1::LadderCost {
    v1::LadderCost {
        ladder: Some(v1::Ladder { rungs: cost.ladder.iter().copied().map(advice::rung).collect() }),
        visits: Some(counts(cost.visits)),
        patient_pays: Some(amounts(&cost.patient_pays)),
        insurer_pays: Some(amounts(&cost.insurer_pays)),
        limits_reached: cost.breaks.iter().map(limit_reached).collect(),
        notes: cost.notes.clone(),
    }
}

fn limit_reached(broken: &LimitBroken) -> v1::LimitReached {
    let limit = match broken.limit {
        Limit::VisitCap => v1::CoverageLimit::VisitCap,
        Limit::Authorisation => v1::CoverageLimit::Authorization,
        Limit::OutOfPocketMax => v1::CoverageLimit::OutOfPocket,
        Limit::DeductibleMet => v1::CoverageLimit::Deductible,
    };
    v1::LimitReached { limit: limit.into(), visit_number: number(broken.at_visit), date: broken.date.map(date) }
}

fn counts(counts: Interval<u32>) -> v1::CountInterval {
    v1::CountInterval { low: number(counts.low), median: counts.median.map(number), high: counts.high.map(number) }
}

fn weeks(weeks: Interval<Thousandths>) -> v1::WeeksInterval {
    let weeks = weeks.map(Thousandths::to_f64);
    v1::WeeksInterval { low: weeks.low, median: weeks.median, high: weeks.high }
}

fn dates(dates: Interval<Date>) -> v1::DateInterval {
    v1::DateInterval { low: Some(date(dates.low)), median: dates.median.map(date), high: dates.high.map(date) }
}

fn amounts(amounts: &Interval<Money>) -> v1::MoneyInterval {
    let amount = |amount: &Money| wire_money(amount.clone());
    v1::MoneyInterval {
        low: Some(amount(&amounts.low)),
        median: amounts.median.as_ref().map(amount),
        high: amounts.high.as_ref().map(amount),
    }
}
