//! Traced displacement: where the money of closed platforms' clients went.

use super::run::{About, footer, most};
use super::streams::{End, largest_scale, streams};
use crate::chart::{Figure, Panel, Paper};
use crate::numbers::{BN, short};
use crate::palette;
use crate::say;
use crate::speech::tr;
use crate::words::ignorance::replications;
use world::record::{Destination, Migration, Record, TRACE_WINDOWS, Traced};
use world::units::{Class, Trader};

/// Which of the windows is drawn: 90 days.
const WINDOW: usize = 2;
/// Amount that went from closed venues of a class to a destination, in each replication.
fn amounts(records: &[Record], class: Class, to: Destination) -> Vec<f64> {
    records
        .iter()
        .map(|record| {
            let of = |&trader: &Trader| {
                record.series(Traced::Ended)[Migration::index(class, trader, WINDOW, to)]
            };
            Trader::ALL.iter().map(of).sum::<i64>() as f64 / BN
        })
        .collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// Value and, with several replications, the range of most of them.
fn with_range(values: &[f64], more: &str) -> String {
    let range = most(values.to_vec()).filter(|_| values.len() > 1);
    let range = range.map(|[low, _, high]| format!(" [{}–{}]", short(low), short(high)));
    let interval = range.unwrap_or_default();
    say!("{amount} bn{interval}", amount = short(mean(values)), interval) + more
}

/// Whether money is at a venue without a licence again.
fn is_unlicensed(to: Destination) -> bool {
    to.class().is_some_and(Class::is_unlicensed)
}

/// The figure.
pub fn figure(records: &[Record], about: &About) -> Figure {
    let drained = |class: &Class| {
        Destination::ALL.iter().any(|&to| mean(&amounts(records, *class, to)) > 0.0)
    };
    let sources: Vec<Class> = Class::PLATFORMS.into_iter().filter(drained).collect();
    let title = if sources.is_empty() {
        tr("No client of a closed platform could be traced").to_owned()
    } else {
        finding(records, &sources)
    };
    let range = if records.len() > 1 {
        say!("mean of {runs} [5–95 %]", runs = replications(records.len() as u32))
    } else {
        tr("one replication").to_owned()
    };
    let closed = records.iter().any(|record| record.series(Traced::People).iter().any(|p| *p > 0));
    let empty = match (sources.is_empty(), closed) {
        (false, _) => "",
        (true, true) => tr(
            "Platforms were closed, but no 90 days after a closure with clients lie within the run.",
        ),
        (true, false) => tr("The AFM closed no platform that anybody used in the reported days."),
    };
    let subtitle = say!(
        "Needs of clients of closed platforms that arose within {days} days, bn KZT, by where they ended; {range}. Dark: exchange without a licence again; between: deals between persons; light: neither",
        days = TRACE_WINDOWS[WINDOW],
        range
    );
    let (name, heading) = ("traced_displacement", "Where clients of closed platforms went");
    Figure {
        panels: vec![Panel { empty: empty.to_owned(), ..flows(records, &sources) }],
        paper: Paper { columns: 1, ..Paper::default() },
        ..Figure::new(name, heading, title, subtitle, footer(records, about))
    }
}

fn finding(records: &[Record], sources: &[Class]) -> String {
    let share = |wanted: &dyn Fn(Destination) -> bool| {
        let of = |run: usize| {
            let sum = |wanted: &dyn Fn(Destination) -> bool| -> f64 {
                sources
                    .iter()
                    .flat_map(|&class| Destination::ALL.iter().map(move |&to| (class, to)))
                    .filter(|(_, to)| wanted(*to))
                    .map(|(class, to)| amounts(&records[run..=run], class, to)[0])
                    .sum()
            };
            let all = sum(&|_| true);
            (all > 0.0).then(|| sum(wanted) / all)
        };
        let shares: Vec<f64> = (0..records.len()).filter_map(of).collect();
        let several = shares.len() > 1;
        let [low, middle, high] = most(shares).unwrap_or_default().map(|share| 100.0 * share);
        let range = if several { format!(" [{low:.0}–{high:.0}]") } else { String::new() };
        format!("{middle:.0} %{range}")
    };
    say!(
        "Of what clients of closed platforms needed within {days} days, {again} went to venues without a licence again, {persons} to deals between persons",
        days = TRACE_WINDOWS[WINDOW],
        again = share(&is_unlicensed),
        persons = share(&|to| to.class() == Some(Class::PeerToPeer)),
    )
}

fn flows(records: &[Record], sources: &[Class]) -> Panel {
    let height = 470.0;
    let sum = |all: Vec<Vec<f64>>| -> Vec<f64> {
        (0..records.len()).map(|run| all.iter().map(|values| values[run]).sum()).collect()
    };
    let total: f64 = sources
        .iter()
        .flat_map(|&class| {
            Destination::ALL.iter().map(move |&to| mean(&amounts(records, class, to)))
        })
        .sum();
    let left = sources.iter().map(|&class| {
        let all = sum(Destination::ALL.iter().map(|&to| amounts(records, class, to)).collect());
        let end = End::new(tr(class.label()).to_owned(), mean(&all), palette::class(class));
        End { below: with_range(&all, ""), ..end }
    });
    let right = Destination::ALL.iter().map(|&to| {
        let all = sum(sources.iter().map(|&class| amounts(records, class, to)).collect());
        let share = match total > 0.0 {
            true => format!(", {:.0} %", 100.0 * mean(&all) / total),
            false => String::new(),
        };
        let end = End::new(tr(to.label()).to_owned(), mean(&all), palette::destination(to));
        End { below: with_range(&all, &share), ..end }
    });
    let amount =
        |from: usize, to: usize| mean(&amounts(records, sources[from], Destination::ALL[to]));
    let (left, right): (Vec<End>, Vec<End>) = (left.collect(), right.collect());
    streams(&left, &right, height, largest_scale(&left, &right, height), amount)
}
