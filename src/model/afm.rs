//! The AFM: financial intelligence and investigation.
//!
//! Evidence against a venue grows with what can be seen of it and with banks' reports, and gets stale.
//! Investigators are few, so cases queue; a case takes months and may end in nothing. Four acts are kept
//! apart: a venue is put on the regulator's list, its sites are blocked, its wallets are frozen, it is
//! closed (with or without arrest, with what is seized).
//!
//! The agency acts on what it sees, never on the truth. Officials who protect an operator make cases fail and
//! last; an operator abroad is out of reach unless a partner there helps.

mod acts;
pub mod measures;
pub mod reports;
mod sight;
mod underworld;

use std::collections::BTreeMap;

use bevy_ecs::prelude::*;
use bevy_ecs::world::World as EcsWorld;

use super::actor::{Actor, Holding};
use super::board::{
    AgencyBudget, AgencyDiary, Directory, Listing, RegulatorList, ReportDesk, Seat, TrafficBoard,
};
use super::diary::Counted;
use super::messages::{Overnight, RequestAnswered, RequestSent, VenueNumber, VenueOpened};
use super::policy::Levers;
use super::schedule::{Phase, RunLuck, Step, Today, Turn, World};
use scenario::policy::Targeting;
use world::random::{self, Decision};
use world::record::life::CaseState;
use world::units::{Class, Day, maths};

/// What the agency knows of one illicit platform.
#[derive(Component, Clone)]
pub struct Dossier {
    /// Venue.
    venue: VenueNumber,
    /// Address of its luck.
    address: u64,
    /// The operator's skill at staying hidden: divides what is found.
    skill: f64,
    /// Where the operator sits.
    seat: Seat,
    /// Until when officials protect the operator.
    protected_until: Day,
    /// Evidence gathered; a case is worth opening at `case_threshold`.
    evidence: Evidence,
    /// The case against it.
    case: CaseStage,
    /// Cases opened so far.
    cases: u32,
    /// When its wallets were frozen last.
    frozen: Option<Day>,
}

/// Evidence by what it rests on.
#[derive(Clone, Copy, Debug, Default)]
struct Evidence {
    /// Bank statements, from reports.
    statements: f64,
    /// Chain analysis.
    analysis: f64,
    /// Test purchases and witnesses.
    purchases: f64,
}

impl Evidence {
    fn kinds(self) -> [f64; 3] {
        [self.statements, self.analysis, self.purchases]
    }

    /// All of it.
    fn sum(self) -> f64 {
        self.kinds().iter().sum()
    }

    /// What is left of it where a share is lost.
    fn times(self, share: f64) -> Evidence {
        let [statements, analysis, purchases] = self.kinds().map(|kind| kind * share);
        Evidence { statements, analysis, purchases }
    }

    /// Chance that it convinces a court: kinds are independent witnesses, each of which convinces by itself with half a
    /// chance where it alone would be worth a case.
    fn proof(self, case_threshold: f64) -> f64 {
        1.0 - self.kinds().iter().map(|kind| 1.0 - kind / (kind + case_threshold)).product::<f64>()
    }
}

/// State of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CaseStage {
    /// None is open.
    None,
    /// Being worked on until a day; then it holds or it does not.
    Open { ends: Day, holds: bool },
    /// Proven; a partner abroad was asked for help.
    Requested,
    /// Proven: the venue can be closed.
    Ready,
}

impl Dossier {
    /// The case has come to nothing.
    fn fail(&mut self) {
        self.case = CaseStage::None;
        self.evidence = self.evidence.times(0.5);
    }
}

/// Factors of a case's chance to hold and of its duration: officials in the way lower the one and raise the other.
fn protection(scenario: &World, protected: bool) -> (f64, f64) {
    if protected { (scenario.protection.success, scenario.protection.delay) } else { (1.0, 1.0) }
}

/// What the agency may still do this month.
#[derive(Resource, Default, Clone)]
struct Capacity {
    closures: f64,
    sites: f64,
    freezes: f64,
}

/// Days between two looks at what intelligence found.
///
/// Unit: days. Source: judgement. Status: assumption.
const REVIEW_DAYS: u16 = 7;

