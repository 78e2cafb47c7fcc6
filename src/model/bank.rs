//! Banks: when they follow the order to block, and which payments they stop.
//!
//! A stopped payment is no seizure: the money stays with the client. Accounts are judged by the
//! regulator's list, cards by how they are used. Later duties (card limits, client limits) belong here.

mod budget;

use bevy_ecs::prelude::*;
use bevy_ecs::world::World as EcsWorld;

use super::actor::{Actor, Holding};
use super::board::{
    Acceptance, CardBanks, Directory, Payments, RailBoard, Rails, RegulatorList, channel,
    check_level, verdict,
};
use super::choice::ChoiceTables;
use super::declare::{Measure, measures};
use super::messages::VenueNumber;
use super::order::{Block, Order, OrderBook, Outcome};
use super::policy::Levers;
use super::schedule::{Luck, Phase, Step, Today, Turn, World};
use budget::Spending;
use scenario::policy::{AutoBlockToday, BankOrder, PaymentList};
use scenario::world::Issuer;
use world::random::{Decision, Many};
use world::record::Flow;
use world::record::life::Verdict;
use world::units::{Channel, Class, Day, Segment, maths};

/// A card issuer.
#[derive(Component, Clone)]
pub struct Bank {
    /// Position among the issuers of the scenario.
    number: usize,
    /// Share of the card market, by assets.
    share: f64,
    /// Share of the market that is told to block before half of this bank is, in random order and with the largest first.
    ranks: [f64; 2],
    /// Days from the order to block until it does.
    delay_days: u16,
    /// Since when it is told to block.
    told: Option<Day>,
}

impl Bank {
    /// Whether it is told to block: since it is picked, or since the share covers it.
    fn is_told(&self, law: &AutoBlockToday, issuers: &[Issuer]) -> bool {
        let [at_random, by_size] = self.ranks;
        let rank = match law.order {
            BankOrder::AtRandom => at_random,
            BankOrder::LargestFirst => by_size,
        };
        rank <= law.bank_share || law.banks.pick(issuers, self.number)
    }

    fn blocks(&self, today: Day) -> bool {
        self.told.is_some_and(|told| today.since(told) >= self.delay_days)
    }
}

/// Measures of banks.
pub const MEASURES: &[Measure] = measures! {
    "bank_cost", "KZT", Less: "What banks spend on stopped payments, right or wrong (measures.bank_stop_kzt)"
        = |w| w.all(Flow::BlockedOrders) * w.weights().bank_stop_kzt;
};

/// The actor.
pub const ACTOR: Actor = Actor::new(
    &[
        Holding::empty::<Spending>(),
        Holding::made::<Payments>(),
        Holding::made::<CardBanks>(),
        Holding::agents::<(Bank,)>(),
    ],
    rules,
)
.build(build);

fn build(world: &mut EcsWorld) {
    let scenario = world.resource::<World>().clone();
    let luck = world.resource::<Luck>().clone();
    let issuers = &scenario.banks.issuers;
    let assets: f64 = issuers.iter().map(|issuer| issuer.assets_kzt_bn).sum();
    let mut banks: Vec<(f64, Bank)> = issuers
        .iter()
        .enumerate()
        .map(|(number, issuer)| {
            let mut draws = luck.at(Decision::BankAdoption, 0, number as u64);
            let order = draws.uniform();
            let delay_days = draws.waiting_days(scenario.banks.adoption_days);
            let share = issuer.assets_kzt_bn / assets;
            (order, Bank { number, share, ranks: [0.0; 2], delay_days, told: None })
        })
        .collect();
    banks.sort_by(|a, b| a.0.total_cmp(&b.0));
    rank(&mut banks, 0);
    banks.sort_by(|(_, a), (_, b)| b.share.total_cmp(&a.share));
    rank(&mut banks, 1);
    banks.sort_by_key(|(_, bank)| bank.number);
    let mut cumulated = 0.0;
    let bank_below = banks
        .iter()
        .map(|(_, bank)| {
            cumulated += bank.share;
            (cumulated * 4_294_967_295.0).min(4_294_967_295.0) as u32
        })
        .collect();
    world.insert_resource(Payments { bank_below, ..Payments::default() });
    world.insert_resource(CardBanks {
        share_bought: banks.iter().map(|(_, bank)| bank.share).collect(),
        checks: vec![false; banks.len()],
    });
    for (_, bank) in banks {
        world.spawn(bank);
    }
}

