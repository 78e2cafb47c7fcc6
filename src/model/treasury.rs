//! The treasury: what the state takes in from licensed trade, from legal mining, and in fines.
//!
//! Clients of licensed venues pay the levy through the venue's fee; in the evening it leaves the venues' profits. Licensed
//! miners pay by the kWh that they draw. Licensed venues and banks are fined for what they failed to stop.
//!
//! Deliberately absent: what levies and fines do to those who pay them (`exchange::publish`, `mining::grid`, `bank`), and what
//! the state spends (`afm::measures`).

use bevy_ecs::prelude::*;

use super::actor::{Actor, Holding};
use super::board::{FarmBoard, Flows};
use super::declare::{Measure, measures};
use super::diary::Diary;
use super::ledger::{Account, Ledger};
use super::policy::Levers;
use super::schedule::{Phase, Step, Turn};
use world::record::Flow;
use world::units::{Class, Kzt, Trader};

world::series! {
    /// What the state took in on a day.
    RevenueSeries in "market", One, "";
    LicensedLevy = "licensed_levy_kzt", "KZT", "Levy on the turnover of licensed venues";
    MiningLevy = "mining_levy_kzt", "KZT", "Levy on the power of licensed miners";
    VenueFines = "venue_fines_kzt", "KZT", "Fines of licensed venues for drug and fraud money that they let pass";
    BankFines = "bank_fines_kzt", "KZT", "Fines of banks for money that passed through mule cards of illicit platforms";
}

/// Measures of revenue.
pub const MEASURES: &[Measure] = measures! {
    "tax_received", "KZT", More: "Levies on licensed trade and legal mining that the state received (policy.tax)"
        = |w| w.sum(RevenueSeries::LicensedLevy) + w.sum(RevenueSeries::MiningLevy);
    "fines_received", "KZT", Neither: "Fines that licensed venues and banks paid for what they failed to stop (policy.liability)"
        = |w| w.sum(RevenueSeries::VenueFines) + w.sum(RevenueSeries::BankFines);
};

/// The actor.
pub const ACTOR: Actor = Actor::new(&[Holding::empty::<Diary<RevenueSeries>>()], rules);

fn rules(schedule: &mut Schedule) {
    schedule.add_systems(collect.in_set(Step(Phase::Enforcement, Turn::Treasury)));
}

/// Hours of a day.
///
/// Unit: hours. Source: a day has 24. Status: measured.
const HOURS: i64 = 24;

