//! The agency's figures period by period over worlds that are possible, weights of these worlds by what was published, and how well figures
//! of a year would have been predicted from those before it.
//!
//! A world is a run: a draw of parameters and chance. What was published weighs it by the same errors on the same scale as in
//! [`calibration`](super::calibration), and the run itself goes on into the future, so that its chance counts as well.
//!
//! Deliberately absent: running anything, files, drawing.

use jiff::civil::{Date, date};

use super::calibration::{CalibrationTarget, IMPLAUSIBLE};
use super::days;
use crate::stats::{Weights, crps, effective, weighted_quantiles};
use model::SIGHTS;
use scenario::Scenario;
use scenario::study::Seen;
use world::record::{Record, VenueColumn};

/// Runs that are to carry a forecast at least. Unit: runs. Source: below twenty a 90 % band is made of less than one run at each end.
pub const FEWEST: f64 = 20.0;
/// Quantiles of a fan: bands of 90 and 50 %, and the median.
pub const FAN: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];
/// The one quantity beside those of the agency's view.
const LARGEST: (&str, &str) = ("largest_case_share", "share");
/// What it is.
pub const LARGEST_MEANING: &str = "share of the turnover of all platforms closed in the period that the largest of its days of closures has: the largest case";

/// A whole calendar year or quarter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    /// `2025` or `2025-Q1`.
    pub name: String,
    /// `year` or `quarter`.
    pub kind: &'static str,
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
}

impl Period {
    /// Whether it is a year.
    pub fn is_year(&self) -> bool {
        self.kind == "year"
    }
}

/// Whole years, then whole quarters, between two days.
pub fn periods(start: Date, end: Date) -> Vec<Period> {
    let years = start.year()..=end.year();
    let year = |year: i16| Period {
        name: year.to_string(),
        kind: "year",
        from: date(year, 1, 1),
        to: date(year, 12, 31),
    };
    let quarter = |year: i16, number: i8| Period {
        name: format!("{year}-Q{number}"),
        kind: "quarter",
        from: date(year, 3 * number - 2, 1),
        to: date(year, 3 * number, 1).last_of_month(),
    };
    let quarters = years.clone().flat_map(|year| (1..=4).map(move |number| (year, number)));
    let all = years.map(year).chain(quarters.map(|(year, number)| quarter(year, number)));
    all.filter(|period| start <= period.from && period.to <= end).collect()
}

/// Name and unit of what is forecast: all that the agency sees, and the share of the largest case.
pub fn quantities() -> Vec<(&'static str, &'static str)> {
    let seen = SIGHTS.iter().filter(|sight| sight.is_seen());
    seen.map(|sight| (sight.quantity, sight.unit)).chain([LARGEST]).collect()
}

/// What the agency sees of each quantity in each period of a run: `[quantity][period]` in one row; no number where it sees nothing of the kind, or
/// knows it for whole years only.
pub fn seen(record: &Record, scenario: &Scenario, periods: &[Period]) -> Vec<f64> {
    let one = |name: &'static str, period: &Period| {
        seen_in(record, scenario, name, period.from, period.to)
    };
    let of = |(name, _): (&'static str, _)| periods.iter().map(move |period| one(name, period));
    quantities().into_iter().flat_map(of).collect()
}

/// The same of one quantity between two days.
pub fn seen_in(record: &Record, scenario: &Scenario, quantity: &str, from: Date, to: Date) -> f64 {
    let Some(range) = days(scenario, (from, to)) else { return f64::NAN };
    if quantity == LARGEST.0 {
        let classes = world::units::Class::COUNT;
        let closed =
            &record.series(VenueColumn::ClosedTurnover)[range.start * classes..range.end * classes];
        let (all, most) = (closed.iter().sum::<i64>(), closed.iter().max());
        return most.filter(|_| all > 0).map_or(f64::NAN, |most| *most as f64 / all as f64);
    }
    match (from, to) == (date(from.year(), 1, 1), date(from.year(), 12, 31)) {
        true => Seen::of_year(quantity, from.year(), &record.sights),
        false => model::seen_over(record, scenario, quantity, range),
    }
}