/// Ranks banks by their order.
fn rank(banks: &mut [(f64, Bank)], order: usize) {
    let mut before = 0.0;
    for (_, bank) in banks {
        bank.ranks[order] = before + bank.share / 2.0;
        before += bank.share;
    }
}

fn rules(schedule: &mut Schedule) {
    schedule.add_systems(
        (budget::count_stops, follow_orders_to_block)
            .chain()
            .in_set(Step(Phase::Policy, Turn::Banks)),
    );
    schedule.add_systems(
        (set_checks, review_payments).chain().in_set(Step(Phase::Payment, Turn::Banks)),
    );
}

/// Banks are told to block one by one as the lever covers more of the market, and follow after a delay.
fn follow_orders_to_block(
    scenario: Res<World>,
    levers: Res<Levers>,
    today: Res<Today>,
    spending: Res<Spending>,
    mut banks: Query<&mut Bank>,
    mut payments: ResMut<Payments>,
    mut cards: ResMut<CardBanks>,
) {
    payments.checking_banks = 0;
    payments.threshold_kzt = levers.auto_block.threshold_kzt.min(4e9) as u32;
    let (mut sum, shopping) = (0.0, scenario.mule_cards.bank_shopping);
    let cards = &mut *cards;
    for mut bank in &mut banks {
        if !bank.is_told(&levers.auto_block, &scenario.banks.issuers) {
            bank.told = None;
        } else if bank.told.is_none() {
            bank.told = Some(today.day);
        }
        let checks = bank.blocks(today.day) && !spending.suspended;
        payments.checking_banks |= u32::from(checks) << bank.number;
        let appeal = if checks { maths::exp(-shopping) } else { 1.0 };
        cards.checks[bank.number] = checks;
        cards.share_bought[bank.number] = bank.share * appeal;
        sum += bank.share * appeal;
    }
    for share in &mut cards.share_bought {
        *share /= sum;
    }
}

/// Computes for each venue what banks stop and what it can take today.
fn set_checks(
    scenario: Res<World>,
    levers: Res<Levers>,
    today: Res<Today>,
    directory: Res<Directory>,
    list: Res<RegulatorList>,
    rails: Res<RailBoard>,
    spending: Res<Spending>,
    banks: Query<&Bank>,
    mut payments: ResMut<Payments>,
) {
    let checking: f64 = banks
        .iter()
        .filter(|bank| bank.blocks(today.day) && !spending.suspended)
        .map(|bank| bank.share)
        .sum();
    payments.acceptance.resize(directory.listings.len(), Acceptance::default());
    for (venue, listing) in directory.open() {
        let number = venue as usize;
        let mut rails = rails.0[number];
        if spending.suspended {
            rails.cards_checked = 0.0;
        }
        let rails = &rails;
        let listed = list.since(venue).is_some_and(|since| {
            f64::from(today.day.since(since)) >= levers.auto_block.list_lag_days
        });
        let odds = odds(&scenario, &levers, listing.class, listed, rails, checking);
        payments.acceptance[number] =
            acceptance(&odds, rails, &house_rules(&levers, listing.class));
    }
}

/// Chances that a payment is stopped, by channel and by who checks.
struct Odds {
    stop: [[f64; 3]; Channel::COUNT],
    account_trouble: f64,
}

