//! One customer's day, told again after it: what was known, could be chosen and was decided.
//!
//! The same pure functions decide as on the day itself; draws are addressed, so they are the same.
//!
//! Deliberately absent: payments (the bank tells of those), and anything that a run needs.

use bevy_ecs::world::World as EcsWorld;

use super::Customer;
use super::orders::{Situation, habit, intend, luck_of_choice, scarred};
use crate::board::{
    Directory, DrugSupply, Listing, NO_VENUE, Payments, Perceived, PyramidMembership,
};
use crate::choice::{self, ChoiceTables};
use crate::messages::VenueNumber;
use crate::order::{BLOCK, Memory, Order, OrderBook, Outcome};
use crate::prospects;
use crate::schedule::{Today, World};
use world::random::unit;
use world::record::event::Ending;
use world::record::life::{CustomerDay, Drawn, Intention, Portrait};
use world::units::{Class, Day, Kzt, Segment};

/// Today's order of a customer and how it ended.
pub fn order_of(book: &OrderBook, row: u32) -> Option<(&Order, bool)> {
    let block = book.blocks.get(row as usize / BLOCK)?;
    let order = block.orders.binary_search_by_key(&row, |order| order.row).ok()?;
    let waits = block.waiting.binary_search_by_key(&row, |waiting| waiting.row).is_ok();
    Some((&block.orders[order], waits))
}

/// A customer's day after it, without payments: those, and the venue that was tried first.
///
/// `directory` and `perceived` are those of the morning. `None` if there was no need.
pub fn account(
    world: &EcsWorld,
    directory: &Directory,
    perceived: &Perceived,
    row: u32,
) -> Option<(CustomerDay, Option<VenueNumber>)> {
    let book = world.resource::<OrderBook>();
    let (order, waits) = order_of(book, row)?;
    let (choice, payments) = (world.resource::<ChoiceTables>(), world.resource::<Payments>());
    let situation = Situation::new(
        world.resource::<World>(),
        *world.resource::<Today>(),
        directory,
        choice,
        payments,
        (world.resource::<DrugSupply>(), world.resource::<PyramidMembership>()),
        (book.need, book.trade),
        &book.tickets,
    );
    let intent = intend(order, order.amount > order.fresh, &situation);
    let table = &choice.tables[order.kind as usize];
    let stays = habit(intent.usual, order, &situation);
    let looks = !intent.searches && table.shares(order.footing).total > 0.0;
    let [.., stay, trade] = luck_of_choice(row, &situation);
    let class =
        directory.listings.get(order.memory.usual as usize).map_or(Class::Shadow, |l| l.class);
    let wish = match &intent.pick {
        _ if intent.direct => Intention::Direct,
        _ if intent.searches => Intention::Searches,
        None => Intention::Nowhere,
        Some(pick) => {
            let venue = directory.name(pick.venue)?;
            if pick.today {
                Intention::Trades { venue, by_habit: pick.by_habit }
            } else {
                Intention::NotToday(venue)
            }
        }
    };
    let day = CustomerDay {
        segment: Segment::ALL[order.segment as usize],
        amount: Kzt(i64::from(order.amount)),
        fresh: Kzt(i64::from(order.fresh)),
        arose: order.arose,
        usual: directory.name(order.memory.usual),
        usual_gone: gone(&order.memory, directory),
        habit_for: intent.usual.and_then(|venue| directory.name(venue)),
        scarred: scarred(&order.memory, &situation),
        perceived_risk: perceived.certainty[class.index()],
        risk_of: class,
        checked: order.checked,
        bank_checks: payments.checking_banks >> order.bank & 1 == 1,
        options: looks.then(|| {
            let factor = |listing: &Listing| table.class_factor(order.footing, listing.class);
            prospects::options(
                choice,
                usize::from(order.kind),
                directory,
                (intent.usual, stays),
                factor,
                0.0,
            )
        }),
        drawn: looks.then(|| Drawn { stay: unit(stay), habit: stays, trade: unit(trade) }),
        wish,
        tries: Vec::new(),
        ending: ending(order, waits),
    };
    let first = intent.pick.filter(|pick| pick.today).map(|pick| pick.venue);
    Some((day, first))
}

/// How an order stood at the end of the day.
pub fn ending(order: &Order, waits: bool) -> Ending {
    match order.outcome {
        Outcome::Passed | Outcome::Direct => Ending::Traded,
        _ if waits => Ending::Waits,
        _ => Ending::GivenUp,
    }
}

fn gone(memory: &Memory, directory: &Directory) -> Option<Day> {
    if memory.usual == NO_VENUE {
        return None;
    }
    directory.listings[memory.usual as usize].gone.map(|(day, _)| day)
}

/// Who a customer is; `None` if there is none of this number.
pub fn portrait(world: &EcsWorld, row: u32) -> Option<Portrait> {
    let mut people = world.try_query::<&Customer>()?;
    let person = people.iter(world).nth(row as usize)?;
    let kind = usize::from(person.kind);
    Some(Portrait {
        segment: Segment::ALL[choice::segment_of(kind)],
        risk_band: choice::band_of(kind) as u8,
        private: choice::is_private(kind),
        vpn: choice::has_vpn(kind),
        bank: person.bank(),
        joined: person.joined,
        daily_chance: f64::from(u16::from_be_bytes(person.activity)) / 65_536.0,
    })
}
