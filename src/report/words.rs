//! What a comparison says, in words and numbers: the same in the terminal, on the page and in titles of figures.

pub mod discovery;
pub mod ignorance;
mod labels;
pub mod sensitivity;

pub use labels::{
    TIE, foreign, meaning, measure, measure_of, spelled, tied, unit, without_currency,
};

use super::numbers::short;
use crate::language::{Language, current};
use crate::say;
use crate::speech::{counted, number, retold, titled, tr};
use model::MEASURES;
use study::comparison::{Amount, ComparedArm, Comparison, Effect, PolicyAccount};
use study::stats::{CLEAR, Paired, Ratio};

/// A number with sign, as large as its unit needs.
pub fn signed(value: f64, digits: usize) -> String {
    let text = format!("{:.digits$}", value.abs());
    let nothing = text.chars().all(|c| c == '0' || c == '.');
    let sign = match () {
        () if nothing => "",
        () if value < 0.0 => "−",
        () => "+",
    };
    format!("{sign}{}", number(text))
}

/// The value of a reading: a share, an elasticity or days.
pub fn reading(value: f64) -> String {
    let digits = match value.abs() {
        size if size.is_nan() => return tr("none").to_owned(),
        size if size.is_infinite() => return tr("never").to_owned(),
        0.0 => return "0".to_owned(),
        10.0.. => 0,
        0.1.. => 2,
        _ => 3,
    };
    signed(value, digits).trim_start_matches('+').to_owned()
}

/// Digits after the point that percentages of this size need.
fn digits(percent: f64) -> usize {
    match percent.abs() {
        size if size >= 9.5 => 0,
        size if size >= 0.95 => 1,
        _ => 2,
    }
}

/// Digits that an effect and its interval share.
fn digits_of(effect: &Effect) -> usize {
    effect.relative(effect.paired.mean).map_or(0, |share| digits(100.0 * share))
}

/// An effect in percent of the baseline, or in its unit where the baseline is nothing.
pub fn percent_effect(effect: &Effect) -> String {
    match effect.relative(effect.paired.mean) {
        Some(0.0) => "0 %".to_owned(),
        Some(share) => format!("{} %", signed(100.0 * share, digits_of(effect))),
        None if effect.paired.mean == 0.0 => "0".to_owned(),
        None => amount(effect.paired.mean, &effect.unit, true),
    }
}

/// The 95 % interval of an effect in percent of the baseline; nothing for one replication, or where no run differs.
pub fn percent_interval(effect: &Effect) -> String {
    let some = effect.paired.interval.filter(|ends| *ends != (0.0, 0.0));
    let ends = some.and_then(|(low, high)| {
        let end = |value: f64| {
            let share = effect.relative(value)?;
            Some(signed(100.0 * share, digits_of(effect)))
        };
        Some(say!("[{low}, {high}]", low = end(low)?, high = end(high)?))
    });
    ends.unwrap_or_default()
}

/// An amount with its interval in percent of the baseline, or in its unit where the baseline is nothing.
pub fn against(value: &Amount, baseline: f64, unit: &str) -> String {
    if value.mean.is_nan() {
        return tr("no value").to_owned();
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
        Some((low, high)) => say!(
            "{mean} % [{low}, {high}]",
            mean = said(value.mean),
            low = said(low),
            high = said(high)
        ),
        None => format!("{} %", said(value.mean)),
    }
}

/// An amount with its unit; `KZT 12.3 bn`, `45 venues`, `3.1 %`.
pub fn amount(value: f64, unit: &str, with_sign: bool) -> String {
    let sign = match () {
        () if value < 0.0 => "−",
        () if with_sign && value > 0.0 => "+",
        () => "",
    };
    let size = value.abs();
    match unit {
        "KZT" => say!("{sign}KZT {size}", sign, size = short(size)),
        "share" | "probability" => format!("{sign}{} %", short(100.0 * size)),
        _ => format!("{sign}{} {}", short(size), labels::unit(unit)),
    }
}

/// How many times, without false precision.
pub fn times(ratio: f64) -> String {
    format!("{}×", if ratio >= 10.0 { short(ratio.round()) } else { number(format!("{ratio:.1}")) })
}

