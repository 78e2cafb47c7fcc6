//! Interventions in words.

use jiff::civil::Date;

use super::campaigns::label;
use super::in_words;
use crate::intervention::{Act, Intervention, LONGEST_DAYS, Markets, Successor, View, Which};
use crate::world::Scenario;

/// Interventions of the run, each with its day.
pub(super) fn told(scenario: &Scenario, first: Date) -> Vec<(Option<Date>, String)> {
    acting(scenario, first)
        .map(|(name, one)| (Some(one.on), format!("intervention \"{name}\": {}", sentence(one))))
        .collect()
}

/// Marks for a figure: the days of interventions within the reported ones.
pub(super) fn marks(scenario: &Scenario) -> Vec<(Date, String)> {
    let later = acting(scenario, scenario.start).filter(|(_, one)| one.on > scenario.start);
    later.map(|(name, one)| (one.on, label(name, ""))).collect()
}

fn acting(scenario: &Scenario, first: Date) -> impl Iterator<Item = (&String, &Intervention)> {
    let within = move |one: &Intervention| one.on >= first && one.on <= scenario.end;
    let all = scenario.policy.interventions.iter();
    all.filter(move |(_, one)| within(one) && one.act != Act::Watch)
}

/// An intervention as a sentence, without its name and day.
pub(crate) fn sentence(one: &Intervention) -> String {
    let who = match (one.which, one.number) {
        (Which::Largest, 1) => format!("the largest venue of class {}", one.class),
        (Which::Largest, number) => format!("the {number} largest venues of class {}", one.class),
        (Which::Random, 1) => format!("a venue of class {}", one.class),
        (Which::Random, number) => format!("{number} venues of class {}", one.class),
    };
    let is = if one.number == 1 { "is" } else { "are" };
    let lasting = match one.for_days {
        LONGEST_DAYS => String::new(),
        days => format!(" for {}", in_words(f64::from(days), "days")),
    };
    let successor = match one.successor {
        Successor::AsDrawn => "",
        Successor::Prepared => ", a successor is prepared",
        Successor::Unprepared => ", no successor is prepared",
    };
    let markets = match one.markets {
        Markets::Stay => "",
        Markets::Fall => ", the markets that work with it fall with it",
    };
    let view = match one.view {
        View::Counts => "",
        View::Apart => ", which the agency does not count as its own",
    };
    match one.act {
        Act::Watch => format!("{who} {is} watched, nothing is done"),
        Act::Close => format!("{who} {is} closed without arrest{successor}{markets}{view}"),
        Act::CloseAndArrest => {
            format!("{who} {is} closed and the operator arrested{successor}{markets}{view}")
        }
        Act::TakeSites => format!("the sites of {who} are taken without arrest{successor}{view}"),
        Act::BlockSites => format!("all sites of {who} are blocked, mirrors included{lasting}"),
        Act::ForceKyc => {
            let level = in_words(one.level, "share");
            format!("{who} must identify clients ({level} of full identification){lasting}")
        }
        Act::License => {
            let gets = if one.number == 1 { "gets" } else { "get" };
            format!("{who} {gets} a licence")
        }
        Act::ArrestDealers if one.number == 1 => {
            "the largest drug dealer at home is arrested".to_owned()
        }
        Act::ArrestDealers => {
            format!("the {} largest drug dealers at home are arrested", one.number)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{measures_by_date, reference, sequence};
    use world::units::Class;

    #[test]
    fn an_intervention_is_told_on_its_day_and_watching_is_not() {
        let mut scenario = reference().scenario;
        let day = jiff::civil::date(2024, 10, 1);
        let close = Intervention {
            successor: Successor::Unprepared,
            ..Intervention::new(Act::CloseAndArrest, day, Class::Hub)
        };
        scenario.policy.interventions.insert("hub".to_owned(), close.clone());
        let wanted = "2024-10-01  intervention \"hub\": the largest venue of class hub is closed and the operator arrested, \
            no successor is prepared";
        assert!(
            sequence(&scenario).iter().any(|line| line == wanted),
            "{:#?}",
            sequence(&scenario)
        );
        assert!(measures_by_date(&scenario).contains(&(day, "hub".to_owned())));
        let watch = Intervention { act: Act::Watch, ..close };
        scenario.policy.interventions.insert("hub".to_owned(), watch);
        assert_eq!(sequence(&scenario), sequence(&reference().scenario));
    }
}
