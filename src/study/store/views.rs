//! The small tables of runs: measures and the agency's view.

use super::published::{List, Published};
use jiff::civil::Date;

use super::table::{Table, TableRows, UNIT_OF_ROW, with_columns};
use crate::comparison::{self, ComparisonDraws, Spread};
use crate::stats::{Blocks, Summary};
use scenario::Scenario;
use world::record::{Measured, Record, Sight};

/// A quantity in a year as the agency sees it, beside the truth and what was published, over replications.
#[derive(Clone, Debug, PartialEq)]
pub struct AgencyView {
    /// Calendar year.
    pub year: i16,
    /// Whether the run covers the year from its first day to its last; only then is it compared.
    pub whole_year: bool,
    /// Name of the quantity.
    pub quantity: &'static str,
    /// Unit.
    pub unit: &'static str,
    /// What the agency sees.
    pub seen: Option<Summary>,
    /// What is true.
    pub truth: Option<Summary>,
    /// What was published.
    pub published: Option<Published>,
    /// First and last day, where it counts other days than a calendar year.
    pub days: Option<(Date, Date)>,
}

impl AgencyView {
    /// Median seen over the published value.
    pub fn ratio(&self) -> Option<f64> {
        Some(self.seen?.p50 / self.published.as_ref()?.value)
    }

    /// Whether the median seen lies within a factor of two of what was published.
    pub fn within_factor_two(&self) -> Option<bool> {
        Some(self.published.as_ref()?.within_factor_two(self.seen?.p50))
    }
}

/// The agency's view beside the truth, in the order of the first record; then what was published for other days than a calendar year.
pub fn view(scenario: &Scenario, records: &[Record], published: &List) -> Vec<AgencyView> {
    let Some(first) = records.first() else { return Vec::new() };
    let summary = |index: usize, of: fn(&Sight) -> Option<f64>| {
        let values: Vec<f64> =
            records.iter().filter_map(|record| of(&record.sights[index])).collect();
        Summary::of(&values)
    };
    let row = |(index, sight): (usize, &Sight)| {
        let whole_year = covers(scenario, sight.year);
        AgencyView {
            year: sight.year,
            whole_year,
            quantity: sight.quantity,
            unit: sight.unit,
            seen: summary(index, |sight| sight.seen),
            truth: summary(index, |sight| sight.truth),
            published: published
                .of_year(sight.year, sight.quantity)
                .filter(|_| whole_year)
                .cloned(),
            days: None,
        }
    };
    let other_days = |one: &Published| {
        let days = comparison::days(scenario, (one.from, one.to))?;
        let seen = |record| model::seen_over(record, scenario, one.quantity, days.clone());
        let seen: Vec<f64> = records.iter().map(seen).filter(|seen| !seen.is_nan()).collect();
        Some(AgencyView {
            year: one.from.year(),
            whole_year: false,
            quantity: one.quantity,
            unit: one.unit(),
            seen: Summary::of(&seen),
            truth: None,
            published: Some(one.clone()),
            days: Some((one.from, one.to)),
        })
    };
    let others = published.all.iter().filter(|one| one.year().is_none()).filter_map(other_days);
    first.sights.iter().enumerate().map(row).chain(others).collect()
}

/// Whether the run, warm-up included, covers a calendar year.
pub(super) fn covers(scenario: &Scenario, year: i16) -> bool {
    let first = scenario.date(world::units::Day(0));
    first <= jiff::civil::date(year, 1, 1) && jiff::civil::date(year, 12, 31) <= scenario.end
}

/// `replications.csv`: every measure of every replication.
pub fn replications(records: &[Record]) -> Table {
    let rows: Vec<(u32, &Measured)> = records
        .iter()
        .flat_map(|record| record.measures.iter().map(|of| (record.key.replication, of)))
        .collect();
    with_columns!(Table::of("replications", "Every measure of every replication", &rows), row =>
        index "replication", "number", "Number of the replication, from 0" => row.0;
        with |rows| measured(rows, |row| (row.1.name, row.1.unit));
        exact "value", UNIT_OF_ROW, "Value in this replication, exactly" => row.1.value;
    )
    .table()
}

/// Name of a measure and its unit.
fn measured<'a, R>(
    rows: TableRows<'a, R>,
    of: impl Fn(&'a R) -> (&'static str, &'static str),
) -> TableRows<'a, R> {
    with_columns!(rows, row =>
        text "measure", "name", "Measure over the reported days; see the list below" => of(row).0;
        text "unit", "name", "Unit of the row's values" => of(row).1;
    )
}

/// `summary.csv`: every measure over the replications, and over draws where parameters are drawn.
pub fn summary(records: &[Record], draws: Option<&ComparisonDraws>) -> Table {
    let rows = summaries(records, draws);
    with_columns!(Table::of("summary", "Every measure over all replications", &rows), row =>
        with |rows| measured(rows, |row| (row.name, row.unit));
        number "mean", UNIT_OF_ROW, "Mean over replications" => row.summary.mean;
        number "sd", UNIT_OF_ROW, "Standard deviation of single replications (divisor n - 1)" => row.summary.sd;
        number "p5", UNIT_OF_ROW, "5 % quantile over replications (type 7 of Hyndman & Fan 1996)" => row.summary.p5;
        number "p25", UNIT_OF_ROW, "25 % quantile" => row.summary.p25;
        number "p50", UNIT_OF_ROW, "Median" => row.summary.p50;
        number "p75", UNIT_OF_ROW, "75 % quantile" => row.summary.p75;
        number "p95", UNIT_OF_ROW, "95 % quantile" => row.summary.p95;
        whole "replications", "number", "Number of replications" => row.summary.n;
        interval ["mean_low", "mean_high"], UNIT_OF_ROW, "95 % interval of the mean (Student's t)" => row.interval;
        with |rows| over_draws(rows, draws, |row| row.spread);
    ).table()
}

