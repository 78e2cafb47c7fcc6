//! What a comparison says, in words and numbers: the same in the terminal, on the page and in titles of figures.

pub mod discovery;
pub mod ignorance;
mod labels;

pub use labels::{TIE, meaning, measure, measure_of, tied};

use super::numbers::short;
use model::MEASURES;
use study::comparison::{Amount, Arm, Comparison, Effect, PolicyAccount};
use study::stats::{Paired, Ratio};

/// A number with sign, as large as its unit needs.
pub fn signed(value: f64, digits: usize) -> String {
    let text = format!("{:.digits$}", value.abs());
    let nothing = text.chars().all(|c| c == '0' || c == '.');
    let sign = match () {
        () if nothing => "",
        () if value < 0.0 => "−",
        () => "+",
    };
    format!("{sign}{text}")
}

/// The value of a reading: a share, an elasticity or days.
#[must_use]
pub fn reading(value: f64) -> String {
    match value {
        _ if value.is_nan() => "none".to_owned(),
        _ if value.is_infinite() => "never".to_owned(),
        _ if value == 0.0 => "0".to_owned(),
        _ if value.abs() >= 10.0 => signed(value, 0).trim_start_matches('+').to_owned(),
        _ if value.abs() < 0.1 => signed(value, 3).trim_start_matches('+').to_owned(),
        _ => signed(value, 2).trim_start_matches('+').to_owned(),
    }
}

/// Digits after the point that percentages of this size need.
fn digits(percent: f64) -> usize {
    match percent.abs() {
        size if size >= 99.5 => 0,
        size if size >= 0.95 => 1,
        _ => 2,
    }
}

/// Digits that an effect and its interval share.
fn digits_of(effect: &Effect) -> usize {
    effect.relative(effect.paired.mean).map_or(0, |share| digits(100.0 * share))
}

/// An effect in percent of the baseline, or in its unit where the baseline is nothing.
#[must_use]
pub fn percent_effect(effect: &Effect) -> String {
    match effect.relative(effect.paired.mean) {
        Some(0.0) => "0 %".to_owned(),
        Some(share) => format!("{} %", signed(100.0 * share, digits_of(effect))),
        None if effect.paired.mean == 0.0 => "0".to_owned(),
        None => amount(effect.paired.mean, &effect.unit, true),
    }
}

/// The 95 % interval of an effect in percent of the baseline; nothing for one replication.
#[must_use]
pub fn percent_interval(effect: &Effect) -> String {
    let ends = effect.paired.interval.and_then(|(low, high)| {
        let end = |value: f64| {
            let share = effect.relative(value)?;
            Some(signed(100.0 * share, digits_of(effect)))
        };
        Some(format!("[{}, {}]", end(low)?, end(high)?))
    });
    ends.unwrap_or_default()
}

/// An amount with its interval in percent of the baseline, or in its unit where the baseline is nothing.
#[must_use]
pub fn against(value: &Amount, baseline: f64, unit: &str) -> String {
    if value.mean.is_nan() {
        return "no value".to_owned();
    }
    if baseline == 0.0 {
        let text = amount(value.mean, unit, true);
        return if value.mean == 0.0 { "0".to_owned() } else { text };
    }
    let percent = |value: f64| 100.0 * value / baseline.abs();
    let digits = digits(percent(value.mean));
    let said = |value: f64| signed(percent(value), digits);
    match value.interval {
        _ if (value.low(), value.high()) == (0.0, 0.0) => "0 %".to_owned(),
        Some((low, high)) => format!("{} % [{}, {}]", said(value.mean), said(low), said(high)),
        None => format!("{} %", said(value.mean)),
    }
}

/// An amount with its unit; `KZT 12.3 bn`, `45 venues`, `3.1 %`.
#[must_use]
pub fn amount(value: f64, unit: &str, with_sign: bool) -> String {
    let sign = match () {
        () if value < 0.0 => "−",
        () if with_sign && value > 0.0 => "+",
        () => "",
    };
    let size = value.abs();
    match unit {
        "KZT" => format!("{sign}KZT {}", short(size)),
        "share" | "probability" => format!("{sign}{} %", short(100.0 * size)),
        _ => format!("{sign}{} {unit}", short(size)),
    }
}

