//! What venues show the world at the end of a day.

use bevy_ecs::prelude::*;
use bevy_ecs::world::World as EcsWorld;

use super::{Books, Brand, Cards, Identity, Operator, Roster, Sites, VenueState};
use crate::board::{
    CardBanks, CardMarket, Directory, Listing, NO_VENUE, Payments, RailBoard, Rails,
};
use crate::ledger::{Account, Ledger};
use crate::policy::Levers;
use crate::schedule::{RunLuck, Today, World};
use world::random::Decision;
use world::units::{Class, Day, Kzt};

/// How many times faster than usual a float can be turned over: half of the usual float is enough to pay everybody on a usual day.
///
/// Unit: 1. Source: judgement. Status: assumption.
const FASTEST_TURN: f64 = 2.0;

/// What the terms of all venues depend on.
#[derive(bevy_ecs::system::SystemParam)]
pub struct Terms<'w> {
    scenario: Res<'w, World>,
    levers: Res<'w, Levers>,
    luck: Res<'w, RunLuck>,
    market: Res<'w, CardMarket>,
    banks: Res<'w, CardBanks>,
    payments: Res<'w, Payments>,
}

/// Venues of whatever state, as they are shown.
type PublishedVenue = (
    &'static Identity,
    &'static VenueState,
    &'static Brand,
    &'static mut Books,
    &'static Cards,
    &'static Sites,
);

/// Rewrites listings and rails of open venues, enters new ones, strikes out those that are gone.
pub fn publish(
    terms: Terms,
    today: Res<Today>,
    roster: Res<Roster>,
    mut directory: ResMut<Directory>,
    mut rails: ResMut<RailBoard>,
    mut venues: Query<PublishedVenue>,
    operators: Query<&Operator>,
) {
    let Terms { scenario, levers, luck, market, banks, payments } = terms;
    let (directory, rails) = (&mut *directory, &mut rails.0);
    let today = today.day;
    for (number, &entity) in roster.0.iter().enumerate() {
        if directory.listings.get(number).is_some_and(|listing| listing.gone.is_some()) {
            continue;
        }
        let Ok((identity, state, brand, mut books, cards, sites)) = venues.get_mut(entity) else {
            continue;
        };
        if number == directory.listings.len() {
            let slot = free_slot(directory, identity);
            directory.listings.push(first_listing(identity, brand, slot));
            if let Some(slot) = slot {
                directory.at_slot[slot as usize] = identity.number;
            }
            rails.push(Rails::default());
        }
        let listing = &mut directory.listings[number];
        if let VenueState::Gone(day, cause) = *state {
            listing.gone = Some((day, cause));
            listing.lifetime_turnover = books.lifetime;
            if let Some(slot) = listing.slot.take() {
                directory.at_slot[slot as usize] = NO_VENUE;
            }
            continue;
        }
        let trouble = payments.acceptance.get(number).map_or(0.0, |a| a.account_trouble);
        let class = identity.class;
        let savings = operators.get(identity.operator).map_or(Kzt::ZERO, |person| person.wealth);
        let mut way = rails_of(&scenario, class, &books, savings, cards, &banks.checks, trouble);
        let usual = super::card_share(&scenario, class);
        let card_share = way.card_share();
        let (levy, burden) = match class {
            Class::Licensed => (levers.tax.licensed_levy, levers.licensing.kyc_burden),
            _ => (0.0, 1.0),
        };
        let fee = brand.fee + levy;
        listing.normal_fee_ppm = (fee * 1e6) as u32;
        let [dearer, card] = cost_of_cards(&scenario, &levers, class, card_share, &market);
        let passed = dearer.min(most_passed_on(&scenario, class));
        listing.fee_ppm = fee_ppm(&scenario, fee, passed, card_share, usual);
        let at_home = (books.daily_turnover - books.daily_abroad).max(0.0);
        way.cards_pay = f64::from(listing.fee_ppm) * 1e-6 >= card;
        listing.taken = taken(card_share, way.asked * card_share, way.card_capacity);
        let eaten = if way.cards_pay { dearer - passed } else { 0.0 };
        listing.monthly_eaten = at_home * eaten * 30.0;
        let told = if brand.told_kyc.1 > today { brand.told_kyc.0 } else { 0.0 };
        let kyc = asked_kyc(&levers, &luck, identity, brand.kyc).max(told) * burden;
        if kyc > listing.kyc {
            listing.kyc_since = today.plus(1);
        }
        listing.kyc = kyc;
        listing.monthly_turnover = books.daily_turnover * 30.0;
        listing.monthly_drug_money = books.daily_drugs * 30.0;
        listing.lifetime_turnover = books.lifetime;
        listing.distrust = brand.distrust;
        listing.unknown = brand.unknown;
        let down = if sites.held_until > today { sites.number } else { sites.down };
        listing.sites_up = sites.number - down;
        listing.sites_down = f64::from(down) / f64::from(sites.number.max(1));
        rails[number] = way;
        if class == Class::PeerToPeer {
            grow_peer_to_peer(&mut books, scenario.exchanges.peer_to_peer_growth);
        }
    }
}