/// A share with its interval in percent.
fn share(ratio: Ratio) -> String {
    let percent = |value: f64| signed(100.0 * value, 0).trim_start_matches('+').to_owned();
    let [mean, low, high] = [ratio.value, ratio.low, ratio.high].map(percent);
    say!("{mean} % [{low}, {high}]", mean, low, high)
}

/// Share of what a policy moved that went to other exchange without a licence, or why there is none.
pub fn displaced(account: &PolicyAccount) -> String {
    match account.displaced {
        Some(ratio) => share(ratio),
        None if account.removed.mean < 0.0 && account.removed.is_clear() => {
            tr("target grew").to_owned()
        }
        None => tr("unclear").to_owned(),
    }
}

/// How many published figures the baseline meets; `None` where no year of the runs has one.
pub fn beside(comparison: &Comparison) -> Option<String> {
    let all = &comparison.published;
    let inside = all.iter().filter(|it| it.inside()).count();
    (!all.is_empty()).then(|| {
        say!(
            "Does the baseline look like Kazakhstan? {inside} of {of} published figures agree: the middle of its runs lies within the tolerance of their source.",
            inside,
            of = all.len()
        )
    })
}

/// A quantity of the agency's view in words.
pub fn quantity(name: &str) -> String {
    match name {
        // Its name stays for files that have it, but nothing is a share of what it is divided by: it may exceed 1.
        "drug_share" => tr("Drug money seen over turnover closed").to_owned(),
        _ => tr(&sentence(name.trim_end_matches("_kzt"))).to_owned(),
    }
}

/// A name from a table as the beginning of a sentence.
pub fn sentence(name: &str) -> String {
    let words = name.split('_').map(|word| if word == "kyc" { "KYC" } else { word });
    upper_first(&words.collect::<Vec<&str>>().join(" "))
}

fn upper_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A label in the middle of a sentence.
pub fn lower_first(label: &str) -> String {
    let mut letters = label.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// A share of draws, never rounded to all or none of them.
pub fn percent_of(share: f64) -> String {
    match 100.0 * share {
        percent if percent > 99.5 && share < 1.0 => tr("over 99 %").to_owned(),
        percent if percent < 0.5 && share > 0.0 => tr("under 1 %").to_owned(),
        percent => format!("{percent:.0} %"),
    }
}

/// A title in the quotation marks of the language.
pub fn quoted(title: &str) -> String {
    say!("“{title}”", title)
}

/// A comparison as the language of now tells it: titles that it knows, and what stands in words in the comparison itself.
pub fn in_language(comparison: &Comparison) -> Comparison {
    let mut told = comparison.clone();
    if current() == Language::English {
        return told;
    }
    for arm in &mut told.arms {
        arm.title = titled(&arm.title);
        for line in arm.changes.iter_mut().chain(&mut arm.sequence) {
            *line = retold_line(line);
        }
        for (_, label) in &mut arm.marks {
            *label = retold(label);
        }
    }
    if let Some(found) = &mut told.sensitivity {
        found.study = titled(&found.study);
        found.sentence = sensitivity::kept(&found.sentence, &found.assumptions);
    }
    told
}

/// A line of what a policy changes: sign and days, two spaces, lever, colon, sentence.
fn retold_line(line: &str) -> String {
    let (before, rest) = line.split_once("  ").unwrap_or(("", line));
    let rest = rest.trim_start();
    let told = match rest.split_once(": ") {
        Some((lever, sentence)) if !lever.contains(' ') => format!("{lever}: {}", retold(sentence)),
        _ => retold(rest),
    };
    format!("{}  {told}", retold(before))
}

/// Names with commas and an `and`.
fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [some @ .., last] => say!("{some} and {last}", some = some.join(", "), last),
    }
}

/// Days that count in titles, as [`scenario::window::in_words`] writes them.
pub fn days(window: (jiff::civil::Date, jiff::civil::Date)) -> String {
    let days = scenario::window::in_words(window);
    match days.split_once(" to ") {
        Some((from, to)) => say!("{from} to {to}", from, to),
        None => days,
    }
}

