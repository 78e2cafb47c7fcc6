//! Effects of all policies on up to four measures: how they spread over draws, and how well their mean is known.

use super::setting::{over, people};
use crate::SHOWN;
use crate::chart::{
    Axis, Colour, Figure, Form, Interval, Mark, NumberCell, NumberColumn, Panel, Paper, Tick,
};
use crate::say;
use crate::speech::{counted, titled, tr};
use crate::words::{self, amount, percent_of, signed};
use model::MEASURES;
use study::comparison::across::{Across, EffectAcross, MeasureAcross};
use study::stats::Components;
use world::record::Wanted;

/// Measures at most.
const MOST: usize = 4;

/// The figure.
pub fn figure(across: &Across) -> Figure {
    let spread = match across.asked.draws {
        ..2 => tr("Dot: mean over replications; marks across: its 95 % interval (Student's t)."),
        _ => tr(
            "Thin line: 5–95 % of the draws' means, thick: 25–75 %; dot: mean over draws; marks across: its 95 % interval (Student's t).",
        ),
    };
    let title = over(&across_finding(across), across.asked.setting.window);
    let subtitle = say!(
        "Policy minus baseline in the same draw and replication, in percent of the baseline. {spread} Blue is better, orange worse, grey unclear.",
        spread
    );
    Figure {
        panels: shown(across).into_iter().map(|line| panel(across, line)).collect(),
        choice: tr("Measure"),
        paper: Paper { columns: 2, names: 158.0, ..Paper::default() },
        ..Figure::new("effects", "Effects over draws", title, subtitle, foot(across))
    }
}

/// The line at the foot.
pub fn foot(across: &Across) -> String {
    let asked = &across.asked;
    let replications = u64::from(asked.setting.replications);
    say!(
        "{title} · seed {seed} · {draws} × {replications} · {people} · crackdown {version}",
        title = titled(&asked.title),
        seed = asked.setting.seed,
        draws = counted(u64::from(asked.draws), "{n} draw|{n} draws"),
        replications = counted(replications, "{n} replication|{n} replications"),
        people = people(asked.setting.people_per_agent),
        version = asked.setting.version
    )
}

/// What is seen, in a sentence without its full stop.
#[must_use]
pub fn across_finding(across: &Across) -> String {
    let Some(line) = across.measures.first() else { return say!("Nothing was measured") };
    let name = words::lower_first(&words::spelled(MEASURES[line.measure].name));
    let policies: Vec<usize> = across.policies().collect();
    let effects = policies.iter().filter_map(|arm| Some((*arm, line.effects[*arm]?)));
    let Some((arm, effect)) =
        effects.min_by(|(_, a), (_, b)| a.shown().mean.total_cmp(&b.shown().mean))
    else {
        return say!("No policies: {name} in {draws} draws", name, draws = across.asked.draws);
    };
    let title = titled(&across.asked.arms[arm].title);
    let size = said(&effect, line.measure);
    if !effect.is_clear() {
        return say!(
            "No policy clearly changes {name} most: “{title}” is lowest, {size}",
            name,
            title,
            size
        );
    }
    let draws = effect.better.map_or_else(String::new, |share| {
        say!(", for the better in {share} of draws", share = percent_of(share))
    });
    match effect.amount.mean < 0.0 {
        true if policies.len() > 1 => {
            say!("“{title}” lowers {name} most, {size}{draws}", title, name, size, draws)
        }
        true => say!("“{title}” lowers {name}, {size}{draws}", title, name, size, draws),
        false => say!("“{title}” raises {name}, {size}{draws}", title, name, size, draws),
    }
}

/// An effect with its interval.
#[must_use]
pub fn said(effect: &EffectAcross, measure: usize) -> String {
    let unit = MEASURES[measure].unit;
    let with_unit = |value: f64| words::amount(value, unit, true);
    match effect.percent {
        Some(percent) => in_percent(&percent),
        None => match effect.amount.interval {
            Some((low, high)) => {
                let ends = say!("[{low}, {high}]", low = with_unit(low), high = with_unit(high));
                format!("{} {ends}", with_unit(effect.amount.mean))
            }
            None => with_unit(effect.amount.mean),
        },
    }
}