/// How many times, without false precision.
#[must_use]
pub fn times(ratio: f64) -> String {
    format!("{}×", if ratio >= 10.0 { short(ratio.round()) } else { format!("{ratio:.1}") })
}

/// A share with its interval in percent.
fn share(ratio: Ratio) -> String {
    let percent = |value: f64| signed(100.0 * value, 0).trim_start_matches('+').to_owned();
    format!("{} % [{}, {}]", percent(ratio.value), percent(ratio.low), percent(ratio.high))
}

/// Share of what a policy moved that went to other exchange without a licence, or why there is none.
#[must_use]
pub fn displaced(account: &PolicyAccount) -> String {
    match account.displaced {
        Some(ratio) => share(ratio),
        None if account.removed.mean < 0.0 && account.removed.is_clear() => {
            "target grew".to_owned()
        }
        None => "unclear".to_owned(),
    }
}

/// A name from a table as the beginning of a sentence.
#[must_use]
pub fn sentence(name: &str) -> String {
    let words = name.split('_').map(|word| if word == "kyc" { "KYC" } else { word });
    upper_first(&words.collect::<Vec<&str>>().join(" "))
}

fn upper_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A label in the middle of a sentence.
#[must_use]
pub fn lower_first(label: &str) -> String {
    let mut letters = label.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// A share of draws, never rounded to all or none of them.
#[must_use]
pub fn percent_of(share: f64) -> String {
    match 100.0 * share {
        percent if percent > 99.5 && share < 1.0 => "over 99 %".to_owned(),
        percent if percent < 0.5 && share > 0.0 => "under 1 %".to_owned(),
        percent => format!("{percent:.0} %"),
    }
}

/// Names with commas and an `and`.
fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [some @ .., last] => format!("{} and {last}", some.join(", ")),
    }
}

/// Target classes in a sentence.
#[must_use]
pub fn target(comparison: &Comparison) -> String {
    let names: Vec<String> =
        comparison.target.iter().map(|class| lower_first(class.label())).collect();
    listed(&names)
}

/// An effect in a sentence: `by 2.9 % [2.5–3.3]`.
fn by(effect: &Effect) -> String {
    let percent = |value: f64| {
        effect.relative(value).map(|share| format!("{:.*}", digits_of(effect), 100.0 * share.abs()))
    };
    let Some(mean) = percent(effect.paired.mean) else {
        return format!("by {}", amount(effect.paired.mean.abs(), &effect.unit, false));
    };
    let interval = effect.paired.interval.and_then(|(low, high)| {
        let (low, high) = if effect.paired.mean < 0.0 { (high, low) } else { (low, high) };
        Some(format!(" [{}–{}]", percent(low)?, percent(high)?))
    });
    format!("by {mean} %{}", interval.unwrap_or_default())
}

/// The finding in two sentences.
#[must_use]
pub fn headline(comparison: &Comparison) -> [String; 2] {
    [on_turnover(comparison), on_displacement(comparison)]
}

/// The three lines with their names in the middle of a sentence, and what stands for these; the first leads where there is room for
/// one.
const LINES: [(&str, &str, &str); 3] = [
    ("unlicensed_domestic_turnover", "domestic exchange without a licence", "it"),
    ("crime_turnover", "money of crime", "it"),
    ("private_turnover", "deals between honest persons", "them"),
];

/// What the only replication shows: no statement about policies.
fn on_one_history(comparison: &Comparison) -> String {
    let (measure, line, _) = LINES[0];
    let say = |(arm, effect): (&Arm, &Effect)| {
        format!("{} under “{}”", percent_effect(effect), arm.title)
    };
    let all: Vec<String> = named_effects(comparison, measure).into_iter().map(say).collect();
    format!(
        "In the only replication {line} changes by {}; one history does not tell a policy from chance.",
        listed(&all)
    )
}