/// Target classes in a sentence.
pub fn target(comparison: &Comparison) -> String {
    let names: Vec<String> =
        comparison.target.iter().map(|class| lower_first(tr(class.label()))).collect();
    listed(&names)
}

/// The size of an effect in a sentence: `2.9 % [2.5–3.3]`.
fn size(effect: &Effect) -> String {
    let digits = digits_of(effect);
    let percent =
        |value: f64| Some(number(format!("{:.digits$}", 100.0 * effect.relative(value)?.abs())));
    let Some(mean) = percent(effect.paired.mean) else {
        return amount(effect.paired.mean.abs(), &effect.unit, false);
    };
    let interval = effect.paired.interval.and_then(|(low, high)| {
        let (low, high) = if effect.paired.mean < 0.0 { (high, low) } else { (low, high) };
        Some(format!(" [{}–{}]", percent(low)?, percent(high)?))
    });
    format!("{mean} %{}", interval.unwrap_or_default())
}

/// The finding in two sentences.
pub fn headline(comparison: &Comparison) -> [String; 2] {
    let mut first = on_turnover(comparison);
    if comparison.people_per_agent > COARSE {
        let people = comparison.people_per_agent;
        first += " ";
        first += &say!("Coarse, not to be quoted: one agent stands for {people} people.", people);
    }
    [first, besides(comparison) + &on_displacement(comparison)]
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
    let say = |(arm, effect): (&ComparedArm, &Effect)| {
        say!("{effect} under “{policy}”", effect = percent_effect(effect), policy = arm.title)
    };
    let all: Vec<String> = named_effects(comparison, measure).into_iter().map(say).collect();
    say!(
        "In the only replication {line} changes by {effects}; one history does not tell a policy from chance.",
        line = tr(line),
        effects = listed(&all)
    )
}

/// What the policy that lowers the first line most does to the three lines (if none does, the one that raises it most): amounts, percents, and
/// what the brackets hold.
fn on_turnover(comparison: &Comparison) -> String {
    if comparison.replications == 1 {
        return on_one_history(comparison);
    }
    let same = |(measure, ..): &(&str, &str, &str)| {
        named_effects(comparison, measure).iter().all(|(_, effect)| effect.paired.mean == 0.0)
    };
    if LINES.iter().all(same) {
        return tr("No policy changes domestic exchange without a licence, money of crime or deals between honest persons.").to_owned();
    }
    let effects = named_effects(comparison, LINES[0].0);
    let [falls, rises] = [true, false].map(|down| clearly(&effects, down));
    let leading = if falls.is_empty() { &rises } else { &falls };
    let Some((arm, effect)) = leading.first() else {
        return format!("{} ({}).", on_lines(comparison, 2), ignorance::holds(comparison));
    };
    let most = leading.len() > 1;
    let say = |(number, (measure, line, _)): (usize, &(&str, &str, &str))| {
        let all = named_effects(comparison, measure);
        let effect = all.iter().find(|(other, _)| other.name == arm.name)?.1;
        Some(moves(effect, tr(line), most && number == 0))
    };
    let lines: Vec<String> = LINES.iter().enumerate().filter_map(say).collect();
    let held = match effect.paired.interval {
        Some(_) => {
            say!(" (95 % intervals of the mean: {held})", held = ignorance::holds(comparison))
        }
        None => String::new(),
    };
    say!("“{policy}” {lines}{held}.", policy = arm.title, lines = listed(&lines), held)
}

/// What else is clear of the first line: who may lower it as much as the one that does most, and who raises it most.
fn besides(comparison: &Comparison) -> String {
    let effects = named_effects(comparison, LINES[0].0);
    let [falls, rises] = [true, false].map(|down| clearly(&effects, down));
    let [Some(best), worst] = [&falls, &rises].map(|all| all.first()) else { return String::new() };
    let near = as_good(comparison, best.0, &falls[1..]);
    let raised = worst.map_or_else(String::new, |(arm, effect)| {
        let lines = moves(effect, tr(LINES[0].1), rises.len() > 1);
        say!("“{policy}” {lines}{held}.", policy = arm.title, lines, held = "") + " "
    });
    near + &raised
}

