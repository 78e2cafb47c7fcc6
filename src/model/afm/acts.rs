//! What the agency does with what it knows: closures, site blocks, wallet freezes.

use std::collections::BTreeMap;

use bevy_ecs::prelude::*;

use super::{Capacity, CaseStage, Dossier, in_order};
use crate::board::{AgencyBudget, Directory, RegulatorList, Seat, venue_address};
use crate::capacity::gain;
use crate::messages::{ClosureOrder, FreezeOrder, SiteBlockOrder, VenueNumber};
use crate::policy::Levers;
use crate::schedule::{RunLuck, Today, World};
use scenario::intervention::Successor;
use world::random::Decision;
use world::units::Day;

/// Days for which a venue whose wallets were frozen is left alone.
///
/// Unit: days. Source: judgement. Status: assumption.
const FREEZE_PAUSE_DAYS: u16 = 180;

/// Share of a float that a warned operator saves from the freeze.
///
/// Unit: share. Source: meaning of the scenario's `wallet_freezing.leak`. Status: assumption.
const MOVED_WHEN_WARNED: f64 = 0.9;

/// Freezes that are decided and not yet carried out.
#[derive(Resource, Default, Clone)]
pub struct PendingFreezes(Vec<(Day, FreezeOrder)>);

/// Closes proven venues, as many as the month and its budget allow.
pub fn close_venues(
    scenario: Res<World>,
    levers: Res<Levers>,
    luck: Res<RunLuck>,
    directory: Res<Directory>,
    mut capacity: ResMut<Capacity>,
    mut budget: ResMut<AgencyBudget>,
    mut dossiers: Query<(Entity, &mut Dossier)>,
    mut orders: MessageWriter<ClosureOrder>,
) {
    gain(&mut capacity.closures, levers.shutdown_rate.closures_per_month);
    if capacity.closures < 1.0 || levers.shutdown_rate.closures_per_month <= 0.0 {
        return;
    }
    let proven = dossiers.iter().filter(|(_, dossier)| {
        dossier.case == CaseStage::Ready && directory.is_open(dossier.venue)
    });
    for entity in in_order(proven, levers.shutdown_rate.targeting, &directory, &luck) {
        if capacity.closures < 1.0 || !budget.take(scenario.measures.closure_days) {
            return;
        }
        capacity.closures -= 1.0;
        let Ok((_, mut dossier)) = dossiers.get_mut(entity) else { continue };
        dossier.case = CaseStage::None;
        let handed_over = match dossier.seat {
            Seat::Home => 1.0,
            Seat::Abroad(_) => scenario.partners.extradition,
        };
        let mut draws = luck.at(Decision::Arrest, 0, dossier.address);
        let arrest = draws.happens(levers.shutdown_rate.with_arrest * handed_over);
        let successor = Successor::AsDrawn;
        orders.write(ClosureOrder {
            venue: dossier.venue,
            arrest,
            sites_only: false,
            successor,
            by_agency: true,
            proof: dossier.evidence.proof(scenario.afm.case_threshold),
        });
    }
}

/// Has sites of listed domestic venues blocked, any site as likely as any other.
pub fn block_sites(
    scenario: Res<World>,
    levers: Res<Levers>,
    luck: Res<RunLuck>,
    today: Res<Today>,
    directory: Res<Directory>,
    list: Res<RegulatorList>,
    mut capacity: ResMut<Capacity>,
    mut budget: ResMut<AgencyBudget>,
    mut orders: MessageWriter<SiteBlockOrder>,
) {
    gain(&mut capacity.sites, levers.site_blocking.sites_per_month);
    if capacity.sites < 1.0 || levers.site_blocking.sites_per_month <= 0.0 {
        return;
    }
    // Each site has its own luck of the day and the unluckiest are blocked: one venue more or less on the list
    // changes no other venue's luck.
    let mut sites: Vec<(f64, u64, VenueNumber)> = Vec::new();
    let listed = directory
        .open()
        .filter(|(venue, listing)| listing.class.is_platform() && list.since(*venue).is_some());
    for (venue, listing) in listed {
        let address = venue_address(listing.operator, listing.generation);
        let mut draws = luck.at(Decision::SiteBlock, u32::from(today.day.0), address);
        sites.extend((0..listing.sites_up).map(|_| (draws.uniform(), address, venue)));
    }
    let days = scenario.measures.site_block_days;
    let few = capacity.sites.min(budget.times(days)) as usize;
    if few < sites.len() {
        sites.select_nth_unstable_by(few, |a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        sites.truncate(few);
    }
    capacity.sites -= sites.len() as f64;
    budget.spend(days * sites.len() as f64);
    let mut blocked: BTreeMap<VenueNumber, u32> = BTreeMap::new();
    for (_, _, venue) in sites {
        *blocked.entry(venue).or_default() += 1;
    }
    for (venue, sites) in blocked {
        orders.write(SiteBlockOrder { venue, sites });
    }
}

/// Decides whose wallets are frozen, and carries out what was decided before.
pub fn freeze_wallets(
    scenario: Res<World>,
    levers: Res<Levers>,
    luck: Res<RunLuck>,
    today: Res<Today>,
    directory: Res<Directory>,
    mut capacity: ResMut<Capacity>,
    mut budget: ResMut<AgencyBudget>,
    mut pending: ResMut<PendingFreezes>,
    mut dossiers: Query<(Entity, &mut Dossier)>,
    mut orders: MessageWriter<FreezeOrder>,
) {
    gain(&mut capacity.freezes, levers.wallet_freezing.venues_per_month);
    if capacity.freezes >= 1.0 && levers.wallet_freezing.venues_per_month > 0.0 {
        let known = dossiers.iter().filter(|(_, dossier)| {
            dossier.evidence.sum() >= scenario.afm.list_threshold
                && directory.is_open(dossier.venue)
                && dossier.frozen.is_none_or(|day| today.day.since(day) >= FREEZE_PAUSE_DAYS)
        });
        for entity in in_order(known, levers.shutdown_rate.targeting, &directory, &luck) {
            if capacity.freezes < 1.0 || !budget.take(scenario.measures.freeze_days) {
                break;
            }
            capacity.freezes -= 1.0;
            let Ok((_, mut dossier)) = dossiers.get_mut(entity) else { continue };
            dossier.frozen = Some(today.day);
            let day = u32::from(today.day.0);
            let warned = luck
                .at(Decision::Freeze, day, dossier.address)
                .happens(levers.wallet_freezing.leak);
            let kept = if warned { MOVED_WHEN_WARNED } else { 0.0 };
            let share = levers.wallet_freezing.float_caught * (1.0 - kept);
            let on = today.day.plus(levers.wallet_freezing.delay_days as u16);
            pending.0.push((on, FreezeOrder { venue: dossier.venue, share }));
        }
    }
    pending.0.retain(|(on, order)| {
        if *on <= today.day {
            orders.write(*order);
        }
        *on > today.day
    });
}
