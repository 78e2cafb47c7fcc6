//! The small tables as CSV: measures, the agency's view, traced displacement.

use super::number::{optional, plain, yes};
use super::published::{Published, published};
use crate::comparison::{Draws, Spread};
use crate::stats::{Blocks, Summary};
use scenario::Scenario;
use world::record::{Destination, Measure, Migration, Record, Sight, TRACE_WINDOWS};
use world::units::{Class, Trader};

/// Columns of `replications.csv`.
pub const REPLICATIONS: [&str; 4] = ["replication", "measure", "unit", "value"];

/// Columns of `summary.csv`.
pub const SUMMARY: [&str; 12] = [
    "measure",
    "unit",
    "mean",
    "sd",
    "p5",
    "p25",
    "p50",
    "p75",
    "p95",
    "replications",
    "mean_low",
    "mean_high",
];

/// Further columns of `summary.csv` where parameters are drawn.
pub const OVER_DRAWS: [&str; 5] = [
    "draws",
    "share_of_luck",
    "share_of_ignorance",
    "share_of_ignorance_low",
    "share_of_ignorance_high",
];

/// Cells below [`OVER_DRAWS`].
pub fn over_draws(draws: &Draws, spread: Option<Spread>) -> Vec<String> {
    let share = spread.and_then(|spread| spread.share_of_ignorance);
    let (low, high) = spread.and_then(|spread| spread.share_interval).unzip();
    let mut cells = vec![draws.number.to_string()];
    cells.extend([share.map(|share| 1.0 - share), share, low, high].map(optional));
    cells
}

/// Columns of `agency_view.csv`.
pub const AGENCY_VIEW: [&str; 17] = [
    "year",
    "whole_year",
    "quantity",
    "unit",
    "seen_p50",
    "seen_p5",
    "seen_p95",
    "truth_p50",
    "truth_p5",
    "truth_p95",
    "seen_share_of_truth",
    "published_low",
    "published",
    "published_high",
    "seen_over_published",
    "within_factor_two",
    "source",
];

/// Columns of `migration.csv`.
pub const MIGRATION: [&str; 10] = [
    "closed_class",
    "trader",
    "window_days",
    "destination",
    "people_mean",
    "kzt_mean",
    "kzt_p5",
    "kzt_p95",
    "share_of_need",
    "trades_mean",
];

/// A quantity in a year as the agency sees it, beside the truth and what was published, over replications.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
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
    pub published: Option<&'static Published>,
}

impl View {
    /// Median seen over the published value.
    #[must_use]
    pub fn ratio(&self) -> Option<f64> {
        Some(self.seen?.p50 / self.published?.value)
    }

    /// Whether the median seen lies within a factor of two of what was published.
    #[must_use]
    pub fn within_factor_two(&self) -> Option<bool> {
        Some(self.published?.within_factor_two(self.seen?.p50))
    }
}

/// The agency's view beside the truth, in the order of the first record.
#[must_use]
pub fn view(scenario: &Scenario, records: &[Record]) -> Vec<View> {
    let Some(first) = records.first() else { return Vec::new() };
    let summary = |index: usize, of: fn(&Sight) -> Option<f64>| {
        let values: Vec<f64> =
            records.iter().filter_map(|record| of(&record.sights[index])).collect();
        Summary::of(&values)
    };
    let row = |(index, sight): (usize, &Sight)| {
        let whole_year = covers(scenario, sight.year);
        View {
            year: sight.year,
            whole_year,
            quantity: sight.quantity,
            unit: sight.unit,
            seen: summary(index, |sight| sight.seen),
            truth: summary(index, |sight| sight.truth),
            published: published(sight.year, sight.quantity).filter(|_| whole_year),
        }
    };
    first.sights.iter().enumerate().map(row).collect()
}

/// Whether the run, warm-up included, covers a calendar year.
fn covers(scenario: &Scenario, year: i16) -> bool {
    let first = scenario.date(world::units::Day(0));
    first <= jiff::civil::date(year, 1, 1) && jiff::civil::date(year, 12, 31) <= scenario.end
}

/// `replications.csv`: every measure of every replication.
pub fn replications(records: &[Record]) -> Result<Vec<u8>, String> {
    let rows = records.iter().flat_map(|record| {
        record.measures.iter().map(|measure| {
            let replication = record.key.replication.to_string();
            // Shortest text that reads back as the same number: summaries can be recomputed from it.
            let value = measure.value.to_string();
            vec![replication, measure.name.to_owned(), measure.unit.to_owned(), value]
        })
    });
    csv(&REPLICATIONS, rows)
}

