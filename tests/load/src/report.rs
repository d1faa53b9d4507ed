//! The table that a run prints: the median round, and the ratios to what the stack allows.

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

fn row(name: &str, rounds: &[Round], of: impl Fn(&Round) -> &Measured) {
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
