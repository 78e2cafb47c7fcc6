//! A baseline and policies with the same luck → effects, displacement accounts, series over time.
//!
//! In reading order: `outcome` (what is kept of a run), `account` (where removed turnover went), `over_time` (series,
//! recovery), `outside` (what an analyst without the model would compute), `effects` (measures, policy minus
//! baseline), `draws` (parameters that are not known), then [`compare`], which puts them together. Beside it [`benefits`] (costs and benefits in tenge),
//! [`attribution`] (what each part of an effect adds), [`dose`] (policies at part strength), [`deterrence`] (perceived risk against behaviour), [`discovery`] (where policies fail, what finding out is
//! worth) and [`forecast`] (the agency's figures of years to come), which share `setting`, [`across`] (a study: effects over draws of parameters) and
//! [`sensitivity`] (which parameters its answers hang on).
//!
//! Deliberately absent: simulation, files, drawing. A [`Comparison`] holds everything that tables, figures and the page
//! show, so that they can be made again without simulating.

mod account;
pub mod across;
pub mod attribution;
pub mod benefits;
pub mod calibration;
pub mod deterrence;
pub mod discovery;
pub mod dose;
mod draws;
mod effects;
pub mod forecast;
pub mod optimum;
mod outcome;
mod outside;
mod over_time;
pub mod pattern;
pub mod sensitivity;
mod setting;
/// Results made up for tests, here and of figures.
#[cfg(any(test, feature = "made_up"))]
#[cfg_attr(not(test), allow(dead_code, missing_docs, unused_imports))]
pub mod tests;
pub mod validation;

use std::ops::Range;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use crate::stats::{Bands, bands};
pub use account::{DisplacementAccount, Entry, account};
pub use draws::{Assumption, ComparisonDraws, ParameterDraws, Ranking, RankingSensitivity};
pub use effects::{ArmPair, Effect, SightEffect, Spread, paired_where_known};
pub use outcome::{Beside, MovedDemand, RunOutcome, followed_days};
pub use outside::{NAMES as OUTSIDE_NAMES, OutsideMeasure, Roles};
pub use over_time::{Cumulative, MoneyLine, Time, TurnoverRecovery, months};
pub use setting::{Amount, Setting};

use crate::stats::{
    Blocks, Paired, Ratio, Resamples, Standing, differences, paired, ratio, standings,
};
use model::MEASURES;
use model::MODEL_VERSION;
use scenario::{self, Resolved, Scenario};
use world::units::Class;

/// What is asked.
#[derive(Clone, Debug)]
pub struct Question {
    /// Seed of the study.
    pub seed: u64,
    /// First and last day that count.
    pub window: (Date, Date),
    /// Classes whose established venues are the target of the displacement account.
    pub target: Vec<Class>,
    /// Draws of parameters over which the runs are spread, draw by draw.
    pub draws: Option<ComparisonDraws>,
}

/// A scenario with its runs.
pub struct ArmRuns<'a> {
    /// The scenario.
    pub resolved: &'a Resolved,
    /// Fingerprint of what determines its runs.
    pub fingerprint: String,
    /// Its runs, in the order of replications.
    pub outcomes: Vec<RunOutcome>,
}

/// A scenario as tables and figures show it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComparedArm {
    /// Name: unique in a comparison.
    pub name: String,
    /// Title.
    pub title: String,
    /// Fingerprint of what determines its runs.
    pub fingerprint: String,
    /// Measures in words, by date.
    pub sequence: Vec<String>,
    /// Those of them that the baseline does not have, and with a minus those that only the baseline has.
    pub changes: Vec<String>,
    /// Values in which it differs from the baseline: path, baseline's, own.
    pub differences: Vec<(String, String, String)>,
    /// First day on which its policy differs from the baseline's.
    pub since: Option<Date>,
    /// Dates of changes with short labels.
    pub marks: Vec<(Date, String)>,
    /// Measures over the window: `values[measure][replication]`; no number where a measure has no value.
    #[serde(deserialize_with = "crate::absent::lists")]
    pub values: Vec<Vec<f64>>,
    /// Turnover over the months, in tenge a day: `turnover[line][month]`.
    pub turnover: Vec<Vec<Bands>>,
    /// Where clients of closed venues went, traced: mean over replications, closures of all reported days.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub moved: Vec<MovedDemand>,
}

