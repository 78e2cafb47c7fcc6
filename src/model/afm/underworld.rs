//! The agency against pyramids, illegal farms and rackets: complaints, inspections, rare large cases.
//!
//! Deliberately absent: what an act achieves; that is with the actor it hits.

use bevy_ecs::prelude::*;
use bevy_ecs::world::World as EcsWorld;

use crate::board::{AgencyBudget, FarmBoard, PyramidBoard};
use crate::capacity;
use crate::messages::{InspectionOrder, PyramidOrder, RacketOrder};
use crate::policy::Levers;
use crate::schedule::{Phase, RunLuck, Step, Today, Turn, World};
use world::random::Decision;
use world::units::{Day, maths};

/// Days for which a farm that was inspected is left alone.
///
/// Unit: days. Source: judgement. Status: assumption.
const INSPECTION_PAUSE_DAYS: u16 = 180;

/// What the agency knows and may still do.
#[derive(Resource, Default, Clone)]
pub struct Files {
    /// Whether a pyramid is known, by number.
    known: Vec<bool>,
    /// When a farm was inspected last, by number.
    inspected: Vec<Option<Day>>,
    /// Pyramids that can be dismantled.
    pyramids: f64,
    /// Farms that can be inspected.
    inspections: f64,
    /// Rackets that can be broken up.
    rackets: f64,
}

/// What it begins with.
pub fn build(world: &mut EcsWorld) {
    let luck = world.resource::<RunLuck>().clone();
    // Rare acts fall on other days in each replication.
    let begun = |agent| luck.at(Decision::UnderworldCalendar, 0, agent).uniform();
    world.insert_resource(Files { pyramids: begun(0), rackets: begun(1), ..Files::default() });
}

/// Its rules besides those of acts.
pub fn rules(schedule: &mut Schedule) {
    schedule.add_systems(hear_complaints.in_set(Step(Phase::Intelligence, Turn::Agency)));
}

/// A complaint makes a pyramid known, sooner the more members it has.
fn hear_complaints(
    scenario: Res<World>,
    luck: Res<RunLuck>,
    today: Res<Today>,
    board: Res<PyramidBoard>,
    mut files: ResMut<Files>,
) {
    files.known.resize(board.faces.len(), false);
    for (face, known) in board.faces.iter().zip(&mut files.known) {
        if face.open && !*known {
            let day = u32::from(today.day.0);
            let chance = 1.0 - maths::exp(-scenario.pyramids.complaints * face.members);
            *known = luck.at(Decision::PyramidComplaint, day, face.address).happens(chance);
        }
    }
}

/// Of the pyramids that are known, those that seem the largest are dismantled, as many as the year allows.
pub fn dismantle_the_largest(
    scenario: Res<World>,
    levers: Res<Levers>,
    board: Res<PyramidBoard>,
    mut files: ResMut<Files>,
    mut budget: ResMut<AgencyBudget>,
    mut orders: MessageWriter<PyramidOrder>,
) {
    let per_year = levers.pyramid_warnings.actions_per_year;
    capacity::gain(&mut files.pyramids, per_year / 12.0);
    if files.pyramids < 1.0 || per_year <= 0.0 {
        return;
    }
    let known =
        board.faces.iter().enumerate().filter(|(number, face)| {
            face.open && files.known.get(*number).copied().unwrap_or(false)
        });
    let targets = largest(known.map(|(number, face)| (face.seems, face.address, number)));
    for pyramid in targets.into_iter().take(files.pyramids as usize) {
        if !budget.take(scenario.measures.pyramid_days) {
            return;
        }
        files.pyramids -= 1.0;
        orders.write(PyramidOrder { pyramid });
    }
}

/// Farms that seem to draw most power are inspected, as many as the month allows.
pub fn order_inspections(
    scenario: Res<World>,
    levers: Res<Levers>,
    today: Res<Today>,
    board: Res<FarmBoard>,
    mut files: ResMut<Files>,
    mut budget: ResMut<AgencyBudget>,
    mut orders: MessageWriter<InspectionOrder>,
) {
    let per_month = levers.mining_inspections.per_month;
    capacity::gain(&mut files.inspections, per_month);
    if files.inspections < 1.0 || per_month <= 0.0 {
        return;
    }
    files.inspected.resize(board.farms.len(), None);
    let due = board.farms.iter().enumerate().filter(|(number, farm)| {
        let last = files.inspected[*number];
        farm.runs && last.is_none_or(|last| today.day.since(last) >= INSPECTION_PAUSE_DAYS)
    });
    let targets =
        largest(due.map(|(number, farm)| (farm.seems_mw, u64::from(farm.address), number)));
    for farm in targets.into_iter().take(files.inspections as usize) {
        if !budget.take(scenario.measures.inspection_days) {
            return;
        }
        files.inspections -= 1.0;
        files.inspected[farm] = Some(today.day);
        orders.write(InspectionOrder { farm });
    }
}

/// The rackets that seem to take most are broken up, as many as the year allows.
pub fn open_racket_cases(
    scenario: Res<World>,
    levers: Res<Levers>,
    board: Res<FarmBoard>,
    mut files: ResMut<Files>,
    mut budget: ResMut<AgencyBudget>,
    mut orders: MessageWriter<RacketOrder>,
) {
    let per_year = levers.mining_inspections.racket_cases_per_year;
    capacity::gain(&mut files.rackets, per_year / 12.0);
    if files.rackets < 1.0 || per_year <= 0.0 {
        return;
    }
    let active = board.rackets.iter().enumerate().filter(|(_, income)| **income > 0.0);
    let targets = largest(active.map(|(number, income)| (*income, number as u64, number)));
    for racket in targets.into_iter().take(files.rackets as usize) {
        if !budget.take(scenario.measures.racket_case_days) {
            return;
        }
        files.rackets -= 1.0;
        orders.write(RacketOrder { racket });
    }
}

/// Numbers by what seems largest, then by address.
fn largest(targets: impl Iterator<Item = (f64, u64, usize)>) -> Vec<usize> {
    let mut ranked: Vec<(f64, u64, usize)> = targets.collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    ranked.into_iter().map(|(_, _, number)| number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_come_first_and_equals_by_address() {
        let targets = [(1.0, 9, 0), (3.0, 5, 1), (3.0, 4, 2)];
        assert_eq!(largest(targets.into_iter()), [2, 1, 0]);
    }
}
