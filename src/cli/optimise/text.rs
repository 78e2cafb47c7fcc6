//! What the best mix is, for the terminal.

use std::path::Path;

use crate::cli::tables::{aligned, on_threads, results};
use report::speech::{number, retold, told, tr};
use report::words::{against, amount, foreign};
use report::{percent_of, say};
use scenario::Study;
use study::comparison::Amount;
use study::comparison::optimum::{Optimum, OptimumRequest, TargetMeasure, Verified};
use study::stats::Emulator;
use study::store::{quoted, verify::scenario_file};

/// What would be run.
pub fn in_advance(
    study: &Study,
    asked: &OptimumRequest,
    runs: u64,
    threads: usize,
    folder: &Path,
) -> String {
    let levers: Vec<String> = asked
        .levers
        .iter()
        .zip(&asked.ranges)
        .map(|(lever, range)| format!("  {lever}: {}", told(range)))
        .collect();
    let [objective, limits] = aims(asked);
    [
        retold(&asked.title),
        objective,
        limits,
        say!("Levers:"),
        levers.join("\n"),
        cost(study, runs, threads),
        say!("Runs and results would go to {folder}", folder = folder.display()),
    ]
    .join("\n")
        + "\n"
}

/// What is to be as good as can be, and within which limits.
pub fn aims(asked: &OptimumRequest) -> [String; 2] {
    let limits: Vec<String> = asked.targets[1..].iter().map(limit).collect();
    let limits = if limits.is_empty() { tr("none").to_owned() } else { limits.join("; ") };
    let measure = named(&asked.targets[0]);
    let objective = match asked.targets[0].less {
        true => say!("Objective: least {measure}", measure),
        false => say!("Objective: most {measure}", measure),
    };
    [objective, say!("Limits: {limits}", limits)]
}

/// How many runs it takes, and how long.
pub fn cost(study: &Study, runs: u64, threads: usize) -> String {
    let per_run = study.cell_cost().seconds_per_replication / study.arms.len() as f64;
    say!(
        "At most {runs} runs, {time}, less what is there",
        runs,
        time = on_threads(per_run * runs as f64, threads)
    )
}

/// A limit as the study states it: a month, or over all days that count.
fn limit(target: &TargetMeasure) -> String {
    let (most, a_month) = target.stated.unwrap_or_default();
    let period = if a_month { tr("a month##limit") } else { tr("over the days that count##limit") };
    let beyond = if target.added { tr(" beyond the baseline") } else { "" };
    let share = target.worlds.map_or_else(String::new, |share| {
        say!(" in {share} of the worlds", share = percent_of(share))
    });
    say!(
        "{measure} at most {most} {period}{beyond}{share}",
        measure = named(target),
        most = amount(most, target.unit, target.added),
        period,
        beyond,
        share
    )
}

/// What a unit of the fresh runs is, after their number.
fn units_of(asked: &OptimumRequest) -> &'static str {
    if asked.draws > 1 { tr("draws##units") } else { tr("replications##units") }
}

/// A measure as tables have it in English; the other languages have its label.
fn named(target: &TargetMeasure) -> String {
    foreign(target.name).unwrap_or_else(|| target.name.to_owned())
}

/// An effect: in percent of the baseline for an objective, else in its unit.
fn shown(made: &Optimum, target: usize, value: &Amount) -> String {
    let asked = &made.asked.targets[target];
    if target == 0 {
        return against(value, made.baseline[0], asked.unit);
    }
    let said = |value: f64| amount(value, asked.unit, asked.added);
    match value.interval {
        Some((low, high)) => {
            let ends = say!("[{low}, {high}]", low = said(low), high = said(high));
            format!("{} {ends}", said(value.mean))
        }
        None => said(value.mean),
    }
}