fn odds(
    scenario: &World,
    levers: &Levers,
    class: Class,
    listed: bool,
    rails: &Rails,
    checking: f64,
) -> Odds {
    let banks = &scenario.banks;
    let account = match class {
        Class::Licensed => levers.auto_block.false_positive,
        // Foreign platforms were named as unlicensed from the start (facts.md §2).
        Class::Foreign => levers.auto_block.detect_listed,
        // By the list of licensed venues whoever is not on it is known at once.
        _ if levers.auto_block.pay_list == PaymentList::Licensed => levers.auto_block.detect_listed,
        _ if listed => levers.auto_block.detect_listed,
        _ => levers.auto_block.detect_unlisted,
    };
    let personal = matches!(class, Class::Foreign | Class::PeerToPeer);
    let factor = if personal {
        banks.personal_card_factor
    } else {
        // The lever speaks of a card of middling use.
        (1.0 + banks.load_effect * rails.card_load) / (1.0 + banks.load_effect * 0.5)
    };
    let card = (levers.auto_block.detect_card * factor).min(1.0);
    let background = (banks.background_stop * levers.card_limits.detection * factor).min(1.0);
    let card_checked = if personal { checking } else { rails.cards_checked };
    // Both sides together detect with the chance that the lever says; the floor holds besides.
    let side = |detect: f64, receiver_checks: f64, floor: f64| {
        let sender = detect * banks.sender_side;
        let receiver = detect * (1.0 - banks.sender_side) * receiver_checks;
        let stopped = |detected: f64| 1.0 - (1.0 - floor) * (1.0 - detected);
        [floor, stopped(receiver), stopped(receiver + sender)]
    };
    let accounts = side(account, checking, 0.0);
    Odds {
        account_trouble: accounts[1] * (1.0 - checking) + accounts[2] * checking,
        stop: [accounts, side(card, card_checked, background), [0.0; 3]],
    }
}

/// What a venue of a class stops or refuses of its own accord.
struct HouseRules {
    /// Shares stopped: of honest clients, and of drug and fraud clients.
    watched: [f64; 2],
    /// What one client may trade in thirty days, in tenge.
    client_limit_kzt: u32,
}

fn house_rules(levers: &Levers, class: Class) -> HouseRules {
    match class {
        Class::Licensed => HouseRules {
            watched: [levers.monitoring.licensed_false_alarm, levers.monitoring.licensed_detection],
            client_limit_kzt: levers.licensing.client_limit_kzt.min(4e9) as u32,
        },
        _ => HouseRules { watched: [0.0; 2], client_limit_kzt: u32::MAX },
    }
}

fn acceptance(odds: &Odds, rails: &Rails, rules: &HouseRules) -> Acceptance {
    let fraction = |capacity: f64, wanted: f64| {
        if capacity > 0.0 { (capacity / wanted).min(1.0) } else { 0.0 }
    };
    let all = rails.solvency * fraction(rails.capacity, rails.asked);
    let card = all * fraction(rails.card_capacity, rails.asked * rails.card_share());
    let threshold = |p: f64| (p * 4_294_967_296.0).clamp(0.0, 4_294_967_295.0) as u32;
    let open = |p: f64| (p * 4_294_967_296.0).clamp(0.0, 4_294_967_296.0) as u64;
    Acceptance {
        account_below: threshold(rails.account_share),
        cash_below: threshold(rails.account_share + rails.cash_share),
        accept_below: [open(all), open(card), open(all)],
        stop_below: odds.stop.map(|by_check| by_check.map(threshold)),
        account_trouble: odds.account_trouble,
        client_limit_kzt: rules.client_limit_kzt,
        buys_kzt: rails.buys_kzt,
        watched_below: rules.watched.map(threshold),
    }
}

/// Passes, stops or refuses each order; a stopped trader may try elsewhere on the same day.
fn review_payments(
    scenario: Res<World>,
    today: Res<Today>,
    directory: Res<Directory>,
    choice: Res<ChoiceTables>,
    payments: Res<Payments>,
    mut book: ResMut<OrderBook>,
) {
    let trade = book.trade;
    let review = review(&scenario, *today, &choice, &payments, trade);
    OrderBook::each_block(&mut book.blocks, |_, block| {
        let mut orders = std::mem::take(&mut block.orders);
        for order in &mut orders {
            if order.outcome == Outcome::Placed {
                review.order(order, |order, channel, verdict| {
                    tally(block, &directory, order, channel, verdict);
                });
            }
        }
        block.orders = orders;
    });
}

