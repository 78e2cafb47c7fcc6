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
use super::schedule::{Phase, RunLuck, Step, Today, Turn, World};
use budget::Spending;
use scenario::policy::{AutoBlockToday, BankOrder, PaymentList};
use scenario::world::Issuer;
use world::random::{Decision, Many};
use world::record::Flow;
use world::record::life::PaymentAnswer;
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
    let luck = world.resource::<RunLuck>().clone();
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
            acceptance(&odds, rails, &house_rules(&scenario, &levers, listing.class));
    }
}

/// How many times as hard somebody checks who is fined a share of the money that they failed to stop.
///
/// What is stopped and false alarms grow alike with the effort, the cost of checks with its square: the least of cost and
/// expected fine lies where the effort has grown in proportion to the fine (Shavell 1987, care under liability).
fn effort(scenario: &World, levers: &Levers, fine: f64) -> f64 {
    1.0 + levers.liability.found * fine / scenario.banks.fine_that_doubles
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
    let effort = effort(scenario, levers, levers.liability.bank_fine);
    let account = match class {
        Class::Licensed => (levers.auto_block.false_positive * effort).min(1.0),
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
    let card = (levers.auto_block.detect_card * factor * effort).min(1.0);
    let background =
        (banks.background_stop * levers.card_limits.detection * factor * effort).min(1.0);
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

fn house_rules(scenario: &World, levers: &Levers, class: Class) -> HouseRules {
    match class {
        Class::Licensed => {
            let effort = effort(scenario, levers, levers.liability.venue_fine);
            let watched =
                [levers.monitoring.licensed_false_alarm, levers.monitoring.licensed_detection];
            HouseRules {
                watched: watched.map(|share| (share * effort).min(1.0)),
                client_limit_kzt: levers.licensing.client_limit_kzt.min(4e9) as u32,
            }
        }
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
    verdict: PaymentAnswer,
) {
    let class = directory.listings[order.venue as usize].class;
    let amount = i64::from(order.amount);
    let segment = usize::from(order.segment);
    let flow = &mut block.flows[class.index() * Segment::COUNT + segment];
    flow[Flow::Attempted as usize] += amount;
    if verdict != PaymentAnswer::Passed {
        let suspect = Segment::ALL[segment].is_criminal() && class == Class::Licensed;
        block.traffic[usize::from(order.venue)].turn_away(flow, verdict, channel, amount, suspect);
    }
}

/// Tries of a placed order, told again after the day: where, through what, and what the answer was.
pub fn tries(world: &EcsWorld, mut order: Order) -> Vec<(VenueNumber, Channel, PaymentAnswer)> {
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
    fn order(&self, order: &mut Order, mut tell: impl FnMut(&Order, Channel, PaymentAnswer)) {
        for attempt in 0..self.tries {
            let words = self.trade.words(order.row, self.today, 2 + 2 * attempt);
            let (channel, verdict) = self.attempt(order, words);
            order.channel = channel as u8;
            tell(order, channel, verdict);
            if verdict == PaymentAnswer::Passed {
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
    fn attempt(&self, order: &Order, words: [u32; 4]) -> (Channel, PaymentAnswer) {
        let [way, room, check, _] = words;
        let acceptance = &self.payments.acceptance[order.venue as usize];
        let channel = channel(acceptance, way);
        // Limits are for clients who are no professionals.
        if order.segment != Segment::Professional as u8
            && order.amount
                > acceptance
                    .client_limit_kzt
                    .saturating_sub(order.memory.recent(Day(self.today as u16)))
        {
            return (channel, PaymentAnswer::Refused);
        }
        let level = check_level(order.checked, order.bank, self.payments.checking_banks);
        let suspect = Segment::ALL[usize::from(order.segment)].is_criminal();
        (channel, verdict(acceptance, channel, level, room, check, suspect))
    }

    fn elsewhere(&self, order: &Order, attempt: u32) -> Option<u16> {
        let [a, b, c, _] = self.trade.words(order.row, self.today, 3 + 2 * attempt);
        let venue = self.choice.pick(usize::from(order.kind), order.footing, [a, b, c])?;
        (venue != order.venue).then_some(venue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Simulation;
    use scenario::Scenario;
    use scenario::banks::PickedBanks;
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
            let banks: PickedBanks = text.parse().unwrap();
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

    /// A small run of the reference after `change`.
    fn run_of(change: impl FnOnce(&mut Scenario)) -> (Simulation, Scenario) {
        let mut scenario = scenario::reference().scenario;
        scenario.people_per_agent = 10_000;
        change(&mut scenario);
        (Simulation::new(&scenario, RunKey::new(1, 0)), scenario)
    }

    #[test]
    fn clients_are_spread_over_banks_by_assets() {
        let (run, scenario) = run_of(|_| ());
        let assets = || scenario.banks.issuers.iter().map(|issuer| issuer.assets_kzt_bn);
        let (sum, mut cumulated): (f64, f64) = (assets().sum(), 0.0);
        let below = &run.world.resource::<Payments>().bank_below;
        assert_eq!(below.len(), assets().count());
        for (assets, below) in assets().zip(below) {
            cumulated += assets / sum;
            assert!((f64::from(*below) / 4_294_967_296.0 - cumulated).abs() < 1e-6);
        }
    }

    #[test]
    fn a_bank_checks_from_the_end_of_its_delay_on_and_buyers_of_cards_shun_it() {
        let (mut run, scenario) =
            run_of(|scenario| scenario.policy.auto_block.bank_share = Dated::constant(1.0));
        let shunned = maths::exp(-scenario.mule_cards.bank_shopping);
        let mut seen = [false; 2];
        for day in 0..60 {
            run.run_day();
            let mut query = run.world.query::<&Bank>();
            let banks: Vec<Bank> = query.iter(&run.world).cloned().collect();
            let payments = run.world.resource::<Payments>();
            let cards = run.world.resource::<CardBanks>();
            assert_eq!(payments.threshold_kzt, 100_000);
            let appeal =
                |bank: &Bank| bank.share * if day >= bank.delay_days { shunned } else { 1.0 };
            let all: f64 = banks.iter().map(appeal).sum();
            for bank in &banks {
                let checks = day >= bank.delay_days;
                seen[usize::from(checks)] = true;
                assert_eq!(payments.checking_banks >> bank.number & 1 == 1, checks, "day {day}");
                assert_eq!(cards.checks[bank.number], checks);
                assert!((cards.share_bought[bank.number] - appeal(bank) / all).abs() < 1e-12);
            }
        }
        assert_eq!(seen, [true; 2]);
    }

    #[test]
    fn banks_suspend_checks_when_a_month_has_cost_its_budget_and_begin_again_with_the_next() {
        let (mut run, scenario) = run_of(|scenario| {
            scenario.policy.auto_block.bank_share = Dated::constant(1.0);
            scenario.policy.auto_block.detect_card = Dated::constant(0.5);
            scenario.policy.budget.bank_kzt_per_month = Dated::constant(1e7);
        });
        let (mut month, mut spent, mut seen) = (None, 0.0, [false; 2]);
        for _ in 0..150 {
            let stops: i64 = run
                .world
                .resource::<crate::board::Flows>()
                .0
                .iter()
                .map(|row| row[Flow::BlockedOrders as usize])
                .sum();
            run.run_day();
            let date = run.world.resource::<Today>().date;
            let now = Some((date.year(), date.month()));
            spent = if now == month {
                spent + stops as f64 * scenario.measures.bank_stop_kzt
            } else {
                0.0
            };
            month = now;
            let suspended = run.world.resource::<Spending>().suspended;
            assert_eq!(suspended, spent >= 1e7, "{date}: {spent}");
            assert!(!suspended || run.world.resource::<Payments>().checking_banks == 0);
            seen[usize::from(suspended)] = true;
        }
        assert_eq!(seen, [true; 2]);
    }

    fn near(found: [f64; 3], expected: [f64; 3]) {
        let close =
            found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-9);
        assert!(close, "{found:?} instead of {expected:?}");
    }

    #[test]
    fn both_sides_together_stop_with_the_chance_that_the_lever_says_above_the_floor() {
        let scenario = scenario::reference().scenario;
        let (levers, law) = (Levers(scenario.policy.on(scenario.start)), scenario.banks.clone());
        let limits = levers.card_limits.detection;
        let world = World(std::sync::Arc::new(scenario));
        let rails = Rails { card_load: 1.0, cards_checked: 0.25, ..Rails::default() };
        let (sender, receiver) = (law.sender_side, 1.0 - law.sender_side);
        let listed = odds(&world, &levers, Class::Shadow, true, &rails, 0.5);
        let account = [0.0, 0.9 * receiver * 0.5, 0.9 * (receiver * 0.5 + sender)];
        near(listed.stop[0], account);
        assert!((listed.account_trouble - (account[1] + account[2]) / 2.0).abs() < 1e-9);
        let cards = |factor: f64, checked: f64| {
            let floor = law.background_stop * limits * factor;
            let detect = 0.06 * factor;
            [0.0, receiver * checked, receiver * checked + sender]
                .map(|side| 1.0 - (1.0 - floor) * (1.0 - detect * side))
        };
        let busy = (1.0 + law.load_effect) / (1.0 + law.load_effect / 2.0);
        near(listed.stop[1], cards(busy, 0.25));
        near(listed.stop[2], [0.0; 3]);
        // Cards of persons are as busy as any, and spread over all banks.
        for class in [Class::PeerToPeer, Class::Foreign] {
            let personal = odds(&world, &levers, class, false, &rails, 0.5);
            near(personal.stop[1], cards(law.personal_card_factor, 0.5));
        }
    }

    #[test]
    fn a_venue_takes_what_its_rails_carry_and_stops_what_it_watches() {
        let rails = Rails {
            account_share: 0.25,
            cash_share: 0.25,
            solvency: 0.75,
            capacity: 50.0,
            asked: 100.0,
            card_capacity: 20.0,
            buys_kzt: 7.0,
            ..Rails::default()
        };
        let odds = Odds { stop: [[0.0, 0.25, 0.5]; 3], account_trouble: 0.125 };
        let rules = HouseRules { watched: [0.25, 1.0], client_limit_kzt: 9 };
        let found = acceptance(&odds, &rails, &rules);
        let of = |share: f64| (share * 4_294_967_296.0) as u64;
        assert_eq!(
            (u64::from(found.account_below), u64::from(found.cash_below)),
            (of(0.25), of(0.5))
        );
        // Half of what is asked finds room, and three quarters of that money; cards carry two fifths of their half.
        assert_eq!(found.accept_below, [of(0.375), of(0.15), of(0.375)]);
        assert_eq!(found.stop_below, [[0, of(0.25) as u32, of(0.5) as u32]; 3]);
        assert_eq!(found.watched_below, [of(0.25) as u32, u32::MAX]);
        assert_eq!(
            (found.account_trouble, found.client_limit_kzt, found.buys_kzt),
            (0.125, 9, 7.0)
        );
        let none = acceptance(&odds, &Rails { capacity: 0.0, ..rails }, &rules);
        assert_eq!(none.accept_below, [0; 3]);
        let roomy = Rails { capacity: 1e9, card_capacity: f64::INFINITY, solvency: 1.0, ..rails };
        assert_eq!(acceptance(&odds, &roomy, &rules).accept_below, [of(1.0); 3]);
    }

    #[test]
    fn only_licensed_venues_watch_and_limit_their_clients() {
        let mut scenario = scenario::reference().scenario;
        scenario.policy.monitoring.licensed_detection = Dated::constant(0.5);
        scenario.policy.monitoring.licensed_false_alarm = Dated::constant(0.25);
        scenario.policy.licensing.client_limit_kzt = Dated::constant(1e6);
        let rules = |scenario: &Scenario, class| {
            let levers = Levers(scenario.policy.on(scenario.start));
            house_rules(&World(std::sync::Arc::new(scenario.clone())), &levers, class)
        };
        let licensed = rules(&scenario, Class::Licensed);
        assert_eq!((licensed.watched, licensed.client_limit_kzt), ([0.25, 0.5], 1_000_000));
        for class in [Class::Shadow, Class::Hub, Class::Foreign, Class::PeerToPeer] {
            let other = rules(&scenario, class);
            assert_eq!((other.watched, other.client_limit_kzt), ([0.0; 2], u32::MAX), "{class}");
        }
        // Half of failures found, each fined with twice what doubles the effort: checks are twice as hard.
        let fine = scenario.banks.fine_that_doubles;
        scenario.policy.liability.found = Dated::constant(0.5);
        scenario.policy.liability.venue_fine = Dated::constant(2.0 * fine);
        assert_eq!(rules(&scenario, Class::Licensed).watched, [0.5, 1.0]);
        assert_eq!(rules(&scenario, Class::Shadow).watched, [0.0; 2]);
    }

    #[test]
    fn banks_that_are_fined_stop_more_cards_and_more_honest_payments_and_nothing_without_a_fine() {
        let mut scenario = scenario::reference().scenario;
        let stopped = |scenario: &Scenario, class| {
            let levers = Levers(scenario.policy.on(scenario.end));
            let world = World(std::sync::Arc::new(scenario.clone()));
            odds(&world, &levers, class, false, &Rails::default(), 1.0).stop
        };
        let [shadow, licensed] = [Class::Shadow, Class::Licensed].map(|c| stopped(&scenario, c));
        scenario.policy.liability.found = Dated::constant(1.0);
        assert_eq!(stopped(&scenario, Class::Shadow), shadow, "nothing to pay");
        scenario.policy.liability.bank_fine = Dated::constant(scenario.banks.fine_that_doubles);
        let twice = |now: f64, before: f64| (now / before - 2.0).abs() < 1e-9;
        // Without automatic checks: the floor on cards; false alarms at the accounts of licensed venues.
        assert!(twice(stopped(&scenario, Class::Shadow)[1][0], shadow[1][0]));
        assert!(twice(stopped(&scenario, Class::Licensed)[0][2], licensed[0][2]));
        assert_eq!(stopped(&scenario, Class::Shadow)[0], shadow[0], "lists are lists");
    }

    /// An order of a retail client at a venue, and what stands in a run around it.
    fn order_at(venue: VenueNumber, amount: u32) -> Order {
        let memory = crate::order::Memory {
            usual: venue,
            lost: crate::board::NO_VENUE,
            since: Day(0),
            recent_kzt: 0,
        };
        Order {
            row: 3,
            amount,
            fresh: amount,
            arose: Day(10),
            venue,
            first: venue,
            kind: 0,
            footing: crate::choice::Footing::FREE,
            segment: 0,
            bank: 2,
            origin: 0,
            checked: true,
            outcome: Outcome::Placed,
            channel: 0,
            memory,
        }
    }

    #[test]
    fn every_try_is_counted_once_where_it_was_made() {
        let (mut run, _) = run_of(|_| ());
        run.run_day();
        let directory = run.world.resource::<Directory>();
        let venue =
            |class: Class| directory.open().find(|(_, listing)| listing.class == class).unwrap().0;
        let fraud = Segment::ALL.iter().position(|segment| segment.is_criminal()).unwrap() as u8;
        let counted = |class: Class, segment: u8, channel, verdict| {
            let mut block = Block {
                flows: vec![[0; Flow::COUNT]; Class::COUNT * Segment::COUNT],
                traffic: vec![crate::board::Traffic::default(); directory.listings.len()],
                ..Block::default()
            };
            let order = Order { segment, ..order_at(venue(class), 500) };
            tally(&mut block, directory, &order, channel, verdict);
            let flow = *block.flow(class.index() as u8, segment);
            let all: i64 = block.flows.iter().flatten().sum();
            assert_eq!(all, flow.iter().sum::<i64>(), "nothing elsewhere");
            let declined = [Flow::Declined, Flow::DeclinedOrders].map(|of| flow[of as usize]);
            assert_eq!(
                declined,
                if verdict == PaymentAnswer::Declined { [500, 1] } else { [0; 2] }
            );
            let traffic = block.traffic[order.venue as usize];
            let of = |flow_of: Flow| flow[flow_of as usize];
            (
                [Flow::Attempted, Flow::Refused, Flow::Blocked, Flow::BlockedOrders].map(of),
                [traffic.cards_stopped, traffic.accounts_stopped, traffic.suspects_stopped],
            )
        };
        let shadow = |channel, verdict| counted(Class::Shadow, fraud, channel, verdict);
        assert_eq!(shadow(Channel::Card, PaymentAnswer::Passed), ([500, 0, 0, 0], [0; 3]));
        assert_eq!(shadow(Channel::Card, PaymentAnswer::Refused), ([500, 500, 0, 0], [0; 3]));
        assert_eq!(shadow(Channel::Card, PaymentAnswer::Stopped), ([500, 0, 500, 1], [1, 0, 0]));
        assert_eq!(shadow(Channel::Account, PaymentAnswer::Stopped), ([500, 0, 500, 1], [0, 1, 0]));
        let licensed =
            |segment| counted(Class::Licensed, segment, Channel::Account, PaymentAnswer::Stopped);
        assert_eq!(licensed(fraud).1, [0, 1, 1], "suspects are told to the agency");
        assert_eq!(licensed(0).1, [0, 1, 0]);
        let declined = counted(Class::Licensed, fraud, Channel::Account, PaymentAnswer::Declined);
        assert_eq!(declined, ([500, 0, 0, 0], [0, 0, 1]), "no bank stopped it");
    }

    #[test]
    fn who_is_refused_tries_elsewhere_as_often_as_people_do_and_then_waits() {
        let (mut run, _) = run_of(|_| ());
        run.run_day();
        let (directory, choice) =
            (run.world.resource::<Directory>(), run.world.resource::<ChoiceTables>());
        let first = directory.open().find(|(_, listing)| listing.class == Class::Shadow).unwrap().0;
        let open = Acceptance {
            accept_below: [1 << 32; 3],
            client_limit_kzt: u32::MAX,
            ..Acceptance::default()
        };
        let mut payments = Payments {
            acceptance: vec![open; directory.listings.len()],
            checking_banks: 1 << 2,
            ..Payments::default()
        };
        let told = |payments: &Payments, tries, retry_below, mut order: Order| {
            let trade = run.world.resource::<OrderBook>().trade;
            let review = Review { today: 10, tries, retry_below, choice, payments, trade };
            let mut told = Vec::new();
            review.order(&mut order, |order, _, verdict| told.push((order.venue, verdict)));
            (told, order.outcome, order.venue)
        };
        let order = order_at(first, 500);
        let always = 1 << 32;
        let passed = (vec![(first, PaymentAnswer::Passed)], Outcome::Passed, first);
        assert_eq!(told(&payments, 3, always, order), passed);
        // Who is checked by both banks is stopped; others pass.
        payments.acceptance[first as usize].stop_below = [[0, 0, u32::MAX]; 3];
        let stopped = (vec![(first, PaymentAnswer::Stopped)], Outcome::Waits, first);
        assert_eq!(told(&payments, 1, always, order), stopped);
        assert_eq!(told(&payments, 1, always, Order { bank: 1, ..order }), passed);
        assert_eq!(told(&payments, 1, always, Order { checked: false, ..order }), passed);
        assert_eq!(told(&payments, 3, 0, order), stopped, "nobody tries again");
        let (tries, outcome, venue) = told(&payments, 3, always, order);
        assert_eq!((tries[0], tries.len()), ((first, PaymentAnswer::Stopped), 2));
        assert!(
            tries[1].1 == PaymentAnswer::Passed && outcome == Outcome::Passed && venue != first
        );
        // What a client traded there in thirty days counts towards the limit.
        payments.acceptance[first as usize] = Acceptance { client_limit_kzt: 800, ..open };
        assert_eq!(told(&payments, 1, always, order_at(first, 800)).1, Outcome::Passed);
        assert_eq!(
            told(&payments, 1, always, order_at(first, 801)).0,
            [(first, PaymentAnswer::Refused)]
        );
        let mut regular = order;
        regular.memory.recent_kzt = 301;
        assert_eq!(told(&payments, 1, always, regular).1, Outcome::Waits);
        regular.memory.recent_kzt = 300;
        assert_eq!(told(&payments, 1, always, regular).1, Outcome::Passed);
    }
}
