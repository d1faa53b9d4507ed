//! Differences in what may be done: modalities, activities, their limits, and where the hands-on work goes.

use crate::recommendation::{Limits, Permission, Recommendation};
use crate::record::codes::{ActivityKind, Area, Modality};

use super::{Direction, Found, code, is_allowed, way};

pub(super) fn compare(found: &mut Found, before: &Recommendation, after: &Recommendation) {
    for modality in Modality::ALL {
        let of = |advice: &Recommendation| advice.modalities.iter().position(|other| other.modality == *modality);
        let one = of(before).and_then(|place| before.modalities.get(place));
        let other = of(after).and_then(|place| after.modalities.get(place));
        let path = format!("modalities[{modality}]");
        permission(found, &path, one.map(|advice| advice.permission), other.map(|advice| advice.permission));
        if let (Some(one), Some(other)) = (one, other) {
            if is_allowed(one.permission) && is_allowed(other.permission) {
                limits(found, &path, &one.limits, &other.limits);
            }
            codes(found, format!("{path}.notices"), &one.notices, &other.notices, false);
        }
    }
    for activity in ActivityKind::ALL {
        let one = before.activities.iter().find(|advice| advice.activity == *activity);
        let other = after.activities.iter().find(|advice| advice.activity == *activity);
        let path = format!("activities[{activity}]");
        permission(found, &path, one.map(|advice| advice.permission), other.map(|advice| advice.permission));
        if let (Some(one), Some(other)) = (one, other)
            && is_allowed(one.permission)
            && is_allowed(other.permission)
        {
            limits(found, &path, &one.limits, &other.limits);
        }
    }
    focus(found, before, after);
}

/// Permissions stand in the order from load to caution. One that only one protocol speaks of goes neither way.
fn permission(found: &mut Found, path: &str, before: Option<Permission>, after: Option<Permission>) {
    let way = way::up_if_both(after, before);
    found.note(format!("{path}.permission"), before.map(|p| code(&p)), after.map(|p| code(&p)), way);
}

fn limits(found: &mut Found, path: &str, before: &Limits, after: &Limits) {
    // No least is a least of none.
    let more_minutes = way::up(before.minutes_min, after.minutes_min);
    found.note(format!("{path}.limits.minutes_min"), shown(before.minutes_min), shown(after.minutes_min), more_minutes);
    most(found, path, "minutes_max", before.minutes_max, after.minutes_max);
    most(found, path, "times_per_day_max", before.times_per_day_max, after.times_per_day_max);
    most(found, path, "times_per_week_max", before.times_per_week_max, after.times_per_week_max);
    most(found, path, "pain_max", before.pain_max, after.pain_max);
    most(found, path, "speed_kmh_below", before.speed_kmh_below, after.speed_kmh_below);
    most(found, path, "speed_kmh_max", before.speed_kmh_max, after.speed_kmh_max);
    most(found, path, "effort_percent_max", before.effort_percent_max, after.effort_percent_max);
    codes(found, format!("{path}.limits.areas"), &before.areas, &after.areas, false);
    codes(found, format!("{path}.limits.conditions"), &before.conditions, &after.conditions, true);
}

fn most<T: Ord + Copy + ToString>(found: &mut Found, path: &str, field: &str, before: Option<T>, after: Option<T>) {
    found.note(format!("{path}.limits.{field}"), shown(before), shown(after), way::most(before, after));
}

fn shown<T: ToString>(value: Option<T>) -> Option<String> {
    value.map(|value| value.to_string())
}

/// Lists of codes. Where each code is a condition, more of them hold back and fewer advance.
fn codes<T>(found: &mut Found, path: String, before: &[T], after: &[T], are_conditions: bool)
where
    T: AsRef<str>,
{
    let has = |list: &[T], code: &T| list.iter().any(|other| other.as_ref() == code.as_ref());
    let added = after.iter().any(|code| !has(before, code));
    let removed = before.iter().any(|code| !has(after, code));
    let way = match (are_conditions, added, removed) {
        (true, true, false) => Direction::HoldsBack,
        (true, false, true) => Direction::Advances,
        _ => Direction::Neither,
    };
    found.note(path, joined(before), joined(after), way);
}

fn joined<T: AsRef<str>>(codes: &[T]) -> Option<String> {
    let mut sorted: Vec<&str> = codes.iter().map(AsRef::as_ref).collect();
    sorted.sort_unstable();
    (!sorted.is_empty()).then(|| sorted.join(", "))
}

fn focus(found: &mut Found, before: &Recommendation, after: &Recommendation) {
    for area in Area::ALL {
        let of = |advice: &Recommendation| {
            let of_area = advice.focus.iter().filter(|focus| focus.area == *area);
            let minutes: Vec<String> = of_area.map(|focus| focus.minutes.to_string()).collect();
            (!minutes.is_empty()).then(|| minutes.join(", "))
        };
        found.note(format!("focus[{area}].minutes"), of(before), of(after), Direction::Neither);
    }
}
