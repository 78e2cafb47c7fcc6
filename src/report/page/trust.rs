//! How far to trust each policy's numbers: cases from elsewhere, the unknown that matters most, worlds in which the sign turns; and
//! what surprises.

use super::tables::{PageCell, PageTable, words as text};
use crate::figures::{MOST, ranked};
use crate::say;
use crate::speech::{told, tr};
use crate::words::{self, amount, lower_first, percent_of};
use study::comparison::{Comparison, Effect};
use study::store::trust::{Case, cases};

/// The measure whose effect is judged.
const LEADING: &str = "unlicensed_domestic_turnover";

/// What the column means.
pub const ABOUT: &str = "In how many draws of the unknown parameters (replications where none are drawn) the effect on domestic exchange without a \
    licence has the sign of its mean; below it what published cases from elsewhere say of such levers";

/// The cell of the table of all policies.
pub fn cell(comparison: &Comparison, policy: usize) -> PageCell {
    sign(comparison, policy).below(in_short(&of(comparison, policy)))
}

/// In how many worlds the effect has the sign of its mean.
fn sign(comparison: &Comparison, policy: usize) -> PageCell {
    let Some((turned, of)) = comparison.turned(policy, LEADING) else { return text("–") };
    let number = of - turned;
    text(match comparison.draws {
        Some(_) => say!("same sign in {number} of {of} draws", number, of),
        None => say!("same sign in {number} of {of} replications (chance only)", number, of),
    })
}

/// Cases that speak of a policy.
fn of(comparison: &Comparison, policy: usize) -> Vec<Case> {
    let differences = &comparison.policies()[policy].differences;
    cases(differences.iter().map(|(path, ..)| path.as_str()))
}

/// Whether a case agrees.
fn verdict(case: &Case) -> &'static str {
    match case.inside {
        0 => "contradicted",
        inside if inside == case.of => "inside",
        _ => "partly",
    }
}

/// How many cases agree.
fn in_short(all: &[Case]) -> String {
    let count = |wanted: &str| {
        let number = all.iter().filter(|case| verdict(case) == wanted).count();
        (number > 0).then(|| format!("{number} {}", tr(wanted)))
    };
    let counted: Vec<String> =
        ["inside", "partly", "contradicted"].into_iter().filter_map(count).collect();
    match counted.as_slice() {
        [] => tr("no case from elsewhere").to_owned(),
        some => say!("cases: {cases}", cases = some.join(", ")),
    }
}

/// For each policy: the sign of its effect, what its size depends on, and which cases agree.
pub fn table(comparison: &Comparison, brief: bool) -> PageTable {
    let most = if brief { MOST } else { usize::MAX };
    let told = |case: &Case| {
        say!(
            "{case}: {verdict} ({number} of {of})",
            case = tr(&case.words),
            verdict = tr(verdict(case)),
            number = case.inside,
            of = case.of
        )
    };
    let row = |policy: usize| {
        let cases: Vec<String> = of(comparison, policy).iter().map(told).collect();
        let cases =
            if cases.is_empty() { tr("none of these levers").to_owned() } else { cases.join("; ") };
        let mut row = vec![text(&comparison.policies()[policy].title), sign(comparison, policy)];
        if comparison.draws.is_some() {
            row.push(depends(comparison, policy));
        }
        row.push(text(cases));
        row
    };
    let mut columns = vec![("Policy", ""), ("Sign of the effect", ABOUT)];
    if comparison.draws.is_some() {
        columns.push((
            "Its size depends most on",
            "The drawn parameter that goes with most of the variance of the effect, in percent of the baseline of the same draw, over draws",
        ));
    }
    columns.push((
        "Published cases from elsewhere",
        "Readings of the case that lie inside the band of its source, of those to which nothing was fitted",
    ));
    let caption =
        tr("How far each policy’s effect on domestic exchange without a licence can be trusted");
    let rows = ranked(comparison).into_iter().take(most).map(row);
    PageTable::new(caption, &columns, rows).worded(0..columns.len())
}

/// The drawn parameter that matters most, in words.
fn depends(comparison: &Comparison, policy: usize) -> PageCell {
    let Some(found) = comparison.depends_on(policy, LEADING) else {
        return text(tr("too few draws to tell"));
    };
    let Some(most) = found else { return text(tr("no single parameter beyond chance")) };
    let known = scenario::parameters().into_iter().find(|own| own.path == most.path);
    let share =
        say!("{path}, {share} of the variance", path = most.path, share = percent_of(most.share));
    text(known.map_or(most.path.clone(), |own| told(&own.meaning))).below(share)
}

/// What a policy is hoped to lower: measure, name, and the parts that tell where a rise comes from.
const HOPED: [(&str, &str, &[&str]); 2] = [
    (
        "unlicensed_domestic_turnover",
        "domestic exchange without a licence",
        &["shadow_turnover", "hub_turnover"],
    ),
    (
        "crime_turnover",
        "money of crime",
        &["crime_drugs", "crime_cash_out", "crime_fraud", "crime_pyramids", "crime_mining"],
    ),
];

/// What may fall meanwhile.
const FALLS: [&str; 4] = [
    "licensed_turnover",
    "peer_to_peer_turnover",
    "unlicensed_foreign_turnover",
    "honest_need_abandoned",
];

/// Effects with a sign that a layman would not expect, each explained in a sentence: which part rises most, and what falls meanwhile.
pub fn surprises(comparison: &Comparison, most: usize) -> Vec<String> {
    let found = ranked(comparison).into_iter().flat_map(|policy| {
        HOPED.iter().filter_map(move |(measure, name, parts)| {
            let effect = comparison.effect(policy, measure)?;
            (effect.is_better() == Some(false))
                .then(|| surprise(comparison, policy, name, effect, parts))
        })
    });
    found.take(most).collect()
}

fn surprise(
    comparison: &Comparison,
    policy: usize,
    name: &str,
    effect: &Effect,
    parts: &[&'static str],
) -> String {
    let most = |measures: &[&'static str], sign: f64| -> Option<(&'static str, f64)> {
        let of = |measure: &&'static str| Some((*measure, comparison.effect(policy, measure)?));
        let clear = measures.iter().filter_map(of);
        clear
            .filter(|(_, effect)| effect.paired.is_clear() && effect.paired.mean * sign > 0.0)
            .map(|(measure, effect)| (measure, effect.paired.mean))
            .max_by(|a, b| (a.1 * sign).total_cmp(&(b.1 * sign)))
    };
    let say = |(measure, value): (&str, f64)| {
        format!("{} ({})", lower_first(&words::measure(measure)), amount(value, "KZT", true))
    };
    let rises = most(parts, 1.0).map_or_else(String::new, |found| {
        say!("the part of it that clearly rises most is {part}", part = say(found))
    });
    let falls = most(&FALLS, -1.0)
        .map_or_else(String::new, |found| say!("while {part} falls", part = say(found)));
    let why: Vec<String> = [rises, falls].into_iter().filter(|text| !text.is_empty()).collect();
    let why = if why.is_empty() { String::new() } else { format!(": {}", why.join(", ")) };
    say!(
        "Surprise: “{policy}” raises {line} by {amount}{why}.",
        policy = comparison.policies()[policy].title,
        line = tr(name),
        amount = amount(effect.paired.mean, &effect.unit, false),
        why
    )
}
