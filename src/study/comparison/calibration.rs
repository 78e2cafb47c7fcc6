//! Parameters that agree with what was published: what the agency's view of simulated worlds says against what the agency said.
//!
//! History matching, then Bayes: each wave of runs gives response surfaces ([`crate::stats::Surrogate`]) and rules out parameters at which a
//! figure is implausible (Craig et al. 1997; Vernon, Goldstein & Bower 2010); the last wave's surfaces give the likelihood of what was
//! published, errors of publication, luck and surfaces included (Kennedy & O'Hagan 2001), and walkers sample the posterior.
//!
//! Deliberately absent: running anything, files, drawing.

use crate::stats::{
    Agreement, Design, Emulator, Observation, Sample, Surrogate, bands, components, mean, quantile,
    sample,
};
use world::random::{Decision, Luck};
use world::units::maths;

/// A figure further off is implausible. Unit: standard deviations. Source: 3 by Pukelsheim's rule (1994) for one figure; 4 for the largest
/// of some twenty, so that the truth is ruled out in less than one of a hundred waves.
pub const IMPLAUSIBLE: f64 = 4.0;
/// A 90 % interval of a normal error has this half-width. Unit: standard deviations.
const NINETY: f64 = 1.644_853_626_951_472_2;
/// Room on the scale of days. Unit: days. Source: judgement: whether something takes a day or three is no question for such a model.
const MONTH: f64 = 30.0;
/// Points at which the plausible share of all ranges is counted. Unit: points. Source: judgement: shares down to 1 in 10,000.
const COUNTED: u64 = 20_000;
/// How steeply density falls where parameters are ruled out. Unit: 1 per standard deviation. Source: judgement: steep enough that hardly any
/// walker stays there, so flat that it finds its way out.
const WALL: f64 = 25.0;

/// On which scale errors of a target are alike.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scale {
    /// Logarithms, with room for nothing at all: amounts and counts, which are wrong by a factor.
    #[default]
    Amount,
    /// As it is: changes and shares, which may be negative.
    Change,
    /// Logarithms of days and a month more; a day that never comes is as far as twice the latest that agrees.
    Days,
}

/// A published figure, or a reading of a case from elsewhere, that the model is to meet.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CalibrationTarget {
    /// Quantity of [`model::SIGHTS`] and year, such as `closures 2024`.
    pub name: String,
    /// Unit.
    pub unit: &'static str,
    /// What was published; of a band its middle.
    pub value: f64,
    /// The band where sources give one, else the value twice.
    pub stated: (f64, f64),
    /// Within this the truth lies in nine cases of ten, as far as the source can be believed.
    pub tolerance: (f64, f64),
    /// Where it stands.
    pub source: String,
    /// On which scale errors are alike.
    pub scaled: Scale,
    /// How far the model itself may be from it with the best parameters, over what its source may: 0 where the model is taken to be right,
    /// 1 where both may be as wrong (model discrepancy; Kennedy & O'Hagan 2001; Brynjarsdóttir & O'Hagan 2014).
    pub discrepancy: f64,
}

impl CalibrationTarget {
    /// The place of a value on the scale on which errors are alike.
    pub fn scale(&self, value: f64) -> f64 {
        match self.scaled {
            Scale::Amount if value < 0.0 => f64::NAN,
            Scale::Amount => maths::ln(value + self.room()),
            Scale::Change => value,
            Scale::Days if value.is_nan() => f64::NAN,
            Scale::Days => maths::ln(value.min(2.0 * self.tolerance.1) + MONTH),
        }
    }

    /// The value at a place of the scale.
    fn value_at(&self, place: f64) -> f64 {
        match self.scaled {
            Scale::Amount => (maths::exp(place) - self.room()).max(0.0),
            Scale::Change => place,
            Scale::Days => (maths::exp(place) - MONTH).max(0.0),
        }
    }

