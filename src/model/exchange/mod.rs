//! Venues of all classes and the operators behind them.
//!
//! Venues enter, trade, buy cards, open mirrors, pass costs on, relaunch, exit or run off. What they
//! show the world stands in the [`Directory`]; what they hold stands here and nowhere else.
//!
//! Operators may be protected, sit abroad, be arrested, wait for a verdict, go to prison, or get a licence.

mod account;
mod adapt;
mod licence;
pub mod measures;
mod operator;
mod orders;
mod publish;
mod trade;

pub use account::account;
pub use operator::{Operator, OperatorPlan};
pub use publish::reconcile;

use bevy_ecs::prelude::*;
use bevy_ecs::system::RunSystemOnce;
use bevy_ecs::world::World as EcsWorld;

use super::actor::{Actor, Holding};
use super::board::{Cause, Directory, MAX_BANKS, NO_VENUE, RailBoard, venue_address};
use super::choice::Layout;
use super::fork::Fork;
use super::ledger::{Account, Ledger};
use super::messages::{VenueNumber, VenueOpened};
use super::schedule::{Phase, RunLuck, Step, Turn, World};
use world::random::{self, Decision};
use world::record::event;
use world::units::{Class, Day, Kzt, PerPlatform, maths};

/// Marks a venue.
#[derive(Component, Clone)]
pub struct Exchange;

/// Who a venue is, for life.
#[derive(Component, Clone, Copy)]
pub struct Identity {
    /// Number in this run.
    pub number: VenueNumber,
    /// Class.
    pub class: Class,
    /// Operator.
    pub operator: Entity,
    /// Key of the operator: the address of its luck.
    pub key: u64,
    /// Names the operator had before.
    pub generation: u32,
    /// First day.
    pub opened: Day,
    /// Whether it is the new name of a closed venue.
    pub relaunched: bool,
}

impl Identity {
    /// Address of this venue's luck: operator and generation, the same in all policies.
    pub fn address(&self) -> u64 {
        venue_address(self.key, self.generation)
    }
}

/// Whether a venue is open.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq)]
pub enum VenueState {
    /// Open to traders.
    Open,
    /// No more.
    Gone(Day, Cause),
}

/// What clients like or dislike about a venue.
#[derive(Component, Clone, Copy)]
pub struct Brand {
    /// Utility.
    pub attractiveness: f64,
    /// Fee and spread at normal prices, a share.
    pub fee: f64,
    /// KYC level, 0 to 1.
    pub kyc: f64,
    /// Trust lost by frozen money; fades.
    pub distrust: f64,
    /// Utility that a new name lacks for not being known yet; fades.
    pub unknown: f64,
    /// Until when it feels hunted.
    pub hunted_until: Day,
    /// KYC that an intervention makes it ask for, and until when.
    pub told_kyc: (f64, Day),
}

/// A venue's books.
#[derive(Component, Clone, Copy, Default)]
pub struct Books {
    /// Money and coins held, clients' balances included.
    pub float: Kzt,
    /// Turnover of its whole life.
    pub lifetime: Kzt,
    /// People who came to use it in its whole life.
    pub clients: i64,
    /// People whose usual venue it is.
    pub users: i64,
    /// Turnover a day, fading mean.
    pub daily_turnover: f64,
    /// Turnover a day that is asked for, fading mean.
    pub daily_asked: f64,
    /// Part of it that was not asked for in vain the day before.
    pub daily_asked_anew: f64,
    /// Drug money a day, fading mean.
    pub daily_drugs: f64,
    /// Turnover a day that is paid out abroad, fading mean.
    pub daily_abroad: f64,
    /// Money that can be carried in a day (peer-to-peer).
    pub capacity: f64,
    /// Turnover today.
    pub today: Kzt,
}

/// Mule cards of a venue.
#[derive(Component, Clone, Copy, Default)]
pub struct Cards {
    /// Number by bank.
    pub number: [u32; MAX_BANKS],
    /// Part of a card still owed by the market.
    pub owed: f64,
    /// Cards that banks have noticed and not yet marked for a stop.
    pub noticed: f64,
    /// Cards marked for a stop and not stopped yet.
    pub marked: f64,
    /// Cards stopped today.
    pub lost_today: u32,
}

