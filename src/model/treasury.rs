//! The treasury: what the state takes in from licensed trade.
//!
//! Clients of licensed venues pay the levy through the venue's fee; in the evening it leaves the venues' profits.
//!
//! Deliberately absent: what the levy does to choices (`exchange::publish` adds it to the fee), and what the state spends (`afm::measures`).

use bevy_ecs::prelude::*;

use super::actor::{Actor, Holding};
use super::board::Flows;
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
}

/// Measures of revenue.
pub const MEASURES: &[Measure] = measures! {
    "tax_received", "KZT", More: "Levy on licensed trade that the state received (policy.tax)"
        = |w| w.sum(RevenueSeries::LicensedLevy);
};

/// The actor.
pub const ACTOR: Actor = Actor::new(&[Holding::empty::<Diary<RevenueSeries>>()], rules);

fn rules(schedule: &mut Schedule) {
    schedule.add_systems(collect.in_set(Step(Phase::Enforcement, Turn::Treasury)));
}

/// Takes what is due for the day.
fn collect(
    levers: Res<Levers>,
    flows: Res<Flows>,
    mut ledger: ResMut<Ledger>,
    mut diary: ResMut<Diary<RevenueSeries>>,
) {
    let first = Class::Licensed.index() * Trader::COUNT;
    let licensed = &flows.0[first..first + Trader::COUNT];
    let traded: i64 = licensed.iter().map(|row| row[Flow::Traded as usize]).sum();
    let levy = Kzt(traded).share(levers.tax.licensed_levy);
    ledger.transfer(Account::Profits, Account::Revenue, levy);
    diary.add(RevenueSeries::LicensedLevy, levy.0);
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
}