/// Spread of what one look finds: sigma of a lognormal with mean 1.
///
/// Unit: 1. Source: judgement. Status: assumption.
const LUCK_OF_A_LOOK: f64 = 0.8;

world::series! {
    /// What the agency works on, on a day.
    CaseSeries in "market", One, "";
    Open = "cases_open", "cases", "Cases that the AFM works on, each an investigator's day";
}

impl Counted for AgencyDiary {
    type Of = CaseSeries;

    fn today(&self, series: CaseSeries, _row: usize) -> i64 {
        match series {
            CaseSeries::Open => i64::from(self.cases_open),
        }
    }
}

/// The actor.
pub const ACTOR: Actor = Actor::new(
    &[
        Holding::empty::<RegulatorList>(),
        Holding::empty::<AgencyDiary>(),
        Holding::empty::<ReportDesk>(),
        Holding::empty::<Capacity>(),
        Holding::empty::<acts::PendingFreezes>(),
        Holding::empty::<AgencyBudget>(),
        Holding::empty::<sight::RecentDays>(),
        Holding::agents::<(Dossier,)>(),
        Holding::made::<underworld::Files>(),
    ],
    rules,
)
.build(underworld::build);

fn rules(schedule: &mut Schedule) {
    underworld::rules(schedule);
    schedule.add_systems(
        (open_dossiers, reports::read_reports, gather_evidence, list_venues)
            .chain()
            .in_set(Step(Phase::Intelligence, Turn::Agency)),
    );
    schedule.add_systems(
        (
            read_answers,
            work_on_cases,
            open_cases,
            acts::close_venues,
            acts::block_sites,
            acts::freeze_wallets,
            underworld::dismantle_the_largest,
            underworld::order_inspections,
            underworld::open_racket_cases,
        )
            .chain()
            .in_set(Step(Phase::Enforcement, Turn::Agency)),
    );
    schedule.add_systems(sight::draw_up_indicators.in_set(Step(Phase::Learning, Turn::Public)));
}

/// A new illicit platform starts without evidence against it.
fn open_dossiers(
    mut commands: Commands,
    scenario: Res<World>,
    luck: Res<RunLuck>,
    mut opened: MessageReader<VenueOpened>,
) {
    for venue in opened.read() {
        if !venue.class.is_platform() {
            continue;
        }
        let middle = if venue.class == Class::Hub { scenario.exchanges.hub_skill } else { 1.0 };
        let mut draws = luck.at(Decision::OperatorSkill, 0, venue.operator);
        commands.spawn(Dossier {
            venue: venue.venue,
            address: venue.address,
            skill: draws.lognormal(middle, scenario.exchanges.skill_sigma),
            seat: venue.seat,
            protected_until: venue.protected_until,
            evidence: Evidence::default(),
            case: CaseStage::None,
            cases: 0,
            frozen: None,
        });
    }
}

/// Banks' reports are read daily, what intelligence finds weekly; evidence gets stale.
fn gather_evidence(
    scenario: Res<World>,
    levers: Res<super::policy::Levers>,
    desk: Res<ReportDesk>,
    luck: Res<RunLuck>,
    today: Res<Today>,
    directory: Res<Directory>,
    traffic: Res<TrafficBoard>,
    mut dossiers: Query<&mut Dossier>,
) {
    let afm = &scenario.afm;
    let review = today.day.0.is_multiple_of(REVIEW_DAYS);
    for mut dossier in &mut dossiers {
        let number = dossier.venue as usize;
        let Some(listing) = directory.listings.get(number).filter(|l| l.gone.is_none()) else {
            continue;
        };
        let stopped = traffic.0[number].stopped();
        let reports =
            stopped as f64 * scenario.banks.useful_reports * desk.share_read / dossier.skill;
        dossier.evidence = dossier.evidence.times(1.0 - afm.staleness);
        dossier.evidence.statements += reports * afm.report_value;
        if review {
            let unit = scenario.customers.herding_unit_kzt;
            let visible = maths::ln_1p(listing.monthly_turnover / unit);
            let day = u32::from(today.day.0);
            let mut draws = luck.at(Decision::Evidence, day, dossier.address);
            let mean_one = maths::exp(-LUCK_OF_A_LOOK * LUCK_OF_A_LOOK / 2.0);
            let found = afm.intelligence * f64::from(REVIEW_DAYS) * visible / dossier.skill
                * draws.lognormal(mean_one, LUCK_OF_A_LOOK);
            dossier.evidence.analysis +=
                found * (1.0 - afm.test_purchases) * levers.monitoring.chain_analytics;
            dossier.evidence.purchases += found * afm.test_purchases;
        }
    }
}

