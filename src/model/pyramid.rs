//! Pyramids: frauds that promise a yield on coins and pay old members from what new ones bring.
//!
//! A pyramid wins people over acquaintance until its circle or the people who can be won are used up. Its members
//! are the customers of the segment `pyramid`: the share who are members thins their needs, so a pyramid's
//! growth moves turnover at venues. What they buy is paid in; operators take their part at once, members are paid
//! while the funds last. A pyramid falls when it cannot pay, or when the agency dismantles it.
//!
//! Deliberately absent: who of the customers is in which pyramid, and operators as persons who can be arrested.

use std::collections::BTreeSet;

use bevy_ecs::prelude::*;
use bevy_ecs::world::World as EcsWorld;

use super::actor::{Actor, Holding};
use super::board::{Flows, PyramidBoard, PyramidFace, PyramidMembership};
use super::declare::{Measure, measures};
use super::diary::Diary;
use super::ledger::{Account, Ledger};
use super::messages::PyramidOrder;
use super::policy::Levers;
use super::schedule::{Phase, RunLuck, Step, Today, Turn, World};
use world::random::{Decision, Draws};
use world::record::Flow;
use world::units::{Class, DAYS_PER_MONTH, Kzt, Trader};

/// Age of the oldest of the first pyramids; the others are spread evenly over it.
///
/// Unit: days. Source: about the life of a pyramid that nobody dismantles. Status: assumption.
const OLDEST_DAYS: f64 = 400.0;

/// Spread of how large a pyramid seems against its true size: sigma of a lognormal.
///
/// Unit: 1. Source: judgement. Status: assumption.
const SEEMS_SIGMA: f64 = 0.5;

/// A crypto investment fraud that recruits customers.
#[derive(Component, Clone, Copy)]
pub struct Pyramid {
    /// Number in this run, in order of founding.
    number: usize,
    /// Address of its luck.
    address: u64,
    /// People whom it can win.
    reach: f64,
    /// How large it seems, over how large it is.
    seems: f64,
    /// People who paid in.
    members: f64,
    /// Paid in so far.
    deposits: Kzt,
    /// Paid to members so far.
    paid_out: Kzt,
    funds: Kzt,
    open: bool,
}

impl Pyramid {
    fn draw(number: usize, address: u64, scenario: &World, draws: &mut Draws) -> Pyramid {
        let pyramids = &scenario.pyramids;
        Pyramid {
            number,
            address,
            reach: draws.lognormal(pyramids.reach_median, pyramids.reach_sigma),
            seems: draws.lognormal(1.0, SEEMS_SIGMA),
            members: 0.0,
            deposits: Kzt::ZERO,
            paid_out: Kzt::ZERO,
            funds: Kzt::ZERO,
            open: true,
        }
    }

    fn face(&self) -> PyramidFace {
        PyramidFace {
            address: self.address,
            open: self.open,
            members: self.members,
            seems: self.members * self.seems,
        }
    }

    /// What members have lost if they get no more than `recovered`.
    fn loss(&self, recovered: Kzt) -> Kzt {
        self.deposits - self.paid_out - recovered
    }
}

/// People of the segment beyond the members of open pyramids.
#[derive(Resource, Default, Clone)]
struct Bystanders {
    /// People who saw a pyramid fall and join none for a while.
    wary: f64,
    /// Part of a recruit not counted yet.
    carried: f64,
}

/// Measures of pyramids.
pub const MEASURES: &[Measure] = measures! {
    "pyramid_losses", "KZT", Less: "Lost by members of pyramids that collapsed or were dismantled: paid in, less what was paid out and recovered"
        = |w| w.sum(PyramidSeries::Losses);
};

world::series! {
    /// What happened to pyramids on a day.
    PyramidSeries in "underworld", One, "underworld_";
    Open = "pyramids_open", "pyramids", "Pyramids that recruit and pay at the end of the day (a stock)";
    Members = "pyramid_members", "people", "Members of open pyramids at the end of the day (a stock)";
    Recruits = "pyramid_recruits", "people", "People who joined a pyramid today, rounded";
    Inflow = "pyramid_inflow_kzt", "KZT", "Paid into pyramids today: what their members bought, net of fees";
    PaidOut = "pyramid_paid_out_kzt", "KZT", "Paid by pyramids to members today";
    Funds = "pyramid_funds_kzt", "KZT", "Funds of open pyramids at the end of the day (a stock)";
    Founded = "pyramids_founded", "pyramids", "Pyramids founded today";
    Collapsed = "pyramids_collapsed", "pyramids", "Pyramids that could not pay today";
    Dismantled = "pyramids_dismantled", "pyramids", "Pyramids dismantled by the agency today";
    Victims = "pyramid_victims", "people", "Members of pyramids that collapsed or were dismantled today";
    VictimsSeen = "pyramid_victims_seen", "people", "Members of pyramids dismantled today";
    Losses = "pyramid_losses_kzt", "KZT", "Lost by members of pyramids that collapsed or were dismantled today: paid in, less what was paid out and recovered";
    Recovered = "pyramid_recovered_kzt", "KZT", "Recovered from pyramids today";
    Frozen = "pyramid_frozen_kzt", "KZT", "Coins of pyramids frozen today";
}

