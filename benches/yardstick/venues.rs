//! The venues of the yardstick: always the same, with their tables of choice and terms of payment.

use super::people::{BANDS, KINDS};
use scenario::Scenario;
use world::random::{Decision, Luck};
use world::units::{Channel, Class, Segment, maths};

/// Venues of a group.
pub const MEMBERS: usize = 16;
/// Thresholds of a choice are out of 2³¹.
const FULL: f64 = 2_147_483_648.0;
/// Perceived certainty of closure, as it acts on choices. Source: about its mean in the reference run.
const FELT_RISK: f64 = 0.3;

/// A venue: its place is its number in the tables of choice.
#[derive(Clone, Default)]
pub struct Venue {
    pub class: u8,
    pub fee_ppm: u32,
    /// Below: the venue takes the order.
    pub accept_below: u64,
    /// By channel and by who checks: below, a bank stops the payment.
    pub stop_below: [[u32; 3]; Channel::COUNT],
    account_below: u32,
    cash_below: u32,
    attractiveness: f64,
    monthly_turnover: f64,
    open: bool,
}

impl Venue {
    /// Channel of a payment, by a random word.
    pub fn channel(&self, word: u32) -> Channel {
        match word {
            word if word < self.account_below => Channel::Account,
            word if word < self.cash_below => Channel::Cash,
            _ => Channel::Card,
        }
    }
}

/// What happened at a venue today.
#[derive(Clone, Copy, Default)]
pub struct Traffic {
    pub asked_kzt: i64,
    pub traded_kzt: i64,
    pub fees_kzt: i64,
    pub card_kzt: i64,
    pub drug_kzt: i64,
    pub stopped: i64,
    pub arrivals: i64,
    pub departures: i64,
}

/// All venues, with a table of choice for each kind of trader.
pub struct Venues {
    pub all: Vec<Venue>,
    pub tables: Vec<Table>,
    /// Groups of each class: from its entry to the next.
    pub first_group: [usize; Class::COUNT + 1],
    /// Worth of each venue to each segment, without and with privacy wanted, apart from its turnover.
    pub standing: Vec<[[f64; 2]; Segment::COUNT]>,
    herding: f64,
    herding_unit: f64,
    memory_days: f64,
    pub dissimilarity: f64,
    checking_banks: u32,
}

impl Venues {
    pub fn new(scenario: &Scenario, luck: &Luck) -> Venues {
        let (exchanges, customers) = (&scenario.exchanges, &scenario.customers);
        let mut first_group = [0; Class::COUNT + 1];
        for &class in Class::ALL {
            let groups = (exchanges.number[class] as usize).div_ceil(MEMBERS);
            first_group[class.index() + 1] = first_group[class.index()] + groups;
        }
        let slots = first_group[Class::COUNT] * MEMBERS;
        let mut all = vec![Venue::default(); slots];
        let mut standing = vec![[[0.0; 2]; Segment::COUNT]; slots];
        for &class in Class::ALL {
            for i in 0..exchanges.number[class] as usize {
                let slot = first_group[class.index()] * MEMBERS + i;
                all[slot] = venue(scenario, luck, class, slot);
                for &segment in Segment::ALL {
                    let kyc = exchanges.kyc[class];
                    let utility = all[slot].attractiveness
                        - customers.price_sensitivity[segment]
                            * f64::from(all[slot].fee_ppm)
                            * 1e-6
                        - customers.kyc_aversion[segment] * kyc;
                    let shunned = utility - customers.private_aversion * kyc;
                    let dark = matches!(segment, Segment::DrugBuyer | Segment::Fraud);
                    if class != Class::Hub || dark {
                        standing[slot][segment.index()] =
                            [maths::exp(utility), maths::exp(shunned)];
                    }
                }
            }
        }
        let mut tables = vec![Table::default(); KINDS];
        for (kind, table) in tables.iter_mut().enumerate() {
            let segment = Segment::ALL[kind / (BANDS * 4)];
            let spread = customers.risk_aversion_spread * ((kind / 4 % BANDS) as f64 - 1.0);
            let aversion = customers.risk_aversion[segment] * (1.0 + spread);
            let hunted = |class: &Class| matches!(class, Class::Shadow | Class::Hub);
            let felt = |class: &Class| if hunted(class) { FELT_RISK } else { 0.0 };
            table.weights = vec![0.0; slots];
            table.member_below = vec![0; slots];
            table.group_below = vec![0; slots / MEMBERS];
            table.first_group = first_group;
            for class in Class::ALL {
                table.ease[class.index()] = maths::exp(-aversion * felt(class));
            }
        }
        Venues {
            all,
            tables,
            first_group,
            standing,
            herding: customers.herding,
            herding_unit: customers.herding_unit_kzt,
            memory_days: exchanges.memory_days,
            dissimilarity: customers.class_dissimilarity,
            checking_banks: 0b1011,
        }
    }

    /// Who checks a payment: 0 nobody, 1 the venue's banks, 2 the client's bank as well.
    pub fn check_level(&self, checked: bool, bank: u8) -> usize {
        usize::from(checked) * (1 + (self.checking_banks >> bank & 1) as usize)
    }

    /// How much of its turnover people know of a venue draws them to it; nothing where there is none.
    pub fn crowd(&self, slot: usize) -> f64 {
        let venue = &self.all[slot];
        let known = maths::ln_1p(venue.monthly_turnover / self.herding_unit);
        if venue.open { maths::exp(self.herding * known) } else { 0.0 }
    }