fn in_percent(percent: &Components) -> String {
    let digits = match percent.mean.abs() {
        size if size >= 99.5 => 0,
        size if size >= 0.95 => 1,
        _ => 2,
    };
    let number = |value: f64| signed(value, digits);
    match percent.interval {
        Some((0.0, 0.0)) => "0 %".to_owned(),
        Some((low, high)) => say!(
            "{mean} % [{low}, {high}]",
            mean = number(percent.mean),
            low = number(low),
            high = number(high)
        ),
        None => format!("{} %", number(percent.mean)),
    }
}

/// The measures that are shown everywhere, as far as the study keeps them, then others.
fn shown(across: &Across) -> Vec<&MeasureAcross> {
    let usual = SHOWN.iter().filter_map(|name| across.measure(name));
    let others =
        across.measures.iter().filter(|line| !SHOWN.contains(&MEASURES[line.measure].name));
    usual.chain(others).take(MOST).collect()
}

fn panel(across: &Across, line: &MeasureAcross) -> Panel {
    let meaning = &MEASURES[line.measure];
    let effects: Vec<(usize, Option<&EffectAcross>)> =
        across.policies().map(|arm| (arm, line.effects[arm].as_ref())).collect();
    let in_percent =
        effects.iter().flat_map(|(_, effect)| effect).all(|effect| effect.percent.is_some());
    let of = |effect: &EffectAcross| {
        if in_percent { effect.percent.unwrap_or(effect.amount) } else { effect.amount }
    };
    let (mut low, mut high) = (0.0_f64, 0.0_f64);
    let (mut rows, mut marks, mut cells) = (Vec::new(), Vec::new(), Vec::new());
    for (number, (arm, effect)) in effects.iter().enumerate() {
        let at = number as f64 + 0.5;
        rows.push(Tick::new(at, titled(&across.asked.arms[*arm].title)));
        let Some(effect) = effect else { continue };
        let found = of(effect);
        let (from, to) = found.interval.unwrap_or((found.mean, found.mean));
        low = low.min(from).min(found.quantiles[0]);
        high = high.max(to).max(found.quantiles[4]);
        let (text, below) = numbers(effect, &found, line.measure, in_percent);
        cells.push(NumberCell { at, text, below, colour: Colour::Ink });
        let quantile = |low: usize, high: usize, width| {
            Interval::across((found.quantiles[low], found.quantiles[high]), width)
        };
        let mut intervals = Vec::new();
        if found.draws > 1 {
            intervals.extend([quantile(0, 4, 1.5), quantile(1, 3, 4.5)]);
        }
        intervals.extend(found.interval.map(|ends| Interval::ends(ends, Colour::Ink)));
        let colour = colour(effect, &found, meaning.wanted);
        marks.push(Mark::dot((found.mean, at), Form::Filled, 4.0, colour, intervals));
    }
    let unit = if in_percent { String::new() } else { format!(" ({})", words::unit(meaning.unit)) };
    let sign = if in_percent { " %" } else { "" };
    let title = format!("{}{unit}", words::measure(meaning.name));
    let number = rows.len() as f64;
    let axes = (Axis::signed((low, high), 4, sign), Axis::rows(number, rows));
    Panel { columns: NumberColumn::of(cells), ..Panel::new(title, axes, 38.0 * number, marks) }
}

/// What stands beside an effect, and below that.
fn numbers(
    effect: &EffectAcross,
    found: &Components,
    measure: usize,
    in_percent: bool,
) -> (String, String) {
    if in_percent {
        let better = |share| say!("better in {share} of draws", share = percent_of(share));
        return (said(effect, measure), effect.better.map(better).unwrap_or_default());
    }
    // Amounts are long: their interval stands below.
    let of = |value: f64| words::without_currency(&amount(value, MEASURES[measure].unit, true));
    let interval =
        found.interval.map(|(low, high)| say!("[{low}, {high}]", low = of(low), high = of(high)));
    (of(found.mean), interval.unwrap_or_default())
}

fn colour(effect: &EffectAcross, found: &Components, wanted: Wanted) -> Colour {
    match (effect.is_clear(), wanted) {
        (true, Wanted::Less) if found.mean < 0.0 => Colour::Better,
        (true, Wanted::More) if found.mean > 0.0 => Colour::Better,
        (true, Wanted::Less | Wanted::More) => Colour::Worse,
        _ => Colour::Grey,
    }
}
