//! What the agency's orders do to a venue: closure, frozen coins, blocked sites.

use bevy_ecs::prelude::*;

use super::{
    Books, Brand, Cards, Exchange, Identity, Operator, OperatorPlan, Roster, Sites, VenueState,
    operator,
};
use crate::board::{Cause, Directory, MAX_BANKS};
use crate::ledger::{Account, Ledger};
use crate::messages::{
    Arrested, ClosureOrder, FloatFrozen, FreezeOrder, SiteBlockOrder, VenueGone, VenueHeld,
};
use crate::schedule::{RunLuck, Today, World};
use scenario::intervention::Successor;
use world::units::Kzt;

/// Days for which a venue feels hunted after a freeze.
///
/// Unit: days. Source: judgement. Status: assumption.
const HUNTED_DAYS: u16 = 60;

/// Orders of the agency, as venues receive them.
#[derive(bevy_ecs::system::SystemParam)]
pub struct Received<'w, 's> {
    closures: MessageReader<'w, 's, ClosureOrder>,
    freezes: MessageReader<'w, 's, FreezeOrder>,
    blocks: MessageReader<'w, 's, SiteBlockOrder>,
    held: MessageReader<'w, 's, VenueHeld>,
}

/// What venues report back.
#[derive(bevy_ecs::system::SystemParam)]
pub struct Reports<'w> {
    gone: MessageWriter<'w, VenueGone>,
    frozen: MessageWriter<'w, FloatFrozen>,
    arrested: MessageWriter<'w, Arrested>,
}

type OrderedVenue = (
    &'static Identity,
    &'static mut VenueState,
    &'static mut Brand,
    &'static mut Books,
    &'static mut Cards,
    &'static mut Sites,
);

/// Carries out today's orders of the agency.
pub fn carry_out_orders(
    scenario: Res<World>,
    luck: Res<RunLuck>,
    today: Res<Today>,
    roster: Res<Roster>,
    directory: Res<Directory>,
    mut received: Received,
    mut reports: Reports,
    mut ledger: ResMut<Ledger>,
    mut venues: Query<OrderedVenue, With<Exchange>>,
    mut operators: Query<&mut Operator>,
) {
    for block in received.blocks.read() {
        if let Ok((_, state, _, _, _, mut sites)) = venues.get_mut(roster.0[block.venue as usize])
            && *state == VenueState::Open
        {
            sites.down = (sites.down + block.sites).min(sites.number);
        }
    }
    for order in received.held.read() {
        if let Ok((_, state, mut brand, _, _, mut sites)) =
            venues.get_mut(roster.0[order.venue as usize])
            && *state == VenueState::Open
        {
            match order.kyc {
                Some(level) => brand.told_kyc = (level, order.until),
                None => sites.held_until = order.until,
            }
        }
    }
    for freeze in received.freezes.read() {
        let Ok((identity, state, mut brand, mut books, ..)) =
            venues.get_mut(roster.0[freeze.venue as usize])
        else {
            continue;
        };
        if *state == VenueState::Open {
            let amount = books.float.max(Kzt::ZERO).share(freeze.share);
            books.float -= amount;
            ledger.transfer(Account::Floats, Account::Frozen, amount);
            // A client of a venue that could not pay out a part of its float trusts it that much less.
            brand.distrust += freeze.share;
            brand.hunted_until = today.day.plus(HUNTED_DAYS);
            reports.frozen.write(FloatFrozen {
                venue: identity.number,
                class: identity.class,
                amount,
                relative_size: relative_size(identity, &books, &directory),
            });
        }
    }
    for order in received.closures.read() {
        let Ok((identity, mut state, _, mut books, mut cards, _)) =
            venues.get_mut(roster.0[order.venue as usize])
        else {
            continue;
        };
        if *state != VenueState::Open {
            continue;
        }
        *state = VenueState::Gone(today.day, Cause::Closed);
        let Ok(mut operator) = operators.get_mut(identity.operator) else { continue };
        let caught = if order.sites_only { 0.0 } else { scenario.afm.float_caught };
        let held = books.float.max(Kzt::ZERO);
        let unpaid = if order.sites_only { Kzt::ZERO } else { held };
        let wallets_seized = held.share(caught);
        books.float -= wallets_seized;
        ledger.transfer(Account::Floats, Account::Seized, wallets_seized);
        let mut property_seized = Kzt::ZERO;
        match order.successor {
            Successor::AsDrawn => {}
            Successor::Prepared => operator.prepared = true,
            Successor::Unprepared => operator.prepared = false,
        }
        operator::after_closure(&scenario, &luck, identity, &mut operator, order, today.day);
        // Who lost nothing but sites goes on with the cards at hand.
        if !(order.sites_only && operator.plan != OperatorPlan::None) {
            discard_cards(&mut cards, &scenario, &mut ledger);
        }
        close_books(Cause::Closed, &mut books, &mut operator, &mut ledger);
        if order.arrest {
            let taken = [operator.wealth, operator.property]
                .map(|owned| owned.share(scenario.afm.wealth_caught));
            operator.wealth -= taken[0];
            operator.property -= taken[1];
            property_seized = taken.into_iter().sum();
            ledger.transfer(Account::OperatorWealth, Account::Seized, property_seized);
            reports.arrested.write(Arrested {
                venue: identity.number,
                class: identity.class,
                address: identity.address(),
                seized: wallets_seized + property_seized,
                proof: order.proof,
            });
        }
        let farewell = farewell(identity, &books, Cause::Closed, &directory);
        let by_agency = order.by_agency;
        reports.gone.write(VenueGone {
            arrest: order.arrest,
            wallets_seized,
            property_seized,
            unpaid,
            by_agency,
            ..farewell
        });
    }
}

