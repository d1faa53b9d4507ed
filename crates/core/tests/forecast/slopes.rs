//! Slopes and intervals against SciPy's figures; the file is made by tests/python/forecast_check.py.

use taper_core::forecast::trend::{Slope, theil_sen};

const FIGURES: &str = include_str!("theil_sen.csv");

/// Level in points; SciPy's slopes in points a day.
fn check(name: &str, points: &[(i64, i64)], expected: [f64; 3]) {
    let Slope { low, median, high } = theil_sen(points).unwrap();
    for (found, expected) in [low, median, high].into_iter().zip(expected) {
        assert!((found - expected).abs() < 1e-12, "{name}: {found} instead of {expected} of {expected:?}");
    }
}

#[test]
fn every_slope_and_interval_is_that_of_scipy() {
    let mut checked = 0;
    for line in FIGURES.lines().filter(|line| !line.starts_with('#')) {
        let [name, course, low, median, high] = line.split(';').collect::<Vec<_>>().try_into().unwrap();
        let point = |point: &str| {
            let (day, level) = point.split_once(':').unwrap();
            (day.parse().unwrap(), level.parse().unwrap())
        };
        let points: Vec<(i64, i64)> = course.split(' ').map(point).collect();
        check(name, &points, [low, median, high].map(|slope| slope.parse().unwrap()));
        checked += 1;
    }
    assert_eq!(checked, 70);
}

/// By hand: days 0, 7, 14 with 60, 66, 67. Slopes a day: 6/7, 1/7, and 7/14 = 1/2; sorted 1/7, 1/2, 6/7, median 1/2.
/// S^2 = 3*2*11/18 = 3.67, zS = 1.28155 * 1.91485 = 2.454; places (3 - 2.454)/2 = 0.27 and (3 + 2.454)/2 = 2.73, that is
/// the first and the last slope.
#[test]
fn three_points_span_every_slope_between_them() {
    check("by hand", &[(0, 60), (7, 66), (14, 67)], [1.0 / 7.0, 0.5, 6.0 / 7.0]);
}

#[test]
fn the_order_of_the_points_does_not_matter() {
    let course = [(0, 8), (7, 7), (14, 7), (21, 5), (28, 5), (35, 4)];
    let mut turned = course;
    turned.reverse();
    assert_eq!(theil_sen(&course), theil_sen(&turned));
}

#[test]
fn one_point_or_one_day_has_no_slope() {
    assert_eq!(theil_sen(&[]), None);
    assert_eq!(theil_sen(&[(3, 5)]), None);
    assert_eq!(theil_sen(&[(3, 5), (3, 6), (3, 7)]), None);
}

/// The median of ten slopes is moved little by one value; the least-squares slope would be -0.2 - 0.57 a week.
#[test]
fn one_wild_value_moves_the_slope_little() {
    let calm = theil_sen(&[(0, 8), (7, 7), (14, 6), (21, 5), (28, 4), (35, 3)]).unwrap();
    let flare = theil_sen(&[(0, 8), (7, 7), (14, 10), (21, 5), (28, 4), (35, 3)]).unwrap();
    assert!((calm.median * 7.0 + 1.0).abs() < 1e-12);
    assert!((flare.median * 7.0 + 1.0).abs() < 1e-12, "{flare:?}");
}