/// What the policy with the largest effect on the first line does to the three lines: amounts, percents, and what the brackets hold.
fn on_turnover(comparison: &Comparison) -> String {
    if comparison.replications == 1 {
        return on_one_history(comparison);
    }
    let same = |(measure, ..): &(&str, &str, &str)| {
        named_effects(comparison, measure).iter().all(|(_, effect)| effect.paired.mean == 0.0)
    };
    if LINES.iter().all(same) {
        return "No policy changes domestic exchange without a licence, money of crime or deals between honest persons.".to_owned();
    }
    let clear = named_effects(comparison, LINES[0].0);
    let clear = || clear.iter().filter(|(_, effect)| effect.paired.is_clear());
    let size = |(_, effect): &&(&Arm, &Effect)| effect.paired.mean.abs();
    let Some((arm, _)) = clear().max_by(|a, b| size(a).total_cmp(&size(b))) else {
        return format!("{} ({}).", on_lines(comparison, 2), ignorance::holds(comparison));
    };
    let most = if clear().count() > 1 { "most" } else { "" };
    let say = |(number, (measure, line, _)): (usize, &(&str, &str, &str))| {
        let all = named_effects(comparison, measure);
        let effect = all.iter().find(|(other, _)| other.name == arm.name)?.1;
        Some(moves(effect, line, if number == 0 { most } else { "" }))
    };
    let lines: Vec<String> = LINES.iter().enumerate().filter_map(say).collect();
    let held = match clear().next().and_then(|(_, effect)| effect.paired.interval) {
        Some(_) => format!(" (95 % intervals of the mean: {})", ignorance::holds(comparison)),
        None => String::new(),
    };
    format!("“{}” {}{held}.", arm.title, listed(&lines))
}

/// What becomes of a line: `lowers money of crime by KZT 12 bn, 2.9 % [2.5–3.3]`.
fn moves(effect: &Effect, line: &str, most: &str) -> String {
    if !effect.paired.is_clear() {
        return format!("does not clearly change {line}");
    }
    let verb = if effect.paired.mean < 0.0 { "lowers" } else { "raises" };
    let most = if most.is_empty() { String::new() } else { format!(" {most},") };
    let share = match effect.relative(1.0) {
        Some(_) => format!(", {}", by(effect).trim_start_matches("by ")),
        None => String::new(),
    };
    let amount = amount(effect.paired.mean.abs(), &effect.unit, false);
    format!("{verb} {line}{most} by {amount}{share}")
}

/// The first lines, one after the other.
fn on_lines(comparison: &Comparison, number: usize) -> String {
    let say = |(measure, line, it): &(&str, &str, &str)| {
        on_line(&named_effects(comparison, measure), line, it)
    };
    upper_first(&LINES[..number].iter().map(say).collect::<Vec<String>>().join("; "))
}

/// The finding as the title of a figure: the two lines that a policy is to lower.
#[must_use]
pub fn title(comparison: &Comparison) -> String {
    match comparison.replications {
        1 => on_turnover(comparison).trim_end_matches('.').to_owned(),
        _ => on_lines(comparison, 2),
    }
}

/// Who lowers a line most and who raises it most, as far as that is clear.
fn on_line(effects: &[(&Arm, &Effect)], line: &str, it: &str) -> String {
    let clear = effects.iter().copied().filter(|(_, effect)| effect.paired.is_clear());
    let (mut fall, mut rise): (Vec<_>, Vec<_>) =
        clear.partition(|(_, effect)| effect.paired.mean < 0.0);
    fall.sort_by(|(_, a), (_, b)| a.paired.mean.total_cmp(&b.paired.mean));
    rise.sort_by(|(_, a), (_, b)| b.paired.mean.total_cmp(&a.paired.mean));
    let most = |all: &[(&Arm, &Effect)]| if all.len() > 1 { "most, " } else { "" };
    let lowers = match fall.first() {
        Some((arm, effect)) => {
            format!("“{}” lowers {line} {}{}", arm.title, most(&fall), by(effect))
        }
        None if rise.is_empty() => return format!("no policy clearly changes {line}"),
        None => format!("no policy clearly lowers {line}"),
    };
    match rise.first() {
        Some((arm, effect)) => {
            format!("{lowers}, “{}” raises {it} {}{}", arm.title, most(&rise), by(effect))
        }
        None => lowers,
    }
}