/// Counts one try at one venue.
#[inline]
fn tally(
    block: &mut Block,
    directory: &Directory,
    order: &Order,
    channel: Channel,
    verdict: Verdict,
) {
    let class = directory.listings[order.venue as usize].class.index() as u8;
    let amount = i64::from(order.amount);
    let flow = block.flow(class, order.segment);
    flow[Flow::Attempted as usize] += amount;
    match verdict {
        Verdict::Passed => {}
        Verdict::Refused => flow[Flow::Refused as usize] += amount,
        Verdict::Stopped => {
            flow[Flow::Blocked as usize] += amount;
            flow[Flow::BlockedOrders as usize] += 1;
            let traffic = &mut block.traffic[order.venue as usize];
            match channel {
                Channel::Card => traffic.cards_stopped += 1,
                _ => traffic.accounts_stopped += 1,
            }
            let suspect = Segment::ALL[usize::from(order.segment)].is_criminal();
            if suspect && class == Class::Licensed.index() as u8 {
                traffic.suspects_stopped += 1;
            }
        }
    }
}

/// Tries of a placed order, told again after the day: where, through what, and what the answer was.
#[must_use]
pub fn tries(world: &EcsWorld, mut order: Order) -> Vec<(VenueNumber, Channel, Verdict)> {
    let trade = world.resource::<OrderBook>().trade;
    let review = review(
        world.resource::<World>(),
        *world.resource::<Today>(),
        world.resource::<ChoiceTables>(),
        world.resource::<Payments>(),
        trade,
    );
    let mut told = Vec::new();
    review.order(&mut order, |order, channel, verdict| told.push((order.venue, channel, verdict)));
    told
}

fn review<'a>(
    scenario: &World,
    today: Today,
    choice: &'a ChoiceTables,
    payments: &'a Payments,
    trade: Many,
) -> Review<'a> {
    Review {
        today: u32::from(today.day.0),
        tries: scenario.customers.tries,
        retry_below: (scenario.customers.retry * scenario.mechanisms.displacement * 4_294_967_296.0)
            as u64,
        choice,
        payments,
        trade,
    }
}

/// What every review of the day reads.
struct Review<'a> {
    today: u32,
    tries: u32,
    retry_below: u64,
    choice: &'a ChoiceTables,
    payments: &'a Payments,
    trade: Many,
}