    fn room(&self) -> f64 {
        let counts = !matches!(self.unit, "KZT" | "share");
        if counts { 0.5 } else { 0.01 * self.value }
    }

    /// Whether a value lies within the tolerance.
    pub fn holds(&self, value: f64) -> bool {
        (self.tolerance.0..=self.tolerance.1).contains(&value)
    }

    /// What is to be met, on the scale.
    pub fn aim(&self) -> Observation {
        let (low, high) = (self.scale(self.tolerance.0), self.scale(self.tolerance.1));
        let sd = (high - low) / (2.0 * NINETY);
        Observation {
            value: (low + high) / 2.0,
            sd: sd * (1.0 + self.discrepancy * self.discrepancy).sqrt(),
        }
    }
}

/// Runs of one wave: a point of the unit cube and the agency's figures of each.
#[derive(Clone, Debug, Default)]
pub struct Wave {
    /// Point of each run: a coordinate for each parameter.
    pub points: Vec<Vec<f64>>,
    /// `figures[target][run]`, as the agency would publish them; not a number where it saw nothing or the run failed.
    pub figures: Vec<Vec<f64>>,
}

/// What a wave showed.
#[derive(Clone, Debug, PartialEq)]
pub struct Learnt {
    /// Runs that the surfaces were made of.
    pub runs: usize,
    /// Share of all ranges together that is not ruled out after this wave.
    pub plausible: f64,
    /// For each target the share of variance between runs that its surface predicts; `None` if no run differs.
    pub explained: Vec<Option<f64>>,
}

/// What is known of the parameters after some waves.
#[derive(Clone, Debug)]
pub struct Knowledge {
    dimensions: usize,
    targets: Vec<CalibrationTarget>,
    aims: Vec<Observation>,
    agreements: Vec<Agreement>,
    used: Wave,
    luck: Luck,
    occasion: u32,
}

impl Knowledge {
    /// Before the first wave; `occasion` tells calibrations with the same seed apart.
    pub fn new(
        dimensions: usize,
        targets: &[CalibrationTarget],
        seed: u64,
        occasion: u32,
    ) -> Knowledge {
        let figures = vec![Vec::new(); targets.len()];
        Knowledge {
            dimensions,
            targets: targets.to_vec(),
            aims: targets.iter().map(CalibrationTarget::aim).collect(),
            agreements: Vec::new(),
            used: Wave { points: Vec::new(), figures },
            luck: Luck::new(seed, 0),
            occasion: occasion << 8,
        }
    }

    /// Other figures in place of the published ones, on the scale of each target: data that the model itself made.
    pub fn aiming_at(mut self, values: &[f64]) -> Knowledge {
        for (aim, value) in self.aims.iter_mut().zip(values) {
            aim.value = *value;
        }
        self
    }

    /// Largest implausibility over all waves.
    fn implausibility(&self, point: &[f64]) -> f64 {
        self.agreements.iter().map(|wave| wave.implausibility(point)).fold(0.0, f64::max)
    }

    /// Learns from a wave; a run may be left out, whose parameters are to be found.
    pub fn learn(&mut self, wave: &Wave, without: Option<usize>) -> Result<Learnt, String> {
        let kept: Vec<usize> = (0..self.used.points.len())
            .filter(|run| self.implausibility(&self.used.points[*run]) <= IMPLAUSIBLE)
            .collect();
        let old = |values: &Vec<f64>| kept.iter().map(|run| values[*run]).collect::<Vec<f64>>();
        let new: Vec<usize> = (0..wave.points.len()).filter(|run| Some(*run) != without).collect();
        let mut points: Vec<Vec<f64>> =
            kept.iter().map(|run| self.used.points[*run].clone()).collect();
        points.extend(new.iter().map(|run| wave.points[*run].clone()));
        let mut figures: Vec<Vec<f64>> = self.used.figures.iter().map(old).collect();
        for (all, values) in figures.iter_mut().zip(&wave.figures) {
            all.extend(new.iter().map(|run| values[*run]));
        }
        let scaled: Vec<Vec<f64>> = self
            .targets
            .iter()
            .zip(&figures)
            .map(|(target, values)| values.iter().map(|value| target.scale(*value)).collect())
            .collect();
        let surrogate = Surrogate::fit(&points, &scaled);
        let agreement = Agreement::of(&surrogate, &self.aims).ok_or_else(|| {
            format!(
                "{} runs are too few for {} parameters: at least {} are needed in each wave",
                points.len(),
                self.dimensions,
                3 * (self.dimensions + 1)
            )
        })?;
        self.agreements.push(agreement);
        let runs = points.len();
        self.used = Wave { points, figures };
        let explained = |surface: &Option<Emulator>| surface.as_ref().map(|s| s.explained);
        let explained = surrogate.surfaces.iter().map(explained).collect();
        Ok(Learnt { runs, plausible: self.plausible(), explained })
    }

