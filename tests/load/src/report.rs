//! The table that a run prints: the median round, and the ratios to what the stack allows.

use crate::audit;
use crate::measured::{Load, Measured, Round};
use crate::rules::Figure;

/// Prints the medians over the rounds and the two ratios.
pub fn print(load: Load, rounds: &[Round]) {
    println!();
    println!(
        "{} connections x {} in flight, {} rounds of {:?} each; the median round of each row",
        load.connections,
        load.in_flight,
        rounds.len(),
        load.time
    );
    println!();
    println!("| scenario | requests/s | p50 ms | p99 ms | server us | database us |");
    println!("|---|---|---|---|---|---|");
    row("echo", rounds, |round| &round.echo);
    row("pgbench, the rows of one recommendation", rounds, |round| &round.pgbench_read);
    row("GetRecommendation", rounds, |round| &round.recommendation);
    row("pgbench, the rows of one session", rounds, |round| &round.pgbench_write);
    row("CreateSession", rounds, |round| &round.session);
    println!();
    ratio("GetRecommendation", rounds, |round| (&round.recommendation, &round.echo, &round.pgbench_read));
    ratio("CreateSession", rounds, |round| (&round.session, &round.echo, &round.pgbench_write));
}

/// Prints what the rules alone took, in this process on one thread.
pub fn print_rules(figures: &[Figure]) {
    println!("the rules alone: 60 assessments, 120 sessions, 60 activities, 12 decisions; one thread");
    println!();
    println!("| scenario | runs | p50 us | p99 us |");
    println!("|---|---|---|---|");
    for Figure { name, runs, p50_us, p99_us } in figures {
        println!("| {name} | {runs} | {p50_us:.1} | {p99_us:.1} |");
    }
    println!();
}

/// Prints what the audit costs: the share of the throughput without it that is lost with it, the median over the rounds.
pub fn print_audit(load: Load, clinics: usize, rounds: &[audit::Round]) {
    println!();
    println!("{clinics} clinics, {} in flight, {} rounds of {:?}", load.callers(), rounds.len(), load.time);
    println!();
    println!("| scenario | requests/s | p50 ms | p99 ms | server us | database us |");
    println!("|---|---|---|---|---|---|");
    row("CreateSession with audit", rounds, |round| &round.session[0]);
    row("CreateSession without", rounds, |round| &round.session[1]);
    row("GetRecommendation with audit", rounds, |round| &round.recommendation[0]);
    row("GetRecommendation without", rounds, |round| &round.recommendation[1]);
    println!();
    cost("CreateSession", rounds, |round| &round.session);
    cost("GetRecommendation", rounds, |round| &round.recommendation);
}

fn cost(name: &str, rounds: &[audit::Round], of: impl Fn(&audit::Round) -> &[Measured; 2]) {
    let costs = rounds.iter().map(|round| {
        let [with, without] = of(round);
        100.0 * (1.0 - with.per_second / without.per_second)
    });
    let mut costs: Vec<f64> = costs.collect();
    costs.sort_by(f64::total_cmp);
    let median = costs.get(costs.len() / 2).copied().unwrap_or(f64::NAN);
    let each: Vec<String> = costs.iter().map(|cost| format!("{cost:.0}")).collect();
    println!("the audit costs {name} {median:.0}% of its throughput   (rounds: {})", each.join(", "));
}

fn row<R>(name: &str, rounds: &[R], of: impl Fn(&R) -> &Measured) {
    let mut measured: Vec<&Measured> = rounds.iter().map(of).collect();
    measured.sort_by(|a, b| a.per_second.total_cmp(&b.per_second));
    let Some(median) = measured.get(measured.len() / 2) else {
        return;
    };
    let p99 = median.p99_ms.map_or("-".to_owned(), |p99| format!("{p99:.1}"));
    println!(
        "| {name} | {:.0} | {:.2} | {p99} | {:.0} | {:.0} |",
        median.per_second, median.p50_ms, median.server_us, median.database_us
    );
}

/// The ratio to 1 / (1/echo + 1/pgbench), taken within each round; the median is printed.
fn ratio(name: &str, rounds: &[Round], of: impl Fn(&Round) -> (&Measured, &Measured, &Measured)) {
    let mut ratios: Vec<f64> = rounds
        .iter()
        .map(|round| {
            let (ours, echo, pgbench) = of(round);
            ours.per_second * (1.0 / echo.per_second + 1.0 / pgbench.per_second)
        })
        .collect();
    ratios.sort_by(f64::total_cmp);
    let median = ratios.get(ratios.len() / 2).copied().unwrap_or(f64::NAN);
    let each: Vec<String> = ratios.iter().map(|ratio| format!("{ratio:.2}")).collect();
    println!("{name}: {median:.2} of 1 / (1/echo + 1/pgbench)   (rounds: {})", each.join(", "));
}