/// The actor.
pub const ACTOR: Actor = Actor::new(
    &[
        Holding::empty::<Bystanders>(),
        Holding::made::<PyramidBoard>(),
        Holding::made::<PyramidMembership>(),
        Holding::empty::<Diary<PyramidSeries>>(),
        Holding::agents::<(Pyramid,)>(),
    ],
    rules,
)
.build(build)
.audit(reconcile);

fn build(world: &mut EcsWorld) {
    let scenario = world.resource::<World>().clone();
    let luck = world.resource::<RunLuck>().clone();
    let today = *world.resource::<Today>();
    let rules = &scenario.pyramids;
    let mut first: Vec<Pyramid> = (0..rules.number)
        .map(|number| {
            let mut draws = luck.at(Decision::PyramidTraits, 0, u64::from(number));
            let mut pyramid =
                Pyramid::draw(number as usize, u64::from(number), &scenario, &mut draws);
            for _ in 0..(draws.uniform() * OLDEST_DAYS) as u32 {
                let rate = rules.recruits_per_day;
                pyramid.members += recruits(pyramid.members, rules.founders, pyramid.reach, rate);
            }
            pyramid
        })
        .collect();
    // In a world of few people the first pyramids are smaller.
    let members: f64 = first.iter().map(|pyramid| pyramid.members).sum();
    let people = people(&scenario, today);
    for pyramid in &mut first {
        pyramid.members *= (people / members.max(1.0)).min(1.0);
    }
    let faces = first.iter().map(Pyramid::face).collect();
    world.insert_resource(PyramidBoard { faces });
    world.insert_resource(PyramidMembership { share: share(members, people) });
    for pyramid in first {
        world.spawn(pyramid);
    }
}

fn rules(schedule: &mut Schedule) {
    schedule.add_systems(take_deposits.in_set(Step(Phase::Settlement, Turn::Pyramids)));
    schedule.add_systems(
        (pay_members, recruit, found_pyramids)
            .chain()
            .in_set(Step(Phase::Adaptation, Turn::Pyramids)),
    );
    schedule.add_systems(dismantle_pyramids.in_set(Step(Phase::Enforcement, Turn::Pyramids)));
    schedule.add_systems(show_pyramids.in_set(Step(Phase::Learning, Turn::Pyramids)));
}

/// People who can be won by pyramids at all: those of the segment who own crypto.
fn people(scenario: &World, today: Today) -> f64 {
    let customers = &scenario.customers;
    f64::from(customers.number)
        * customers.segment_share.pyramid
        * customers.ownership.between(today.date).min(1.0)
}

fn share(members: f64, people: f64) -> f64 {
    if people > 0.0 { (members / people).min(1.0) } else { 0.0 }
}

/// People won in a day: members and founders talk, and the more of the circle are in already, the fewer are won.
fn recruits(members: f64, founders: f64, reach: f64, rate: f64) -> f64 {
    let left = (reach - members).max(0.0);
    (rate * (members + founders) * left / reach).min(left)
}

