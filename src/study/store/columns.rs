//! `columns.md`: every column of every table, from the columns themselves.

use std::fmt::Write;

use super::table::Table;
use model::{MEASURES, SIGHTS};
use world::record::{Destination, TRACE_WINDOWS};
use world::units::{Class, Trader};

/// Head of every such text.
const HEAD: &str = "# Columns of the result files\n\n";

/// What always holds.
const ALWAYS: &str = " Money is in whole tenge (KZT) unless a column says otherwise. An empty cell means that there is no such value.\n";

/// The text for tables that lie in a folder together; `about` says what folder it is.
pub fn markdown(about: &str, tables: &[Table]) -> String {
    let mut text = format!("{HEAD}{about}{ALWAYS}");
    for table in tables {
        let _ = write!(text, "\n## {}\n\n{}.\n", table.file_name(), table.meaning);
        let columns = table.columns.iter();
        let lines = columns.map(|column| [&*column.name, &*column.unit, &*column.meaning]);
        grid(&mut text, ["column", "unit", "meaning"], lines);
    }
    text
}

/// The list of measures, for folders whose tables name them.
pub fn measures() -> String {
    let mut text = "\n## Measures\n".to_owned();
    let lines = MEASURES.iter().map(|m| [m.name, m.unit, m.wanted.key(), m.meaning]);
    grid(&mut text, ["measure", "unit", "better", "meaning"], lines);
    text
}

/// The lists of names in the tables of a scenario's runs.
pub fn names() -> String {
    let mut text = "\n## Quantities of the agency's view\n".to_owned();
    let lines = SIGHTS.iter().map(|sight| [sight.quantity, sight.unit, sight.seen, sight.truth]);
    grid(
        &mut text,
        ["quantity", "unit", "seen", "truth: what that is a part or an estimate of"],
        lines,
    );
    let classes = Class::ALL.iter().map(|class| [class.key(), class.label()]).collect();
    let traders = Trader::ALL.iter().map(|trader| [trader.key(), trader.label()]).collect();
    let destinations = Destination::ALL.iter().map(|to| [to.key(), to.label()]).collect();
    let lists: [(&str, Vec<[&str; 2]>); 3] =
        [("Classes", classes), ("Traders", traders), ("Destinations", destinations)];
    for (head, lines) in lists {
        let _ = write!(text, "\n## {head}\n");
        grid(&mut text, ["name", "meaning"], lines);
    }
    let windows: Vec<String> = TRACE_WINDOWS.iter().map(u16::to_string).collect();
    let _ = write!(
        text,
        "\nDisplacement is traced for {} days after a closure, for everybody whose usual venue was closed.\n",
        windows.join(", ")
    );
    text
}

/// What holds in a folder whose runs are spread over draws of parameters.
pub const DRAWS: &str = "\n## Draws of parameters\n\n\
    Runs are spread over draws of parameters: `replication` numbers all runs from 0, draw by draw. Intervals of means are Student's t over the draws' \
    means, so they hold chance and what we do not know. The file `posterior` is the sample from which they were drawn.\n";

/// A table of Markdown.
fn grid<'a, const N: usize>(
    text: &mut String,
    head: [&str; N],
    lines: impl IntoIterator<Item = [&'a str; N]>,
) {
    let _ = write!(text, "\n| {} |\n|{}\n", head.join(" | "), "---|".repeat(N));
    for line in lines {
        let _ = writeln!(text, "| {} |", line.join(" | "));
    }
}