/// The regulator lists venues that the agency knows enough about; a listing stays.
fn list_venues(
    scenario: Res<World>,
    today: Res<Today>,
    directory: Res<Directory>,
    dossiers: Query<&Dossier>,
    mut list: ResMut<RegulatorList>,
) {
    list.0.resize(directory.listings.len(), None);
    for dossier in &dossiers {
        if dossier.evidence.sum() >= scenario.afm.list_threshold
            && let Some(since) = list.0.get_mut(dossier.venue as usize)
        {
            since.get_or_insert(today.day);
        }
    }
}

/// Cases whose time has come end: proven, or with half of the evidence lost. Each day of a case takes a day.
fn work_on_cases(
    scenario: Res<World>,
    today: Res<Today>,
    levers: Res<Levers>,
    directory: Res<Directory>,
    mut dossiers: Query<&mut Dossier>,
    mut diary: ResMut<AgencyDiary>,
    mut requests: MessageWriter<RequestSent>,
    mut budget: ResMut<AgencyBudget>,
) {
    *diary = AgencyDiary::default();
    let month = (today.date.year(), today.date.month());
    if budget.month != month {
        *budget = AgencyBudget { month, ..AgencyBudget::default() };
    }
    budget.limit = levers.budget.agency_days_per_month;
    for mut dossier in &mut dossiers {
        if dossier.case != CaseStage::None && !directory.is_open(dossier.venue) {
            dossier.case = CaseStage::None;
        }
        let CaseStage::Open { ends, holds } = dossier.case else { continue };
        if ends > today.day {
            diary.cases_open += 1;
        } else if !holds {
            dossier.fail();
        } else if let Seat::Abroad(place) = dossier.seat {
            if !budget.take(scenario.measures.request_days) {
                // Asked when there are days for it.
                continue;
            }
            dossier.case = CaseStage::Requested;
            requests.write(RequestSent {
                venue: dossier.venue,
                address: dossier.address,
                case: dossier.cases,
                place,
            });
        } else {
            dossier.case = CaseStage::Ready;
        }
    }
    budget.spend(f64::from(diary.cases_open));
}

/// Yesterday's answers of partners abroad: with their help a venue can be closed, without it the case has failed.
fn read_answers(
    mut answers: ResMut<Overnight<RequestAnswered>>,
    mut dossiers: Query<&mut Dossier>,
) {
    for answer in answers.take() {
        for mut dossier in &mut dossiers {
            if dossier.venue == answer.venue && dossier.case == CaseStage::Requested {
                if answer.granted {
                    dossier.case = CaseStage::Ready;
                } else {
                    dossier.fail();
                }
            }
        }
    }
}

/// Free investigators take up the next cases.
fn open_cases(
    scenario: Res<World>,
    luck: Res<RunLuck>,
    today: Res<Today>,
    levers: Res<Levers>,
    directory: Res<Directory>,
    mut dossiers: Query<(Entity, &mut Dossier)>,
    mut diary: ResMut<AgencyDiary>,
    mut budget: ResMut<AgencyBudget>,
) {
    let free = scenario.afm.investigators.saturating_sub(diary.cases_open) as usize;
    let free = free.min(budget.times(1.0) as usize);
    if free == 0 {
        return;
    }
    let worth = dossiers.iter().filter(|(_, dossier)| {
        dossier.case == CaseStage::None
            && dossier.evidence.sum() >= scenario.afm.case_threshold
            && directory.is_open(dossier.venue)
    });
    let queue = in_order(worth, levers.shutdown_rate.targeting, &directory, &luck);
    for entity in queue.into_iter().take(free) {
        let Ok((_, mut dossier)) = dossiers.get_mut(entity) else { continue };
        let mut draws = luck.at(Decision::CaseCourse, dossier.cases, dossier.address);
        let (success, delay) = protection(&scenario, dossier.protected_until > today.day);
        let ends = today.day.plus(draws.waiting_days(scenario.afm.case_days * delay));
        let holds = draws.happens(scenario.afm.case_success * success);
        dossier.case = CaseStage::Open { ends, holds };
        dossier.cases += 1;
        diary.cases_opened += 1;
        diary.cases_open += 1;
        budget.spend(1.0);
    }
}