fn first_listing(identity: &Identity, brand: &Brand, slot: Option<u16>) -> Listing {
    Listing {
        class: identity.class,
        slot,
        opened: identity.opened,
        gone: None,
        relaunched: identity.relaunched,
        operator: identity.key,
        successor: NO_VENUE,
        followers: 0.0,
        fee_ppm: 0,
        normal_fee_ppm: (brand.fee * 1e6) as u32,
        kyc: brand.kyc,
        own_kyc: brand.kyc,
        kyc_since: Day(0),
        attractiveness: brand.attractiveness,
        taken: 1.0,
        monthly_eaten: 0.0,
        monthly_turnover: 0.0,
        monthly_drug_money: 0.0,
        sites_down: 0.0,
        sites_up: 0,
        distrust: 0.0,
        unknown: 0.0,
        lifetime_turnover: Kzt::ZERO,
        generation: identity.generation,
    }
}

/// A free slot of the class, from a place that depends on the venue's address only: so a venue sits
/// at the same place of the tables of choice in every policy, as far as possible.
fn free_slot(directory: &Directory, identity: &Identity) -> Option<u16> {
    let slots = directory.layout.slots(identity.class);
    let start = identity.address().wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
    (0..slots.len())
        .map(|step| slots.start + (start as usize + step) % slots.len())
        .find(|slot| directory.at_slot[*slot] == NO_VENUE)
        .map(|slot| slot as u16)
}

fn rails_of(
    scenario: &World,
    class: Class,
    books: &Books,
    savings: Kzt,
    cards: &Cards,
    checks: &[bool],
    account_trouble: f64,
) -> Rails {
    let exchanges = &scenario.exchanges;
    let target = books.daily_turnover * exchanges.float_days[class];
    let total = f64::from(cards.total());
    let card_capacity = total * scenario.mule_cards.daily_limit_kzt;
    let normal = super::card_share(scenario, class);
    // What is stopped at accounts moves to cards, where a venue uses cards at all.
    let moved = if normal > 0.0 { account_trouble } else { 0.0 };
    let account_share = exchanges.account_share[class] * (1.0 - moved);
    let card_share = (1.0 - account_share - exchanges.cash_share[class]).max(0.0);
    let checked: u32 = cards
        .number
        .iter()
        .zip(checks)
        .filter(|(_, checks)| **checks)
        .map(|(number, _)| *number)
        .sum();
    Rails {
        asked: books.daily_asked,
        account_share,
        cash_share: exchanges.cash_share[class],
        card_load: if card_capacity > 0.0 {
            (books.daily_asked * card_share / card_capacity).min(1.0)
        } else {
            1.0
        },
        cards_checked: if total > 0.0 { f64::from(checked) / total } else { 0.0 },
        card_capacity: if class.is_platform() { card_capacity } else { f64::INFINITY },
        capacity: if class == Class::PeerToPeer { books.capacity } else { f64::INFINITY },
        solvency: if target > 0.0 {
            (FASTEST_TURN * books.float.0 as f64 / target).clamp(0.0, 1.0)
        } else {
            1.0
        },
        cards_pay: true,
        buys_kzt: if class.is_platform() {
            // Who begins has no float yet and buys with savings.
            let money = books.float.max(savings).max(Kzt::ZERO);
            FASTEST_TURN * money.0 as f64 / exchanges.float_days[class]
        } else {
            f64::INFINITY
        },
    }
}

