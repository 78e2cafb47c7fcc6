//! `columns.md`: every column of every file, from the same lists that the files are written from.

use std::fmt::Write;

use super::tables::MARKET;
use super::views::{AGENCY_VIEW, MIGRATION, OVER_DRAWS, REPLICATIONS, SUMMARY};
use world::record::underworld::Underworld;
use world::record::{Destination, Flow, MEASURES, SIGHTS, TRACE_WINDOWS, VenueColumn};
use world::units::{Class, Trader};

/// The text; `drawn` says whether runs are spread over draws of parameters.
pub fn markdown(drawn: bool) -> String {
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
    let trader = [("trader", "name", "Whose trades: customer segments, dealers and illegal farms")];
    let flows = Flow::ALL.iter().map(|c| (c.key(), c.unit(), c.meaning()));
    table(&mut text, "daily.parquet", day.into_iter().chain(trader).chain(flows));
    let venues = VenueColumn::ALL.iter().map(|c| (c.key(), c.unit(), c.meaning()));
    table(&mut text, "venues.parquet", day.into_iter().chain(venues));
    table(&mut text, "market.parquet", day[..2].iter().copied().chain(MARKET));
    let underworld = Underworld::ALL.iter().map(|c| (c.key(), c.unit(), c.meaning()));
    table(&mut text, "underworld.parquet", day[..2].iter().copied().chain(underworld));
    let mut summary = SUMMARY.to_vec();
    summary.extend(OVER_DRAWS.iter().filter(|_| drawn));
    for (name, columns) in [
        ("replications.csv", &REPLICATIONS[..]),
        ("summary.csv", &summary[..]),
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
    if drawn {
        text.push_str(DRAWS);
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

/// What stands in a folder whose runs are spread over draws.
const DRAWS: &str = "\n## Draws of parameters\n\n\
    Runs are spread over draws of parameters: `replication` numbers all runs from 0, draw by draw. Intervals of means are Student's t over the draws' \
    means, so they hold luck and what we do not know. `draws.csv` has a row for each draw with the value of each drawn parameter, as `--set` takes it; \
    the file `posterior` is the sample from which they were drawn.\n";

/// The text for a comparison's folder; `drawn` says whether runs are spread over draws of parameters.
pub fn comparison(tables: &[super::Table], drawn: bool) -> String {
    let mut text = of_comparison(tables);
    if drawn {
        text.push_str(DRAWS);
    }
    text
}

fn of_comparison(tables: &[super::Table]) -> String {
    let head = "# Columns of the result files\n\n\
        A comparison of policies with a baseline under the same luck. Money is in whole tenge (KZT) unless a \
        column says otherwise; intervals are 95 %, Student's t over replications paired by luck, unless a column \
        says otherwise. An empty cell means that there is no such value. `results.xlsx` holds the shorter \
        tables as sheets, `comparison.json` everything for programs.\n";
    of_tables(head, tables, &explain_comparison)
}

/// Unit and meaning of a column, by table and column.
pub type Explain<'a> = dyn Fn(&str, &str) -> (&'static str, &'static str) + 'a;

/// The text for a folder of such tables and of the list of measures.
pub fn of_tables(head: &str, tables: &[super::Table], explain: &Explain) -> String {
    let mut text = head.to_owned();
    for each in tables {
        let head = each.head.iter().map(|column| {
            let (unit, meaning) = explain(each.name, column);
            (*column, unit, meaning)
        });
        let name = format!("{}.csv", each.name);
        table(&mut text, &name, head);
        let _ = write!(text, "\n{}.\n", each.about);
    }
    text.push_str("\n## Measures\n\n| measure | unit | better | meaning |\n|---|---|---|---|\n");
    for measure in MEASURES {
        line(&mut text, &[measure.name, measure.unit, measure.wanted.key(), measure.meaning]);
    }
    text
}

/// Unit and meaning of a column of a comparison's table.
fn explain_comparison(table: &str, column: &str) -> (&'static str, &'static str) {
    const ROW: &str = "unit of the row";
    match (table, column) {
        (_, "policy" | "scenario" | "first" | "second") => ("name", "Name of the scenario"),
        ("recovery", "series") => {
            ("name", "Turnover of the target classes, or all illicit turnover")
        }
        ("series", "class") => ("name", "Class of venue, or all that counts as illicit"),
        ("series", "month") => ("date", "First day of the month"),
        ("series", "days") => ("days", "Days of the month within the window"),
        ("series", "p5" | "p25" | "p50" | "p75" | "p95") => {
            ("KZT a day", "Quantile over replications")
        }
        (_, "measure") => (
            "name",
            "Name of the measure; see the list below, and ODD.md for those of outside analysts",
        ),
        (_, "better") => ("name", "Which way is better: less, more or neither"),
        (_, "baseline_mean") => (ROW, "Mean of the baseline over replications"),
        (_, "policy_mean") => (ROW, "Mean of the policy over replications"),
        (_, "effect") => (ROW, "Policy minus baseline in the same replication: mean"),
        (_, "effect_low" | "effect_high") => {
            (ROW, "95 % interval of the mean effect (Student's t)")
        }
        (_, "effect_percent") => ("%", "Effect over the baseline's mean"),
        (_, "effect_percent_low" | "effect_percent_high") => {
            ("%", "Its 95 % interval; the baseline's mean is taken as given")
        }
        (_, "bootstrap_low" | "bootstrap_high") => (
            ROW,
            "95 % interval of the mean effect by resampling (expanded percentiles, Hesterberg 2015)",
        ),
        (_, "t_and_bootstrap_agree") => (
            "yes or no",
            "Whether ends of the two intervals differ by less than a quarter of the half-width; if not, effects are skewed: trust the wider",
        ),
        (_, "unpaired_low" | "unpaired_high") => {
            (ROW, "95 % interval if the two scenarios had different luck (Welch 1947)")
        }
        (_, "unpaired_needs_times_more") => (
            "times",
            "How many times more replications a comparison with different luck would need for the same width",
        ),
        (_, "draw") => ("number", "Draw of parameters to which the run belongs, from 0"),
        (_, "share_better") => ("share", "Share of replications in which the policy is better"),
        (_, "luck_band") => (
            ROW,
            "Nine of ten pairs of histories of the baseline differ by no more: what luck alone does",
        ),
        (_, "second_minus_first") => (ROW, "Mean difference in the same replication"),
        (_, "simultaneous_low" | "simultaneous_high") => {
            (ROW, "95 % interval that holds for all pairs of this measure together (Bonferroni)")
        }
        (_, "probability_best") => {
            ("probability", "Share of resamples in which its mean is the best of all scenarios")
        }
        (_, "share_best") => ("share", "Share of replications in which it is the best"),
        (_, "regret") => (ROW, "Expected distance of its mean from the best, over resamples"),
        (_, "entry") => ("name", "Line of the displacement account"),
        ("displacement", "meaning") => ("text", "The line in words"),
        (_, "kzt") => ("KZT or ratio", "Mean over replications"),
        (_, "kzt_low" | "kzt_high") => ("KZT or ratio", "95 % interval of the mean"),
        (_, "share_of_removed") => (
            "share",
            "Over what was removed from the target; empty if that cannot be told from zero",
        ),
        ("account", "removed") => {
            ("KZT", "Turnover that established venues of the target lost, policy against baseline")
        }
        ("account", _) if !["replication", "draw"].contains(&column) => {
            ("KZT", "Where it went: change at these venues, or of needs that ended so")
        }
        (_, "computed_p50" | "computed_p5" | "computed_p95") => (
            ROW,
            "As computed from the policy's world alone, before and after the date: quantile over replications",
        ),
        (_, "placebo_p50" | "placebo_p5" | "placebo_p95") => {
            (ROW, "The same in the baseline, where nothing happened on the date")
        }
        (_, "truth_p50" | "truth_p5" | "truth_p95") => {
            (ROW, "The same quantity from policy and baseline with the same luck")
        }
        (_, "share_defined") => {
            ("share", "Share of replications in which the measure means something")
        }
        (_, "peak_loss_p50" | "peak_loss_p5" | "peak_loss_p95") => {
            ("share", "Largest loss of four weeks against the baseline: quantile over replications")
        }
        (_, "peak_after_days") => {
            ("days", "From the start of the policy to the largest loss: median")
        }
        (_, "half_life_days") => (
            "days",
            "From the largest loss until half of it is made good: median; empty if fewer than half of the replications saw it",
        ),
        (_, "half_life_share_seen" | "to_ninety_share_seen") => {
            ("share", "Share of replications that saw it within the window")
        }
        (_, "to_ninety_days") => (
            "days",
            "From the start until turnover is back at nine tenths of the baseline for good: median; 0 if it never fell below",
        ),
        (_, "lost_kzt_p50" | "lost_kzt_p5" | "lost_kzt_p95") => {
            ("KZT", "Turnover lost since the policy began: quantile over replications")
        }
        (_, "lost_share_p50" | "lost_share_p5" | "lost_share_p95") => {
            ("share", "The same over the baseline's turnover")
        }
        (_, "seen_baseline" | "truth_baseline") => (ROW, "Mean of the baseline"),
        (_, "seen_effect") => (ROW, "What the agency would see change: mean"),
        (_, "truth_effect") => (ROW, "What does change: mean"),
        (_, "seen_effect_low" | "seen_effect_high" | "truth_effect_low" | "truth_effect_high") => {
            (ROW, "95 % interval of the mean")
        }
        _ => explain(column),
    }
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
        "draws" => ("number", "Number of draws of parameters"),
        "share_of_luck" => {
            ("share", "Share of the variance of single runs that is luck: the rest to 1")
        }
        "share_of_ignorance" => (
            "share",
            "Share of the variance of single runs that comes from the draw of parameters (ANOVA estimate; empty with one replication of each draw)",
        ),
        "share_of_ignorance_low" | "share_of_ignorance_high" => {
            ("share", "Its 95 % interval (exact for normal spreads, Searle et al. 1992)")
        }
        "trades_mean" => ("trades", "Trades that ended there: mean over replications"),
        _ => ("", ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_is_explained() {
        for column in [&REPLICATIONS[..], &SUMMARY, &OVER_DRAWS, &AGENCY_VIEW, &MIGRATION].concat()
        {
            assert!(!explain(column).1.is_empty(), "{column} is not explained");
        }
        assert!(!markdown(true).contains("|  |"), "an empty cell in columns.md");
    }
}