/// Evidence and the state of the case against each illicit platform, for accounts of a day; by venue.
pub fn cases(world: &EcsWorld) -> BTreeMap<VenueNumber, (f64, CaseState)> {
    let Some(mut dossiers) = world.try_query::<&Dossier>() else { return BTreeMap::new() };
    let state = |case| match case {
        CaseStage::None => CaseState::None,
        CaseStage::Open { .. } => CaseState::Open,
        CaseStage::Requested => CaseState::Requested,
        CaseStage::Ready => CaseState::Proven,
    };
    dossiers.iter(world).map(|d| (d.venue, (d.evidence.sum(), state(d.case)))).collect()
}

/// Dossiers in the order in which the agency takes them up.
fn in_order<'a>(
    dossiers: impl Iterator<Item = (Entity, &'a Dossier)>,
    targeting: Targeting,
    directory: &Directory,
    luck: &random::Luck,
) -> Vec<Entity> {
    let mut ranked: Vec<(f64, u64, Entity)> = dossiers
        .map(|(entity, dossier)| {
            let listing = &directory.listings[dossier.venue as usize];
            (urgency(dossier, listing, targeting, luck), dossier.address, entity)
        })
        .collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    ranked.into_iter().map(|(_, _, entity)| entity).collect()
}

fn urgency(dossier: &Dossier, listing: &Listing, targeting: Targeting, luck: &random::Luck) -> f64 {
    match targeting {
        Targeting::Easiest => dossier.evidence.sum(),
        Targeting::Largest => listing.monthly_turnover,
        Targeting::Random => luck.at(Decision::Targeting, 0, dossier.address).uniform(),
        Targeting::MostHarmful => listing.monthly_drug_money,
        Targeting::KeyOperators => {
            f64::from(listing.generation + 1) * listing.lifetime_turnover.0 as f64
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_evidence_add_up_to_proof() {
        let of = |statements, analysis, purchases| Evidence { statements, analysis, purchases };
        assert_eq!(of(0.0, 0.0, 0.0).proof(1.0), 0.0);
        assert_eq!(of(0.0, 1.0, 0.0).proof(1.0), 0.5, "as much of one kind as a case is worth");
        assert_eq!(of(1.0, 1.0, 1.0).proof(1.0), 0.875);
        let two = of(0.5, 0.5, 0.0);
        assert!(two.proof(1.0) > of(1.0, 0.0, 0.0).proof(1.0), "two witnesses rather than one");
        assert_eq!(two.times(0.5).sum(), 0.5);
    }

    /// Convictions of two years in which many are arrested, after `change`.
    fn convictions(change: impl FnOnce(&mut scenario::Scenario)) -> f64 {
        use scenario::world::Dated;
        let mut scenario = scenario::reference().scenario;
        scenario.people_per_agent = 2_000;
        scenario.start = jiff::civil::date(2024, 1, 1);
        scenario.end = jiff::civil::date(2025, 6, 30);
        scenario.warm_up_days = 300;
        scenario.policy.shutdown_rate.closures_per_month = Dated::constant(12.0);
        scenario.policy.shutdown_rate.with_arrest = Dated::constant(1.0);
        scenario.afm.intelligence = 0.02;
        scenario.courts.verdicts_per_month = 100.0;
        scenario.courts.trial_days = 20.0;
        change(&mut scenario);
        let record = crate::simulate(&scenario, world::record::RunKey::new(1, 0), &|| ());
        record.measure("convictions").expect("a number")
    }

    #[test]
    fn courts_that_doubt_convict_fewer() {
        let [none, some, all] =
            [0.0, 0.3, 1.0].map(|doubt| convictions(|s| s.courts.doubt = doubt));
        assert!(none > some && some > all, "{none} {some} {all}");
    }
}