/// Effects that are clear and go one way, the largest first.
fn clearly<'a>(
    effects: &[(&'a ComparedArm, &'a Effect)],
    down: bool,
) -> Vec<(&'a ComparedArm, &'a Effect)> {
    let mut clear = effects.to_vec();
    clear.retain(|(_, effect)| effect.paired.is_clear() && (effect.paired.mean < 0.0) == down);
    clear.sort_by(|(_, a), (_, b)| b.paired.mean.abs().total_cmp(&a.paired.mean.abs()));
    clear
}

/// Which of the policies that clearly lower the first line may lower it as much as the one that does most; nothing where none may.
fn as_good(
    comparison: &Comparison,
    best: &ComparedArm,
    others: &[(&ComparedArm, &Effect)],
) -> String {
    let number = |arm: &ComparedArm| comparison.arms.iter().position(|one| one.name == arm.name);
    let apart = |arm: &ComparedArm| {
        let two = [number(best), number(arm)];
        let pair = comparison.pairs.iter().find(|pair| {
            pair.measure == LINES[0].0
                && two.contains(&Some(pair.first))
                && two.contains(&Some(pair.second))
        });
        let interval = pair.and_then(|pair| pair.by_itself);
        interval.is_none_or(|(low, high)| low > 0.0 || high < 0.0)
    };
    let near: Vec<&ComparedArm> =
        others.iter().map(|(arm, _)| *arm).filter(|arm| !apart(arm)).collect();
    let (named, more) = near.split_at(near.len().min(NAMED));
    let mut names: Vec<String> = named.iter().map(|arm| quoted(&arm.title)).collect();
    if !more.is_empty() {
        names.push(counted(more.len() as u64, "{n} other policy|{n} other policies"));
    }
    match names.is_empty() {
        true => String::new(),
        false => say!("{policies} may lower it as much.", policies = listed(&names)) + " ",
    }
}

/// Policies that a sentence names.
const NAMED: usize = 3;

/// What becomes of a line: `lowers money of crime by KZT 12 bn (−2.9 % [−3.3, −2.5])`.
fn moves(effect: &Effect, line: &str, most: bool) -> String {
    if !effect.paired.is_clear() {
        return say!("does not clearly change {line}", line);
    }
    let amount = amount(effect.paired.mean.abs(), &effect.unit, false);
    let amount = match effect.relative(1.0) {
        Some(_) => {
            let interval = percent_interval(effect);
            // With its sign: “by KZT 548 bn, 95 % [4–186]” is read as an interval of 95 %.
            let share = format!("{} {interval}", percent_effect(effect));
            say!("{amount} ({share})", amount, share = share.trim_end())
        }
        None => say!("{amount}##by", amount),
    };
    match (effect.paired.mean < 0.0, most) {
        (true, true) => say!("lowers {line} most, by {amount}", line, amount),
        (true, false) => say!("lowers {line} by {amount}", line, amount),
        (false, true) => say!("raises {line} most, by {amount}", line, amount),
        (false, false) => say!("raises {line} by {amount}", line, amount),
    }
}

/// That no effect could be called clear with so few runs, and with how many; `None` with enough.
fn too_few(comparison: &Comparison) -> Option<String> {
    let units = named_effects(comparison, LINES[0].0).first()?.1.paired.units;
    let more = (CLEAR * comparison.replications as usize).div_ceil(units.max(1));
    (units < CLEAR).then(|| {
        say!(
            "Too few runs to call any effect clear: {units} independent ones, {needed} are needed (--replications {more})",
            units,
            needed = CLEAR,
            more
        )
    })
}

/// The first lines, one after the other.
fn on_lines(comparison: &Comparison, number: usize) -> String {
    if let Some(few) = too_few(comparison) {
        return few;
    }
    let say = |(measure, line, it): &(&str, &str, &str)| {
        on_line(&named_effects(comparison, measure), tr(line), tr(it))
    };
    upper_first(&LINES[..number].iter().map(say).collect::<Vec<String>>().join("; "))
}