impl Cards {
    /// Cards in all.
    pub fn total(&self) -> u32 {
        self.number.iter().sum()
    }
}

/// Sites of a venue.
#[derive(Component, Clone, Copy, Default)]
pub struct Sites {
    /// Sites in all.
    pub number: u32,
    /// Sites blocked and not yet replaced.
    pub down: u32,
    /// Until when an intervention keeps all sites blocked, mirrors included.
    pub held_until: Day,
}

/// Entities of all venues by number.
#[derive(Resource, Default, Clone)]
pub struct Roster(pub Vec<Entity>);

/// Platforms by which a class can outgrow its first number; then nobody enters until one is gone.
///
/// Unit: venues. Source: twice what the facts allow to be alive (facts.md §3). Status: assumption.
const ROOM_TO_GROW: PerPlatform<usize> = PerPlatform { shadow: 400, hub: 60 };

/// The same for licensed venues.
///
/// Unit: venues. Source: a fifth of the shadow exchanges would like a licence (`would_be_licensed`). Status: assumption.
const ROOM_FOR_LICENCES: usize = 53;

/// The actor.
pub const ACTOR: Actor = Actor::new(
    &[
        Holding::empty::<Roster>(),
        Holding::empty::<RailBoard>(),
        Holding::made::<Directory>(),
        Holding::copied(copy_venues),
    ],
    rules,
)
.build(build)
.audit(reconcile);

fn build(world: &mut EcsWorld) {
    let scenario = world.resource::<World>().clone();
    let mut room = scenario.exchanges.number.each().map(|number| *number as usize);
    for class in Class::PLATFORMS {
        room[class.index()] += ROOM_TO_GROW.of(class).unwrap_or(0);
    }
    room[Class::Licensed.index()] += ROOM_FOR_LICENCES;
    let layout = Layout::new(room);
    world.insert_resource(Directory {
        at_slot: vec![NO_VENUE; layout.slots_in_all()],
        layout,
        ..Directory::default()
    });
    for &class in Class::ALL {
        for i in 0..scenario.exchanges.number[class] {
            let operator = event::OperatorName::First { class, number: i };
            let luck = world.resource::<RunLuck>();
            let opening = Opening::first(&scenario, luck, class, operator.key());
            open(world, &opening, Day(0));
        }
    }
    world.run_system_once(publish::publish).expect("all boards are there");
}

/// Venues and operators in a copy of the world, in which they have other numbers as entities.
fn copy_venues(copy: &mut Fork) {
    let operators = copy.changed::<(Operator,)>(|_| ());
    let venues =
        copy.changed::<(Exchange, Identity, VenueState, Brand, Books, Cards, Sites)>(|venue| {
            venue.1.operator = operators[&venue.1.operator];
        });
    let roster = copy.original::<Roster>().0.iter().map(|venue| venues[venue]).collect();
    copy.to.insert_resource(Roster(roster));
}

fn rules(schedule: &mut Schedule) {
    schedule.add_systems(trade::settle_venues.in_set(Step(Phase::Settlement, Turn::Exchanges)));
    schedule.add_systems(
        (
            adapt::repair_sites,
            operator::serve_sentences,
            adapt::exit_or_run_off,
            licence::decide_applications,
            licence::apply,
            adapt::open_venues,
        )
            .chain()
            .in_set(Step(Phase::Adaptation, Turn::Exchanges)),
    );
    schedule.add_systems(
        (orders::carry_out_orders, licence::take_licences)
            .chain()
            .in_set(Step(Phase::Enforcement, Turn::Exchanges)),
    );
    schedule.add_systems(
        (adapt::lose_trust, publish::publish)
            .chain()
            .in_set(Step(Phase::Learning, Turn::Exchanges)),
    );
}

/// Share of a class's payments that goes through mule cards in normal times.
fn card_share(scenario: &World, class: Class) -> f64 {
    let exchanges = &scenario.exchanges;
    (1.0 - exchanges.account_share[class] - exchanges.cash_share[class]).max(0.0)
}

