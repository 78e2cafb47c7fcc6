//! `crackdown benefits`: costs and benefits of a finished comparison in tenge.

use std::path::PathBuf;

use super::check::show_findings;
use super::simulate::{Refusal, answer, failed, wrong};
use super::tables::{aligned, head};
use report::amount_in_words as amount;
use report::say;
use report::speech::{number, retold, tr};
use report::words::days;
use study::comparison::Comparison;
use study::comparison::benefits::{Benefit, UnitValue, benefits};
use study::store;
use study::store::single::{OwnFile, SingleFile};

/// Which comparison, at which values.
#[derive(Debug, clap::Args)]
#[command(
    long_about = "Count costs and benefits of a finished comparison in tenge\n\n\
    What each policy changes is multiplied by what a unit is worth. These values are judgements: they stand in scenarios/unit_values.csv with ranges and \
    sources, and --unit-values FILE takes your own. For each policy: net benefit with its interval, and the unit values that would turn it.",
    after_help = "Examples:\n  \
    crackdown benefits output/comparison\n  \
    crackdown benefits output/comparison --unit-values my_values.csv --out benefits.csv"
)]
pub struct BenefitsArgs {
    /// Result folder of `crackdown compare`
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// What a unit of each item is worth, in place of scenarios/unit_values.csv: columns item, title, value, low, high, unit, source
    #[arg(long, value_name = "FILE")]
    pub unit_values: Option<PathBuf>,
    /// Write the table, item by item, to this CSV file
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Replace the file if there is one
    #[arg(long, requires = "out")]
    pub force: bool,
    /// Print results as JSON instead of tables
    #[arg(long)]
    pub json: bool,
}

/// Files that it wrote itself.
const OWN: OwnFile = OwnFile {
    what: "a table that `crackdown benefits` wrote",
    is: |path| {
        scenario::files::whole(path, 4_000_000)
            .is_ok_and(|text| text.starts_with(b"policy,item,title,"))
    },
};

/// Counts.
pub fn run(args: &BenefitsArgs) -> Result<(), Refusal> {
    let (comparison, _) = store::read_comparison(&args.folder).map_err(wrong)?;
    let read = |path: &PathBuf| {
        store::read_unit_values(path).map_err(|findings| show_findings(path, &findings))
    };
    let own = args.unit_values.as_ref().map(read).transpose()?;
    let values = own.as_deref().unwrap_or_else(|| store::our_unit_values());
    let made = benefits(&comparison, values);
    if let Some(path) = &args.out {
        let file = store::benefits_file(&comparison, values, &made).map_err(failed)?;
        let single = SingleFile::claim(path, OWN, args.force).map_err(failed)?;
        single.put_bytes(&file.bytes).map_err(failed)?;
    }
    let text = || text(&comparison, values, &made);
    answer((args.json, false), || json(&comparison, values, &made), text);
    Ok(())
}

/// Items beside the net benefit, those with the largest worth.
const SHOWN: usize = 3;

fn text(comparison: &Comparison, values: &[UnitValue], made: &[Benefit]) -> String {
    let kzt = |value: f64| amount(value, "KZT", true);
    let mut sorted: Vec<&Benefit> = made.iter().collect();
    let net = |one: &Benefit| one.net.as_ref().map_or(0.0, |net| net.mean);
    sorted.sort_by(|a, b| net(b).total_cmp(&net(a)));
    let titles =
        [tr("policy minus baseline"), tr("net benefit [95 %]"), tr("made of"), tr("turned by")];
    let mut rows = vec![head(titles)];
    for one in &sorted {
        let worth = |line: &study::comparison::benefits::BenefitItem| line.worth.unwrap_or(0.0);
        let mut lines: Vec<_> = one.lines.iter().filter(|line| worth(line) != 0.0).collect();
        lines.sort_by(|a, b| worth(b).abs().total_cmp(&worth(a).abs()));
        let parts: Vec<String> = lines
            .iter()
            .take(SHOWN)
            .map(|line| format!("{} {}", tr(&values[line.item].title), kzt(worth(line))))
            .collect();
        let turned: Vec<String> = lines
            .iter()
            .filter(|line| line.turns(values))
            .filter_map(|line| {
                let threshold = number(format!("{:.3}", line.threshold?));
                Some(say!("{item} at {threshold}", item = tr(&values[line.item].title), threshold))
            })
            .collect();
        let bracket = one
            .net
            .as_ref()
            .and_then(|net| net.interval)
            .map(|(low, high)| say!("[{from} to {to}]", from = kzt(low), to = kzt(high)))
            .map_or(String::new(), |ends| format!(" {ends}"));
        rows.push(vec![
            retold(&comparison.policies()[one.policy].title),
            one.net.as_ref().map_or("-".to_owned(), |net| kzt(net.mean)) + &bracket,
            parts.join("; "),
            if turned.is_empty() { tr("none in its range").to_owned() } else { turned.join("; ") },
        ]);
    }
    let held = match comparison.draws {
        Some(_) => tr("chance and unknown parameters"),
        None => tr("chance only"),
    };
    let best = sorted.first().map_or(String::new(), |one| {
        say!(
            "At the stated unit values {title} has the largest net benefit, {size}.",
            title = retold(&comparison.policies()[one.policy].title),
            size = kzt(net(one))
        )
    });
    let note = say!(
        "Over {days}. Brackets hold {held}, not the unit values: these are judgements, with ranges, in scenarios/unit_values.csv or --unit-values. {column}: an item whose unit value, within its range, brings the net benefit to zero.",
        days = days(comparison.window),
        held,
        column = format!("\"{}\"", tr("turned by"))
    );
    format!("{best}\n\n{}\n{note}\n", aligned(&rows))
}

fn json(comparison: &Comparison, values: &[UnitValue], made: &[Benefit]) -> serde_json::Value {
    made
        .iter()
        .map(|one| {
            let line = |line: &study::comparison::benefits::BenefitItem| {
                serde_json::json!({
                    "item": values[line.item].item, "unit_value": values[line.item].value, "worth": line.worth,
                    "threshold": line.threshold, "turns": line.turns(values),
                })
            };
            let items: Vec<serde_json::Value> = one.lines.iter().map(line).collect();
            serde_json::json!({
                "policy": comparison.policies()[one.policy].name, "net": one.net.as_ref().map(|net| net.mean),
                "interval_95": one.net.as_ref().and_then(|net| net.interval), "items": items,
            })
        })
        .collect()
}