/// The finding as the title of a figure: the two lines that a policy is to lower.
pub fn title(comparison: &Comparison) -> String {
    match comparison.replications {
        1 => on_turnover(comparison).trim_end_matches('.').to_owned(),
        _ => on_lines(comparison, 2),
    }
}

/// Who lowers a line most and who raises it most, as far as that is clear.
fn on_line(effects: &[(&ComparedArm, &Effect)], line: &str, it: &str) -> String {
    let [fall, rise] = [true, false].map(|down| clearly(effects, down));
    let lowers = match fall.first() {
        Some((arm, effect)) => {
            let (policy, by) = (&arm.title, size(effect));
            match fall.len() {
                1 => say!("“{policy}” lowers {line} by {by}", policy, line, by),
                _ => say!("“{policy}” lowers {line} most, by {by}", policy, line, by),
            }
        }
        None if rise.is_empty() => return say!("no policy clearly changes {line}", line),
        None => say!("no policy clearly lowers {line}", line),
    };
    let Some((arm, effect)) = rise.first() else { return lowers };
    let (policy, by) = (&arm.title, size(effect));
    match rise.len() {
        1 => say!("{lowers}, “{policy}” raises {it} by {by}", lowers, policy, it, by),
        _ => say!("{lowers}, “{policy}” raises {it} most, by {by}", lowers, policy, it, by),
    }
}

/// What became of turnover that the policy with the lowest and the one with the highest effect took from the target.
fn on_displacement(comparison: &Comparison) -> String {
    if comparison.replications == 1 {
        return tr("Run more replications for intervals.").to_owned();
    }
    let target = target(comparison);
    let takes = |number: &usize| {
        let removed = &comparison.verdicts[*number].account.removed;
        removed.is_clear() && removed.mean > 0.0
    };
    let mut clear: Vec<usize> = (0..comparison.verdicts.len()).filter(takes).collect();
    let effect = |number: &usize| {
        comparison.effect(*number, LINES[0].0).map_or(0.0, |effect| effect.paired.mean)
    };
    clear.sort_by(|a, b| effect(a).total_cmp(&effect(b)));
    let say = |number: usize, first: bool| {
        let account = &comparison.verdicts[number].account;
        let title = &comparison.policies()[number].title;
        let removed = amount(account.removed.mean, "KZT", false);
        let then = comes_back(account);
        match first {
            true => say!(
                "“{title}” takes {removed} from {target} that were open from the start{then}",
                title,
                removed,
                target,
                then
            ),
            false => say!("“{title}” takes {removed}{then}", title, removed, then),
        }
    };
    match clear.as_slice() {
        [] => say!(
            "No policy clearly takes turnover from {target} that were open from the start.",
            target
        ),
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
        Ratio { value, low, high } => say!(
            ", and of all that falls, there and elsewhere, {share} % [{low}–{high}] moves to other exchange without a licence ({amount})",
            share = percent(value),
            low = percent(low),
            high = percent(high),
            amount = kzt(&account.moved)
        ),
    };
    match account.diffusion.is_clear() && account.diffusion.mean > 0.0 {
        true => say!(
            "{moved}, while exchange without a licence elsewhere falls by another {amount}",
            moved,
            amount = kzt(&account.diffusion)
        ),
        false => moved,
    }
}

fn named_effects<'a>(
    comparison: &'a Comparison,
    measure: &str,
) -> Vec<(&'a ComparedArm, &'a Effect)> {
    let of = |number: usize| comparison.effect(number, measure);
    let arms = comparison.policies().iter().enumerate();
    arms.filter_map(|(number, arm)| Some((arm, of(number)?))).collect()
}

/// People per agent above which effects on single classes of venues are not to be quoted. Unit: people. Source: ODD, finding on the
/// size of agents.
const COARSE: u32 = 100;

/// How the numbers were got, in words.
pub fn how(comparison: &Comparison) -> String {
    let how = how_made(comparison);
    match coarse(comparison.people_per_agent) {
        Some(more) => format!("{how}\n{more}"),
        None => how,
    }
}