/// The mix, what was promised, what fresh runs say, which limit binds.
pub fn text(made: &Optimum, folder: &Path) -> String {
    let asked = &made.asked;
    let mut head = vec![String::new()];
    head.extend(asked.targets.iter().map(named));
    head.push(tr("keeps the limits").to_owned());
    let mut rows = vec![head];
    let limits = asked.targets.iter().map(|target| {
        target.at_most.map_or(String::new(), |most| amount(most, target.unit, target.added))
    });
    rows.push([tr("limit").to_owned()].into_iter().chain(limits).chain([String::new()]).collect());
    if let Some(winner) = made.winner() {
        let promised = winner.promised.iter().enumerate().map(|(target, it)| {
            shown(made, target, &Amount { mean: it.value, interval: Some((it.low, it.high)) })
        });
        rows.push(
            [tr("promised by surfaces").to_owned()]
                .into_iter()
                .chain(promised)
                .chain([String::new()])
                .collect(),
        );
    }
    for arm in &made.verified {
        rows.push(row(made, arm));
    }
    let mut text = format!("{}\n\n{}\n", retold(&asked.title), aligned(&rows));
    match made.winner() {
        Some(winner) => {
            text += &(say!("The best mix:") + "\n");
            for (lever, value) in asked.levers.iter().zip(&winner.levers) {
                text += &format!("  {lever} = {value}\n");
            }
        }
        None => {
            let but = made.best_policy().map_or_else(String::new, |policy| {
                say!(
                    ", but the policy “{title}” of the study does: {measure} {size}",
                    title = retold(&policy.title),
                    measure = named(&asked.targets[0]),
                    size = shown(made, 0, &policy.found[0])
                )
            });
            text += &say!(
                "No mix that was run keeps the limits{but}. Raise a limit, widen the levers, or run more `points`.",
                but
            );
            text.push('\n');
        }
    }
    text += &notes(made);
    let best = made.winner().map_or_else(String::new, |_| {
        let setting = &made.asked.setting;
        let (from, to) = setting.window;
        let file = |name: &str| quoted(&folder.join(name).to_string_lossy());
        let [baseline, best] = [&*scenario_file(&setting.baseline), "best.ron"].map(file);
        say!("Policy: {file}", file = folder.join("best.ron").display())
            + "\n"
            + &say!(
                "Compare it: {command}",
                command = format!("crackdown compare {baseline} {best} --window {from}..{to}")
            )
            + "\n"
    });
    format!("{text}{best}{}", results(&made.asked.setting, folder))
}

fn row(made: &Optimum, arm: &Verified) -> Vec<String> {
    let cells = arm.found.iter().enumerate().map(|(target, found)| shown(made, target, found));
    let keeps = if arm.keeps { tr("yes") } else { tr("no") };
    [retold(&arm.title)].into_iter().chain(cells).chain([keeps.to_owned()]).collect()
}

/// How it stands against others, what limits are worth, what intervals hold.
fn notes(made: &Optimum) -> String {
    let asked = &made.asked;
    let objective = &asked.targets[0];
    let percent = |amount: Amount| against(&amount, made.baseline[0], objective.unit);
    let mut text = String::new();
    if let (Some(other), Some(lead)) = (made.best_policy(), made.lead()) {
        text += &say!(
            "Against the best policy of the study within the limits (“{title}”): {size} of the baseline's {measure}.",
            title = retold(&other.title),
            size = percent(lead),
            measure = named(objective)
        );
        text.push('\n');
    } else if made.winner().is_some() && made.verified.iter().any(|arm| !arm.mix) {
        text += &(say!("No policy of the study keeps the limits as it stands.") + "\n");
    }
    if let (Some(share), Some(regret)) = (made.best_in, made.regret) {
        let of = if asked.draws > 1 { tr("worlds (draws)") } else { tr("replications##of") };
        text += &say!(
            "It is the best of all that keep the limits in {share} of {of}; regret, its mean distance from the best of each: {regret} of the baseline.",
            share = percent_of(share),
            of,
            regret = percent(Amount { mean: regret, interval: None })
        );
        text.push('\n');
    }
    if let Some((_, units, left, behind)) = made.rounds.last() {
        let behind = behind.map_or_else(String::new, |most| {
            let most = percent(Amount { mean: most.abs(), interval: None });
            say!(
                ": none of the others is better by more than {most} (95 %)",
                most = most.trim_start_matches('+')
            )
        });
        text += &say!(
            "Choosing ended after {rounds} rounds with {units} {of} each and {left} mixes left{behind}.",
            rounds = made.rounds.len(),
            units,
            of = units_of(asked),
            left,
            behind
        );
        text.push('\n');
    }
    for worth in made.worth.iter().filter(|_| made.winner().is_some()) {
        let target = &asked.targets[worth.limit];
        let binds = if worth.binds { tr("binds") } else { tr("does not bind") };
        text += &say!(
            "The limit on {measure} {binds}; a tenth more of it buys {size} (promised by surfaces, not simulated).",
            measure = named(target),
            binds,
            size = percent(Amount { mean: worth.a_tenth_more, interval: None })
        );
        text.push('\n');
    }
    let explained: Vec<String> = asked
        .targets
        .iter()
        .zip(&made.explained)
        .map(|(target, share)| {
            let poor = if share.is_some_and(|it| it < Emulator::TRUSTED) {
                tr(" (says little: more `points`)")
            } else {
                ""
            };
            let share = share.map_or(tr("none").to_owned(), |it| number(format!("{it:.2}")));
            format!("{} {share}{poor}", named(target))
        })
        .collect();
    let predict = say!(
        "Surfaces predict points they were not fitted to (Q², 1 is perfect): {shares}.",
        shares = explained.join(", ")
    );
    let fresh = say!(
        "Fresh runs: {units} {of}, another seed than all runs that chose; 95 % intervals hold {holds}. {runs} runs in all.",
        units = made.verified.first().map_or(0, |arm| arm.units),
        of = units_of(asked),
        holds = tr(asked.holds()),
        runs = made.runs
    );
    format!("{text}{predict}\n{fresh}\n")
}