/// What became of turnover that the policy with the lowest and the one with the highest effect took from the target.
fn on_displacement(comparison: &Comparison) -> String {
    if comparison.replications == 1 {
        return "Run more replications for intervals.".to_owned();
    }
    let target = target(comparison);
    let mut clear: Vec<usize> = (0..comparison.verdicts.len())
        .filter(|number| {
            let account = &comparison.verdicts[*number].account;
            account.removed.is_clear() && account.removed.mean > 0.0
        })
        .collect();
    let effect = |number: &usize| {
        comparison.effect(*number, LINES[0].0).map_or(0.0, |effect| effect.paired.mean)
    };
    clear.sort_by(|a, b| effect(a).total_cmp(&effect(b)));
    let say = |number: usize, first: bool| {
        let account = &comparison.verdicts[number].account;
        let title = &comparison.policies()[number].title;
        let removed = amount(account.removed.mean, "KZT", false);
        let from = if first {
            format!(" from {target} that were open from the start")
        } else {
            String::new()
        };
        format!("“{title}” takes {removed}{from}{}", comes_back(account))
    };
    match clear.as_slice() {
        [] => {
            format!("No policy clearly takes turnover from {target} that were open from the start.")
        }
        [only] => format!("{}.", say(*only, true)),
        [lowest, .., highest] => format!("{}; {}.", say(*lowest, true), say(*highest, false)),
    }
}

/// What became of it as far as other exchange without a licence goes, in the middle of a sentence.
fn comes_back(account: &PolicyAccount) -> String {
    let Some(share) = account.displaced else { return String::new() };
    let percent = |value: f64| format!("{:.0}", 100.0 * value);
    let kzt = |value: &Paired| amount(value.mean, "KZT", false);
    let moved = match share {
        Ratio { high: 0.0, .. } => String::new(),
        Ratio { value, low, high } => format!(
            ", and of all that falls {} % [{}–{}] moves to other exchange without a licence ({})",
            percent(value),
            percent(low),
            percent(high),
            kzt(&account.moved)
        ),
    };
    match account.diffusion.is_clear() && account.diffusion.mean > 0.0 {
        true => format!(
            "{moved}, while exchange without a licence elsewhere falls by another {}",
            kzt(&account.diffusion)
        ),
        false => moved,
    }
}

fn named_effects<'a>(comparison: &'a Comparison, measure: &str) -> Vec<(&'a Arm, &'a Effect)> {
    let of = |number: usize| comparison.effect(number, measure);
    let arms = comparison.policies().iter().enumerate();
    arms.filter_map(|(number, arm)| Some((arm, of(number)?))).collect()
}

/// People per agent above which effects on single classes of venues are not to be quoted. Unit: people. Source: ODD, finding on the
/// size of agents.
const COARSE: u32 = 100;

/// How the numbers were got, in words.
#[must_use]
pub fn how(comparison: &Comparison) -> String {
    let people = comparison.people_per_agent;
    let how = how_made(comparison);
    if people <= COARSE {
        return how;
    }
    format!(
        "{how}\nOne agent stands for {people} people: effects on shadow and licensed venues come out too small. Quote them at {COARSE} or \
         fewer (--people-per-agent)."
    )
}