/// That agents are too large for effects to be quoted; `None` where they are not.
pub fn coarse(people: u32) -> Option<String> {
    (people > COARSE).then(|| {
        say!(
            "One agent stands for {people} people: effects on shadow exchanges, and so on domestic exchange without a licence, come out too small. Do not quote them: run again with --people-per-agent {most}.",
            people,
            most = COARSE
        )
    })
}

fn how_made(comparison: &Comparison) -> String {
    let (from, to) = comparison.window;
    if comparison.replications == 1 {
        return say!(
            "One replication of each scenario, {from} to {to}, seed {seed}: no intervals. Use --replications for some.",
            from,
            to,
            seed = comparison.seed
        );
    }
    let effects = comparison.verdicts.iter().flat_map(|verdict| &verdict.effects);
    let of_turnover = effects.filter(|effect| effect.measure == "unlicensed_domestic_turnover");
    let compared: Vec<bool> = of_turnover.filter_map(|effect| effect.paired.agree).collect();
    let agree = match compared.iter().filter(|agree| !**agree).count() {
        0 if compared.is_empty() => tr("too few to check by resampling").to_owned(),
        0 => tr("resampling agrees").to_owned(),
        more => counted(
            more as u64,
            "resampling disagrees on {n} policy (effects.csv)|resampling disagrees on {n} policies (effects.csv)",
        ),
    };
    let (unit, each) = match comparison.draws {
        Some(_) => (
            tr("draws"),
            tr(
                "A draw is one set of values of the parameters that are not known; a replication is one history under it",
            ),
        ),
        None => (
            tr("replications"),
            tr("A replication is one history of the same world with its own random numbers"),
        ),
    };
    say!(
        "{from} to {to}; {number}, seed {seed}. {each}; a policy meets the same{line}ones as the baseline. In brackets: the 95 % interval of the mean effect, in percent of the baseline; it holds{line}{held} (Student's t over {unit}; for domestic exchange without a licence {agree}).",
        from,
        to,
        number = ignorance::runs(comparison),
        seed = comparison.seed,
        each,
        held = ignorance::holds(comparison),
        unit,
        agree,
        line = '\n'
    )
}

/// How `--precision` ended, in words.
pub fn precision(comparison: &Comparison) -> Option<String> {
    let precision = comparison.precision.as_ref()?;
    let unit = MEASURES.iter().find(|meaning| meaning.name == precision.measure)?.unit;
    let width = amount(precision.half_width, unit, false);
    let first = precision.first_stage;
    let interval = |(arm, interval): (&ComparedArm, &Option<(f64, f64)>)| {
        let (low, high) = (*interval)?;
        let (low, high) = (amount(low, unit, true), amount(high, unit, true));
        Some(say!("“{policy}” {low} to {high}", policy = arm.title, low, high))
    };
    let intervals: Vec<String> =
        comparison.policies().iter().zip(&precision.intervals).filter_map(interval).collect();
    let kept = say!(
        " Intervals that keep the level after looking at the spread: {intervals}. Those of the table do not know of it.",
        intervals = intervals.join("; ")
    );
    let unknown = comparison.policies().iter().zip(&precision.intervals);
    let unknown = unknown.filter(|(_, interval)| interval.is_none());
    let unknown: Vec<String> = unknown.map(|(arm, _)| quoted(&arm.title)).collect();
    if !unknown.is_empty() {
        return Some(say!(
            "Precision {wanted} (±{width}): cannot tell for {policies}. All differences of the first {first} replications are equal, which says nothing of how they spread: use more --replications.",
            wanted = precision.wanted,
            width,
            policies = listed(&unknown),
            first
        ));
    }
    let ended = if precision.reached {
        say!(
            "Precision {wanted} (±{width}) reached with {number} replications: Stein's two stages, {first} in the first.",
            wanted = precision.wanted,
            width,
            number = comparison.replications,
            first
        )
    } else {
        say!(
            "Precision {wanted} (±{width}) NOT reached: it needs {needed} replications (Stein's two stages, {first} in the first), the budget is {budget}; raise --max-replications.",
            wanted = precision.wanted,
            width,
            needed = short(f64::from(precision.needed)),
            first,
            budget = comparison.replications
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