/// A quantity in a period under a scenario, over all runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Fan {
    /// Number of the scenario, the status quo first.
    pub arm: usize,
    /// Number of the quantity.
    pub quantity: usize,
    /// Number of the period.
    pub period: usize,
    /// Quantiles at [`FAN`].
    pub quantiles: [f64; 5],
    /// Share of runs, by weight, that have a value.
    pub share: f64,
}

/// Fans of `values[arm][run]`, each a row of [`seen`]; without a fan is what has no value in any run.
pub fn fans(values: &[Vec<Vec<f64>>], periods: usize, weights: &[f64]) -> Vec<Fan> {
    let mut all = Vec::new();
    for (arm, runs) in values.iter().enumerate() {
        for place in 0..runs.first().map_or(0, Vec::len) {
            let column: Vec<f64> = runs.iter().map(|run| run[place]).collect();
            let Some(quantiles) = weighted_quantiles(&column, weights, FAN) else { continue };
            let known = column.iter().zip(weights).filter(|(value, _)| value.is_finite());
            let share = known.map(|(_, weight)| weight).sum();
            all.push(Fan {
                arm,
                quantity: place / periods,
                period: place % periods,
                quantiles,
                share,
            });
        }
    }
    all
}

/// A published figure.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownFigure {
    /// Quantity of the agency's view.
    pub quantity: &'static str,
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// What was published and how far it can be believed.
    pub target: CalibrationTarget,
}

/// Logarithm of the likelihood of published figures in a run, but for a constant: errors of publication are normal on the scale of each
/// figure. Where the run has no value of a figure it is as far off as what is ruled out.
pub fn log_likelihood<'a>(known: impl IntoIterator<Item = (&'a KnownFigure, f64)>) -> f64 {
    let one = |(known, value): (&KnownFigure, f64)| {
        let aim = known.target.aim();
        let off = (known.target.scale(value) - aim.value) / aim.sd.max(1e-9);
        let off = if off.is_finite() { off } else { IMPLAUSIBLE };
        -0.5 * off * off
    };
    known.into_iter().map(one).sum()
}

/// Weights of runs by published figures: `figures[run][known]`.
pub fn weigh(known: &[&KnownFigure], figures: &[Vec<f64>]) -> Weights {
    let log = |row: &Vec<f64>| log_likelihood(known.iter().copied().zip(row.iter().copied()));
    Weights::of(&figures.iter().map(log).collect::<Vec<f64>>(), FEWEST)
}

/// A figure of a year, predicted from those before.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// The figure.
    pub known: KnownFigure,
    /// Quantiles of the prediction at [`FAN`].
    pub quantiles: [f64; 5],
    /// Score of the prediction on the scale of the figure, logarithms: near the relative error.
    pub model: f64,
    /// Score of the runs as they are drawn, before any figure is known.
    pub unfitted: f64,
    /// Score of the figure of the year before, if it was published.
    pub last_year: Option<f64>,
    /// Score of a straight line through the two years before, if both were published.
    pub line: Option<f64>,
}

impl Score {
    /// Whether the figure lies inside the band of 50 % (1) or 90 % (0).
    pub fn inside(&self, band: usize) -> bool {
        (self.quantiles[band]..=self.quantiles[4 - band]).contains(&self.known.target.value)
    }

    /// Whether the band of 90 % meets what the truth may be, as far as the source can be believed.
    pub fn meets(&self) -> bool {
        let (low, high) = self.known.target.tolerance;
        self.quantiles[0] <= high && low <= self.quantiles[4]
    }
}

/// Figures of a year predicted from those before it.
#[derive(Clone, Debug, PartialEq)]
pub struct Backtest {
    /// The year.
    pub year: i16,
    /// Figures that were known before it.
    pub fitted: usize,
    /// Effective number of runs before and after tempering, and the power of the likelihood.
    pub weights: Weights,
    /// A score for each figure of the year.
    pub scores: Vec<Score>,
}

