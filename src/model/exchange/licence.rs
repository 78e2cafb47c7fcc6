//! Licences: shadow exchanges apply when it pays, wait, and go on as licensed venues or not.
//!
//! Deliberately absent: what a licence asks of clients (`publish`, `bank`), and how the new venue opens (`adapt`).

use bevy_ecs::prelude::*;

use super::adapt::loss_years;
use super::{Books, Brand, Cards, Exchange, Identity, Operator, Plan, State, orders};
use crate::board::{Cause, Directory, Perceived, deterrent};
use crate::ledger::Ledger;
use crate::messages::{LicenceApplied, VenueGone};
use crate::policy::Levers;
use crate::schedule::{Luck, Today, World};
use world::random::Decision;
use world::units::{Class, DAYS_PER_YEAR, Day};

/// Days between two looks of an operator at whether a licence would pay.
///
/// Unit: days. Source: judgement. Status: assumption.
const LOOK_DAYS: u16 = 30;

/// Days after an application in which an operator does not apply again.
///
/// Unit: days. Source: judgement. Status: assumption.
const PATIENCE_DAYS: u16 = 365;

/// An application for a licence.
#[derive(Clone, Copy, Debug)]
pub struct Application {
    /// When it was made.
    made: Day,
    /// When it is decided.
    decided: Day,
    /// Luck of the decision: granted if below the share of applications that are granted.
    luck: f64,
}

/// Operators of shadow exchanges look once a month whether a licence would pay, and apply.
pub fn apply(
    scenario: Res<World>,
    levers: Res<Levers>,
    luck: Res<Luck>,
    today: Res<Today>,
    directory: Res<Directory>,
    perceived: Res<Perceived>,
    venues: Query<(&Identity, &State, &Books, &Brand), With<Exchange>>,
    mut operators: Query<&mut Operator>,
    mut applied: MessageWriter<LicenceApplied>,
) {
    let exchanges = &scenario.exchanges;
    let weaker = weaker_quarter(&directory);
    for (identity, state, books, brand) in &venues {
        let age = today.day.since(identity.opened);
        let looks = age % LOOK_DAYS == LOOK_DAYS - 1;
        if *state != State::Open || identity.class != Class::Shadow || !looks {
            continue;
        }
        let Ok(mut operator) = operators.get_mut(identity.operator) else { continue };
        let patient = |application: Application| today.day.since(application.made) < PATIENCE_DAYS;
        let mut traits = luck.at(Decision::Licence, 0, identity.key);
        if operator.application.is_some_and(patient) || !traits.happens(exchanges.would_be_licensed)
        {
            continue;
        }
        let turnover = books.daily_turnover * DAYS_PER_YEAR;
        let certainty = perceived.certainty[identity.class.index()];
        let risk = deterrent(certainty, &scenario.perceived_risk);
        let float = books.daily_turnover * exchanges.float_days[identity.class];
        let loss = float * scenario.afm.float_caught
            + loss_years(&perceived, &scenario) * operator.outside_income;
        let shadow = turnover * brand.fee - exchanges.running_cost_kzt * DAYS_PER_YEAR;
        let expected = (weaker * 12.0).max(turnover * exchanges.licence_keeps);
        let licensed = expected * exchanges.fee[Class::Licensed]
            - levers.licensing.yearly_cost_kzt
            - levers.licensing.capital_kzt * exchanges.capital_return;
        if licensed <= (shadow - risk * loss).max(0.0) {
            continue;
        }
        let day = u32::from(today.day.0);
        let mut draws = luck.at(Decision::Licence, day, identity.key);
        let (granted, wait) = (draws.uniform(), draws.waiting_days(levers.licensing.decision_days));
        operator.application =
            Some(Application { made: today.day, decided: today.day.plus(wait), luck: granted });
        applied.write(LicenceApplied { venue: identity.number });
    }
}

/// Monthly turnover that a quarter of the licensed venues do not reach: what a newcomer hopes for.
fn weaker_quarter(directory: &Directory) -> f64 {
    let mut sizes: Vec<f64> = directory
        .open()
        .filter(|(_, listing)| listing.class == Class::Licensed)
        .map(|(_, listing)| listing.monthly_turnover)
        .collect();
    sizes.sort_by(f64::total_cmp);
    sizes.get(sizes.len() / 4).copied().unwrap_or(0.0)
}

/// Applications whose time has come are granted or refused; a granted one ends the shadow exchange.
pub fn decide_applications(
    scenario: Res<World>,
    levers: Res<Levers>,
    today: Res<Today>,
    directory: Res<Directory>,
    mut ledger: ResMut<Ledger>,
    mut gone: MessageWriter<VenueGone>,
    mut venues: Query<(&Identity, &mut State, &mut Books, &mut Cards), With<Exchange>>,
    mut operators: Query<&mut Operator>,
) {
    for (identity, mut state, mut books, mut cards) in &mut venues {
        if *state != State::Open || identity.class != Class::Shadow {
            continue;
        }
        let Ok(mut operator) = operators.get_mut(identity.operator) else { continue };
        let due = |application: &Application| application.decided == today.day;
        let granted = |application: Application| application.luck < levers.licensing.approval;
        if !operator.application.filter(due).is_some_and(granted) {
            continue;
        }
        *state = State::Gone(today.day, Cause::Licensed);
        orders::wind_up(
            Cause::Licensed,
            &mut books,
            &mut cards,
            &mut operator,
            &scenario,
            &mut ledger,
        );
        operator.plan = Plan::License { from: identity.number };
        gone.write(orders::farewell(identity, &books, Cause::Licensed, &directory));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_hopes_for_anything_where_nobody_is_licensed() {
        assert_eq!(weaker_quarter(&Directory::default()), 0.0);
    }
}
