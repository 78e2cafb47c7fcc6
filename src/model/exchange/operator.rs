//! Operators: where they sit, who protects them, and what becomes of them after a closure, in court and in prison.
//!
//! Deliberately absent: the trial itself (`court`), and the decision to enter (`adapt`).

use bevy_ecs::prelude::*;

use super::licence::Application;
use super::{Books, Cards, Exchange, Identity, Opening, Roster, VenueState, orders};
use crate::board::{Cause, Directory, Seat};
use crate::ledger::{Account, Ledger};
use crate::messages::{ClosureOrder, Overnight, VenueGone, VenueNumber, Verdict};
use crate::schedule::{RunLuck, Today, World};
use world::random::Decision;
use world::units::{Class, Day, Kzt, maths};

/// A person or group behind illicit platforms.
#[derive(Component, Clone, Copy)]
pub struct Operator {
    /// Class of the venues.
    pub class: Class,
    /// Savings.
    pub wealth: Kzt,
    /// Flats, cars and the like, owned from the start and sold for no business.
    pub property: Kzt,
    /// Whether a successor is prepared.
    pub prepared: bool,
    /// Income that could be earned otherwise in a year.
    pub outside_income: f64,
    /// Where the operator sits.
    pub seat: Seat,
    /// Until when officials protect the operator.
    pub protected_until: Day,
    /// Day of the last arrest.
    pub arrested: Day,
    /// In custody until the verdict.
    pub held: bool,
    /// In prison until this day.
    pub jailed_until: Day,
    /// Whether a successor runs the business since the last arrest: what the courts do no longer touches it.
    pub handed_over: bool,
    /// Last application for a licence.
    pub application: Option<Application>,
    /// What comes next, after a venue is gone.
    pub plan: OperatorPlan,
}

/// What an operator does without a venue.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum OperatorPlan {
    /// Runs a venue, or has given up.
    None,
    /// Opens under a new name on a day.
    Return {
        /// The day.
        on: Day,
        /// The venue that is gone.
        from: VenueNumber,
        /// Share of its clients who follow.
        followers: f64,
    },
    /// Opens as a licensed venue, today.
    License {
        /// The venue that got the licence.
        from: VenueNumber,
    },
}

impl Operator {
    /// Somebody new, with traits drawn at the operator's address.
    pub fn new(
        scenario: &World,
        luck: &RunLuck,
        opening: &Opening,
        wealth: Kzt,
        today: Day,
    ) -> Operator {
        let class = opening.class;
        let mut draws = luck.at(Decision::Jurisdiction, 0, opening.key);
        let (leaves, place) = (draws.uniform(), draws.uniform());
        let abroad = leaves < scenario.exchanges.abroad.of(class).unwrap_or(0.0);
        let mut draws = luck.at(Decision::Protection, 0, opening.key);
        let (knows, lasts) = (draws.uniform(), draws.waiting_days(scenario.protection.lasts_days));
        let protected = knows < scenario.protection.share.of(class).unwrap_or(0.0);
        Operator {
            class,
            wealth,
            property: Kzt(scenario.exchanges.property_kzt as i64),
            prepared: opening.prepared,
            outside_income: opening.outside_income,
            seat: if abroad { Seat::Abroad(place) } else { Seat::Home },
            protected_until: if protected { today.plus(lasts) } else { Day(0) },
            arrested: Day(0),
            held: false,
            jailed_until: Day(0),
            handed_over: false,
            application: None,
            plan: OperatorPlan::None,
        }
    }

    /// Whether the operator is in custody or in prison on a day.
    pub fn is_behind_bars(&self, today: Day) -> bool {
        self.held || self.jailed_until > today
    }

    /// Moves to another country, perhaps, before the next venue opens.
    pub fn perhaps_moves(&mut self, scenario: &World, luck: &RunLuck, identity: &Identity) {
        if self.seat == Seat::Home {
            let generation = identity.generation + 1;
            let mut draws = luck.at(Decision::Jurisdiction, generation, identity.key);
            let (leaves, place) = (draws.uniform(), draws.uniform());
            if leaves < scenario.exchanges.moves_abroad {
                self.seat = Seat::Abroad(place);
            }
        }
    }
}

/// Luck of coming back after a venue is closed: the chance drawn, and how long it takes where it takes so many days on average.
fn luck_of_return(mean_days: f64, luck: &RunLuck, identity: &Identity) -> (f64, u16) {
    let mut draws = luck.at(Decision::OperatorReturn, 0, identity.address());
    (draws.uniform(), draws.waiting_days(mean_days))
}