    fn plausible(&self) -> f64 {
        let inside = |number: &u64| {
            let address = u64::from(self.occasion) << 32 | number;
            let mut draws = self.luck.at(Decision::Calibration, u32::MAX, address);
            let point: Vec<f64> = (0..self.dimensions).map(|_| draws.uniform()).collect();
            self.implausibility(&point) <= IMPLAUSIBLE
        };
        (0..COUNTED).filter(inside).count() as f64 / COUNTED as f64
    }

    /// Points for the next wave: spread over all that is not ruled out.
    pub fn next_points(&self, number: usize) -> Vec<Vec<f64>> {
        let occasion = self.occasion + self.agreements.len() as u32;
        // A few walkers may not have found their way in.
        let wanted = number + number / 4 + 60;
        let wall = |point: &[f64]| -WALL * (self.implausibility(point) - IMPLAUSIBLE).max(0.0);
        let mut points = sample(self.dimensions, wanted, &self.luck, occasion, &wall).points;
        points.sort_by(|a, b| {
            let out = |point: &[f64]| (self.implausibility(point) - IMPLAUSIBLE).max(0.0);
            out(a).total_cmp(&out(b))
        });
        points.truncate(number);
        points
    }

    /// Targets that say something of a parameter, the most first: by how many standard deviations of a target's error the surface differs
    /// over the range of the parameter, the others in the middle of what is known.
    ///
    /// # Panics
    /// If nothing was learnt.
    pub fn told_by(&self, middle: &[f64], place: usize) -> Vec<(String, f64)> {
        let last = self.agreements.last().expect("something was learnt");
        let signals = last.signals(middle, place).into_iter();
        let mut all: Vec<(String, f64)> = signals
            .filter(|(_, size)| *size >= 1.0)
            .map(|(target, size)| (self.targets[target].name.clone(), size))
            .collect();
        all.sort_by(|a, b| b.1.total_cmp(&a.1));
        all
    }

    /// A sample of parameters in proportion to their posterior density; the prior is uniform over the cube.
    ///
    /// # Panics
    /// If nothing was learnt.
    pub fn posterior(&self, number: usize) -> Sample {
        let (last, earlier) = self.agreements.split_last().expect("something was learnt");
        let density = |point: &[f64]| {
            let out = earlier.iter().map(|wave| wave.implausibility(point)).fold(0.0, f64::max);
            last.log_likelihood(point) - WALL * (out - IMPLAUSIBLE).max(0.0)
        };
        let mut sample = sample(self.dimensions, number, &self.luck, self.occasion + 255, &density);
        sample.points.truncate(number);
        sample
    }

    /// What the model might have published at known parameters, on the scale: a run's figures with errors of publication.
    pub fn data_of(&self, wave: &Wave, run: usize) -> Vec<f64> {
        let address = u64::from(self.occasion) << 32 | 1 << 31 | run as u64;
        let mut draws = self.luck.at(Decision::Calibration, u32::MAX, address);
        let value = |(target, (aim, values)): (&CalibrationTarget, (&Observation, &Vec<f64>))| {
            target.scale(values[run]) + aim.sd * draws.normal()
        };
        self.targets.iter().zip(self.aims.iter().zip(&wave.figures)).map(value).collect()
    }
}

