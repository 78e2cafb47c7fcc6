//! A venue's day at the counter: fees, float, and the cards it is paid through.

use bevy_ecs::prelude::*;

use super::{Books, Brand, Cards, Exchange, Identity, Operator, VenueState};
use crate::board::{
    CardBanks, CardMarket, Expected, Flows, MAX_BANKS, RailBoard, Traffic, TrafficBoard,
};
use crate::ledger::{Account, Ledger};
use crate::messages::VenueNumber;
use crate::policy::Levers;
use crate::schedule::World;
use world::record::Flow;
use world::units::{Class, Kzt, Trader};

/// Share of the gap between a float and its target that is closed in a day.
///
/// Unit: per day. Source: judgement. Status: assumption.
const FLOAT_SPEED: f64 = 0.1;

/// Days over which banks act on the cards that they noticed, on average.
///
/// Unit: days. Source: judgement. Status: assumption.
const NOTICE_DAYS: f64 = 30.0;

/// Trades of customer agents in memory at which what happened counts as much as what could be expected.
///
/// Unit: trades. Source: chosen so that the luck of lumps stays below a sixth of a venue's turnover at any
/// size. Status: assumption.
const CREDIBLE_TRADES: f64 = 60.0;

/// How a venue judges its business: by what happened as far as that says something, else by what its
/// offer can be expected to draw.
///
/// Without it a venue's fate would hang on how many people one customer agent stands for: turnover in
/// lumps makes it look unknown and poor for weeks. Source: Bühlmann 1967 (credibility).
struct Outlook {
    expected: f64,
    credibility: f64,
}

impl Outlook {
    fn new(expected: &Expected, venue: VenueNumber, class: Class, scenario: &World) -> Outlook {
        let turnover = expected.turnover_kzt.get(venue as usize).copied().unwrap_or(0.0);
        let trades =
            turnover * scenario.exchanges.memory_days / expected.agent_trade_kzt[class.index()];
        Outlook { expected: turnover, credibility: trades / (trades + CREDIBLE_TRADES) }
    }

    /// A day's amount, given what happened in all and the part of it that is not in lumps.
    fn of(&self, happened: i64, in_full: i64) -> f64 {
        in_full as f64
            + self.credibility * (happened - in_full) as f64
            + (1.0 - self.credibility) * self.expected
    }
}

/// What a venue must know to keep its stock of mule cards.
#[derive(bevy_ecs::system::SystemParam)]
pub struct CardTrade<'w> {
    levers: Res<'w, Levers>,
    banks: Res<'w, CardBanks>,
    market: ResMut<'w, CardMarket>,
}

/// Venues of whatever state, as their systems see them.
type TradingVenue = (
    &'static Identity,
    &'static VenueState,
    &'static Brand,
    &'static mut Books,
    &'static mut Cards,
);

/// Books today's trades: floats and fees, cards worn, stopped and bought.
pub fn settle_venues(
    scenario: Res<World>,
    traffic: Res<TrafficBoard>,
    flows: Res<Flows>,
    expected: Res<Expected>,
    rails: Res<RailBoard>,
    mut trade: CardTrade,
    mut ledger: ResMut<Ledger>,
    mut venues: Query<TradingVenue, With<Exchange>>,
    mut operators: Query<&mut Operator>,
) {
    post_customers(&flows, &mut ledger);
    trade.market.asked = 0.0;
    let keep = 1.0 - 1.0 / scenario.exchanges.memory_days;
    for (identity, state, _, mut books, mut cards) in &mut venues {
        let Some(&today) = traffic.0.get(identity.number as usize) else { continue };
        cards.lost_today = 0;
        books.users += today.arrivals - today.departures;
        if *state != VenueState::Open {
            continue;
        }
        let class = identity.class;
        books.clients += today.arrivals;
        books.today = Kzt(today.traded_kzt);
        books.lifetime += Kzt(today.traded_kzt);
        let outlook = Outlook::new(&expected, identity.number, class, &scenario);
        let turnover = outlook.of(today.traded_kzt, today.dealers_kzt);
        let dealers = today.dealers_asked_kzt as f64;
        let asked = outlook.of(today.asked_kzt, 0) + dealers;
        let anew = outlook.of(today.asked_anew_kzt, 0) + dealers;
        let fade = |mean: f64, now: f64| mean * keep + now * (1.0 - keep);
        books.daily_turnover = fade(books.daily_turnover, turnover);
        books.daily_asked = fade(books.daily_asked, asked);
        books.daily_asked_anew = fade(books.daily_asked_anew, anew);
        books.daily_drugs = fade(books.daily_drugs, today.drug_kzt as f64);
        books.daily_abroad = fade(books.daily_abroad, today.abroad_kzt as f64);
        books.float += Kzt(today.deposits_kzt);
        fill_float(&mut books, scenario.exchanges.float_days[class], &mut ledger);

        let fees = Kzt(today.fees_kzt);
        if !class.is_platform() {
            ledger.transfer(Account::Floats, Account::Profits, fees);
            continue;
        }
        ledger.transfer(Account::Floats, Account::OperatorWealth, fees);
        let Ok(mut operator) = operators.get_mut(identity.operator) else { continue };
        operator.wealth += fees;
        let before = operator.wealth;
        wear_cards(&mut cards, &today, &scenario, &trade.levers, &mut ledger);
        let way = rails.0.get(identity.number as usize).copied().unwrap_or_default();
        let through_cards = if way.cards_pay { books.daily_asked * way.card_share() } else { 0.0 };
        buy_cards(
            &mut cards,
            through_cards,
            &scenario,
            &trade.banks,
            &mut trade.market,
            &mut ledger,
            &mut operator,
        );
        let cost = Kzt(scenario.exchanges.running_cost_kzt as i64).min(operator.wealth);
        operator.wealth -= cost;
        ledger.transfer(Account::OperatorWealth, Account::Spending, cost);
        // What is left of today's fees after cards and costs: a part is saved, the rest is spent.
        let profit = fees + (operator.wealth - before);
        if profit > Kzt::ZERO {
            let spent = profit.share(1.0 - scenario.exchanges.saving);
            operator.wealth -= spent;
            ledger.transfer(Account::OperatorWealth, Account::Spending, spent);
        }
    }
}

