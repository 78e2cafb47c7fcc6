//! Licences: shadow exchanges apply when it pays, wait, and go on as licensed venues or not; an intervention may give one
//! to any venue, such as a foreign brand.
//!
//! Deliberately absent: what a licence asks of clients (`publish`, `bank`), and how the new venue opens (`adapt`).

use bevy_ecs::prelude::*;

use super::adapt::loss_years;
use super::{
    Books, Brand, Cards, Exchange, Identity, Operator, OperatorPlan, Roster, VenueState, orders,
};
use crate::board::{Cause, Directory, Perceived, deterrent};
use crate::ledger::Ledger;
use crate::messages::{LicenceApplied, LicenceGiven, VenueGone};
use crate::policy::Levers;
use crate::schedule::{RunLuck, Today, World};
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
    luck: Res<RunLuck>,
    today: Res<Today>,
    directory: Res<Directory>,
    perceived: Res<Perceived>,
    venues: Query<(&Identity, &VenueState, &Books, &Brand), With<Exchange>>,
    mut operators: Query<&mut Operator>,
    mut applied: MessageWriter<LicenceApplied>,
) {
    let exchanges = &scenario.exchanges;
    let weaker = weaker_quarter(&directory);
    for (identity, state, books, brand) in &venues {
        let age = today.day.since(identity.opened);
        let looks = age % LOOK_DAYS == LOOK_DAYS - 1;
        if *state != VenueState::Open || identity.class != Class::Shadow || !looks {
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
    mut venues: Query<(&Identity, &mut VenueState, &mut Books, &mut Cards), With<Exchange>>,
    mut operators: Query<&mut Operator>,
) {
    for (identity, mut state, mut books, mut cards) in &mut venues {
        if *state != VenueState::Open || identity.class != Class::Shadow {
            continue;
        }
        let Ok(mut operator) = operators.get_mut(identity.operator) else { continue };
        let due = |application: &Application| application.decided == today.day;
        let granted = |application: Application| application.luck < levers.licensing.approval;
        if !operator.application.filter(due).is_some_and(granted) {
            continue;
        }
        go_legal(
            (identity, &mut *state, &mut *books, &mut *cards, &mut *operator),
            &mut gone,
            &scenario,
            &directory,
            today.day,
            &mut ledger,
        );
    }
}

/// Venues that an intervention gave a licence.
pub fn take_licences(
    scenario: Res<World>,
    today: Res<Today>,
    roster: Res<Roster>,
    directory: Res<Directory>,
    mut given: MessageReader<LicenceGiven>,
    mut ledger: ResMut<Ledger>,
    mut gone: MessageWriter<VenueGone>,
    mut venues: Query<(&Identity, &mut VenueState, &mut Books, &mut Cards), With<Exchange>>,
    mut operators: Query<&mut Operator>,
) {
    for licence in given.read() {
        let venue = roster.0[usize::from(licence.venue)];
        let Ok((identity, mut state, mut books, mut cards)) = venues.get_mut(venue) else {
            continue;
        };
        let Ok(mut operator) = operators.get_mut(identity.operator) else { continue };
        if *state == VenueState::Open {
            go_legal(
                (identity, &mut *state, &mut *books, &mut *cards, &mut *operator),
                &mut gone,
                &scenario,
                &directory,
                today.day,
                &mut ledger,
            );
        }
    }
}

/// Ends a venue whose operator opens a licensed one next.
fn go_legal(
    (identity, state, books, cards, operator): (
        &Identity,
        &mut VenueState,
        &mut Books,
        &mut Cards,
        &mut Operator,
    ),
    gone: &mut MessageWriter<VenueGone>,
    scenario: &World,
    directory: &Directory,
    today: Day,
    ledger: &mut Ledger,
) {
    *state = VenueState::Gone(today, Cause::Licensed);
    orders::wind_up(Cause::Licensed, books, cards, operator, scenario, ledger);
    operator.plan = OperatorPlan::License { from: identity.number };
    gone.write(orders::farewell(identity, books, Cause::Licensed, directory));
}

#[cfg(test)]
mod tests {
    use super::*;
    use scenario::Scenario;
    use scenario::intervention::{Act, Intervention};
    use world::record::{Record, RunKey, VenueColumn};

    #[test]
    fn nobody_hopes_for_anything_where_nobody_is_licensed() {
        assert_eq!(weaker_quarter(&Directory::default()), 0.0);
    }

    #[test]
    fn a_foreign_brand_that_gets_a_licence_goes_on_as_a_licensed_venue_with_a_part_of_its_clients()
    {
        let mut scenario = scenario::reference().scenario;
        scenario.people_per_agent = 500;
        scenario.start = jiff::civil::date(2024, 1, 1);
        scenario.end = jiff::civil::date(2024, 6, 30);
        scenario.warm_up_days = 100;
        scenario.exchanges.would_be_licensed = 0.0;
        let run = |scenario: &Scenario| crate::simulate(scenario, RunKey::new(1, 0), &|| ());
        let plain = run(&scenario);
        let day = jiff::civil::date(2024, 1, 21);
        let licence = Intervention::new(Act::License, day, Class::Foreign);
        scenario.policy.interventions.insert("brand".to_owned(), licence);
        let record = run(&scenario);
        let venues =
            |record: &Record, class| record.venue(VenueColumn::Open, record.days - 1, class);
        let users =
            |record: &Record, class| record.venue(VenueColumn::Users, record.days - 1, class);
        for (class, more) in [(Class::Foreign, -1), (Class::Licensed, 1)] {
            assert_eq!(venues(&record, class), venues(&plain, class) + more, "{class}");
            let change = users(&record, class) - users(&plain, class);
            assert_eq!(change.signum(), more, "users of {class}: {change}");
        }
        assert_eq!(record.venue(VenueColumn::Licences, 20, Class::Foreign), 1);
        let target = &record.targets[0];
        assert_eq!(target.back_after, Some(1));
        assert!(target.traded_kzt[10..].iter().sum::<i64>() > 0, "the licensed venue trades");
    }
}