/// Members' purchases of today, net of fees, reach the pyramids by their members.
fn take_deposits(
    scenario: Res<World>,
    flows: Res<Flows>,
    mut ledger: ResMut<Ledger>,
    mut diary: ResMut<Diary<PyramidSeries>>,
    mut pyramids: Query<&mut Pyramid>,
) {
    let net: i64 = Class::ALL
        .iter()
        .map(|class| {
            let row = &flows.0[class.index() * Trader::COUNT + Trader::Pyramid.index()];
            row[Flow::Traded as usize] - row[Flow::Fees as usize]
        })
        .sum();
    let paid_in = Kzt(net);
    let members: f64 = pyramids.iter().filter(|p| p.open).map(|p| p.members).sum();
    if members <= 0.0 {
        // The pyramid fell while the money was on its way: the coins stay with who bought them.
        ledger.transfer(Account::Floats, Account::Spending, paid_in);
        return;
    }
    ledger.transfer(Account::Floats, Account::PyramidFunds, paid_in);
    diary.add(PyramidSeries::Inflow, paid_in.0);
    let (mut cumulated, mut given) = (0.0, Kzt::ZERO);
    for mut pyramid in pyramids.iter_mut().filter(|pyramid| pyramid.open) {
        cumulated += pyramid.members / members;
        // The last share is rounded up to the whole, so that nothing is left over.
        let whole = cumulated > 1.0 - 1e-9;
        let due = if whole { paid_in } else { Kzt((paid_in.0 as f64 * cumulated) as i64) };
        let part = due - given;
        given = due;
        let taken = part.share(scenario.pyramids.skim);
        pyramid.deposits += part;
        pyramid.funds += part - taken;
        ledger.transfer(Account::PyramidFunds, Account::PyramidOperators, taken);
    }
}

/// Pyramids pay the promised yield, or fall if they cannot.
fn pay_members(
    scenario: Res<World>,
    mut ledger: ResMut<Ledger>,
    mut diary: ResMut<Diary<PyramidSeries>>,
    mut bystanders: ResMut<Bystanders>,
    mut pyramids: Query<&mut Pyramid>,
) {
    let daily = scenario.pyramids.promise / DAYS_PER_MONTH;
    for mut pyramid in pyramids.iter_mut().filter(|pyramid| pyramid.open) {
        let due = pyramid.deposits.share(daily);
        if due <= pyramid.funds {
            pyramid.funds -= due;
            pyramid.paid_out += due;
            ledger.transfer(Account::PyramidFunds, Account::Spending, due);
            diary.add(PyramidSeries::PaidOut, due.0);
            continue;
        }
        let rest = std::mem::take(&mut pyramid.funds);
        ledger.transfer(Account::PyramidFunds, Account::PyramidOperators, rest);
        diary.add(PyramidSeries::Collapsed, 1);
        fall(&mut pyramid, Kzt::ZERO, &mut diary, &mut bystanders);
    }
}

/// The end of a pyramid: its members know what they lost.
fn fall(
    pyramid: &mut Pyramid,
    recovered: Kzt,
    diary: &mut Diary<PyramidSeries>,
    bystanders: &mut Bystanders,
) {
    pyramid.open = false;
    bystanders.wary += pyramid.members;
    diary.add(PyramidSeries::Victims, pyramid.members.round() as i64);
    diary.add(PyramidSeries::Losses, pyramid.loss(recovered).0);
}

/// Members win acquaintances, fewer where most are members already, once bitten or warned.
fn recruit(
    scenario: Res<World>,
    today: Res<Today>,
    levers: Res<Levers>,
    mut diary: ResMut<Diary<PyramidSeries>>,
    mut bystanders: ResMut<Bystanders>,
    mut pyramids: Query<&mut Pyramid>,
) {
    let rules = &scenario.pyramids;
    bystanders.wary *= 1.0 - 1.0 / rules.memory_days;
    let people = people(&scenario, *today);
    let members: f64 = pyramids.iter().filter(|p| p.open).map(|p| p.members).sum();
    let free = (1.0 - share(members + bystanders.wary, people)) * f64::from(people > 0.0);
    let heed = 1.0 - levers.pyramid_warnings.reach * rules.warning_effect;
    let mut won = bystanders.carried;
    for mut pyramid in pyramids.iter_mut().filter(|pyramid| pyramid.open) {
        let rate = rules.recruits_per_day * free * heed;
        let new = recruits(pyramid.members, rules.founders, pyramid.reach, rate);
        pyramid.members += new;
        won += new;
    }
    bystanders.carried = won - won.floor();
    diary.add(PyramidSeries::Recruits, won as i64);
}

/// New pyramids, each with founders only.
fn found_pyramids(
    mut commands: Commands,
    scenario: Res<World>,
    luck: Res<RunLuck>,
    today: Res<Today>,
    mut board: ResMut<PyramidBoard>,
    mut diary: ResMut<Diary<PyramidSeries>>,
) {
    let day = today.day.0;
    let mean = scenario.pyramids.arise_per_year / 365.2425;
    let founded = luck.at(Decision::PyramidFounding, u32::from(day), 0).poisson(mean);
    for candidate in 0..founded {
        // Beyond the numbers of the first pyramids.
        let address = 1 << 40 | u64::from(day) << 16 | u64::from(candidate);
        let mut draws = luck.at(Decision::PyramidTraits, 0, address);
        let pyramid = Pyramid::draw(board.faces.len(), address, &scenario, &mut draws);
        board.faces.push(pyramid.face());
        diary.add(PyramidSeries::Founded, 1);
        commands.spawn(pyramid);
    }
}