/// The displacement account of a policy over replications.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PolicyAccount {
    /// Every replication, exactly.
    pub replications: Vec<DisplacementAccount>,
    /// Removed from the target.
    pub removed: Paired,
    /// Where it went, in the order of [`Entry::ALL`].
    pub entries: Vec<Paired>,
    /// Of all that fell, the target and whatever else, the share that went to each entry; `None` where the entry fell itself, and
    /// everywhere if the target did not clearly lose. Shares add up to 1.
    pub shares: Vec<Option<Ratio>>,
    /// Of all that fell, the share that went to other exchange without a licence; deals between persons are an entry of their own.
    pub displaced: Option<Ratio>,
    /// What went to other exchange without a licence where that grew, in tenge.
    pub moved: Paired,
    /// By how much other exchange without a licence fell as well, where it did, in tenge: diffusion of benefits.
    pub diffusion: Paired,
}

/// What it costs to remove a tenge of one line.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Price {
    /// Cost of agency and banks, tenge for a tenge; `None` if not clearly something was removed, or the cost fell.
    pub agency_cost: Option<Ratio>,
    /// Honest turnover stopped by banks, tenge for a tenge.
    pub honest_turnover: Option<Ratio>,
}

/// Recovery of a policy's target and of the lines that it is to lower.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recoveries {
    /// Turnover of the target classes.
    pub target: Option<TurnoverRecovery>,
    /// Money of crime.
    pub crime: Option<TurnoverRecovery>,
    /// Exchange without a licence.
    pub domestic: Option<TurnoverRecovery>,
}

/// Everything about one policy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PolicyVerdict {
    /// Effects, in the order of [`MEASURES`]; those are left out for which no replication has a value of both.
    pub effects: Vec<Effect>,
    /// The displacement account.
    pub account: PolicyAccount,
    /// What a tenge of money of crime removed costs.
    pub price_of_crime: Price,
    /// What a tenge of exchange without a licence removed costs.
    pub price_of_domestic: Price,
    /// What an analyst outside would compute.
    pub outside: Vec<OutsideMeasure>,
    /// How turnover fell and came back.
    pub recoveries: Recoveries,
    /// Cumulative effects at the end of each month: `cumulative[line][month]`, in the order of [`MoneyLine::WHICH_MONEY`].
    pub cumulative: Vec<Vec<Cumulative>>,
    /// Effects on what the agency sees and on what is true, by year.
    pub sights: Vec<SightEffect>,
}

/// How `--precision` ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PrecisionReached {
    /// Measure.
    pub measure: String,
    /// Wanted half-width of the 95 % interval, in the unit of the measure.
    pub half_width: f64,
    /// As the user wrote it.
    pub wanted: String,
    /// Replications of the first stage, whose spread decides.
    pub first_stage: u32,
    /// Replications that the rule asked for.
    pub needed: u32,
    /// Whether so many were run and every policy has an interval; else the budget was met first, or a spread is not known.
    pub reached: bool,
    /// Interval by the rule, for each policy; `None` where all differences of the first stage are equal.
    pub intervals: Vec<Option<(f64, f64)>>,
}

/// A finished comparison.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// Version of the program.
    pub version: String,
    /// Version of the model.
    pub model_version: u32,
    /// Seed of the study.
    pub seed: u64,
    /// Number of runs of each arm; replications of all draws where parameters are drawn.
    pub replications: u32,
    /// First and last day that count.
    pub window: (Date, Date),
    /// Target of the displacement account.
    pub target: Vec<Class>,
    /// People that one agent stands for.
    pub people_per_agent: u32,
    /// Own definitions of the baseline: name of the measure and title.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub own: Vec<(String, String)>,
    /// Tenge for a dollar at the end of the window.
    pub kzt_per_usd: f64,
    /// The last dated value of the world, where much of the reported days lies after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frozen_since: Option<Date>,
    /// The months: first day and number of days.
    pub months: Vec<(Date, u16)>,
    /// Baseline first, then the policies in the order in which they were named.
    pub arms: Vec<ComparedArm>,
    /// One for each policy.
    pub verdicts: Vec<PolicyVerdict>,
    /// All pairs of arms on measures of which one way is better.
    pub pairs: Vec<ArmPair>,
    /// How each arm stands: `standings[measure][arm]`; empty where no way is better, or an arm has no value in some run.
    pub standings: Vec<Vec<Standing>>,
    /// How `--precision` ended.
    pub precision: Option<PrecisionReached>,
    /// Draws of parameters over which the runs are spread; results without draws say nothing of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draws: Option<ComparisonDraws>,
    /// What a sensitivity analysis found about the ranking of policies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sensitivity: Option<RankingSensitivity>,
    /// What was published beside what the agency of the baseline sees, for years from the first day to the last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub published: Vec<Beside>,
    /// The folder's copy of published figures, where they are an analyst's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub figures: Option<String>,
}