/// Adds what is known of luck and ignorance where parameters are drawn.
pub fn over_draws<'a, R>(
    rows: TableRows<'a, R>,
    draws: Option<&ComparisonDraws>,
    of: impl Fn(&'a R) -> Option<Spread>,
) -> TableRows<'a, R> {
    let Some(draws) = draws else { return rows };
    with_columns!(rows, row =>
        whole "draws", "number", "Number of draws of parameters" => draws.number;
        number "share_of_luck", "share", "Share of the variance of single runs that comes from chance: the rest to 1"
            => of(row)?.share_of_ignorance.map(|share| 1.0 - share);
        number "share_of_ignorance", "share", "Share of the variance of single runs that comes from the draw of parameters (ANOVA estimate; empty with one replication of each draw)"
            => of(row)?.share_of_ignorance;
        interval ["share_of_ignorance_low", "share_of_ignorance_high"], "share", "95 % interval of that share (exact for normal spreads, Searle et al. 1992)"
            => of(row)?.share_interval;
    )
}

/// A measure over all runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summarised {
    /// Name of the measure.
    pub name: &'static str,
    /// Unit.
    pub unit: &'static str,
    /// Over single runs.
    pub summary: Summary,
    /// 95 % interval of the mean: over replications, or over draws where parameters are drawn.
    pub interval: Option<(f64, f64)>,
    /// Luck and ignorance in single runs; `None` where they are not known.
    pub spread: Option<Spread>,
}

/// Each measure over all runs; where parameters are drawn they stand draw by draw.
pub fn summaries(records: &[Record], draws: Option<&ComparisonDraws>) -> Vec<Summarised> {
    let Some(first) = records.first() else { return Vec::new() };
    let blocks = draws.map_or(Blocks::SINGLE, ComparisonDraws::blocks);
    let row = |(index, measure): (usize, &Measured)| {
        let all: Vec<f64> = records.iter().map(|record| record.measures[index].number()).collect();
        let ([known], [values]) = (Blocks::SINGLE.complete([&all]), blocks.complete([&all]));
        Some(Summarised {
            name: measure.name,
            unit: measure.unit,
            summary: Summary::of(&known)?,
            interval: blocks.interval(&values),
            spread: draws.and_then(|_| Spread::of(&values, blocks)),
        })
    };
    first.measures.iter().enumerate().filter_map(row).collect()
}

/// `agency_view.csv`.
pub fn agency_view(view: &[AgencyView]) -> Table {
    const YES_OR_NO: &str = "yes or no";
    let five = |summary: Option<Summary>| summary.map(|s| [s.p5, s.p25, s.p50, s.p75, s.p95]);
    let share = |row: &AgencyView| match (row.seen, row.truth) {
        (Some(seen), Some(truth)) if truth.p50 > 0.0 => Some(seen.p50 / truth.p50),
        _ => None,
    };
    let about = "Each figure of the agency in each year, beside the truth and what was published";
    with_columns!(Table::of("agency_view", about, view), row =>
        whole "year", "year", "Calendar year" => row.year;
        with |rows| {
            // Only an analyst's own figures count other days than a calendar year.
            if view.iter().all(|row| row.days.is_none()) {
                return rows;
            }
            let day = |day: Option<Date>| day.map(|day| day.to_string());
            with_columns!(rows, row =>
                text "from", "date", "First day, where other days than the year are counted" => day(row.days.map(|days| days.0));
                text "to", "date", "Last of these days" => day(row.days.map(|days| days.1));
            )
        };
        truth "whole_year", YES_OR_NO, "Whether the run covers the whole year; only then is it compared" => row.whole_year;
        text "quantity", "name", "What is counted; see the list below" => row.quantity;
        text "unit", "name", "Unit of the row's values" => row.unit;
        quantiles "seen", UNIT_OF_ROW, "What the agency sees" => five(row.seen);
        quantiles "truth", UNIT_OF_ROW, "What there is: what is seen is a part or an estimate of it, quantity by quantity as below" => five(row.truth);
        number "seen_share_of_truth", "share", "seen_p50 over truth_p50" => share(row);
        number "published_low", UNIT_OF_ROW, "Lowest published statement" => row.published.as_ref().map(|published| published.low);
        number "published", UNIT_OF_ROW, "Published figure, or middle of the published band"
            => row.published.as_ref().map(|published| published.value);
        number "published_high", UNIT_OF_ROW, "Highest published statement" => row.published.as_ref().map(|published| published.high);
        number "seen_over_published", "ratio", "seen_p50 over published" => row.ratio();
        truth "within_factor_two", YES_OR_NO, "Whether seen_p50 lies between half of published_low and twice published_high"
            => row.within_factor_two();
        text "source", "text", "Source of the published figure" => row.published.as_ref().map(|published| published.source.clone());
    ).table()
}
