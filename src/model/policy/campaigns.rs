//! Campaigns of the day: which are in force, and what the policy says with them.
//!
//! The rules for one campaign stand in `scenario::campaign`; here is what a run must remember: since when the
//! agency has seen cause. A run without campaigns does nothing for them.

use bevy_ecs::prelude::*;
use jiff::civil::Date;

use crate::board::AgencySight;
use crate::schedule::Today;
use scenario::Scenario;
use scenario::adjustable::Adjustable;
use scenario::campaign::{Campaign, CampaignValue};
use scenario::policy::Policy;
use scenario::world::Dated;
use world::units::Day;

/// All campaigns of the run, in the order in which they are applied.
#[derive(Resource)]
pub struct Campaigns {
    /// First day of the run.
    first: Date,
    /// The policy that campaigns move; there is none without campaigns.
    policy: Option<Adjustable>,
    /// Levers that have campaigns, with what would hold anyway.
    levers: Vec<(String, Dated<CampaignValue>)>,
    campaigns: Vec<Running>,
}

/// A campaign and what is remembered of it.
struct Running {
    name: String,
    campaign: Campaign,
    /// Since when and until before which day there is cause; `None` if there was none yet.
    cause: Option<(Day, Day)>,
}

impl Campaigns {
    /// The campaigns of a scenario before the first day.
    pub fn of(scenario: &Scenario) -> Campaigns {
        let policy =
            (!scenario.policy.campaigns.is_empty()).then(|| Adjustable::new(&scenario.policy));
        let mut levers: Vec<(String, Dated<CampaignValue>)> = Vec::new();
        let mut campaigns = Vec::new();
        for (name, campaign) in scenario.policy.campaigns_in_order() {
            let dated = policy.as_ref().and_then(|policy| policy.lever(&campaign.lever));
            let Some(dated) = dated else { continue };
            if !levers.iter().any(|(lever, _)| *lever == campaign.lever) {
                levers.push((campaign.lever.clone(), dated));
            }
            campaigns.push(Running {
                name: name.to_owned(),
                campaign: campaign.clone(),
                cause: None,
            });
        }
        Campaigns { first: scenario.date(Day(0)), policy, levers, campaigns }
    }

    /// With the memory of the same campaigns in another policy.
    #[must_use]
    pub fn remembering(mut self, other: &Campaigns) -> Campaigns {
        for running in &mut self.campaigns {
            let same =
                |known: &&Running| known.name == running.name && known.campaign == running.campaign;
            running.cause = other.campaigns.iter().find(same).and_then(|known| known.cause);
        }
        self
    }

    /// What the policy says today; `None` if no campaign is in force, so that the scenario's own words hold.
    pub fn policy(&mut self, today: Today, sight: &AgencySight) -> Option<Policy> {
        let policy = self.policy.as_mut()?;
        let mut held: Vec<Option<CampaignValue>> = vec![None; self.levers.len()];
        for running in &mut self.campaigns {
            let Some(age) = running.age(today, self.first, sight) else { continue };
            let lever = self.levers.iter().position(|(lever, _)| *lever == running.campaign.lever);
            let Some(index) = lever else { continue };
            let anyway = held[index].take().unwrap_or_else(|| self.levers[index].1.on(today.date));
            held[index] = Some(running.campaign.over(&anyway, age));
        }
        if held.iter().all(Option::is_none) {
            return None;
        }
        for ((lever, dated), held) in self.levers.iter().zip(held) {
            let setting = held.unwrap_or_else(|| dated.on(today.date));
            policy.hold(lever, &setting);
        }
        Some(policy.policy())
    }
}

impl Running {
    /// Days since it came into force; `None` if it is not in force today.
    fn age(&mut self, today: Today, first: Date, sight: &AgencySight) -> Option<u16> {
        let age = self.campaign.age(today.date, first)?;
        let Some(indicator) = self.campaign.seen else { return Some(age) };
        let held = self.cause.filter(|(_, until)| today.day < *until);
        if sight.reading(indicator).is_some_and(|reading| self.campaign.beyond(reading)) {
            let since = held.map_or(today.day, |(since, _)| since);
            self.cause = Some((since, today.day.plus(self.campaign.for_days)));
        } else {
            self.cause = held;
        }
        self.cause.map(|(since, _)| age.min(today.day.since(since)))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use scenario::{Indicator, reference};

    fn scenario(lines: &[(&str, Campaign)]) -> Scenario {
        let mut scenario = reference().scenario;
        for (name, campaign) in lines {
            scenario.policy.campaigns.insert((*name).to_owned(), campaign.clone());
        }
        scenario
    }

    fn closures(value: f64, from: Option<Date>) -> Campaign {
        Campaign {
            from,
            ..Campaign::new("shutdown_rate.closures_per_month", CampaignValue::Number(value))
        }
    }

    fn on(scenario: &Scenario, campaigns: &mut Campaigns, day: u16, sight: &AgencySight) -> f64 {
        let day = Day(day);
        let today = Today { day, date: scenario.date(day), reported: false };
        let policy = campaigns.policy(today, sight).unwrap_or_else(|| scenario.policy.clone());
        policy.shutdown_rate.closures_per_month.on(today.date)
    }

    #[test]
    fn campaigns_on_one_lever_are_applied_by_first_day_and_then_by_name() {
        let day = |day| scenario(&[]).date(Day(day));
        let half = |value, from| Campaign { strength: 0.5, ..closures(value, from) };
        let world = scenario(&[
            ("a later one", half(10.0, Some(day(5)))),
            ("the first", closures(2.0, Some(day(0)))),
            ("same day", half(0.0, Some(day(5)))),
        ]);
        let mut campaigns = Campaigns::of(&world);
        let blind = AgencySight::default();
        assert_eq!(on(&world, &mut campaigns, 4, &blind), 2.0);
        // ((2 + 10) / 2 + 0) / 2
        assert_eq!(on(&world, &mut campaigns, 5, &blind), 3.0);
    }

    #[test]
    fn the_policy_holds_again_when_a_campaign_ends() {
        let begin = scenario(&[]).date(Day(10));
        let short = Campaign { until: Some(begin), ..closures(9.0, Some(begin)) };
        let world = scenario(&[("short", short), ("other", closures(5.0, Some(date(2030, 1, 1))))]);
        let mut campaigns = Campaigns::of(&world);
        let held = [9, 10, 11].map(|day| on(&world, &mut campaigns, day, &AgencySight::default()));
        assert_eq!(held, [1.5, 9.0, 1.5]);
    }

    #[test]
    fn cause_holds_a_campaign_in_force_for_its_days_and_renews_them() {
        let seen = Campaign {
            seen: Some(Indicator::Closures),
            below: Some(3.0),
            for_days: 3,
            ramp_days: 4,
            ..closures(5.5, None)
        };
        let world = scenario(&[("follow up", seen)]);
        let mut campaigns = Campaigns::of(&world);
        let readings =
            [None, Some(9.0), Some(2.0), Some(9.0), Some(2.0), Some(9.0), Some(9.0), Some(9.0)];
        let held: Vec<f64> = readings
            .iter()
            .enumerate()
            .map(|(day, reading)| {
                let sight = AgencySight(reading.map(|reading| [reading; Indicator::ALL.len()]));
                on(&world, &mut campaigns, day as u16, &sight)
            })
            .collect();
        // A ramp of four days from 1.5 to 5.5 begins on the third day and goes on while cause is renewed.
        assert_eq!(held, [1.5, 1.5, 1.5, 2.5, 3.5, 4.5, 5.5, 1.5]);
    }
}