impl Comparison {
    /// The policies: all arms but the baseline.
    pub fn policies(&self) -> &[ComparedArm] {
        &self.arms[1..]
    }

    /// How it was got.
    pub fn setting(&self) -> Setting {
        Setting {
            version: self.version.clone(),
            model_version: self.model_version,
            seed: self.seed,
            replications: self.replications,
            window: self.window,
            people_per_agent: self.people_per_agent,
            baseline: self.arms[0].name.clone(),
            baseline_title: self.arms[0].title.clone(),
        }
    }

    /// Title of a measure that the baseline defines itself.
    pub fn title(&self, measure: &str) -> Option<&str> {
        let own = self.own.iter().find(|(name, _)| name == measure);
        own.map(|(_, title)| title.as_str())
    }

    /// In how many worlds the effect of a policy on a measure has not the sign of its mean, and of how many: worlds are draws of parameters,
    /// or replications where none are drawn. `None` where the effect has no sign, or no value in some world.
    pub fn turned(&self, policy: usize, measure: &str) -> Option<(usize, usize)> {
        let number = measure_number(measure)?;
        let mean = self.effect(policy, measure)?.paired.mean;
        let blocks = self.draws.as_ref().map_or(Blocks::SINGLE, ComparisonDraws::blocks);
        let of = |arm: usize| blocks.means(&self.arms[arm].values[number]);
        let (before, after) = (of(0), of(policy + 1));
        let differences = differences(&after, &before);
        if mean == 0.0 || differences.iter().any(|difference| difference.is_nan()) {
            return None;
        }
        let other = |difference: &&f64| **difference * mean <= 0.0;
        Some((differences.iter().filter(other).count(), differences.len()))
    }

    /// Which drawn parameter the effect of a policy on a measure depends on most, if on any by more than chance gives; `None` where the draws
    /// cannot tell.
    pub fn depends_on(&self, policy: usize, measure: &str) -> Option<Option<Assumption>> {
        let number = measure_number(measure)?;
        let (before, after) = (&self.arms[0].values[number], &self.arms[policy + 1].values[number]);
        let effect = differences(after, before);
        if effect.iter().any(|value| value.is_nan()) {
            return None;
        }
        let found = self.draws.as_ref()?.of_one(&effect, before)?;
        Some(found.hangs_on.into_iter().next())
    }

    /// Effect of a policy on a measure; policies are numbered from 0.
    pub fn effect(&self, policy: usize, measure: &str) -> Option<&Effect> {
        self.verdicts[policy].effects.iter().find(|effect| effect.measure == measure)
    }
}

/// Number of a measure in [`MEASURES`].
pub fn measure_number(name: &str) -> Option<usize> {
    MEASURES.iter().position(|measure| measure.name == name)
}

/// A window as days from the first reported one; `None` if it leaves the run or is empty.
pub fn days(scenario: &Scenario, (from, to): (Date, Date)) -> Option<Range<usize>> {
    let inside = scenario.start <= from && from <= to && to <= scenario.end;
    let day = |date: Date| (date - scenario.start).get_days() as usize;
    inside.then(|| day(from)..day(to) + 1)
}

