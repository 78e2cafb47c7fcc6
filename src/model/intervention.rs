//! Interventions: acts of a day against particular venues or dealers, and who was meant by them.
//!
//! Who is the largest shows on the public board of the morning. What then happens to a venue or dealer happens there:
//! here is only the order. Neither the agency's capacity nor its budget is touched; its view counts a closure unless the intervention says otherwise.
//!
//! Deliberately absent: any memory of a policy; a world that is copied goes on under the interventions of its own.

use bevy_ecs::prelude::*;

use super::actor::{Actor, Holding};
use super::board::{Directory, NO_VENUE, venue_address};
use super::messages::{
    ClosureOrder, DealersWanted, LicenceGiven, MarketsTaken, VenueHeld, VenueNumber,
};
use super::policy::interventions_on;
use super::schedule::{Phase, RunLuck, Step, Today, Turn, World};
use scenario::intervention::{Act, Intervention, Markets, View, Which};
use world::random::{self, Decision};
use world::record::target::Target;
use world::units::Class;

/// Venues that interventions of the reported days were about.
#[derive(Resource, Default, Clone)]
pub struct WatchedVenues(Vec<(VenueNumber, Target)>);

impl WatchedVenues {
    /// What became of them.
    pub fn into_targets(self) -> Vec<Target> {
        self.0.into_iter().map(|(_, target)| target).collect()
    }

    /// Adds today: turnover and drug money of a venue are asked for by its number.
    pub fn look(
        &mut self,
        today: usize,
        directory: &Directory,
        of: impl Fn(VenueNumber) -> (i64, i64),
    ) {
        for (venue, target) in &mut self.0 {
            let (mut traded, mut drugs) = of(*venue);
            let mut name = *venue;
            loop {
                name = directory.listings[usize::from(name)].successor;
                if name == NO_VENUE {
                    break;
                }
                target.back_after.get_or_insert((today - target.day) as u16);
                let (more, more_drugs) = of(name);
                (traded, drugs) = (traded + more, drugs + more_drugs);
            }
            target.traded_kzt.push(traded);
            target.drug_kzt.push(drugs);
        }
    }
}

/// The actor.
pub const ACTOR: Actor = Actor::new(&[Holding::empty::<WatchedVenues>()], rules);

fn rules(schedule: &mut Schedule) {
    schedule.add_systems(intervene.in_set(Step(Phase::Enforcement, Turn::Law)));
}

/// Orders what the interventions of the day say.
fn intervene(
    scenario: Res<World>,
    today: Res<Today>,
    luck: Res<RunLuck>,
    directory: Res<Directory>,
    mut watched: ResMut<WatchedVenues>,
    mut closures: MessageWriter<ClosureOrder>,
    mut held: MessageWriter<VenueHeld>,
    mut dealers: MessageWriter<DealersWanted>,
    mut markets: MessageWriter<MarketsTaken>,
    mut licences: MessageWriter<LicenceGiven>,
) {
    for (name, one) in interventions_on(&scenario, *today) {
        if one.act == Act::ArrestDealers {
            dealers.write(DealersWanted { number: one.number });
            continue;
        }
        let until = today.day.plus(one.for_days);
        for venue in meant(one, &directory, &luck) {
            match one.act {
                Act::Close | Act::CloseAndArrest | Act::TakeSites => {
                    let arrest = one.act == Act::CloseAndArrest;
                    let sites_only = one.act == Act::TakeSites;
                    let successor = one.successor;
                    closures.write(ClosureOrder {
                        venue,
                        arrest,
                        sites_only,
                        successor,
                        by_agency: one.view == View::Counts,
                        proof: 1.0,
                    });
                    if one.markets == Markets::Fall {
                        markets.write(MarketsTaken { hub: venue });
                    }
                }
                Act::BlockSites => {
                    held.write(VenueHeld { venue, kyc: None, until });
                }
                Act::ForceKyc => {
                    held.write(VenueHeld { venue, kyc: Some(one.level), until });
                }
                Act::License => {
                    licences.write(LicenceGiven { venue });
                }
                Act::Watch | Act::ArrestDealers => {}
            }
            if today.reported {
                watched.0.push((venue, target(name, venue, &directory, &scenario, *today)));
            }
        }
    }
}

/// The venues that are meant, of those that are open.
fn meant(one: &Intervention, directory: &Directory, luck: &random::Luck) -> Vec<VenueNumber> {
    let class: Class = one.class;
    let open = directory.open().filter(|(_, listing)| listing.class == class);
    let mut ranked: Vec<(f64, u64, VenueNumber)> = open
        .map(|(venue, listing)| {
            let address = venue_address(listing.operator, listing.generation);
            let rank = match one.which {
                Which::Largest => listing.monthly_turnover,
                Which::Random => luck.at(Decision::Targeting, 0, address).uniform(),
            };
            (rank, address, venue)
        })
        .collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    ranked.into_iter().take(usize::from(one.number)).map(|(_, _, venue)| venue).collect()
}

fn target(
    name: &str,
    venue: VenueNumber,
    directory: &Directory,
    scenario: &World,
    today: Today,
) -> Target {
    let listing = &directory.listings[usize::from(venue)];
    Target {
        intervention: name.to_owned(),
        class: listing.class,
        day: usize::from(today.day.0 - scenario.warm_up_days),
        before_kzt: listing.monthly_turnover / 30.0,
        back_after: None,
        traded_kzt: Vec::new(),
        drug_kzt: Vec::new(),
    }
}