/// The mean of a waiting time that, in whole days, is over with the same chance on each day, as that of mirrors is.
fn of_whole_days(mean_days: f64) -> f64 {
    if mean_days > 1.0 { -1.0 / maths::ln(1.0 - 1.0 / mean_days) } else { 0.0 }
}

/// Luck of a prepared successor to be there where displacement is switched off in part.
fn chance_of_successor(luck: &RunLuck, identity: &Identity) -> f64 {
    let mut draws = luck.at(Decision::OperatorReturn, 1, identity.address());
    draws.uniform()
}

/// What the operator of a venue that was closed today does next.
pub fn after_closure(
    scenario: &World,
    luck: &RunLuck,
    identity: &Identity,
    operator: &mut Operator,
    order: &ClosureOrder,
    today: Day,
) {
    let exchanges = &scenario.exchanges;
    let arrest = order.arrest;
    let mean_days = if order.sites_only {
        of_whole_days(exchanges.mirror_days)
    } else {
        exchanges.relaunch_days
    };
    let (chance, wait) = luck_of_return(mean_days, luck, identity);
    let from = identity.number;
    let at_work = scenario.mechanisms.displacement;
    let again =
        |days: u16, followers: f64| OperatorPlan::Return { on: today.plus(days), from, followers };
    // A successor is somebody else, but of the same business: displacement.
    let successor = operator.prepared && chance_of_successor(luck, identity) < at_work;
    operator.handed_over = successor;
    if arrest {
        operator.arrested = today;
        let mut draws = luck.at(Decision::Trial, 0, identity.address());
        // The first number is the court's: how long the trial takes.
        let (_, held) = (draws.waiting_days(scenario.courts.trial_days), draws.uniform());
        operator.held = held < scenario.courts.held;
    }
    operator.plan = if successor {
        // The successor is somebody else who stands ready: an arrest does not stop it.
        again(1, exchanges.prepared_keeps)
    } else if operator.held {
        OperatorPlan::None
    } else {
        let returns = if arrest { exchanges.return_after_release } else { exchanges.relaunch };
        if chance < returns * at_work {
            again(wait, exchanges.relaunch_keeps)
        } else {
            OperatorPlan::None
        }
    };
    // A successor stands ready once.
    operator.prepared = false;
}

/// Verdicts of yesterday reach operators: prison, freedom, and what is given back.
pub fn serve_sentences(
    scenario: Res<World>,
    luck: Res<RunLuck>,
    today: Res<Today>,
    roster: Res<Roster>,
    directory: Res<Directory>,
    mut verdicts: ResMut<Overnight<Verdict>>,
    mut ledger: ResMut<Ledger>,
    mut gone: MessageWriter<VenueGone>,
    mut venues: Query<(&Identity, &mut VenueState, &mut Books, &mut Cards), With<Exchange>>,
    mut operators: Query<&mut Operator>,
) {
    for verdict in verdicts.take() {
        let Ok((identity, ..)) = venues.get(roster.0[usize::from(verdict.venue)]) else { continue };
        let identity = *identity;
        let Ok(mut operator) = operators.get_mut(identity.operator) else { continue };
        ledger.transfer(Account::Seized, Account::OperatorWealth, verdict.returned);
        operator.wealth += verdict.returned;
        let was_held = std::mem::take(&mut operator.held);
        if operator.handed_over {
            continue;
        }
        let exchanges = &scenario.exchanges;
        let (chance, wait) = luck_of_return(exchanges.relaunch_days, &luck, &identity);
        let returns = chance < exchanges.return_after_release * scenario.mechanisms.displacement;
        let again = |on: Day| OperatorPlan::Return {
            on,
            from: identity.number,
            followers: exchanges.relaunch_keeps,
        };
        if verdict.term_days > 0 {
            // Time in custody counts.
            operator.jailed_until = operator.arrested.plus(verdict.term_days);
            for (other, mut state, mut books, mut cards) in &mut venues {
                // Who waited for the verdict at large may have opened again.
                if other.operator != identity.operator || *state != VenueState::Open {
                    continue;
                }
                *state = VenueState::Gone(today.day, Cause::Exited);
                let (books, cards) = (&mut *books, &mut *cards);
                orders::wind_up(Cause::Exited, books, cards, &mut operator, &scenario, &mut ledger);
                gone.write(orders::farewell(other, books, Cause::Exited, &directory));
            }
            let free = operator.jailed_until.max(today.day);
            operator.plan = if returns { again(free.plus(wait)) } else { OperatorPlan::None };
        } else if was_held {
            operator.plan = if returns { again(today.day.plus(wait)) } else { OperatorPlan::None };
        }
    }
}
