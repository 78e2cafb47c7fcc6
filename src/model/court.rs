//! Courts: arrested operators wait for their trial, are convicted or not, jailed or not, and lose what was seized or not.
//!
//! Verdicts are few in a month, so trials queue. Deliberately absent: what a verdict means for the operator
//! (`exchange`), and what people make of it (`perception`).

use bevy_ecs::prelude::*;

use super::actor::{Actor, Holding};
use super::capacity::gain;
use super::declare::{Measure, measures, share};
use super::ledger::{Account, Ledger};
use super::messages::{Arrested, Overnight, VenueNumber, Verdict};
use super::policy::Levers;
use super::schedule::{Phase, RunLuck, Step, Today, Turn, World};
use world::random::Decision;
use world::record::VenueColumn;
use world::units::{Class, DAYS_PER_YEAR, Day, Kzt};

/// Somebody who was arrested and not tried yet.
#[derive(Component, Clone)]
struct Defendant {
    venue: VenueNumber,
    class: Class,
    /// Address of the luck of the venue.
    address: u64,
    seized: Kzt,
    /// Chance that what the case rests on convinces.
    proof: f64,
    /// When the trial can end.
    ready: Day,
}

/// Verdicts that courts may still give this month.
#[derive(Resource, Default, Clone)]
struct Bench {
    verdicts: f64,
}

/// Measures of courts.
pub const MEASURES: &[Measure] = measures! {
    "convictions", "people", Neither: "Operators convicted"
        = |w| w.platforms(VenueColumn::Convictions);
    "conviction_share" as "Share of trials that convict", "share", Neither: "Operators convicted over operators tried: how often a case that came to court convinces; no value without trials"
        = |w| share(w.platforms(VenueColumn::Convictions), w.platforms(VenueColumn::Verdicts));
    "jailed", "people", Neither: "Operators sentenced to prison"
        = |w| w.platforms(VenueColumn::Jailed);
    "operators_behind_bars", "people", Neither: "Operators in custody or in prison, mean over days"
        = |w| w.platforms(VenueColumn::BehindBars) / w.days();
    "confiscated", "KZT", Neither: "Assets confiscated by courts"
        = |w| w.platforms(VenueColumn::ConfiscatedToday);
};

/// The actor.
pub const ACTOR: Actor = Actor::new(
    &[
        Holding::empty::<Bench>(),
        Holding::empty::<Overnight<Verdict>>(),
        Holding::agents::<(Defendant,)>(),
    ],
    rules,
);

fn rules(schedule: &mut Schedule) {
    schedule.add_systems(
        (open_trials, give_verdicts).chain().in_set(Step(Phase::Enforcement, Turn::Courts)),
    );
}

/// Those arrested today begin to wait for their trial.
fn open_trials(
    mut commands: Commands,
    scenario: Res<World>,
    luck: Res<RunLuck>,
    today: Res<Today>,
    mut arrested: MessageReader<Arrested>,
) {
    for case in arrested.read() {
        let mut draws = luck.at(Decision::Trial, 0, case.address);
        commands.spawn(Defendant {
            venue: case.venue,
            class: case.class,
            address: case.address,
            seized: case.seized,
            proof: case.proof,
            ready: today.day.plus(draws.waiting_days(scenario.courts.trial_days)),
        });
    }
}

/// Courts decide, those first who have been ready for longest.
fn give_verdicts(
    mut commands: Commands,
    scenario: Res<World>,
    levers: Res<Levers>,
    luck: Res<RunLuck>,
    today: Res<Today>,
    defendants: Query<(Entity, &Defendant)>,
    mut bench: ResMut<Bench>,
    mut ledger: ResMut<Ledger>,
    mut verdicts: MessageWriter<Verdict>,
    mut tomorrow: ResMut<Overnight<Verdict>>,
) {
    gain(&mut bench.verdicts, scenario.courts.verdicts_per_month);
    let mut ready: Vec<(Entity, &Defendant)> =
        defendants.iter().filter(|(_, defendant)| defendant.ready <= today.day).collect();
    ready.sort_by_key(|(_, defendant)| (defendant.ready, defendant.address));
    for (entity, defendant) in ready {
        if bench.verdicts < 1.0 {
            return;
        }
        bench.verdicts -= 1.0;
        let mut draws = luck.at(Decision::Verdict, 0, defendant.address);
        let luck = [draws.uniform(), draws.uniform()];
        let term = draws.lognormal(levers.sentencing.term_years, scenario.courts.term_sigma);
        let doubt = scenario.courts.doubt * (1.0 - defendant.proof);
        let (convicted, term_years) = sentence(&levers, luck, term, doubt);
        let share = if convicted { levers.sentencing.confiscation } else { 0.0 };
        let confiscated = defendant.seized.share(share);
        ledger.transfer(Account::Seized, Account::Confiscated, confiscated);
        let verdict = Verdict {
            venue: defendant.venue,
            class: defendant.class,
            convicted,
            term_days: (term_years * DAYS_PER_YEAR).min(60_000.0) as u16,
            confiscated,
            returned: defendant.seized - confiscated,
        };
        verdicts.write(verdict);
        tomorrow.add(verdict);
        commands.entity(entity).despawn();
    }
}

/// Whether somebody is convicted, and for how many years to prison, by the luck of the trial; `doubt` is the share of
/// convictions that fail for want of proof.
fn sentence(
    levers: &Levers,
    [guilt, prison]: [f64; 2],
    term_years: f64,
    doubt: f64,
) -> (bool, f64) {
    let convicted = guilt < levers.sentencing.conviction * (1.0 - doubt);
    let jailed = convicted && prison < levers.sentencing.custodial_share;
    (convicted, if jailed { term_years } else { 0.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn less_proof_convicts_less_and_without_doubt_proof_is_nothing() {
        let mut levers =
            Levers(scenario::reference().scenario.policy.on(jiff::civil::date(2024, 1, 1)));
        levers.0.sentencing.conviction = 0.8;
        let convicted = |guilt: f64, doubt: f64| sentence(&levers, [guilt, 0.0], 2.0, doubt).0;
        assert!(convicted(0.79, 0.0) && !convicted(0.81, 0.0));
        assert!(convicted(0.39, 0.5) && !convicted(0.41, 0.5));
        assert!(!convicted(0.0, 1.0));
    }
}