/// What a venue that is no more leaves behind, if nobody is arrested and nothing seized.
pub fn farewell(
    identity: &Identity,
    books: &Books,
    cause: Cause,
    directory: &Directory,
) -> VenueGone {
    VenueGone {
        venue: identity.number,
        class: identity.class,
        cause,
        arrest: false,
        by_agency: true,
        lifetime_turnover: books.lifetime,
        lifetime_clients: books.clients,
        users: books.users,
        wallets_seized: Kzt::ZERO,
        property_seized: Kzt::ZERO,
        unpaid: Kzt::ZERO,
        relative_size: relative_size(identity, books, directory),
    }
}

/// Ends a venue: cards are lost, and the rest of the float goes where the cause says.
pub fn wind_up(
    cause: Cause,
    books: &mut Books,
    cards: &mut Cards,
    operator: &mut Operator,
    scenario: &World,
    ledger: &mut Ledger,
) {
    discard_cards(cards, scenario, ledger);
    close_books(cause, books, operator, ledger);
}

/// A venue's cards are lost, and what is on them.
fn discard_cards(cards: &mut Cards, scenario: &World, ledger: &mut Ledger) {
    let balances = Kzt(scenario.mule_cards.balance_kzt as i64 * i64::from(cards.total()));
    ledger.transfer(Account::CardBalances, Account::Lost, balances);
    cards.number = [0; MAX_BANKS];
}

/// The rest of a venue's float goes where the cause says.
fn close_books(cause: Cause, books: &mut Books, operator: &mut Operator, ledger: &mut Ledger) {
    let rest = std::mem::take(&mut books.float);
    match cause {
        // Who stops of their own accord pays clients out; who gets a licence starts with new money.
        Cause::Exited | Cause::Licensed => {
            ledger.transfer(Account::Floats, Account::Wholesale, rest);
        }
        // Who is closed or runs off keeps what was not seized.
        Cause::Closed | Cause::RanOff => {
            operator.wealth += rest;
            ledger.transfer(Account::Floats, Account::OperatorWealth, rest);
        }
    }
}

/// Share of the class's trade at a venue, times the number of its open venues: 1 is an average venue.
fn relative_size(identity: &Identity, books: &Books, directory: &Directory) -> f64 {
    let (sum, count) = directory.turnover_of(identity.class);
    if sum > 0.0 { books.daily_turnover * 30.0 / sum * count } else { 0.0 }
}
