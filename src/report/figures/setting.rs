//! What figures of experiments share: the line at the foot, scenarios as series, months of the window.

use jiff::civil::Date;

use crate::chart::{Axis, ChartSeries, Colour, Figure, Mark, Tick};
use crate::say;
use crate::speech::{counted, month, titled, tr};
use crate::words::percent_effect;
use crate::{palette, words};
use study::comparison::{Bands, Comparison, Effect, Setting};

/// A figure of a comparison with its titles.
pub fn framed(
    comparison: &Comparison,
    (name, heading): (&str, &str),
    title: String,
    subtitle: String,
) -> Figure {
    let setting = comparison.setting();
    let footer = match words::ignorance::held(comparison) {
        "" => foot(&setting),
        held => foot_with(&setting, &format!("{} · {held}", words::ignorance::runs(comparison))),
    };
    Figure::new(name, heading, over(&title, comparison.window), subtitle, footer)
}

/// A title with the days that count.
pub fn over(title: &str, window: (Date, Date)) -> String {
    format!("{title}, {}", words::days(window))
}

/// The line at the foot: what it takes to draw the figure again.
pub fn foot(setting: &Setting) -> String {
    let replications = match setting.replications {
        1 => tr("1 replication: no intervals").to_owned(),
        many => counted(
            u64::from(many),
            "{n} replication with the same random numbers in every scenario|{n} replications with the same random numbers in every scenario",
        ),
    };
    foot_with(setting, &replications)
}

/// The same with what it says of replications.
fn foot_with(setting: &Setting, replications: &str) -> String {
    say!("Baseline: {made}", made = of_baseline(setting, replications))
}

/// The baseline, and what it takes to simulate it again.
pub fn of_baseline(setting: &Setting, replications: &str) -> String {
    let Setting { seed, people_per_agent, version, .. } = setting;
    let named = (&*setting.baseline_title, &*setting.baseline);
    made(named, *seed, replications, *people_per_agent, version)
}

/// A scenario by title and name, and what it takes to simulate it again.
pub fn made(
    (title, name): (&str, &str),
    seed: u64,
    replications: &str,
    people_per_agent: u32,
    version: &str,
) -> String {
    say!(
        "{title} ({name}) · seed {seed} · {replications} · {people} · crackdown {version}",
        title = titled(title),
        name,
        seed,
        replications,
        people = people(people_per_agent),
        version
    )
}

/// How many people an agent stands for.
pub fn people(per_agent: u32) -> String {
    match per_agent {
        1 => tr("one agent per person").to_owned(),
        many => say!("one agent for {many} people", many),
    }
}

/// Policies in a figure at most: more cannot be told apart.
pub const MOST: usize = 8;
/// Policies over time that are shown at first: bands of more hide each other.
const SHOWN_AT_FIRST: usize = 3;
/// The measure by which policies are sorted, and that leads where there is room for one.
pub const LEADING: &str = "unlicensed_domestic_turnover";

/// Numbers of all policies, the largest effect on domestic exchange without a licence first.
pub fn ranked(comparison: &Comparison) -> Vec<usize> {
    let size = |policy: &usize| leading(comparison, *policy).map_or(0.0, |e| e.paired.mean.abs());
    let mut all: Vec<usize> = (0..comparison.verdicts.len()).collect();
    all.sort_by(|a, b| size(b).total_cmp(&size(a)));
    all
}

/// Numbers of so many policies with the largest effects.
fn largest(comparison: &Comparison, most: usize) -> Vec<usize> {
    let mut all = ranked(comparison);
    all.truncate(most);
    all
}

/// Numbers of the policies that figures show.
pub fn chosen(comparison: &Comparison) -> Vec<usize> {
    largest(comparison, MOST)
}

/// What a figure says of those that it does not show; nothing where it shows all.
pub fn others(comparison: &Comparison) -> String {
    let left = ranked(comparison).split_off(chosen(comparison).len());
    let Some(first) = left.first().and_then(|first| leading(comparison, *first)) else {
        return String::new();
    };
    let size = percent_effect(first).replace(['+', '−'], "");
    say!(
        " Not shown: {number} more, with at most {size} on domestic exchange without a licence.",
        number = left.len(),
        size
    )
}

/// Numbers of the policies that are drawn over time at first.
pub fn at_first(comparison: &Comparison) -> Vec<usize> {
    largest(comparison, SHOWN_AT_FIRST)
}