/// A venue about to open.
pub struct Opening {
    class: Class,
    key: u64,
    generation: u32,
    operator: Option<Entity>,
    attractiveness: f64,
    fee: f64,
    daily_turnover: f64,
    unknown: f64,
    relaunched: bool,
    prepared: bool,
    outside_income: f64,
}

impl Opening {
    /// The first venue of an operator, with traits drawn at the operator's address.
    pub fn first(scenario: &World, luck: &random::Luck, class: Class, key: u64) -> Opening {
        let exchanges = &scenario.exchanges;
        let mut draws = luck.at(Decision::VenueTraits, 0, key);
        let spread = exchanges.attractiveness_sigma[class] * draws.normal();
        let attractiveness = exchanges.attractiveness[class] + spread;
        // Where herding with exponent h settles, turnover goes with attractiveness to the 1/(1-h).
        // A start only; capped, since its exponent has no bound as herding nears 1.
        let steady = maths::exp(spread / (1.0 - scenario.customers.herding)).min(1e4);
        Opening {
            class,
            key,
            generation: 0,
            operator: None,
            attractiveness,
            fee: draws.lognormal(exchanges.fee[class], exchanges.fee_sigma),
            daily_turnover: 4.0 * scenario.customers.herding_unit_kzt / 30.0 * steady,
            unknown: 0.0,
            relaunched: false,
            prepared: draws.happens(exchanges.prepared),
            outside_income: draws
                .lognormal(exchanges.outside_income_kzt, exchanges.outside_income_sigma),
        }
    }
}

/// Opens a venue; its first float and cards are the operator's own money.
pub fn open(world: &mut EcsWorld, opening: &Opening, today: Day) -> VenueNumber {
    let scenario = world.resource::<World>().clone();
    let exchanges = &scenario.exchanges;
    let class = opening.class;
    let number = world.resource::<Roster>().0.len() as VenueNumber;
    let float = Kzt((opening.daily_turnover * exchanges.float_days[class]) as i64);
    let mut ledger = world.resource_mut::<Ledger>();
    ledger.transfer(Account::Wholesale, Account::Floats, float);
    let operator = opening.operator.unwrap_or_else(|| {
        let capital = if class == Class::Hub { exchanges.hub_capital_kzt } else { 0.0 };
        let wealth = Kzt(opening.outside_income.max(capital) as i64);
        let operator =
            Operator::new(&scenario, world.resource::<RunLuck>(), opening, wealth, today);
        let owned = wealth + operator.property;
        world.resource_mut::<Ledger>().transfer(Account::Income, Account::OperatorWealth, owned);
        world.spawn(operator).id()
    });
    let entity = world
        .spawn((
            Exchange,
            Identity {
                number,
                class,
                operator,
                key: opening.key,
                generation: opening.generation,
                opened: today,
                relaunched: opening.relaunched,
            },
            VenueState::Open,
            Brand {
                attractiveness: opening.attractiveness,
                fee: opening.fee,
                kyc: exchanges.kyc[class],
                distrust: 0.0,
                unknown: opening.unknown,
                hunted_until: Day(0),
                told_kyc: (0.0, Day(0)),
            },
            Books {
                float,
                daily_turnover: opening.daily_turnover,
                daily_asked: opening.daily_turnover,
                daily_asked_anew: opening.daily_turnover,
                capacity: exchanges.peer_to_peer_capacity_kzt
                    / f64::from(exchanges.number.peer_to_peer.max(1)),
                ..Books::default()
            },
            Cards::default(),
            Sites { number: exchanges.sites.of(class).unwrap_or(1), down: 0, held_until: Day(0) },
        ))
        .id();
    world.resource_mut::<Roster>().0.push(entity);
    let identity = *world.get::<Identity>(entity).expect("just spawned");
    let person = *world.get::<Operator>(operator).expect("operators are for ever");
    world.write_message(VenueOpened {
        venue: number,
        class,
        relaunched: identity.relaunched,
        operator: identity.key,
        address: identity.address(),
        seat: person.seat,
        protected_until: person.protected_until,
    });
    number
}
