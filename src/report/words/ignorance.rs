//! Words for luck and for what is not known: how runs are spread over draws, and what the ranking of policies hangs on.

use super::{listed, lower_first};
use crate::say;
use crate::speech::{counted as with_noun, tr};
use study::comparison::discovery;
use study::comparison::{
    Assumption, Comparison, ComparisonDraws, Effect, RankingSensitivity, Spread,
};

/// How often each scenario was run: `24 replications`, or `12 draws × 2 replications`.
pub fn runs(comparison: &Comparison) -> String {
    match &comparison.draws {
        Some(draws) => spread(draws),
        None => replications(comparison.replications),
    }
}

/// How runs are spread: `12 draws × 2 replications`.
pub fn spread(draws: &ComparisonDraws) -> String {
    format!("{} × {}", of_draws(draws.number), replications(draws.replications))
}

/// `24 replications`.
pub fn replications(number: u32) -> String {
    with_noun(u64::from(number), "{n} replication|{n} replications")
}

fn of_draws(number: u32) -> String {
    with_noun(u64::from(number), "{n} draw|{n} draws")
}

/// What an interval holds, for the foot of figures; nothing where no parameters are drawn.
pub fn held(comparison: &Comparison) -> &'static str {
    comparison.draws.as_ref().map_or("", |_| tr("95 %: chance and unknown parameters"))
}

/// What an interval holds, in words.
pub fn holds(comparison: &Comparison) -> &'static str {
    let held = comparison.draws.as_ref();
    held.map_or_else(|| tr("chance only"), |_| tr("chance and unknown parameters"))
}

/// Numbers of draws and of replications of each, where parameters are drawn.
pub fn design(comparison: &Comparison) -> Option<(u32, u32)> {
    comparison.draws.as_ref().map(|draws| (draws.number, draws.replications))
}

/// How runs are spread, in sentences.
pub fn how_drawn(draws: &ComparisonDraws) -> String {
    let parameters = with_noun(draws.parameters.len() as u64, "{n} parameter|{n} parameters");
    let shares = match draws.replications {
        1 => tr(
            " With one replication of each draw chance and unknown parameters cannot be told apart: two or more (`--per-draw`) tell.",
        ),
        _ => "",
    };
    say!(
        "Runs are spread over {draws} of {parameters} from {file}, with {replications} of each; policies and baseline share draw and random numbers. Every 95 % interval of a mean is Student's t over the draws' means: it holds what chance does and what is not known about these parameters.{shares}",
        draws = of_draws(draws.number),
        parameters,
        file = draws.file,
        replications = replications(draws.replications),
        shares
    )
}

/// Share of the variance of single runs' effects that comes from the draw; `None` where that is not known.
pub fn share_of_ignorance(effect: &Effect) -> Option<f64> {
    effect.spread?.share_of_ignorance
}

/// Which part of the spread of effects on domestic exchange without a licence is ignorance, over policies; `None` where that is not known.
pub fn shares(comparison: &Comparison) -> Option<String> {
    let policies = 0..comparison.verdicts.len();
    let of =
        |policy| share_of_ignorance(comparison.effect(policy, "unlicensed_domestic_turnover")?);
    let shares: Vec<f64> = policies.filter_map(of).collect();
    let low = shares.iter().copied().reduce(f64::min)?;
    let high = shares.iter().copied().reduce(f64::max)?;
    let (from, to) = (percent(low), percent(high));
    let range = if from == to { format!("{to} %") } else { say!("{from} to {to} %", from, to) };
    Some(say!(
        "Of the variance of effects on domestic exchange without a licence, {range} comes from what is not known, the rest is chance",
        range
    ))
}

/// The share of ignorance with its interval: `46 % [3, 77]`.
pub fn share(spread: &Spread) -> Option<String> {
    let share = format!("{} %", percent(spread.share_of_ignorance?));
    Some(match spread.share_interval {
        Some((low, high)) => {
            say!("{share} [{low}, {high}]", share, low = percent(low), high = percent(high))
        }
        None => share,
    })
}

fn percent(share: f64) -> String {
    format!("{:.0}", 100.0 * share)
}

/// What the ranking of policies hangs on, and where that is known from.
#[derive(Clone, Debug, PartialEq)]
pub struct Hangs {
    /// The finding.
    pub sentence: String,
    /// How it was got.
    pub source: String,
    /// The assumptions, those that matter most first.
    pub assumptions: Vec<Assumption>,
}

/// Draws from which it is told what finding out is worth. Unit: draws. Source: judgement: a line through fewer tells little.
const FEWEST: u32 = 20;

/// What the ranking hangs on, as a sensitivity analysis says, else as the draws of the comparison say; with draws also what finding out is
/// worth before choosing. `None` without either.
pub fn hangs(comparison: &Comparison) -> Option<Hangs> {
    let mut found = order(comparison)?;
    if let Some(worth) = worth(comparison) {
        found.sentence = format!("{} {worth}", found.sentence);
        found.source += tr(
            " What finding out is worth: regression of the differences between policies on each parameter, chance taken off (Strong et al. 2014); costs count only as far as the measure holds them. crackdown discover tells more.",
        );
    }
    Some(found)
}

/// What finding out is worth to a choice by domestic exchange without a licence; `None` with few draws.
fn worth(comparison: &Comparison) -> Option<String> {
    comparison.draws.as_ref().filter(|draws| draws.number >= FEWEST)?;
    let value = discovery::value_of_comparison(comparison)?;
    let title = |arm: usize| comparison.arms[arm].title.clone();
    Some(super::discovery::value(&title, 0, &value))
}