/// What a figure over time says of those that are not drawn at first; nothing where all are.
pub fn others_over_time(comparison: &Comparison) -> String {
    let (drawn, all) = (at_first(comparison).len(), comparison.policies().len());
    match drawn < all {
        false => String::new(),
        true => say!(
            " Drawn: the {drawn} of {all} policies with the largest effects on domestic exchange without a licence; the page can draw {most}.",
            drawn,
            all,
            most = chosen(comparison).len()
        ),
    }
}

/// Whether bands of single runs have room over time: those of several policies hide each other.
pub fn roomy(comparison: &Comparison) -> bool {
    comparison.replications > 1 && comparison.policies().len() == 1
}

fn leading(comparison: &Comparison, policy: usize) -> Option<&Effect> {
    comparison.effect(policy, LEADING)
}

/// Scenarios as series: the baseline, then the policies that figures show. At first the page, and paper, show the baseline and those with the
/// largest effects.
pub fn arms(comparison: &Comparison) -> Vec<ChartSeries> {
    let series = |(place, arm): (usize, usize)| {
        let (colour, dashed) = palette::arm(place);
        let title = &comparison.arms[arm].title;
        let shown = place <= SHOWN_AT_FIRST;
        ChartSeries { dashed, shown, ..ChartSeries::new(title, colour) }
    };
    arm_numbers(comparison).into_iter().enumerate().map(series).collect()
}

/// Numbers of the arms that are series over time, in their order.
pub fn arm_numbers(comparison: &Comparison) -> Vec<usize> {
    let policies = chosen(comparison).into_iter().map(|policy| policy + 1);
    std::iter::once(0).chain(policies).collect()
}

/// Titles of the policies that figures show as rows of a number of units each.
pub fn rows(comparison: &Comparison) -> Axis {
    let policies = chosen(comparison);
    let row = |(at, policy): (usize, &usize)| {
        Tick::new(at as f64 + 0.5, &comparison.policies()[*policy].title)
    };
    Axis::rows(policies.len() as f64, policies.iter().enumerate().map(row).collect())
}

/// The days of the window, with first days of years, or of months in short windows.
pub fn window(comparison: &Comparison) -> Axis {
    let (from, to) = comparison.window;
    let number = (to - from).get_days() + 1;
    let month = |date: Date| format!("{} {}", month(date.month()), date.strftime("%y"));
    days((from, number), (number <= 2 * 366 + 1).then_some(&month))
}

/// So many days from a date on, with first days of years, or of months where a function labels these.
pub fn days((from, number): (Date, i32), month: Option<&dyn Fn(Date) -> String>) -> Axis {
    let date = |day: &i32| from.saturating_add(jiff::Span::new().days(*day));
    let first = |day: &i32| date(day).day() == 1 && (month.is_some() || date(day).month() == 1);
    let label = |date: Date| month.map_or_else(|| date.year().to_string(), |month| month(date));
    let tick = |day: i32| Tick::new(f64::from(day), label(date(&day)));
    let ticks = (0..number).filter(first).map(tick).collect();
    Axis { origin: from.to_string(), ..Axis::marked((0.0, f64::from(number)), ticks) }
}

/// Days from the beginning of the window.
pub fn day(comparison: &Comparison, date: Date) -> f64 {
    f64::from((date - comparison.window.0).get_days())
}

/// First month from which a policy is shown: the one before it begins, so that its line parts from the baseline's.
pub fn first_month(comparison: &Comparison, policy: usize) -> usize {
    let Some(since) = comparison.policies()[policy].since else { return 0 };
    let after = comparison.months.iter().position(|(date, _)| *date >= since);
    after.unwrap_or(comparison.months.len()).saturating_sub(1)
}

/// Line and bands of a series, from the widest: none, the one of the middle half, or both.
pub fn banded(points: &[(f64, Bands)], bands: usize, series: usize, colour: Colour) -> Vec<Mark> {
    let band = |(low, high, opacity): (usize, usize, f64)| {
        let points = points.iter().map(|(x, bands)| (*x, bands[low], bands[high]));
        Mark::band(points.collect(), colour, opacity).of(series)
    };
    let mut marks: Vec<Mark> =
        [(0, 4, 0.16), (1, 3, 0.30)].into_iter().skip(2 - bands).map(band).collect();
    let line = points.iter().map(|(x, bands)| (*x, bands[2])).collect();
    marks.push(Mark::line(line, colour, 2.0).of(series));
    marks
}