/// `summary.csv`: every measure over the replications, and over draws where parameters are drawn.
pub fn summary(records: &[Record], draws: Option<&Draws>) -> Result<Vec<u8>, String> {
    let mut head = SUMMARY.to_vec();
    head.extend(draws.into_iter().flat_map(|_| OVER_DRAWS));
    csv(
        &head,
        summaries(records, draws).into_iter().map(|row| {
            let Summarised { name, unit, summary, interval, spread } = row;
            let mut cells = vec![
                name.to_owned(),
                unit.to_owned(),
                plain(summary.mean),
                optional(summary.sd),
                plain(summary.p5),
                plain(summary.p25),
                plain(summary.p50),
                plain(summary.p75),
                plain(summary.p95),
                summary.n.to_string(),
                optional(interval.map(|(low, _)| low)),
                optional(interval.map(|(_, high)| high)),
            ];
            if let Some(draws) = draws {
                cells.extend(over_draws(draws, spread));
            }
            cells
        }),
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
#[must_use]
pub fn summaries(records: &[Record], draws: Option<&Draws>) -> Vec<Summarised> {
    let Some(first) = records.first() else { return Vec::new() };
    let blocks = draws.map_or(Blocks::SINGLE, Draws::blocks);
    let row = |(index, measure): (usize, &Measure)| {
        let values: Vec<f64> = records.iter().map(|record| record.measures[index].value).collect();
        Some(Summarised {
            name: measure.name,
            unit: measure.unit,
            summary: Summary::of(&values)?,
            interval: blocks.interval(&values),
            spread: draws.and_then(|_| Spread::of(&values, blocks)),
        })
    };
    first.measures.iter().enumerate().filter_map(row).collect()
}

/// `agency_view.csv`.
pub fn agency_view(view: &[View]) -> Result<Vec<u8>, String> {
    csv(
        &AGENCY_VIEW,
        view.iter().map(|row| {
            let of = |summary: Option<Summary>| {
                [|s: Summary| s.p50, |s: Summary| s.p5, |s: Summary| s.p95]
                    .map(|quantile| optional(summary.map(quantile)))
            };
            let share = match (row.seen, row.truth) {
                (Some(seen), Some(truth)) if truth.p50 > 0.0 => Some(seen.p50 / truth.p50),
                _ => None,
            };
            let told = |of: fn(&Published) -> f64| optional(row.published.map(of));
            let mut cells = vec![row.year.to_string(), yes(row.whole_year)];
            cells.extend([row.quantity.to_owned(), row.unit.to_owned()]);
            cells.extend(of(row.seen));
            cells.extend(of(row.truth));
            cells.push(optional(share));
            cells.extend([told(|told| told.low), told(|told| told.value), told(|told| told.high)]);
            cells.push(optional(row.ratio()));
            cells.push(row.within_factor_two().map_or_else(String::new, yes));
            cells.push(row.published.map_or_else(String::new, |told| told.source.to_owned()));
            cells
        }),
    )
}

/// `migration.csv`: traced displacement; rows for `all` traders are summed within each replication.
pub fn migration(records: &[Record]) -> Result<Vec<u8>, String> {
    let mut rows = Vec::new();
    let each = Trader::ALL.iter().map(|&trader| (trader.key(), vec![trader]));
    let traders: Vec<_> = each.chain([("all", Trader::ALL.to_vec())]).collect();
    for &class in Class::ALL {
        let people = mean(records, |migration| migration.people[class.index()]);
        for (trader, members) in &traders {
            for (window, days) in TRACE_WINDOWS.iter().enumerate() {
                let sum = |of: &dyn Fn(&Migration, Trader) -> i64| {
                    let each = |record: &Record| {
                        let parts = members.iter().map(|&trader| of(&record.migration, trader));
                        parts.sum::<i64>() as f64
                    };
                    Summary::of(&records.iter().map(each).collect::<Vec<f64>>())
                };
                let need = sum(&|m, t| m.demand_kzt[Migration::source(class, t, window)]);
                let Some(need) = need.filter(|need| need.mean > 0.0) else { continue };
                for &to in Destination::ALL {
                    let kzt = sum(&|m, t| m.kzt[Migration::index(class, t, window, to)]);
                    let trades = sum(&|m, t| m.trades[Migration::index(class, t, window, to)]);
                    let (Some(kzt), Some(trades)) = (kzt, trades) else { continue };
                    let mut cells = vec![class.key().to_owned(), (*trader).to_owned()];
                    cells.extend([days.to_string(), to.key().to_owned(), plain(people)]);
                    let share = kzt.mean / need.mean;
                    cells.extend([kzt.mean, kzt.p5, kzt.p95, share, trades.mean].map(plain));
                    rows.push(cells);
                }
            }
        }
    }
    csv(&MIGRATION, rows)
}

fn mean(records: &[Record], of: impl Fn(&Migration) -> i64) -> f64 {
    let sum: i64 = records.iter().map(|record| of(&record.migration)).sum();
    sum as f64 / records.len().max(1) as f64
}

/// Rows as CSV.
pub fn csv(head: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> Result<Vec<u8>, String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(head).map_err(|error| error.to_string())?;
    for row in rows {
        writer.write_record(row).map_err(|error| error.to_string())?;
    }
    writer.into_inner().map_err(|error| error.to_string())
}
