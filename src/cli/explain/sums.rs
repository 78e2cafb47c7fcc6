//! What the differences between two runs add up to, in tables.
//!
//! Deliberately absent: any statement about other replications.

use super::ToldRuns;
use super::words::{date, money, percent, venue};
use crate::cli::tables::{aligned, said};
use ::report::say;
use ::report::speech::{number, tr};
use scenario::finding::plain;
use study::ensemble::chain::{Chain, EveningState, MILESTONES};
use study::ensemble::pair::BothRuns;
use world::record::Flow;
use world::units::{Class, Day, Kzt};

/// All tables.
pub(super) fn text(told: &ToldRuns, comparison: &Chain, first: Day) -> String {
    let sums = sums(told, comparison, first);
    let standing = standing(told, comparison, first);
    format!("{sums}{standing}{}", movers(told, comparison))
}

/// What the differences add up to over time.
fn sums(told: &ToldRuns, comparison: &Chain, first: Day) -> String {
    type Get = fn(&[[i64; Flow::COUNT]; Class::COUNT]) -> i64;
    let rows: [(&str, Get); 9] = [
        ("Payments stopped by banks", |f| f.iter().map(|c| c[Flow::Blocked as usize]).sum()),
        ("Payments refused by venues", |f| f.iter().map(|c| c[Flow::Refused as usize]).sum()),
        ("Needs given up", |f| f.iter().map(|c| c[Flow::Abandoned as usize]).sum()),
        ("Turnover at shadow exchanges", |f| f[Class::Shadow.index()][Flow::Traded as usize]),
        ("  of these relaunched", |f| f[Class::Shadow.index()][Flow::TradedRelaunched as usize]),
        ("Turnover at darknet hubs", |f| f[Class::Hub.index()][Flow::Traded as usize]),
        ("Peer-to-peer and cash turnover", |f| f[Class::PeerToPeer.index()][Flow::Traded as usize]),
        ("Turnover of foreign platforms", |f| f[Class::Foreign.index()][Flow::Traded as usize]),
        ("Turnover of licensed venues", |f| f[Class::Licensed.index()][Flow::Traded as usize]),
    ];
    let ends = ends(comparison, first);
    let mut table = vec![vec![tr("KZT, policy minus baseline").to_owned()]];
    table[0].extend(ends.iter().map(|end| say!("to {day}", day = date(told.baseline, *end))));
    table[0].push(tr("in percent").to_owned());
    for (title, get) in rows {
        let sums = ends.iter().map(|end| {
            let span = usize::from(first.0)..usize::from(end.0) + 1;
            [0, 1].map(|side| comparison.flows[side][span.clone()].iter().map(get).sum::<i64>())
        });
        let sums: Vec<[i64; 2]> = sums.collect();
        let mut row = vec![tr(title).to_owned()];
        row.extend(sums.iter().map(|[baseline, policy]| change(policy - baseline)));
        row.extend(sums.last().map(|[baseline, policy]| in_percent(*baseline, *policy)));
        table.push(row);
    }
    let since = date(told.baseline, first);
    let title = say!("What it adds up to in this replication, from {since} on", since);
    format!("{title}\n{}\n", aligned(&table))
}

/// Days up to which sums are told: some time after the first difference, and the last of the run.
fn ends(comparison: &Chain, first: Day) -> Vec<Day> {
    let last = Day(comparison.days.saturating_sub(1));
    let mut ends: Vec<Day> = MILESTONES.iter().map(|days| first.plus(days - 1)).collect();
    // Nearly the same twice would tell nothing.
    ends.retain(|end| end.plus(14) < last);
    ends.push(last);
    ends
}

/// How things stand in both runs after some time.
fn standing(told: &ToldRuns, comparison: &Chain, first: Day) -> String {
    type Say = fn(&EveningState) -> String;
    let rows: [(&str, Say); 4] = [
        ("Illicit platforms open", |state| number(plain(f64::from(state.platforms)))),
        ("Price of a mule card, KZT", |state| number(plain(state.card_price_kzt.round()))),
        ("Perceived risk of shadow exchanges", |s| {
            percent(s.perceived_risk[Class::Shadow.index()])
        }),
        ("Perceived risk of darknet hubs", |s| percent(s.perceived_risk[Class::Hub.index()])),
    ];
    let ends = ends(comparison, first);
    let mut table = vec![vec![tr("policy / baseline").to_owned()]];
    table[0].extend(ends.iter().map(|end| date(told.baseline, *end)));
    for (title, say) in rows {
        let mut row = vec![tr(title).to_owned()];
        let mut differs = false;
        for end in &ends {
            let [baseline, policy] =
                comparison.states.each_ref().map(|days| say(&days[usize::from(end.0)]));
            differs |= policy != baseline;
            row.push(format!("{policy} / {baseline}"));
        }
        if differs {
            table.push(row);
        }
    }
    if table.len() == 1 {
        return String::new();
    }
    format!("{}\n{}\n", tr("How things stand then"), aligned(&table))
}

/// A change with its sign, in an amount that can be read; below a hundred thousand it is none.
fn change(difference: i64) -> String {
    if difference.abs() < 100_000 {
        return "0".to_owned();
    }
    let sign = if difference > 0 { "+" } else { "" };
    format!("{sign}{}", said(difference as f64, "KZT"))
}

/// A change in percent of the baseline.
fn in_percent(baseline: i64, policy: i64) -> String {
    let share = 100.0 * (policy - baseline) as f64 / baseline as f64;
    match baseline {
        0 => "-".to_owned(),
        _ if share.abs() < 0.05 => "0".to_owned(),
        _ => number(format!("{share:+.1} %")),
    }
}

/// Venues that lost and won most.
fn movers(told: &ToldRuns, comparison: &Chain) -> String {
    if comparison.movers.is_empty() {
        return String::new();
    }
    let mut text = tr("Venues that lost and won most, by turnover in 30 days").to_owned() + "\n";
    for movers in &comparison.movers {
        let moved =
            |mover: (_, BothRuns<Kzt>)| (venue(mover.0), money(mover.1[0]), money(mover.1[1]));
        let lost = movers.lost.map(moved).map(|(venue, baseline, policy)| {
            say!("{venue} loses: {policy} instead of {baseline}", venue, policy, baseline)
        });
        let won = movers.won.map(moved).map(|(venue, baseline, policy)| {
            say!("{venue} wins: {policy} instead of {baseline}", venue, policy, baseline)
        });
        let lines = [lost, won];
        let lines: Vec<String> = lines.into_iter().flatten().collect();
        if !lines.is_empty() {
            let day = date(told.baseline, movers.day);
            text += &format!("{day}  {}\n", lines.join(&format!("\n{}", " ".repeat(12))));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_have_sign_and_share() {
        assert_eq!(change(-50_000_000), "-50 m");
        assert_eq!(change(150_000_000), "+150 m");
        assert_eq!(change(7), "0");
        assert_eq!(in_percent(200, 150), "-25.0 %");
        assert_eq!(in_percent(0, 150), "-");
    }
}