/// Takes what is due for the day.
fn collect(
    levers: Res<Levers>,
    flows: Res<Flows>,
    farms: Res<FarmBoard>,
    mut ledger: ResMut<Ledger>,
    mut diary: ResMut<Diary<RevenueSeries>>,
) {
    let sum = |class: Class, of: fn(Trader) -> bool, column: Flow| {
        let row = |trader: Trader| class.index() * Trader::COUNT + trader.index();
        let traders = Trader::ALL.iter().filter(|trader| of(**trader));
        Kzt(traders.map(|trader| flows.0[row(*trader)][column as usize]).sum())
    };
    let (tax, liability) = (&levers.tax, &levers.liability);
    let traded = sum(Class::Licensed, |_| true, Flow::Traded);
    let passed = sum(Class::Licensed, Trader::is_criminal, Flow::Traded);
    let carded: Kzt =
        Class::PLATFORMS.iter().map(|class| sum(*class, |_| true, Flow::TradedCard)).sum();
    let kwh = Kzt(farms.legal_kw * HOURS);
    for (series, payer, base, share) in [
        (RevenueSeries::LicensedLevy, Account::Profits, traded, tax.licensed_levy),
        (RevenueSeries::MiningLevy, Account::Mining, kwh, tax.mining_levy_kzt_per_kwh),
        (
            RevenueSeries::VenueFines,
            Account::Profits,
            passed,
            liability.found * liability.venue_fine,
        ),
        (RevenueSeries::BankFines, Account::Banks, carded, liability.found * liability.bank_fine),
    ] {
        let due = base.share(share);
        ledger.transfer(payer, Account::Revenue, due);
        diary.add(series, due.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use scenario::Scenario;
    use scenario::world::Dated;
    use world::record::{Record, RunKey};

    /// Half a year of the reference in few agents, after `change`.
    fn half_a_year(change: impl FnOnce(&mut Scenario)) -> Record {
        let mut scenario = scenario::reference().scenario;
        scenario.people_per_agent = 500;
        scenario.end = scenario.start.saturating_add(jiff::Span::new().days(180));
        scenario.warm_up_days = 30;
        change(&mut scenario);
        crate::simulate(&scenario, RunKey::new(1, 0), &|| ())
    }

    #[test]
    fn the_levy_is_taken_of_licensed_turnover_to_the_tenge() {
        let with = |levy: f64| {
            let record = half_a_year(|scenario| {
                scenario.policy.tax.licensed_levy = Dated::constant(levy);
                scenario.policy.tax.mining_levy_kzt_per_kwh = Dated::constant(0.0);
            });
            let traded: Vec<i64> = (0..record.days)
                .map(|day| record.by_class(Flow::Traded, day, Class::Licensed))
                .collect();
            let due: i64 = traded.iter().map(|traded| Kzt(*traded).share(levy).0).sum();
            let received = record.measure("tax_received").expect("a number");
            assert_eq!(received, due as f64);
            (received, traded.iter().sum::<i64>())
        };
        let (nothing, untaxed) = with(0.0);
        let (some, taxed) = with(0.001);
        let (more, dearer) = with(0.004);
        assert_eq!(nothing, 0.0);
        assert!(some > 0.0 && more > 2.0 * some, "{some} {more}");
        assert!(untaxed > taxed && taxed > dearer, "{untaxed} {taxed} {dearer}");
    }

    #[test]
    fn fines_are_a_share_of_what_was_let_pass_and_raise_what_is_stopped() {
        let with = |venues: f64, banks: f64| {
            let record = half_a_year(|scenario| {
                scenario.policy.liability.found = Dated::constant(0.01);
                scenario.policy.liability.venue_fine = Dated::constant(venues);
                scenario.policy.liability.bank_fine = Dated::constant(banks);
            });
            let of = |class: Class, trader: Trader, column: Flow, day: usize| {
                record.series(column)[Record::row(day, class, trader)]
            };
            let share = |sum: i64, fine: f64| Kzt(sum).share(0.01 * fine).0;
            let mut due = [0; 2];
            for day in 0..record.days {
                let all = || Trader::ALL.iter().copied();
                let crime = all().filter(|trader| trader.is_criminal());
                let passed = crime.map(|t| of(Class::Licensed, t, Flow::Traded, day)).sum();
                let platforms = Class::PLATFORMS.iter();
                let cards = platforms
                    .flat_map(|&class| all().map(move |t| (class, t)))
                    .map(|(class, t)| of(class, t, Flow::TradedCard, day))
                    .sum();
                due = [due[0] + share(passed, venues), due[1] + share(cards, banks)];
            }
            let paid = [RevenueSeries::VenueFines, RevenueSeries::BankFines]
                .map(|series| record.series(series).iter().sum::<i64>());
            assert_eq!(paid, due);
            let count = |column: Flow| record.series(column).iter().sum::<i64>();
            (
                record.measure("fines_received"),
                count(Flow::BlockedOrders),
                count(Flow::DeclinedOrders),
            )
        };
        let (none, stopped, declined) = with(0.0, 0.0);
        assert_eq!(none, Some(0.0));
        let (venues, _, more) = with(1.0, 0.0);
        assert!(venues > none && more > declined, "{declined} {more}");
        let (banks, more, _) = with(0.0, 1.0);
        let (_, most, _) = with(0.0, 2.0);
        assert!(banks > none && more > stopped && most > more, "{stopped} {more} {most}");
    }
}