/// Compares policies with the baseline, replication by replication.
///
/// # Panics
/// Without a baseline or replications, or if the arms do not have the same days and replications.
pub fn compare(question: &Question, arms: &[ArmRuns]) -> Comparison {
    let baseline = &arms[0];
    let base = &baseline.resolved.scenario;
    let window = days(base, question.window).expect("the window was checked");
    let n = baseline.outcomes.len();
    let key = |outcome: &RunOutcome| (outcome.replication, outcome.start, outcome.days);
    for arm in arms {
        let same = arm.outcomes.iter().map(key).eq(baseline.outcomes.iter().map(key));
        assert!(same && n > 0, "arms of a comparison have the same replications and days");
    }
    let blocks = question.draws.as_ref().map_or(Blocks::SINGLE, ComparisonDraws::blocks);
    let resamples = Resamples::usual_of_blocks(blocks, n);
    let spans = months(base.start, &window);
    let mut shown: Vec<ComparedArm> =
        arms.iter().map(|arm| present(arm, baseline, &spans)).collect();
    // Readers tell arms apart by their titles; programs may give two of the same.
    let named: Vec<(&str, &str)> = shown.iter().map(|arm| (&*arm.name, &*arm.title)).collect();
    let titles = scenario::titles_apart(&named);
    for (arm, title) in shown.iter_mut().zip(titles) {
        arm.title = title;
    }
    let view = ComparisonFrame { question, window: &window, spans: &spans, resamples: &resamples };
    let verdicts = arms[1..].iter().map(|arm| judge(baseline, arm, &view)).collect();
    let values: Vec<&[Vec<f64>]> = shown.iter().map(|arm| arm.values.as_slice()).collect();
    let standing = |(number, meaning): (usize, &model::Measure)| {
        let of: Vec<Vec<f64>> = values.iter().map(|arm| arm[number].clone()).collect();
        // Where an arm has no value it cannot be ranked, nor others against it.
        let known = of.iter().flatten().all(|value| !value.is_nan());
        effects::less_is_better(meaning.wanted)
            .filter(|_| known)
            .map_or_else(Vec::new, |less| standings(&of, less, &resamples))
    };
    let draws = question.draws.clone().map(|draws| draws.of(&shown));
    let date = |day: usize| base.start.saturating_add(jiff::Span::new().days(day as i64));
    Comparison {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        model_version: MODEL_VERSION,
        seed: question.seed,
        replications: n as u32,
        window: question.window,
        target: question.target.clone(),
        people_per_agent: base.people_per_agent,
        own: base
            .measures
            .own
            .iter()
            .map(|(name, own)| (name.clone(), own.title.clone()))
            .collect(),
        kzt_per_usd: base.kzt_per_usd.on(question.window.1),
        frozen_since: scenario::frozen(base).map(|frozen| frozen.since),
        months: spans.iter().map(|span| (date(span.start), span.len() as u16)).collect(),
        verdicts,
        pairs: effects::pairs(&values, blocks),
        standings: MEASURES.iter().enumerate().map(standing).collect(),
        arms: shown,
        precision: None,
        draws,
        sensitivity: None,
        published: Vec::new(),
        figures: None,
    }
}

/// What every part of a comparison reads.
struct ComparisonFrame<'a> {
    question: &'a Question,
    window: &'a Range<usize>,
    spans: &'a [Range<usize>],
    resamples: &'a Resamples,
}

fn present(arm: &ArmRuns, baseline: &ArmRuns, spans: &[Range<usize>]) -> ComparedArm {
    let (scenario, base) = (&arm.resolved.scenario, &baseline.resolved.scenario);
    let (sequence, usual) = (scenario::sequence(scenario), scenario::sequence(base));
    let new = sequence.iter().filter(|line| !usual.contains(line)).map(|line| format!("+ {line}"));
    let gone = usual.iter().filter(|line| !sequence.contains(line)).map(|line| format!("− {line}"));
    let changes = new.chain(gone).collect();
    let differences = scenario::differences(base, scenario);
    let values = (0..MEASURES.len())
        .map(|measure| arm.outcomes.iter().map(|outcome| outcome.measures[measure]).collect())
        .collect();
    ComparedArm {
        name: scenario.name.clone(),
        title: scenario.title.clone(),
        fingerprint: arm.fingerprint.clone(),
        changes,
        differences: differences.into_iter().map(|d| (d.path, d.before, d.after)).collect(),
        since: scenario::policies_part_on(base, scenario),
        marks: scenario::measures_by_date(scenario),
        sequence,
        values,
        turnover: over_time::turnover(&arm.outcomes, spans),
        moved: outcome::mean_moved(&arm.outcomes),
    }
}

