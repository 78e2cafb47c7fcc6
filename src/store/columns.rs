//! `columns.md`: every column of every file, from the same lists that the files are written from.

use std::fmt::Write;

use super::tables::MARKET;
use super::views::{AGENCY_VIEW, MIGRATION, REPLICATIONS, SUMMARY};
use crate::record::{Destination, Flow, MEASURES, SIGHTS, TRACE_WINDOWS, VenueColumn};
use crate::units::{Class, Trader};

/// The text.
pub fn markdown() -> String {
    let mut text = "# Columns of the result files\n\n\
        Money is in whole tenge (KZT) unless a column says otherwise; shares lie between 0 and 1; dates \
        are calendar days. Only reported days stand here, except that sums over a calendar year \
        count the days of the warm-up that lie in it. An empty cell means that there is no such value.\n"
        .to_owned();
    let day = [
        ("date", "date", "Day"),
        (
            "replication",
            "number",
            "Number of the replication, from 0: the same number means the same luck",
        ),
        ("class", "name", "Class of the venue"),
    ];
    let trader = [("trader", "name", "Whose trades: customer segments and dealers")];
    let flows = Flow::ALL.iter().map(|c| (c.key(), c.unit(), c.meaning()));
    table(&mut text, "daily.parquet", day.into_iter().chain(trader).chain(flows));
    let venues = VenueColumn::ALL.iter().map(|c| (c.key(), c.unit(), c.meaning()));
    table(&mut text, "venues.parquet", day.into_iter().chain(venues));
    table(&mut text, "market.parquet", day[..2].iter().copied().chain(MARKET));
    for (name, columns) in [
        ("replications.csv", &REPLICATIONS[..]),
        ("summary.csv", &SUMMARY[..]),
        ("agency_view.csv", &AGENCY_VIEW[..]),
        ("migration.csv", &MIGRATION[..]),
    ] {
        table(
            &mut text,
            name,
            columns.iter().map(|column| {
                let (unit, meaning) = explain(column);
                (*column, unit, meaning)
            }),
        );
    }
    text.push_str("\n## Measures\n\n| measure | unit | better | meaning |\n|---|---|---|---|\n");
    for measure in MEASURES {
        line(&mut text, &[measure.name, measure.unit, measure.wanted.key(), measure.meaning]);
    }
    text.push_str("\n## Quantities of the agency's view\n\n| quantity | unit | seen | truth |\n|---|---|---|---|\n");
    for sight in SIGHTS {
        line(&mut text, &[sight.quantity, sight.unit, sight.seen, sight.truth]);
    }
    names(&mut text, "Classes", Class::ALL.iter().map(|class| (class.key(), class.label())));
    names(&mut text, "Traders", Trader::ALL.iter().map(|trader| (trader.key(), trader.label())));
    let destinations = Destination::ALL.iter().map(|to| (to.key(), to.label()));
    names(&mut text, "Destinations", destinations);
    let windows: Vec<String> = TRACE_WINDOWS.iter().map(u16::to_string).collect();
    let _ = write!(
        text,
        "\nDisplacement is traced for {} days after a closure, for everybody whose usual venue was closed.\n",
        windows.join(", ")
    );
    text
}

fn line(text: &mut String, cells: &[&str]) {
    let _ = writeln!(text, "| {} |", cells.join(" | "));
}

fn table<'a>(
    text: &mut String,
    name: &str,
    rows: impl IntoIterator<Item = (&'a str, &'a str, &'a str)>,
) {
    let _ = write!(text, "\n## {name}\n\n| column | unit | meaning |\n|---|---|---|\n");
    for (column, unit, meaning) in rows {
        line(text, &[column, unit, meaning]);
    }
}

fn names<'a>(text: &mut String, head: &str, rows: impl Iterator<Item = (&'a str, &'a str)>) {
    let _ = write!(text, "\n## {head}\n\n| name | meaning |\n|---|---|\n");
    for (key, label) in rows {
        line(text, &[key, label]);
    }
}

/// Unit and meaning of a column of a CSV file.
fn explain(column: &str) -> (&'static str, &'static str) {
    match column {
        "replication" => ("number", "Number of the replication, from 0"),
        "measure" => ("name", "Measure over the reported days; see the list below"),
        "unit" => ("name", "Unit of the row's values"),
        "value" => ("unit of the row", "Value in this replication, exactly"),
        "mean" => ("unit of the row", "Mean over replications"),
        "sd" => ("unit of the row", "Standard deviation of single replications (divisor n - 1)"),
        "p5" => {
            ("unit of the row", "5 % quantile over replications (type 7 of Hyndman & Fan 1996)")
        }
        "p25" => ("unit of the row", "25 % quantile"),
        "p50" => ("unit of the row", "Median"),
        "p75" => ("unit of the row", "75 % quantile"),
        "p95" => ("unit of the row", "95 % quantile"),
        "replications" => ("number", "Number of replications"),
        "mean_low" => {
            ("unit of the row", "Lower end of the 95 % interval of the mean (Student's t)")
        }
        "mean_high" => {
            ("unit of the row", "Upper end of the 95 % interval of the mean (Student's t)")
        }
        "year" => ("year", "Calendar year"),
        "whole_year" => {
            ("yes or no", "Whether the run covers the whole year; only then is it compared")
        }
        "quantity" => ("name", "What is counted; see the list below"),
        "seen_p50" => ("unit of the row", "What the agency sees: median over replications"),
        "seen_p5" => ("unit of the row", "What the agency sees: 5 % quantile"),
        "seen_p95" => ("unit of the row", "What the agency sees: 95 % quantile"),
        "truth_p50" => ("unit of the row", "What is true: median over replications"),
        "truth_p5" => ("unit of the row", "What is true: 5 % quantile"),
        "truth_p95" => ("unit of the row", "What is true: 95 % quantile"),
        "seen_share_of_truth" => ("share", "seen_p50 over truth_p50"),
        "published_low" => ("unit of the row", "Lowest published statement"),
        "published" => ("unit of the row", "Published figure, or middle of the published band"),
        "published_high" => ("unit of the row", "Highest published statement"),
        "seen_over_published" => ("ratio", "seen_p50 over published"),
        "within_factor_two" => (
            "yes or no",
            "Whether seen_p50 lies between half of published_low and twice published_high",
        ),
        "source" => ("text", "Source of the published figure"),
        "closed_class" => ("name", "Class of the venue that the AFM closed"),
        "trader" => ("name", "Whose needs: customer segments, dealers, or all of them"),
        "window_days" => ("days", "Days after the closure that are counted"),
        "destination" => ("name", "Where the need ended; see the list below"),
        "people_mean" => (
            "people",
            "People whose usual venue of this class was closed, all traders: mean over replications",
        ),
        "kzt_mean" => ("KZT", "Need that ended there: mean over replications"),
        "kzt_p5" => ("KZT", "Need that ended there: 5 % quantile"),
        "kzt_p95" => ("KZT", "Need that ended there: 95 % quantile"),
        "share_of_need" => ("share", "kzt_mean over the mean of all need that arose in the window"),
        "trades_mean" => ("trades", "Trades that ended there: mean over replications"),
        _ => ("", ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_is_explained() {
        for column in [&REPLICATIONS[..], &SUMMARY, &AGENCY_VIEW, &MIGRATION].concat() {
            assert!(!explain(column).1.is_empty(), "{column} is not explained");
        }
        assert!(!markdown().contains("|  |"), "an empty cell in columns.md");
    }
}