/// What is known of one parameter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Marginal {
    /// Quantiles of its coordinate: 5, 25, 50, 75, 95 %.
    pub quantiles: [f64; 5],
    /// By how much its variance is smaller than that of its range; near 0 if the figures say nothing of it.
    pub contraction: f64,
}

world::named! {
    /// How much the figures say about a parameter.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
    Identified:
    /// Hardly anything: the posterior is the range.
    No = no;
    /// Something.
    Partly = partly;
    /// More than half of the variance is gone.
    Yes = yes;
}

/// Variance that must be gone for a parameter to count as partly identified. Unit: share. Source: three standard errors of a variance
/// estimated from 400 points.
const PARTLY: f64 = 0.2;
/// Variance that must be gone for a parameter to count as identified. Unit: share. Source: judgement.
const WELL: f64 = 0.5;

impl Marginal {
    /// Of one coordinate of a sample.
    pub fn of(points: &[Vec<f64>], place: usize) -> Marginal {
        let mut values: Vec<f64> = points.iter().map(|point| point[place]).collect();
        values.sort_by(f64::total_cmp);
        let number = values.len() as f64;
        let mean = mean(&values);
        let variance = values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / number;
        Marginal { quantiles: bands(values), contraction: 1.0 - 12.0 * variance }
    }

    /// How much the figures say about it.
    pub fn identified(&self) -> Identified {
        match self.contraction {
            gone if gone >= WELL => Identified::Yes,
            gone if gone >= PARTLY => Identified::Partly,
            _ => Identified::No,
        }
    }

    /// Whether a coordinate lies within the 90 % interval.
    pub fn holds(&self, coordinate: f64) -> bool {
        (self.quantiles[0]..=self.quantiles[4]).contains(&coordinate)
    }
}

/// Correlation of two coordinates of a sample.
pub fn correlation(points: &[Vec<f64>], a: usize, b: usize) -> f64 {
    let number = points.len() as f64;
    let mean = |place: usize| points.iter().map(|point| point[place]).sum::<f64>() / number;
    let (x, y) = (mean(a), mean(b));
    let sum = |f: &dyn Fn(&[f64]) -> f64| points.iter().map(|point| f(point)).sum::<f64>();
    let (xx, yy) = (sum(&|p| (p[a] - x) * (p[a] - x)), sum(&|p| (p[b] - y) * (p[b] - y)));
    let xy = sum(&|p| (p[a] - x) * (p[b] - y));
    if xx * yy > 0.0 { xy / (xx * yy).sqrt() } else { 0.0 }
}

/// How runs at posterior parameters meet a target.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// The target.
    pub target: CalibrationTarget,
    /// Quantiles of draws' expected values, luck taken off: 5, 50, 95 %.
    pub draws: [f64; 3],
    /// Quantiles of single runs, luck included: 5, 50, 95 %.
    pub runs: [f64; 3],
    /// Share of draws whose expected value lies within the tolerance.
    pub share_inside: f64,
    /// Share of single runs within the tolerance.
    pub runs_inside: f64,
}