/// The agency takes a pyramid apart: a part of its funds is recovered, a part frozen, the rest is gone.
fn dismantle_pyramids(
    scenario: Res<World>,
    mut orders: MessageReader<PyramidOrder>,
    mut ledger: ResMut<Ledger>,
    mut diary: ResMut<Diary<PyramidSeries>>,
    mut bystanders: ResMut<Bystanders>,
    mut pyramids: Query<&mut Pyramid>,
) {
    let ordered: BTreeSet<usize> = orders.read().map(|order| order.pyramid).collect();
    if ordered.is_empty() {
        return;
    }
    let rules = &scenario.pyramids;
    for mut pyramid in &mut pyramids {
        if !pyramid.open || !ordered.contains(&pyramid.number) {
            continue;
        }
        let funds = std::mem::take(&mut pyramid.funds);
        let recovered = funds.share(rules.recovered);
        let frozen = funds.share(rules.frozen).min(funds - recovered);
        let rest = funds - recovered - frozen;
        ledger.transfer(Account::PyramidFunds, Account::Seized, recovered);
        ledger.transfer(Account::PyramidFunds, Account::Frozen, frozen);
        ledger.transfer(Account::PyramidFunds, Account::PyramidOperators, rest);
        diary.add(PyramidSeries::Dismantled, 1);
        diary.add(PyramidSeries::VictimsSeen, pyramid.members.round() as i64);
        diary.add(PyramidSeries::Recovered, recovered.0);
        diary.add(PyramidSeries::Frozen, frozen.0);
        fall(&mut pyramid, recovered, &mut diary, &mut bystanders);
    }
}

/// What can be seen of pyramids tomorrow, and who will have something to pay in.
fn show_pyramids(
    scenario: Res<World>,
    today: Res<Today>,
    mut board: ResMut<PyramidBoard>,
    mut diary: ResMut<Diary<PyramidSeries>>,
    mut membership: ResMut<PyramidMembership>,
    pyramids: Query<&Pyramid>,
) {
    let mut members = 0.0;
    for pyramid in &pyramids {
        board.faces[pyramid.number] = pyramid.face();
        if pyramid.open {
            members += pyramid.members;
            diary.add(PyramidSeries::Open, 1);
            diary.add(PyramidSeries::Funds, pyramid.funds.0);
        }
    }
    diary.add(PyramidSeries::Members, members as i64);
    membership.share = share(members, people(&scenario, *today));
}

/// Funds of pyramids equal the sector account.
fn reconcile(world: &mut EcsWorld) -> Result<(), String> {
    let held: Kzt = world.query::<&Pyramid>().iter(world).map(|pyramid| pyramid.funds).sum();
    let booked = world.resource::<Ledger>().balance(Account::PyramidFunds);
    if held == booked {
        Ok(())
    } else {
        Err(format!("pyramids hold {}, booked {}", held.0, booked.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_circle_fills_up_and_never_overflows() {
        let mut members = 0.0;
        let mut fastest: f64 = 0.0;
        for _ in 0..2_000 {
            let new = recruits(members, 20.0, 1_000.0, 0.02);
            fastest = fastest.max(new);
            members += new;
        }
        assert!((members - 1_000.0).abs() < 1.0, "{members}");
        // A logistic curve is steepest at half of its height: rate · reach / 4, and a little more by the founders.
        assert!((5.0..5.5).contains(&fastest), "{fastest}");
    }

    #[test]
    fn nobody_recruits_nobody_joins() {
        assert_eq!(recruits(50.0, 20.0, 1_000.0, 0.0), 0.0);
        assert_eq!(recruits(0.0, 0.0, 1_000.0, 0.5), 0.0);
        assert_eq!(recruits(1_000.0, 20.0, 1_000.0, 0.5), 0.0);
        assert_eq!(recruits(0.0, 1e9, 1_000.0, 1.0), 1_000.0);
    }

    #[test]
    fn nobody_is_a_member_where_nobody_can_be_won() {
        assert_eq!(share(0.0, 0.0), 0.0);
        assert_eq!(share(30.0, 20.0), 1.0);
    }
}