    /// Weighs all venues for all kinds of traders by yesterday's turnover.
    pub fn rebuild_tables(&mut self) {
        for slot in (0..self.all.len()).filter(|slot| self.all[*slot].open) {
            let crowd = self.crowd(slot);
            for (kind, table) in self.tables.iter_mut().enumerate() {
                let standing = self.standing[slot][kind / (BANDS * 4)][kind / 2 % 2];
                table.weights[slot] =
                    crowd * standing * table.ease[usize::from(self.all[slot].class)];
            }
        }
        for table in &mut self.tables {
            table.rebuild(&self.first_group, self.dissimilarity);
        }
    }

    /// Lets the turnover that people know of fade towards today's.
    pub fn remember_turnover(&mut self, traffic: &[Traffic]) {
        for (venue, traffic) in self.all.iter_mut().zip(traffic) {
            let today = traffic.traded_kzt as f64 * 30.0;
            venue.monthly_turnover += (today - venue.monthly_turnover) / self.memory_days;
        }
    }
}

fn venue(scenario: &Scenario, luck: &Luck, class: Class, slot: usize) -> Venue {
    let exchanges = &scenario.exchanges;
    let mut draws = luck.at(Decision::VenueTraits, 0, slot as u64);
    let spread = exchanges.attractiveness_sigma[class] * draws.normal();
    let steady = maths::exp(spread / (1.0 - scenario.customers.herding));
    let share = |p: f64| (p * 4_294_967_295.0) as u32;
    let (account, cash) = (exchanges.account_share[class], exchanges.cash_share[class]);
    let background = scenario.banks.background_stop;
    let by_check = |detect: f64| [0.0, 0.3 * detect, detect].map(|p| share(p.max(background)));
    let block = &scenario.policy.auto_block;
    let on_accounts = match class {
        Class::Licensed => block.false_positive.on(scenario.start),
        Class::Foreign => block.detect_listed.on(scenario.start),
        _ => block.detect_unlisted.on(scenario.start),
    };
    let on_cards = block.detect_card.on(scenario.start);
    Venue {
        class: class.index() as u8,
        fee_ppm: (draws.lognormal(exchanges.fee[class], exchanges.fee_sigma) * 1e6) as u32,
        accept_below: u64::from(share(0.99)),
        stop_below: [by_check(on_accounts), by_check(on_cards), [0; 3]],
        account_below: share(account),
        cash_below: share(account + cash),
        attractiveness: exchanges.attractiveness[class] + spread,
        monthly_turnover: 4.0 * scenario.customers.herding_unit_kzt * steady,
        open: true,
    }
}

/// Choice of one kind of trader in three levels: class, group of sixteen, venue.
#[derive(Clone, Default)]
pub struct Table {
    /// Sum of the weights of all classes.
    pub total: f64,
    /// By class: how undisturbed habits are.
    pub ease: [f64; Class::COUNT],
    weights: Vec<f64>,
    first_group: [usize; Class::COUNT + 1],
    class_below: [u32; Class::COUNT],
    group_below: Vec<u32>,
    member_below: Vec<u32>,
}

impl Table {
    fn rebuild(&mut self, first_group: &[usize; Class::COUNT + 1], dissimilarity: f64) {
        let mut class_sums = [0.0; Class::COUNT];
        let mut group_sums = vec![0.0; first_group[Class::COUNT]];
        let members = self.weights.chunks(MEMBERS).zip(self.member_below.chunks_mut(MEMBERS));
        for (sum, (weights, below)) in group_sums.iter_mut().zip(members) {
            *sum = thresholds(weights, below);
        }
        for (class, sum) in class_sums.iter_mut().enumerate() {
            let groups = first_group[class]..first_group[class + 1];
            let all = thresholds(&group_sums[groups.clone()], &mut self.group_below[groups]);
            *sum = if all > 0.0 { maths::pow(all, dissimilarity) } else { 0.0 };
        }
        self.total = thresholds(&class_sums, &mut self.class_below);
    }

    /// The venue at three random words.
    pub fn pick(&self, [class, group, member]: [u32; 3]) -> u16 {
        let class = below(&self.class_below, class);
        let groups = self.first_group[class]..self.first_group[class + 1];
        let group = groups.start + below(&self.group_below[groups], group);
        let members = group * MEMBERS..(group + 1) * MEMBERS;
        (members.start + below(&self.member_below[members], member)) as u16
    }
}

/// Cumulates weights to thresholds that no draw exceeds; their sum.
fn thresholds(weights: &[f64], out: &mut [u32]) -> f64 {
    let sum: f64 = weights.iter().sum();
    let (mut cumulated, mut last) = (0.0, 0);
    for (i, (weight, below)) in weights.iter().zip(out.iter_mut()).enumerate() {
        cumulated += weight;
        *below = if sum > 0.0 { (cumulated / sum * FULL) as u32 } else { 0 };
        last = if *weight > 0.0 { i } else { last };
    }
    out[last..].fill(FULL as u32);
    sum
}

/// Number of thresholds that a word is not below.
fn below(thresholds: &[u32], word: u32) -> usize {
    thresholds.iter().map(|threshold| usize::from(word >> 1 >= *threshold)).sum()
}