/// Predicts the figures of a year from those that end before it; `figures[run][known]`. `None` if there are none before it, or none in it.
pub fn backtest(known: &[KnownFigure], figures: &[Vec<f64>], year: i16) -> Option<Backtest> {
    let (first, last) = (date(year, 1, 1), date(year, 12, 31));
    let of = |wanted: &dyn Fn(&KnownFigure) -> bool| -> Vec<usize> {
        (0..known.len()).filter(|at| wanted(&known[*at])).collect()
    };
    let (before, within) = (of(&|it| it.to < first), of(&|it| first <= it.from && it.to <= last));
    if before.is_empty() || within.is_empty() || figures.is_empty() {
        return None;
    }
    let fitted: Vec<&KnownFigure> = before.iter().map(|at| &known[*at]).collect();
    let rows: Vec<Vec<f64>> =
        figures.iter().map(|row| before.iter().map(|at| row[*at]).collect()).collect();
    let weights = weigh(&fitted, &rows);
    let score = |at: &usize| {
        let it = &known[*at];
        let values: Vec<f64> = figures.iter().map(|row| row[*at]).collect();
        let scaled: Vec<f64> = values.iter().map(|value| it.target.scale(*value)).collect();
        let came = it.target.scale(it.target.value);
        let earlier = |years: i16| {
            let days = |day: Date| date(day.year() - years, day.month(), day.day());
            let is = |other: &&KnownFigure| {
                other.quantity == it.quantity
                    && other.from == days(it.from)
                    && other.to == days(it.to)
            };
            known.iter().find(is).map(|other| other.target.value)
        };
        let distance = |value: f64| (it.target.scale(value.max(0.0)) - came).abs();
        let equal = vec![1.0; values.len()];
        Some(Score {
            quantiles: weighted_quantiles(&values, &weights.weights, FAN)?,
            model: crps(&scaled, &weights.weights, came)?,
            unfitted: crps(&scaled, &equal, came)?,
            last_year: earlier(1).map(distance),
            line: earlier(1).zip(earlier(2)).map(|(one, two)| distance(2.0 * one - two)),
            known: it.clone(),
        })
    };
    let scores = within.iter().filter_map(score).collect();
    Some(Backtest { year, fitted: before.len(), weights, scores })
}

/// How a parameter or a forecast moved when runs were weighed anew.
#[derive(Clone, Debug, PartialEq)]
pub struct PosteriorShift {
    /// What: a parameter's path, or quantity and period.
    pub what: String,
    /// Unit.
    pub unit: &'static str,
    /// Quantiles at [`FAN`] before.
    pub before: [f64; 5],
    /// And after.
    pub after: [f64; 5],
    /// By how many standard deviations of before the mean moved.
    pub shift: f64,
}

impl PosteriorShift {
    /// Of a value of each run; `None` where no run has one, or all have the same.
    pub fn of(
        what: String,
        unit: &'static str,
        values: &[f64],
        weights: &[f64],
    ) -> Option<PosteriorShift> {
        let moment = |weights: &[f64], of: &dyn Fn(f64) -> f64| {
            let pairs = || values.iter().zip(weights).filter(|(value, _)| value.is_finite());
            let whole: f64 = pairs().map(|(_, weight)| weight).sum();
            pairs().map(|(value, weight)| weight * of(*value)).sum::<f64>() / whole
        };
        let equal = vec![1.0; values.len()];
        let mean = moment(&equal, &|x| x);
        let sd = moment(&equal, &|x| (x - mean) * (x - mean)).sqrt();
        let shift = (moment(weights, &|x| x) - mean) / sd;
        Some(PosteriorShift {
            what,
            unit,
            before: weighted_quantiles(values, &equal, FAN)?,
            after: weighted_quantiles(values, weights, FAN)?,
            shift: Some(shift).filter(|shift| shift.is_finite())?,
        })
    }
}