/// KYC that a venue asks for: its own, or what is required where that is more and the venue complies.
fn asked_kyc(levers: &Levers, luck: &RunLuck, identity: &Identity, own: f64) -> f64 {
    let required = levers.kyc.required[identity.class];
    let complies = levers.kyc.complies[identity.class];
    if required <= own || complies <= 0.0 {
        own
    } else if identity.class == Class::PeerToPeer {
        // One venue that stands for many people, of whom a share complies.
        own + complies * (required - own)
    } else {
        // The same luck at all times: more compliance adds venues and swaps none.
        let mut draws = luck.at(Decision::KycCompliance, 0, identity.address());
        if draws.happens(complies) { required } else { own }
    }
}

/// What dearer or shorter-lived cards cost a venue of a class for a tenge of its turnover, more than normal ones; and what a card costs for a
/// tenge that passes through it.
fn cost_of_cards(
    scenario: &World,
    levers: &Levers,
    class: Class,
    card_share: f64,
    market: &CardMarket,
) -> [f64; 2] {
    if !class.is_platform() {
        return [0.0; 2];
    }
    let mule = &scenario.mule_cards;
    let life = mule.throughput_kzt / levers.card_limits.detection;
    let card = (market.price_kzt + mule.balance_kzt) / life;
    [card_share * (card - (mule.price_kzt + mule.balance_kzt) / mule.throughput_kzt), card]
}

/// Share of payments for which a venue has room, as far as cards go.
fn taken(card_share: f64, through_cards: f64, card_capacity: f64) -> f64 {
    if through_cards > card_capacity {
        1.0 - card_share * (1.0 - card_capacity / through_cards)
    } else {
        1.0
    }
}

/// The most of it that a venue passes on: a surcharge x loses clients by exp(−sensitivity · x), so what it brings in, x · exp(−sensitivity · x),
/// is largest at 1 / sensitivity. Beyond it more is lost by those who leave than is gained by those who stay.
///
/// Hubs live on dealers, who have the taste of drug buyers; the others on people like all.
fn most_passed_on(scenario: &World, class: Class) -> f64 {
    let sensitivity = &scenario.customers.price_sensitivity;
    1.0 / if class == Class::Hub { sensitivity.drug_buyer } else { sensitivity.retail }
}

/// Fee in millionths: the normal fee, what is passed on of dear cards, and the handling of more cards than usual.
fn fee_ppm(scenario: &World, fee: f64, passed: f64, card_share: f64, usual_card_share: f64) -> u32 {
    let more = (card_share - usual_card_share).max(0.0) * scenario.mule_cards.handling;
    ((fee + more + passed).clamp(0.0, 0.5) * 1e6) as u32
}

/// Deals between persons: the number of people who offer them follows what is asked for, each need counted once while it waits.
fn grow_peer_to_peer(books: &mut Books, speed: f64) {
    let gap = books.daily_asked_anew - books.capacity;
    // Who offers deals does not leave at once when fewer are asked for.
    books.capacity += gap * if gap > 0.0 { speed } else { speed / 4.0 };
}