impl Fit {
    /// Of `values[draw][replication]`; what is not a number is missing. `None` without values.
    ///
    /// A mean over few replications still holds luck: on the scale of the target it is drawn towards the mean of all draws by the share of its
    /// variance that is luck (the best linear unbiased prediction of a random effect; Searle, Casella & McCulloch 1992, chapter 7).
    pub fn of(target: &CalibrationTarget, values: &[Vec<f64>]) -> Option<Fit> {
        let scaled: Vec<Vec<f64>> = values
            .iter()
            .map(|draw| draw.iter().copied().filter(|x| x.is_finite()).map(|x| target.scale(x)))
            .map(Iterator::collect)
            .collect();
        let mut expected = without_luck(&scaled);
        let mut all: Vec<f64> =
            values.iter().flatten().copied().filter(|x| x.is_finite()).collect();
        if all.is_empty() {
            return None;
        }
        expected.iter_mut().for_each(|value| *value = target.value_at(*value));
        expected.sort_by(f64::total_cmp);
        all.sort_by(f64::total_cmp);
        let three = |sorted: &[f64]| [0.05, 0.5, 0.95].map(|p| quantile(sorted, p));
        let inside = |values: &[f64]| {
            values.iter().filter(|value| target.holds(**value)).count() as f64 / values.len() as f64
        };
        Some(Fit {
            target: target.clone(),
            draws: three(&expected),
            runs: three(&all),
            share_inside: inside(&expected),
            runs_inside: inside(&all),
        })
    }

    /// Whether what was published is what nine of ten runs reach: the 90 % interval of single runs, luck included, meets the value or the band.
    pub fn plausible(&self) -> bool {
        let (low, high) = self.target.stated;
        self.runs[0] <= high && self.runs[2] >= low
    }

    /// Whether nine of ten draws are within the tolerance.
    pub fn inside(&self) -> bool {
        self.share_inside >= 0.9
    }
}

/// A parameter, and what is known of it.
#[derive(Clone, Debug, PartialEq)]
pub struct CalibratedParameter {
    /// Path.
    pub path: String,
    /// Measured, estimated or assumption.
    pub status: &'static str,
    /// What it was drawn from, in words.
    pub range: String,
    /// Which targets say something of it, the most first, and how much: by how many standard deviations of a target's error the model's
    /// value differs over the parameter's range.
    pub told_by: Vec<(String, f64)>,
    /// Where in its range it lies.
    pub marginal: Marginal,
    /// Its quantiles in its own unit: 5, 25, 50, 75, 95 %.
    pub values: [String; 5],
}

/// A parameter that was known, and what a calibration said of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RecoveredParameter {
    /// Its coordinate.
    pub truth: f64,
    /// What was found.
    pub marginal: Marginal,
}

/// Calibrations to data that the model made with known parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Recovery {
    /// Waves of each.
    pub waves: u32,
    /// `repetitions[repetition][parameter]`.
    pub repetitions: Vec<Vec<RecoveredParameter>>,
}

impl Recovery {
    /// How many known parameters lie within their 90 % intervals, and of how many; of those that are at least so well identified.
    pub fn found(&self, least: Identified) -> (usize, usize) {
        let counted = self.repetitions.iter().flatten();
        let counted = counted.filter(|one| one.marginal.identified() >= least);
        let all: Vec<bool> = counted.map(|one| one.marginal.holds(one.truth)).collect();
        (all.iter().filter(|inside| **inside).count(), all.len())
    }
}

/// A calibration with its results.
#[derive(Clone, Debug)]
pub struct Calibration {
    /// Title of the study.
    pub title: String,
    /// Name of the study.
    pub name: String,
    /// Seed.
    pub seed: u64,
    /// People that one agent stands for.
    pub people_per_agent: u32,
    /// First and last reported day.
    pub days: (jiff::civil::Date, jiff::civil::Date),
    /// Replications of each checked set of parameters.
    pub replications: u32,
    /// Sets of parameters of the posterior that were run.
    pub checked: u32,
    /// Drawn parameters.
    pub parameters: Vec<CalibratedParameter>,
    /// What was to be met.
    pub targets: Vec<CalibrationTarget>,
    /// How runs at the posterior meet it; targets without any value are left out.
    pub fits: Vec<Fit>,
    /// What each wave showed.
    pub waves: Vec<Learnt>,
    /// The posterior sample: points of the unit cube.
    pub points: Vec<Vec<f64>>,
    /// The same as `--set` takes them.
    pub values: Vec<Vec<String>>,
    /// How far walkers disagree: near 1 when they agree.
    pub disagreement: f64,
    /// The recovery test, if it was made.
    pub recovery: Option<Recovery>,
}