/// Weight of each draw, which has so many runs, and the effective number of draws.
pub fn of_draws(weights: &[f64], runs_of_each: usize) -> (Vec<f64>, f64) {
    let draws: Vec<f64> = weights.chunks(runs_of_each).map(|runs| runs.iter().sum()).collect();
    let number = effective(&draws);
    (draws, number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(quantity: &'static str, year: i16, value: f64) -> KnownFigure {
        let target = CalibrationTarget {
            name: format!("{quantity} {year}"),
            unit: "venues",
            value,
            stated: (value, value),
            tolerance: (value / 1.2, value * 1.2),
            source: "made up".to_owned(),
            ..CalibrationTarget::default()
        };
        KnownFigure { quantity, from: date(year, 1, 1), to: date(year, 12, 31), target }
    }

    #[test]
    fn periods_are_whole_years_and_quarters_inside_the_days() {
        let names: Vec<String> = periods(date(2024, 2, 1), date(2025, 12, 31))
            .into_iter()
            .map(|period| period.name)
            .collect();
        let quarters =
            ["2024-Q2", "2024-Q3", "2024-Q4", "2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4"];
        assert_eq!(names[0], "2025");
        assert_eq!(names[1..], quarters);
        assert!(periods(date(2024, 2, 2), date(2024, 6, 29)).is_empty());
    }

    #[test]
    fn a_world_that_repeats_itself_is_predicted_and_one_year_tells_the_next() {
        // Runs whose level is 1 to 200 in both years: what was seen in the first year tells the second.
        let figures: Vec<Vec<f64>> =
            (1..=200).map(|run| vec![f64::from(run), f64::from(run)]).collect();
        let both = [known("closures", 2023, 100.0), known("closures", 2024, 104.0)];
        let found = backtest(&both, &figures, 2024).unwrap();
        let score = &found.scores[0];
        assert_eq!((found.fitted, found.scores.len()), (1, 1));
        assert!(score.inside(0) && score.inside(1) && score.meets());
        assert!(score.model < score.unfitted / 2.0, "{score:?}");
        let ratio: f64 = 104.5 / 100.5;
        assert!((score.last_year.unwrap() - world::units::maths::ln(ratio)).abs() < 1e-9);
        assert_eq!(score.line, None);
        assert_eq!(backtest(&both, &figures, 2023), None, "nothing is known before");
        // A later figure changes nothing of an earlier prediction.
        let mut later = both.to_vec();
        later.push(known("arrests", 2025, 3.0));
        let longer: Vec<Vec<f64>> =
            figures.iter().map(|row| [row.as_slice(), &[700.0]].concat()).collect();
        assert_eq!(backtest(&later, &longer, 2024).unwrap(), found);
    }

    #[test]
    fn fans_leave_out_what_no_run_has_and_say_in_how_many_a_value_is() {
        let runs = vec![vec![1.0, f64::NAN], vec![f64::NAN, f64::NAN], vec![3.0, f64::NAN]];
        let all = fans(&[runs], 2, &[0.25, 0.25, 0.5]);
        assert_eq!(all.len(), 1);
        assert!((all[0].share - 0.75).abs() < 1e-12);
        assert_eq!((all[0].quantity, all[0].period), (0, 0));
    }

    #[test]
    fn what_moved_is_told_in_standard_deviations() {
        let values: Vec<f64> = (0..101).map(f64::from).collect();
        let weights: Vec<f64> = (0..101).map(|at| if at >= 50 { 1.0 } else { 0.0 }).collect();
        let moved = PosteriorShift::of("x".to_owned(), "1", &values, &weights).unwrap();
        // The mean goes from 50 to 75; the standard deviation of 0 to 100 is 29.15.
        assert!((moved.shift - 25.0 / 29.155).abs() < 1e-3);
        assert_eq!((moved.before[2], moved.after[2]), (50.0, 75.0));
        assert_eq!(PosteriorShift::of("x".to_owned(), "1", &[2.0, 2.0], &[1.0, 1.0]), None);
        assert_eq!(of_draws(&[0.1, 0.4, 0.5, 0.0], 2), (vec![0.5, 0.5], 2.0));
    }
}