fn judge(baseline: &ArmRuns, arm: &ArmRuns, view: &ComparisonFrame) -> PolicyVerdict {
    let base = &baseline.resolved.scenario;
    let (before, after) = (&baseline.outcomes[..], &arm.outcomes[..]);
    let together = view.question.draws.as_ref().map_or(before.len(), |d| d.replications as usize);
    let effects = effects::effects(before, after, view.resamples, together);
    let since = scenario::policies_part_on(base, &arm.resolved.scenario);
    let start = since.map(|date| (date - base.start).get_days().max(0) as usize);
    let outside = start.map_or_else(Vec::new, |at| {
        let roles = Roles::new(&view.question.target);
        // Who has no world without the policy compares with the time before it, whether or not it counts.
        let seen = 0..view.window.end;
        outside::outside(before, after, &roles, &seen, &months(base.start, &seen), at)
    });
    // Times since the start of a policy are known only if it begins within the window.
    let begins = since.filter(|date| *date >= view.question.window.0).and(start);
    let recovered = |of: &dyn Fn(&RunOutcome, Range<usize>) -> f64| {
        let from = begins.filter(|from| *from < view.window.end)?;
        over_time::recovered(before, after, from..view.window.end, of)
    };
    let target = &view.question.target;
    PolicyVerdict {
        account: settle(before, after, view),
        price_of_crime: price("crime_turnover", before, after, view.resamples),
        price_of_domestic: price("unlicensed_domestic_turnover", before, after, view.resamples),
        outside,
        recoveries: Recoveries {
            target: recovered(&|outcome, days| {
                outcome.total(world::record::Flow::Traded, days, target) as f64
            }),
            crime: recovered(&|outcome, days| MoneyLine::Crime.turnover(outcome, days)),
            domestic: recovered(&|outcome, days| MoneyLine::Domestic.turnover(outcome, days)),
        },
        cumulative: MoneyLine::WHICH_MONEY
            .map(|line| {
                over_time::cumulative(
                    line,
                    (before, after),
                    view.window,
                    view.spans,
                    view.resamples.blocks(),
                )
            })
            .to_vec(),
        sights: effects::sights(before, after, view.resamples),
        effects,
    }
}

fn settle(before: &[RunOutcome], after: &[RunOutcome], view: &ComparisonFrame) -> PolicyAccount {
    let target = &view.question.target;
    let each = |(before, after)| account(before, after, target, view.window);
    let replications: Vec<DisplacementAccount> = before.iter().zip(after).map(each).collect();
    let zeros = vec![0.0; replications.len()];
    let each = |of: &dyn Fn(&DisplacementAccount) -> i64| -> Vec<f64> {
        replications.iter().map(|account| of(account) as f64).collect()
    };
    let over = |of: &dyn Fn(&DisplacementAccount) -> i64| paired(&zeros, &each(of), view.resamples);
    let removed = over(&|account| account.removed);
    let entries: Vec<Paired> =
        Entry::ALL.iter().map(|&entry| over(&|account| account.entry(entry))).collect();
    // What grew and what fell is told by the means: in single replications small entries have either sign.
    let grew = |entry: Entry| entries[entry as usize].mean > 0.0;
    let fell = |entry: Entry| entries[entry as usize].mean < 0.0;
    let sum = |account: &DisplacementAccount, wanted: &dyn Fn(Entry) -> bool| -> i64 {
        let chosen = Entry::ALL.iter().copied().filter(|entry| wanted(*entry));
        chosen.map(|entry| account.entry(entry)).sum()
    };
    let moved =
        |account: &DisplacementAccount| sum(account, &|entry| grew(entry) && entry.is_unlicensed());
    let diffused = |account: &DisplacementAccount| {
        -sum(account, &|entry| fell(entry) && entry.is_unlicensed())
    };
    let lost = each(&|account| account.removed - sum(account, &fell));
    let taken = removed.is_clear() && removed.mean > 0.0;
    let share = |of: &dyn Fn(&DisplacementAccount) -> i64| {
        if !taken {
            return None;
        }
        let found = ratio(&each(of), &lost, view.resamples)?;
        let within = |value: f64| value.clamp(0.0, 1.0);
        Some(Ratio { value: found.value, low: within(found.low), high: within(found.high) })
    };
    let shares = Entry::ALL
        .iter()
        .map(|&entry| if fell(entry) { None } else { share(&|account| account.entry(entry)) });
    PolicyAccount {
        shares: shares.collect(),
        displaced: share(&moved),
        moved: over(&moved),
        diffusion: over(&diffused),
        removed,
        entries,
        replications,
    }
}

fn price(line: &str, before: &[RunOutcome], after: &[RunOutcome], resamples: &Resamples) -> Price {
    let difference = |name: &str, sign: f64| -> Vec<f64> {
        let number = measure_number(name).expect("the measure is in the list");
        let each = |(before, after): (&RunOutcome, &RunOutcome)| {
            sign * (after.measures[number] - before.measures[number])
        };
        before.iter().zip(after).map(each).collect()
    };
    let removed = difference(line, -1.0);
    // A price has a meaning only where something was bought, and paid for.
    let price = |name: &str| {
        ratio(&difference(name, 1.0), &removed, resamples).filter(|price| price.value >= 0.0)
    };
    Price {
        agency_cost: price("enforcement_cost"),
        honest_turnover: price("honest_turnover_stopped"),
    }
}