impl Calibration {
    /// Pairs of parameters by the strength of their correlation, at most so many, with it.
    pub fn pairs(&self, most: usize) -> Vec<(usize, usize, f64)> {
        let number = self.parameters.len();
        let mut all: Vec<(usize, usize, f64)> = (0..number)
            .flat_map(|a| (a + 1..number).map(move |b| (a, b)))
            .map(|(a, b)| (a, b, correlation(&self.points, a, b)))
            .collect();
        all.sort_by(|a, b| b.2.abs().total_cmp(&a.2.abs()));
        all.truncate(most);
        all
    }

    /// Parameters with what is known of them, the best known first.
    pub fn by_contraction(&self) -> Vec<&CalibratedParameter> {
        let mut all: Vec<&CalibratedParameter> = self.parameters.iter().collect();
        all.sort_by(|a, b| b.marginal.contraction.total_cmp(&a.marginal.contraction));
        all
    }
}

/// Expected value of each draw: its mean, drawn towards the mean of all by the share of its variance that is luck.
fn without_luck(draws: &[Vec<f64>]) -> Vec<f64> {
    let draws: Vec<&Vec<f64>> = draws.iter().filter(|draw| !draw.is_empty()).collect();
    let most = draws.iter().map(|draw| draw.len()).max().unwrap_or(0);
    let flat: Vec<f64> = draws
        .iter()
        .flat_map(|draw| (0..most).map(|at| draw.get(at).copied().unwrap_or(f64::NAN)))
        .collect();
    let Some(parts) = components(&flat, most, Design::SAMPLED) else { return Vec::new() };
    draws
        .iter()
        .map(|draw| {
            let number = draw.len() as f64;
            let mean = mean(draw);
            let (Some(luck), Some(between)) = (parts.luck, parts.ignorance) else { return mean };
            let (luck, between) = (luck * luck / number, between * between);
            let kept = if luck + between > 0.0 { between / (luck + between) } else { 1.0 };
            parts.mean + kept * (mean - parts.mean)
        })
        .collect()
}

/// Results made up for tests, here and of figures.
#[cfg(any(test, feature = "made_up"))]
#[cfg_attr(not(test), allow(dead_code, missing_docs, unused_imports))]
pub mod tests {
    use super::*;

    /// A calibration that never was: six parameters, three figures, one recovery.
    pub fn made_up() -> Calibration {
        let points: Vec<Vec<f64>> = spread(120)
            .into_iter()
            .map(|p| vec![p[0] / 4.0, p[1], p[2], (p[0] + p[3]) / 2.0, p[3], 0.5])
            .collect();
        let names = [
            "customers.habit",
            "exchanges.entry_per_month.shadow",
            "policy.shutdown_rate.targeting",
        ];
        let parameters = (0..6).map(|at| CalibratedParameter {
            path: names
                .get(at)
                .map_or_else(|| format!("group.parameter_{at}"), |n| (*n).to_owned()),
            status: "assumption",
            range: "0.5 to 0.9".to_owned(),
            told_by: if at == 0 { vec![("closures 2024".to_owned(), 2.5)] } else { Vec::new() },
            marginal: Marginal::of(&points, at),
            values: [5, 25, 50, 75, 95].map(|p| p.to_string()),
        });
        let word = |at: usize| if at == 2 { "Easiest".to_owned() } else { "0.25".to_owned() };
        let targets = [
            target("closures 2024", 36.0),
            target("licensed_users_share 2024", 0.05),
            target("pyramid_recovered_kzt 2024", 256e6),
        ];
        let fits = targets.iter().enumerate().filter_map(|(at, target)| {
            Fit::of(
                target,
                &[vec![target.value, target.value * (1.0 + at as f64)], vec![target.value]],
            )
        });
        Calibration {
            title: "A calibration that never was".to_owned(),
            name: "made_up".to_owned(),
            seed: 1,
            people_per_agent: 1000,
            days: (jiff::civil::date(2023, 1, 1), jiff::civil::date(2024, 12, 31)),
            replications: 2,
            checked: 2,
            parameters: parameters.collect(),
            targets: targets.to_vec(),
            fits: fits.collect(),
            waves: vec![Learnt {
                runs: 120,
                plausible: 0.2,
                explained: vec![Some(0.5), None, Some(0.9)],
            }],
            values: points.iter().map(|_| (0..6).map(word).collect()).collect(),
            recovery: Some(Recovery {
                waves: 1,
                repetitions: vec![
                    (0..6)
                        .map(|at| RecoveredParameter {
                            truth: 0.5,
                            marginal: Marginal::of(&points, at),
                        })
                        .collect(),
                ],
            }),
            points,
            disagreement: 1.02,
        }
    }