/// Customers bring money and take coins (or the other way round): what is left at venues is the fee.
/// Drug buyers' net payments go to dealers, who book them; those of pyramids' members to pyramids.
fn post_customers(flows: &Flows, ledger: &mut Ledger) {
    for class in 0..Class::COUNT {
        for &trader in Trader::ALL {
            let row = &flows.0[class * Trader::COUNT + trader.index()];
            let traded = Kzt(row[Flow::Traded as usize]);
            let net = traded - Kzt(row[Flow::Fees as usize]);
            match trader {
                Trader::Dealer | Trader::DealerAbroad | Trader::Farm => {}
                Trader::DrugBuyer | Trader::Pyramid => {
                    ledger.transfer(Account::Income, Account::Floats, traded)
                }
                _ => {
                    ledger.transfer(Account::Income, Account::Floats, traded);
                    ledger.transfer(Account::Floats, Account::Spending, net);
                }
            }
        }
    }
}

fn fill_float(books: &mut Books, days: f64, ledger: &mut Ledger) {
    let target = books.daily_turnover * days;
    let gap = Kzt(((target - books.float.0 as f64) * FLOAT_SPEED) as i64);
    books.float += gap;
    ledger.transfer(Account::Wholesale, Account::Floats, gap);
}

/// Each stopped payment costs a card sooner or later, and so does each card's worth of throughput; cards of
/// non-residents may run out before.
fn wear_cards(
    cards: &mut Cards,
    today: &Traffic,
    scenario: &World,
    levers: &Levers,
    ledger: &mut Ledger,
) {
    let mule = &scenario.mule_cards;
    let used_up = today.card_kzt as f64 / mule.throughput_kzt * levers.card_limits.detection;
    cards.noticed += today.cards_stopped as f64 + used_up;
    cards.marked += cards.noticed / NOTICE_DAYS;
    cards.marked += f64::from(cards.total()) * mule.non_resident_share * levers.early_expiry();
    cards.noticed *= 1.0 - 1.0 / NOTICE_DAYS;
    let stopped = (cards.marked as u32).min(cards.total());
    cards.marked -= f64::from(stopped);
    discard(cards, stopped);
    let lost = Kzt(mule.balance_kzt as i64 * i64::from(stopped));
    ledger.transfer(Account::CardBalances, Account::Lost, lost);
    cards.lost_today = stopped;
}

/// Takes cards from the banks in proportion to how many there are, the largest remainders first.
fn discard(cards: &mut Cards, mut count: u32) {
    if count == 0 {
        return;
    }
    let total = cards.total();
    if count >= total {
        cards.number = [0; MAX_BANKS];
        return;
    }
    let share = f64::from(count) / f64::from(total.max(1));
    for number in &mut cards.number {
        let lost = ((f64::from(*number) * share) as u32).min(count);
        *number -= lost;
        count -= lost;
    }
    while count > 0 {
        let fullest = (0..MAX_BANKS).max_by_key(|bank| (cards.number[*bank], MAX_BANKS - bank));
        let Some(fullest) = fullest else { return };
        cards.number[fullest] -= 1;
        count -= 1;
    }
}

fn buy_cards(
    cards: &mut Cards,
    through_cards: f64,
    scenario: &World,
    banks: &CardBanks,
    market: &mut CardMarket,
    ledger: &mut Ledger,
    operator: &mut Operator,
) {
    let mule = &scenario.mule_cards;
    let ready = (mule.reserve * through_cards / mule.daily_limit_kzt).ceil().max(1.0);
    let missing = (ready - f64::from(cards.total())).max(0.0);
    let had = missing * market.fill + cards.owed;
    let balance = mule.balance_kzt as i64;
    let each = market.price_kzt as i64 + balance;
    let affordable = (operator.wealth.0 / each.max(1)).max(0);
    // Who cannot pay does not drive the price.
    market.asked += missing.min(affordable as f64);
    let bought = (had as i64).min(missing as i64).min(affordable);
    cards.owed = (had - had.floor()).min(1.0);
    let spread = f64::from(cards.total()) + bought as f64;
    for _ in 0..bought {
        // The bank that is furthest below its share of what is bought.
        let neediest = (0..banks.share_bought.len()).max_by(|a, b| {
            let lack =
                |bank: usize| banks.share_bought[bank] * spread - f64::from(cards.number[bank]);
            lack(*a).total_cmp(&lack(*b)).then(b.cmp(a))
        });
        if let Some(bank) = neediest {
            cards.number[bank] += 1;
        }
    }
    let price = Kzt((each - balance) * bought);
    let filled = Kzt(balance * bought);
    operator.wealth -= price + filled;
    ledger.transfer(Account::OperatorWealth, Account::CardSellers, price);
    ledger.transfer(Account::OperatorWealth, Account::CardBalances, filled);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn discarding_takes_exactly_as_many_cards_as_asked() {
        let mut cards = Cards::default();
        cards.number[0] = 10;
        cards.number[3] = 5;
        cards.number[7] = 1;
        discard(&mut cards, 7);
        assert_eq!(cards.total(), 9);
        assert!(cards.number[0] >= 5 && cards.number[0] <= 6, "{:?}", cards.number);
        discard(&mut cards, 100);
        assert_eq!(cards.total(), 0);
    }
}
