//! What the best mix is, for the terminal.

use std::path::Path;

use crate::cli::tables::aligned;
use report::percent_of;
use report::words::{against, amount};
use scenario::Study;
use study::comparison::Amount;
use study::comparison::optimum::{Asked, Optimum, Target, Verified};
use study::stats::Emulator;

/// What would be run.
pub fn in_advance(
    study: &Study,
    asked: &Asked,
    runs: u64,
    threads: usize,
    folder: &Path,
) -> String {
    let per_run = study.cell_cost().seconds_per_replication / study.arms.len() as f64;
    let minutes = (per_run * runs as f64 / threads as f64 / 60.0).ceil();
    let limits: Vec<String> = asked.targets[1..].iter().map(limit).collect();
    let limits = if limits.is_empty() { "none".to_owned() } else { limits.join("; ") };
    let levers: Vec<String> = asked
        .levers
        .iter()
        .zip(&asked.ranges)
        .map(|(lever, range)| format!("  {lever}: {range}"))
        .collect();
    format!(
        "{}\nObjective: {} {}\nLimits: {limits}\nLevers:\n{}\nAt most {runs} runs, {minutes:.0} minutes on {threads} threads, less what is there\nRuns and results would go to {}\n",
        asked.title,
        if asked.targets[0].less { "least" } else { "most" },
        asked.targets[0].name,
        levers.join("\n"),
        folder.display()
    )
}

fn limit(target: &Target) -> String {
    let most = amount(target.at_most.unwrap_or_default(), target.unit, target.added);
    let share = target
        .worlds
        .map_or_else(String::new, |share| format!(" in {} of the worlds", percent_of(share)));
    format!("{} at most {most} over the days that count{share}", target.name)
}

/// An effect: in percent of the baseline for an objective, else in its unit.
fn shown(made: &Optimum, target: usize, value: &Amount) -> String {
    let asked = &made.asked.targets[target];
    if target == 0 {
        return against(value, made.baseline[0], asked.unit);
    }
    let said = |value: f64| amount(value, asked.unit, asked.added);
    match value.interval {
        Some((low, high)) => format!("{} [{}, {}]", said(value.mean), said(low), said(high)),
        None => said(value.mean),
    }
}

/// The mix, what was promised, what fresh runs say, which limit binds.
pub fn text(made: &Optimum, folder: &Path) -> String {
    let asked = &made.asked;
    let mut head = vec![String::new()];
    head.extend(asked.targets.iter().map(|target| target.name.to_owned()));
    head.push("keeps the limits".to_owned());
    let mut rows = vec![head];
    let limits = asked.targets.iter().map(|target| {
        target.at_most.map_or(String::new(), |most| amount(most, target.unit, target.added))
    });
    rows.push(["limit".to_owned()].into_iter().chain(limits).chain([String::new()]).collect());
    if let Some(winner) = made.winner() {
        let promised = winner.promised.iter().enumerate().map(|(target, it)| {
            shown(made, target, &Amount { mean: it.value, interval: Some((it.low, it.high)) })
        });
        rows.push(
            ["promised by surfaces".to_owned()]
                .into_iter()
                .chain(promised)
                .chain([String::new()])
                .collect(),
        );
    }
    for arm in &made.verified {
        rows.push(row(made, arm));
    }
    let mut text = format!("{}\n\n{}\n", asked.title, aligned(&rows));
    match made.winner() {
        Some(winner) => {
            text += "The best mix:\n";
            for (lever, value) in asked.levers.iter().zip(&winner.levers) {
                text += &format!("  {lever} = {value}\n");
            }
        }
        None => {
            let but = made.best_policy().map_or_else(String::new, |policy| {
                format!(
                    ", but the policy “{}” of the study does: {} {}",
                    policy.title,
                    asked.targets[0].name,
                    shown(made, 0, &policy.found[0])
                )
            });
            text += &format!(
                "No mix that was run keeps the limits{but}. Raise a limit, widen the levers, or run more `points`.\n"
            );
        }
    }
    text += &notes(made);
    let best = made
        .winner()
        .map_or_else(String::new, |_| format!("Policy: {}\n", folder.join("best.ron").display()));
    format!("{text}{best}Results: {}\n", folder.display())
}

fn row(made: &Optimum, arm: &Verified) -> Vec<String> {
    let cells = arm.found.iter().enumerate().map(|(target, found)| shown(made, target, found));
    let keeps = if arm.keeps { "yes" } else { "no" };
    [arm.title.clone()].into_iter().chain(cells).chain([keeps.to_owned()]).collect()
}

/// How it stands against others, what limits are worth, what intervals hold.
fn notes(made: &Optimum) -> String {
    let asked = &made.asked;
    let objective = &asked.targets[0];
    let percent = |amount: Amount| against(&amount, made.baseline[0], objective.unit);
    let mut text = String::new();
    if let (Some(other), Some(lead)) = (made.best_policy(), made.lead()) {
        text += &format!(
            "Against the best policy of the study within the limits (“{}”): {} of the baseline's {}.\n",
            other.title,
            percent(lead),
            objective.name
        );
    } else if made.winner().is_some() && made.verified.iter().any(|arm| !arm.mix) {
        text += "No policy of the study keeps the limits as it stands.\n";
    }
    if let (Some(share), Some(regret)) = (made.best_in, made.regret) {
        let of = if asked.draws > 1 { "worlds (draws)" } else { "replications" };
        let regret = percent(Amount { mean: regret, interval: None });
        text += &format!(
            "It is the best of all that keep the limits in {} of {of}; regret, its mean distance from the best of each: {regret} of the baseline.\n",
            percent_of(share)
        );
    }
    if let Some((_, units, left, behind)) = made.rounds.last() {
        let behind = behind.map_or_else(String::new, |most| {
            format!(
                ": none of the others is better by more than {} (95 %)",
                percent(Amount { mean: most.abs(), interval: None }).trim_start_matches('+')
            )
        });
        text += &format!(
            "Choosing ended after {} rounds with {units} {of} each and {left} mixes left{behind}.\n",
            made.rounds.len(),
            of = if asked.draws > 1 { "draws" } else { "replications" },
        );
    }
    for worth in made.worth.iter().filter(|_| made.winner().is_some()) {
        let target = &asked.targets[worth.limit];
        let binds = if worth.binds { "binds" } else { "does not bind" };
        text += &format!(
            "The limit on {} {binds}; a tenth more of it buys {} (promised by surfaces, not simulated).\n",
            target.name,
            percent(Amount { mean: worth.a_tenth_more, interval: None })
        );
    }
    let explained: Vec<String> = asked
        .targets
        .iter()
        .zip(&made.explained)
        .map(|(target, share)| {
            let poor = if share.is_some_and(|it| it < Emulator::TRUSTED) {
                " (says little: more `points`)"
            } else {
                ""
            };
            format!(
                "{} {}{poor}",
                target.name,
                share.map_or("none".to_owned(), |it| format!("{it:.2}"))
            )
        })
        .collect();
    text + &format!(
        "Surfaces predict points they were not fitted to (Q², 1 is perfect): {}.\nFresh runs: {} {}, another seed than all runs that chose; 95 % intervals hold {}. {} runs in all.\n",
        explained.join(", "),
        made.verified.first().map_or(0, |arm| arm.units),
        if asked.draws > 1 { "draws" } else { "replications" },
        asked.holds(),
        made.runs
    )
}