    fn target(name: &str, value: f64) -> CalibrationTarget {
        let tolerance = (value / 1.2, value * 1.2);
        let (name, source) = (name.to_owned(), "test".to_owned());
        let stated = (value, value);
        CalibrationTarget {
            name,
            unit: "KZT",
            value,
            stated,
            tolerance,
            source,
            ..CalibrationTarget::default()
        }
    }

    /// A toy: two figures that depend on two of four parameters, with luck.
    fn toy(points: &[Vec<f64>], seed: u64) -> Wave {
        let luck = Luck::new(seed, 0);
        let mut figures = vec![Vec::new(); 2];
        for (run, point) in points.iter().enumerate() {
            let mut draws = luck.at(Decision::Calibration, 1, run as u64);
            figures[0].push(maths::exp(2.0 * point[0] + 0.1 * draws.normal()));
            figures[1].push(maths::exp(point[0] - 2.0 * point[1] + 0.1 * draws.normal()));
        }
        Wave { points: points.to_vec(), figures }
    }

    fn spread(number: usize) -> Vec<Vec<f64>> {
        let luck = Luck::new(77, 0);
        let point = |at: u64| {
            let mut draws = luck.at(Decision::Calibration, 2, at);
            (0..4).map(|_| draws.uniform()).collect()
        };
        (0..number as u64).map(point).collect()
    }

    #[test]
    fn a_tolerance_is_a_ninety_percent_interval_on_the_scale() {
        let mut target = target("x", 100.0);
        let aim = target.aim();
        assert!((aim.value - target.scale(100.0)).abs() < 0.01);
        // ln 1.2 over 1.645.
        assert!((aim.sd - 0.110).abs() < 0.002, "{}", aim.sd);
        assert!(target.holds(119.0) && !target.holds(121.0));
        target.discrepancy = 1.0;
        assert!((target.aim().sd / aim.sd - 2.0_f64.sqrt()).abs() < 1e-12, "errors add in squares");
    }

    #[test]
    fn changes_may_be_negative_and_days_that_never_come_are_far_but_not_without_end() {
        let of = |scaled, tolerance| CalibrationTarget { scaled, tolerance, ..target("x", 0.1) };
        let change = of(Scale::Change, (-0.9, -0.7));
        assert_eq!((change.scale(-0.8), change.value_at(-0.8)), (-0.8, -0.8));
        assert!((change.aim().value + 0.8).abs() < 1e-12 && change.holds(-0.75));
        let days = of(Scale::Days, (150.0, 600.0));
        assert!((days.value_at(days.scale(300.0)) - 300.0).abs() < 1e-9);
        assert!((days.value_at(days.scale(f64::INFINITY)) - 1200.0).abs() < 1e-9);
        assert!(days.scale(f64::NAN).is_nan(), "what was not read is missing");
    }