impl Review<'_> {
    /// Tries an order at its venue and perhaps at others; `tell` hears of each try.
    #[inline]
    fn order(&self, order: &mut Order, mut tell: impl FnMut(&Order, Channel, Verdict)) {
        for attempt in 0..self.tries {
            let words = self.trade.words(order.row, self.today, 2 + 2 * attempt);
            let (channel, verdict) = self.attempt(order, words);
            order.channel = channel as u8;
            tell(order, channel, verdict);
            if verdict == Verdict::Passed {
                order.outcome = Outcome::Passed;
                return;
            }
            let again = attempt + 1 < self.tries && u64::from(words[3]) < self.retry_below;
            let Some(other) = again.then(|| self.elsewhere(order, attempt)).flatten() else {
                break;
            };
            order.venue = other;
        }
        order.outcome = Outcome::Waits;
    }

    /// One try at one venue: through what, and the answer.
    #[inline]
    fn attempt(&self, order: &Order, words: [u32; 4]) -> (Channel, Verdict) {
        let [way, room, check, _] = words;
        let acceptance = &self.payments.acceptance[order.venue as usize];
        let channel = channel(acceptance, way);
        if order.amount
            > acceptance
                .client_limit_kzt
                .saturating_sub(order.memory.recent(Day(self.today as u16)))
        {
            return (channel, Verdict::Refused);
        }
        let level = check_level(order.checked, order.bank, self.payments.checking_banks);
        let suspect = Segment::ALL[usize::from(order.segment)].is_criminal();
        (channel, verdict(acceptance, channel, level, room, check, suspect))
    }

    fn elsewhere(&self, order: &Order, attempt: u32) -> Option<u16> {
        let [a, b, c, _] = self.trade.words(order.row, self.today, 3 + 2 * attempt);
        let venue = self.choice.pick(usize::from(order.kind), [a, b, c])?;
        (venue != order.venue).then_some(venue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Simulation;
    use scenario::Scenario;
    use scenario::banks::Banks;
    use scenario::policy::AutoBlock;
    use scenario::world::Dated;
    use world::record::RunKey;

    /// Names of the banks that are told to block at 68 % of the market.
    fn told(order: BankOrder, replication: u32) -> Vec<String> {
        told_by(replication, |law| {
            law.bank_share = Dated::constant(0.68);
            law.order = Dated::constant(order);
        })
    }

    /// Names of the banks that are told to block on the first day.
    fn told_by(replication: u32, law: impl FnOnce(&mut AutoBlock)) -> Vec<String> {
        let mut scenario = scenario::reference().scenario;
        scenario.people_per_agent = 10_000;
        law(&mut scenario.policy.auto_block);
        let mut run = Simulation::new(&scenario, RunKey::new(1, replication));
        run.run_day();
        let mut banks = run.world.query::<&Bank>();
        let told = banks.iter(&run.world).filter(|bank| bank.told.is_some());
        told.map(|bank| scenario.banks.issuers[bank.number].name.clone()).collect()
    }

    #[test]
    fn the_largest_banks_are_told_first_where_the_law_says_so() {
        let largest = ["Halyk", "Kaspi", "CenterCredit", "Otbasy", "Forte"];
        for replication in 0..3 {
            assert_eq!(told(BankOrder::LargestFirst, replication), largest);
        }
        let at_random: Vec<_> = (0..3).map(|number| told(BankOrder::AtRandom, number)).collect();
        assert!(at_random.iter().all(|told| told != &largest) && at_random[0] != at_random[1]);
    }

    #[test]
    fn picked_banks_are_told_whatever_luck_and_share_say_and_those_of_the_share_besides() {
        let picked = |text: &str, share: f64, replication| {
            let banks: Banks = text.parse().unwrap();
            told_by(replication, |law| {
                law.bank_share = Dated::constant(share);
                law.banks = Dated::constant(banks);
            })
        };
        for replication in 0..3 {
            assert_eq!(picked("Largest(2)", 0.0, replication), ["Halyk", "Kaspi"]);
            assert_eq!(picked("RBK", 0.0, replication), ["RBK"]);
            assert_eq!(picked("All", 0.0, replication).len(), 18);
            assert_eq!(picked("ByShare", 0.0, replication), [""; 0]);
            let besides = picked("RBK", 0.5, replication);
            let share = picked("ByShare", 0.5, replication);
            assert!(share.iter().all(|bank| besides.contains(bank)), "{share:?} {besides:?}");
            assert!(besides.contains(&"RBK".to_owned()));
        }
    }

    #[test]
    fn by_the_list_of_licensed_venues_an_account_that_nobody_listed_is_stopped_as_a_listed_one() {
        let mut scenario = scenario::reference().scenario;
        let stopped = |scenario: &Scenario, class, listed| {
            let levers = Levers(scenario.policy.on(scenario.start));
            let world = World(std::sync::Arc::new(scenario.clone()));
            let rails = Rails::default();
            let stop = odds(&world, &levers, class, listed, &rails, 1.0).stop[0][2];
            (stop * 1e9).round() / 1e9
        };
        assert_eq!(stopped(&scenario, Class::Shadow, false), 0.03);
        assert_eq!(stopped(&scenario, Class::Shadow, true), 0.9);
        scenario.policy.auto_block.pay_list = Dated::constant(PaymentList::Licensed);
        for class in [Class::Shadow, Class::Hub, Class::Foreign] {
            assert_eq!(stopped(&scenario, class, false), 0.9, "{class}");
        }
        assert_eq!(stopped(&scenario, Class::Licensed, false), 0.004);
    }
}