fn how_made(comparison: &Comparison) -> String {
    let (from, to) = comparison.window;
    if comparison.replications == 1 {
        return format!(
            "One replication of each scenario, {from} to {to}, seed {}: no intervals. Use --replications for some.",
            comparison.seed
        );
    }
    let effects = comparison.verdicts.iter().flat_map(|verdict| &verdict.effects);
    let of_turnover = effects.filter(|effect| effect.measure == "unlicensed_domestic_turnover");
    let compared: Vec<bool> = of_turnover.filter_map(|effect| effect.paired.agree).collect();
    let agree = match compared.iter().filter(|agree| !**agree).count() {
        0 if compared.is_empty() => "too few to check by resampling".to_owned(),
        0 => "resampling agrees".to_owned(),
        1 => "resampling disagrees on 1 policy (effects.csv)".to_owned(),
        more => format!("resampling disagrees on {more} policies (effects.csv)"),
    };
    let (number, unit) = match comparison.draws {
        Some(_) => (ignorance::runs(comparison), "draws"),
        None => (format!("{} replications", comparison.replications), "replications"),
    };
    let each = match comparison.draws {
        Some(_) => {
            "A draw is one set of values of the parameters that are not known; a replication is one history under it"
        }
        None => "A replication is one history of the same world with its own random numbers",
    };
    format!(
        "{from} to {to}; {number}, seed {}. {each}; a policy meets the same\nones as the baseline. In brackets: the 95 % interval of the mean effect, in percent of the \
         baseline; it holds\n{} (Student's t over {unit}; for domestic exchange without a licence {agree}).",
        comparison.seed,
        ignorance::holds(comparison),
    )
}

/// How `--precision` ended, in words.
#[must_use]
pub fn precision(comparison: &Comparison) -> Option<String> {
    let precision = comparison.precision.as_ref()?;
    let unit = MEASURES.iter().find(|meaning| meaning.name == precision.measure)?.unit;
    let width = amount(precision.half_width, unit, false);
    let first = precision.first_stage;
    let interval = |(arm, interval): (&Arm, &Option<(f64, f64)>)| {
        let (low, high) = (*interval)?;
        let (low, high) = (amount(low, unit, true), amount(high, unit, true));
        Some(format!("“{}” {low} to {high}", arm.title))
    };
    let intervals: Vec<String> =
        comparison.policies().iter().zip(&precision.intervals).filter_map(interval).collect();
    let kept = format!(
        " Intervals that keep the level after looking at the spread: {}. Those of the table do not know of it.",
        intervals.join("; ")
    );
    let unknown = comparison.policies().iter().zip(&precision.intervals);
    let unknown: Vec<String> = unknown
        .filter(|(_, interval)| interval.is_none())
        .map(|(arm, _)| format!("“{}”", arm.title))
        .collect();
    if !unknown.is_empty() {
        return Some(format!(
            "Precision {} (±{width}): cannot tell for {}. All differences of the first {first} replications are equal, which says \
             nothing of how they spread: use more --replications.",
            precision.wanted,
            listed(&unknown)
        ));
    }
    let ended = if precision.reached {
        format!(
            "Precision {} (±{width}) reached with {} replications: Stein's two stages, {first} in the first.",
            precision.wanted, comparison.replications
        )
    } else {
        format!(
            "Precision {} (±{width}) NOT reached: it needs {} replications (Stein's two stages, {first} in the first), \
             the budget is {}; raise --max-replications.",
            precision.wanted,
            short(f64::from(precision.needed)),
            comparison.replications
        )
    };
    Some(ended + &kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_true_minus_signs_and_no_negative_nothing() {
        assert_eq!(signed(-2.94, 1), "−2.9");
        assert_eq!(signed(2.94, 1), "+2.9");
        assert_eq!(signed(-0.001, 1), "0.0");
        assert_eq!(amount(-12.3e9, "KZT", true), "−KZT 12.3 bn");
        assert_eq!(amount(0.25, "share", true), "+25 %");
        assert_eq!((times(3.24).as_str(), times(1234.5).as_str()), ("3.2×", "1,235×"));
    }
}