    #[test]
    fn waves_narrow_down_what_figures_say_something_of_and_nothing_else() {
        let targets = [target("a", maths::exp(1.4)), target("b", maths::exp(0.7 - 0.6))];
        let mut known = Knowledge::new(4, &targets, 1, 0);
        let first = known.learn(&toy(&spread(200), 1), None).unwrap();
        let second = known.next_points(100);
        assert!(second.iter().all(|point| known.implausibility(point) <= IMPLAUSIBLE));
        let second = known.learn(&toy(&second, 2), None).unwrap();
        assert!(
            second.plausible <= first.plausible && first.plausible < 0.6,
            "{first:?} {second:?}"
        );
        assert!(first.explained[0].unwrap() > 0.9);
        let sample = known.posterior(600);
        let marginals: Vec<Marginal> = (0..4).map(|at| Marginal::of(&sample.points, at)).collect();
        assert!((marginals[0].quantiles[2] - 0.7).abs() < 0.05, "{marginals:?}");
        assert!((marginals[1].quantiles[2] - 0.3).abs() < 0.06, "{marginals:?}");
        let words: Vec<&str> = marginals.iter().map(|m| m.identified().key()).collect();
        assert_eq!(words, ["yes", "yes", "no", "no"]);
        assert!(correlation(&sample.points, 0, 1) > 0.2);
        let middle: Vec<f64> = marginals.iter().map(|marginal| marginal.quantiles[2]).collect();
        let names = |place| -> String {
            known.told_by(&middle, place).into_iter().map(|(name, _)| name).collect()
        };
        // The first figure depends on the first parameter alone, the second on both, more on the second.
        assert_eq!([names(0), names(1), names(2)], ["ab", "b", ""]);
        assert!(Knowledge::new(4, &targets, 1, 0).learn(&toy(&spread(10), 1), None).is_err());
    }

    #[test]
    fn known_parameters_lie_within_ninety_percent_intervals_in_nine_cases_of_ten() {
        let targets = [target("a", 1.0), target("b", 1.0)];
        let wave = toy(&spread(300), 1);
        let mut inside = [0; 4];
        for run in 0..60 {
            let blank = Knowledge::new(4, &targets, 1, run as u32 + 1);
            let data = blank.data_of(&wave, run);
            let mut known = blank.aiming_at(&data);
            known.learn(&wave, Some(run)).unwrap();
            let sample = known.posterior(300);
            for (place, inside) in inside.iter_mut().enumerate() {
                let holds = Marginal::of(&sample.points, place).holds(wave.points[run][place]);
                *inside += i32::from(holds);
            }
        }
        // 54 expected, with a standard deviation of 2.3.
        assert!(inside.iter().all(|inside| (47..=60).contains(inside)), "{inside:?}");
    }

    #[test]
    fn a_fit_counts_draws_and_runs_within_the_tolerance() {
        let target = target("a", 100.0);
        let values = vec![vec![100.0, 110.0, 101.0], vec![50.0, 60.0, f64::NAN]];
        let fit = Fit::of(&target, &values).unwrap();
        assert_eq!((fit.share_inside, fit.runs_inside), (0.5, 0.6));
        assert!(!fit.inside() && fit.plausible());
        let band = CalibrationTarget {
            stated: (fit.runs[2] + 1.0, fit.runs[2] + 2.0),
            ..fit.target.clone()
        };
        assert!(!Fit { target: band, ..fit }.plausible(), "a band beyond all runs");
        // Where draws differ by luck alone all have the same expected value.
        let luck = vec![vec![60.0, 160.0], vec![160.0, 60.0], vec![61.0, 158.0]];
        let fit = Fit::of(&target, &luck).unwrap();
        assert_eq!((fit.share_inside, fit.runs_inside), (1.0, 0.0));
        assert!((fit.draws[2] - fit.draws[0]).abs() < 1e-9 && fit.inside());
        assert_eq!(Fit::of(&target, &[vec![f64::NAN]]), None);
    }
}