/// What venues, operators and cards hold equals the sector accounts, and the ledger adds up to zero.
pub fn reconcile(world: &mut EcsWorld) -> Result<(), String> {
    let floats: Kzt = world.query::<&Books>().iter(world).map(|books| books.float).sum();
    let owned = |operator: &Operator| operator.wealth + operator.property;
    let wealth: Kzt = world.query::<&Operator>().iter(world).map(owned).sum();
    let cards: i64 =
        world.query::<&Cards>().iter(world).map(|cards| i64::from(cards.total())).sum();
    let balance = world.resource::<World>().mule_cards.balance_kzt as i64;
    let ledger = world.resource::<Ledger>();
    for (name, held, account) in [
        ("floats", floats, Account::Floats),
        ("operators' wealth", wealth, Account::OperatorWealth),
        ("card balances", Kzt(cards * balance), Account::CardBalances),
    ] {
        if held != ledger.balance(account) {
            let day = world.get_resource::<Today>().map(|today| today.date);
            return Err(format!(
                "{name}: held {}, booked {} on {day:?}",
                held.0,
                ledger.balance(account).0
            ));
        }
    }
    if ledger.total() == Kzt::ZERO { Ok(()) } else { Err("the ledger leaks".into()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Levers;
    use scenario::reference;
    use world::random;
    use world::units::maths;

    #[test]
    fn clients_pay_for_dear_cards_as_far_as_they_bear_it_and_no_further() {
        let scenario = World(std::sync::Arc::new(reference().scenario));
        let today = Today { day: Day(0), date: scenario.start, reported: true };
        let levers = Levers(scenario.policy.on(today.date));
        let mule = &scenario.mule_cards;
        let cost = |class: Class, dearness: f64| {
            let price_kzt = mule.price_kzt * dearness;
            let market = CardMarket { price_kzt, supply: 1.0, asked: 0.0, fill: 1.0 };
            cost_of_cards(&scenario, &levers, class, 0.5, &market)
        };
        for class in Class::PLATFORMS {
            assert!(cost(class, 1.0)[0].abs() < 1e-12, "normal cards are in the normal fee");
            let [dearer, card] = cost(class, 3.0);
            assert!((dearer - mule.price_kzt / mule.throughput_kzt).abs() < 1e-12);
            assert!(dearer < most_passed_on(&scenario, class), "passed on in full");
            assert!(card > dearer);
            let [dearer, _] = cost(class, 50.0);
            assert!(dearer > most_passed_on(&scenario, class), "eats the margin");
            // What a surcharge brings in from clients who leave by exp(-sensitivity * surcharge) is largest there.
            let most = most_passed_on(&scenario, class);
            let brings = |surcharge: f64| surcharge * maths::exp(-surcharge / most);
            assert!(brings(most) > brings(0.9 * most) && brings(most) > brings(1.1 * most));
        }
        assert_eq!(cost(Class::Foreign, 50.0), [0.0; 2]);
        assert_eq!((taken(0.6, 10.0, 10.0), taken(0.6, 10.0, f64::INFINITY)), (1.0, 1.0));
        assert_eq!((taken(0.6, 10.0, 0.0), taken(0.6, 10.0, 5.0)), (0.4, 0.7));
    }

    #[test]
    fn more_compliance_adds_venues_and_swaps_none() {
        let scenario = reference().scenario;
        let today = Today { day: Day(0), date: scenario.start, reported: true };
        let luck = RunLuck(random::Luck::new(1, 0));
        let asks = |class: Class, key: u64, required: f64, share: f64| {
            let mut levers = Levers(scenario.policy.on(today.date));
            levers.0.kyc.required[class] = required;
            levers.0.kyc.complies[class] = share;
            let identity = Identity {
                number: 0,
                class,
                operator: Entity::PLACEHOLDER,
                key,
                generation: 0,
                opened: Day(0),
                relaunched: false,
            };
            asked_kyc(&levers, &luck, &identity, 0.2)
        };
        let complying = |share: f64| {
            (0..1000).filter(|key| asks(Class::Shadow, *key, 0.9, share) == 0.9).collect::<Vec<_>>()
        };
        let (few, many) = (complying(0.3), complying(0.6));
        assert!((250..350).contains(&few.len()) && (540..660).contains(&many.len()));
        assert!(few.iter().all(|key| many.contains(key)));
        assert_eq!((complying(0.0).len(), complying(1.0).len()), (0, 1000));
        assert_eq!(asks(Class::Shadow, 1, 0.1, 1.0), 0.2, "what is asked for already stays");
        assert!((asks(Class::PeerToPeer, 1, 1.0, 0.5) - 0.6).abs() < 1e-12, "half of the people");
    }
}