fn order(comparison: &Comparison) -> Option<Hangs> {
    if let Some(found) = &comparison.sensitivity {
        return Some(quoted(comparison, found));
    }
    let draws = comparison.draws.as_ref()?;
    let of = of_draws(draws.number);
    let few = |why: &str| Hangs {
        sentence: say!(
            "These {of} are too few to say on which assumptions the ranking of policies depends.",
            of
        ),
        source: say!(
            "{why} More draws would tell, or crackdown sensitivity and --sensitivity.",
            why
        ),
        assumptions: Vec::new(),
    };
    let Some(ranking) = &draws.ranking else {
        return Some(few(tr("They cannot be parted into groups with several draws each.")));
    };
    let Some(first) = ranking.hangs_on.first() else {
        return Some(few(tr(
            "No drawn parameter goes with the distances between policies by more than chance gives.",
        )));
    };
    let names: Vec<String> = ranking.hangs_on.iter().map(|one| one.path.clone()).collect();
    let number = match names.len() {
        1 => tr("one assumption").to_owned(),
        many => with_noun(many as u64, "{n} assumption|{n} assumptions"),
    };
    Some(Hangs {
        sentence: say!(
            "The ranking of policies on domestic exchange without a licence depends on {number}: {names}.",
            number,
            names = listed(&names)
        ),
        source: say!(
            "From the {of} of this comparison: share of the variance of policies' distances from their mean (in percent of the baseline) that lies between draws of unlike values, {first} % for the first; chance alone gives any parameter up to {chance} % in 95 of 100 cases ({number} permutations). Interactions are not told apart.",
            of,
            first = percent(first.share),
            chance = percent(ranking.by_chance),
            number = ranking.permutations
        ),
        assumptions: ranking.hangs_on.clone(),
    })
}

/// The finding of a sensitivity analysis, and which policies it did not look at.
fn quoted(comparison: &Comparison, found: &RankingSensitivity) -> Hangs {
    let known = |arm: &&study::comparison::ComparedArm| {
        found.policies.iter().any(|policy| *policy == arm.name || *policy == arm.title)
    };
    let unknown: Vec<String> = comparison
        .policies()
        .iter()
        .filter(|arm| !known(arm))
        .map(|arm| super::quoted(&arm.title))
        .collect();
    let without = match unknown.is_empty() {
        true => String::new(),
        false => say!(" It did not look at {policies}.", policies = listed(&unknown)),
    };
    Hangs {
        sentence: found.sentence.trim().to_owned(),
        source: say!(
            "From the sensitivity analysis “{study}” (seed {seed}, crackdown {version}).{without}",
            study = found.study,
            seed = found.seed,
            version = found.version,
            without
        ),
        assumptions: found.assumptions.clone(),
    }
}

/// Luck, ignorance and assumptions in lines for the terminal; nothing where nothing is said of them.
pub fn uncertainty(comparison: &Comparison) -> String {
    let mut lines = Vec::new();
    if let Some(draws) = &comparison.draws {
        lines.push(match shares(comparison) {
            Some(shares) => format!("{shares} ({}).", spread(draws)),
            None => {
                say!("Chance and unknown parameters: {how}", how = lower_first(&how_drawn(draws)))
            }
        });
    }
    lines.extend(hangs(comparison).map(|found| found.sentence));
    lines.into_iter().map(|line| line + "\n").collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use study::comparison::Ranking;
    use study::comparison::tests::{drawn, small};

    #[test]
    fn without_draws_nothing_is_said_of_ignorance() {
        let comparison = small(2, 3);
        assert_eq!(uncertainty(&comparison), "");
        assert_eq!((runs(&comparison).as_str(), held(&comparison)), ("3 replications", ""));
        assert_eq!((shares(&comparison), hangs(&comparison)), (None, None));
    }

    #[test]
    fn draws_tell_shares_and_what_the_ranking_hangs_on_or_that_they_are_too_few() {
        let mut comparison = drawn(2, 3);
        assert_eq!(runs(&comparison), "3 draws × 2 replications");
        assert!(shares(&comparison).unwrap().contains(" % comes from what is not known"));
        assert!(hangs(&comparison).unwrap().sentence.contains("too few"));
        let one = Assumption { path: "customers.habit".into(), share: 0.62, low: None, high: None };
        let ranking = Ranking { hangs_on: vec![one], by_chance: 0.1, permutations: 1_000 };
        comparison.draws.as_mut().unwrap().ranking = Some(ranking);
        let found = hangs(&comparison).unwrap();
        assert!(found.sentence.ends_with("depends on one assumption: customers.habit."));
        assert!(found.source.contains("62 % for the first"), "{}", found.source);
    }

    #[test]
    fn a_sensitivity_analysis_is_quoted_and_policies_that_it_lacks_are_named() {
        let mut comparison = small(2, 3);
        comparison.sensitivity = Some(RankingSensitivity {
            sentence: "This ranking depends on three assumptions.".into(),
            study: "All levers".into(),
            policies: vec![comparison.arms[1].name.clone()],
            assumptions: Vec::new(),
            seed: 7,
            version: "0.1.0".into(),
        });
        let found = hangs(&comparison).unwrap();
        assert_eq!(found.sentence, "This ranking depends on three assumptions.");
        let lacks = format!("It did not look at “{}”.", comparison.arms[2].title);
        assert!(found.source.contains("“All levers” (seed 7") && found.source.contains(&lacks));
        assert!(!found.source.contains(&comparison.arms[1].title));
    }
}
