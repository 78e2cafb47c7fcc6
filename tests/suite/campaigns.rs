//! Campaigns and budgets: what is known of them without running.

use std::path::Path;

use crackdown::model::series::CaseSeries;
use crackdown::record::{Record, VenueColumn};
use crackdown::scenario::world::Dated;
use crackdown::scenario::{self, Campaign, CampaignValue, Indicator, Scenario};
use crackdown::units::{Class, Trader};
use jiff::civil::date;
use tempfile::TempDir;

use crate::worlds::{run, small};

/// The lever at a value at all times.
fn hold(lever: &str, value: CampaignValue) -> Campaign {
    Campaign::new(lever, value)
}

fn closures(value: f64) -> Campaign {
    hold("shutdown_rate.closures_per_month", CampaignValue::Number(value))
}

fn with(campaigns: &[Campaign]) -> Scenario {
    let mut scenario = small();
    for (number, campaign) in campaigns.iter().enumerate() {
        scenario.policy.campaigns.insert(format!("campaign {number}"), campaign.clone());
    }
    scenario
}

fn closed(record: &Record) -> i64 {
    record.series(VenueColumn::Closed).iter().sum()
}

#[test]
fn campaigns_without_strength_or_cause_change_no_byte() {
    let plain = run(&small());
    let never =
        Campaign { seen: Some(Indicator::ListedTurnover), above: Some(1e300), ..closures(40.0) };
    let idle = [
        Campaign { strength: 0.0, ..closures(40.0) },
        Campaign {
            strength: 0.0,
            ..hold("shutdown_rate.targeting", CampaignValue::Word("Largest".into()))
        },
        Campaign { strength: 0.0, ..hold("auto_block.bank_share", CampaignValue::Number(1.0)) },
        never,
    ];
    assert!(run(&with(&idle)) == plain);
}

#[test]
fn a_campaign_at_all_times_is_the_lever_itself() {
    let mut changed = small();
    changed.policy.shutdown_rate.closures_per_month = Dated::constant(12.0);
    changed.policy.auto_block.bank_share = Dated::constant(0.8);
    let expected = run(&changed);
    let both = [closures(12.0), hold("auto_block.bank_share", CampaignValue::Number(0.8))];
    assert!(run(&with(&both)) == expected);
    // Waves without a pause, and cause that is always there, are the same.
    let always = [
        Campaign {
            from: Some(date(2020, 1, 1)),
            every_days: Some(20),
            lasting_days: Some(20),
            ..both[0].clone()
        },
        both[1].clone(),
    ];
    assert!(run(&with(&always)) == expected);
    assert!(run(&small()) != expected);
}

#[test]
fn a_campaign_from_a_date_is_a_step_on_that_date_and_none_before() {
    let from = date(2024, 3, 1);
    let mut changed = small();
    let steps = [(date(2022, 1, 1), 3.0), (from, 30.0), (date(2024, 5, 1), 3.0)];
    changed.policy.shutdown_rate.closures_per_month = Dated::constant(3.0);
    let mut campaign = changed.clone();
    changed.policy.shutdown_rate.closures_per_month =
        Dated::new(steps.into_iter().collect()).unwrap();
    let spring = Campaign { from: Some(from), until: Some(date(2024, 4, 30)), ..closures(30.0) };
    campaign.policy.campaigns.insert("spring".to_owned(), spring);
    assert!(run(&campaign) == run(&changed));
}

#[test]
fn a_choice_can_have_a_campaign() {
    let mut changed = small();
    let largest = crackdown::scenario::policy::Targeting::Largest;
    changed.policy.shutdown_rate.targeting = Dated::constant(largest);
    let campaign = hold("shutdown_rate.targeting", CampaignValue::Word("Largest".into()));
    assert!(run(&with(&[campaign])) == run(&changed));
}

#[test]
fn a_campaign_waits_for_what_the_agency_sees() {
    // Closures stop as soon as one was seen: then nothing is closed for the thirty days in which it is remembered.
    let stop = Campaign {
        seen: Some(Indicator::Closures),
        above: Some(0.0),
        for_days: 1,
        ..closures(0.0)
    };
    let record = run(&with(&[stop]));
    let days: Vec<usize> = (0..record.days)
        .filter(|&day| {
            Class::PLATFORMS.iter().any(|&class| record.venue(VenueColumn::Closed, day, class) > 0)
        })
        .collect();
    assert!(!days.is_empty(), "nothing was closed at all");
    assert!(days.windows(2).all(|pair| pair[1] - pair[0] > 30), "{days:?}");
    assert!(closed(&record) < closed(&run(&small())));
}

#[test]
fn every_indicator_of_the_agency_can_be_cause() {
    let plain = run(&small());
    for &seen in Indicator::ALL {
        let cause = Campaign { seen: Some(seen), above: Some(0.0), ..closures(60.0) };
        assert!(run(&with(std::slice::from_ref(&cause))) != plain, "{seen:?} is never above 0");
        // No reading is below 0, also not before the first evening.
        let none = Campaign { above: None, below: Some(0.0), ..cause };
        assert!(run(&with(&[none])) == plain, "{seen:?} is below 0");
    }
}

#[test]
fn budgets_that_do_not_bind_change_no_byte() {
    let mut rich = small();
    rich.policy.budget.agency_days_per_month = Dated::constant(5e5);
    rich.policy.budget.bank_kzt_per_month = Dated::constant(5e10);
    assert!(run(&rich) == run(&small()));
}

#[test]
fn an_agency_without_days_begins_nothing() {
    let mut poor = small();
    poor.policy.budget.agency_days_per_month = Dated::constant(0.0);
    let record = run(&poor);
    for column in [VenueColumn::Closed, VenueColumn::SitesBlocked, VenueColumn::Freezes] {
        assert_eq!(record.series(column).iter().sum::<i64>(), 0, "{}", column.key());
    }
    assert!(record.series(CaseSeries::Open).iter().all(|cases| *cases == 0));
}

#[test]
fn no_month_costs_more_days_than_the_budget_but_for_cases_that_go_on() {
    let mut tight = small();
    tight.afm.investigators = 4;
    tight.policy.site_blocking.sites_per_month = Dated::constant(2000.0);
    let budget = 160.0;
    let mut free = tight.clone();
    tight.policy.budget.agency_days_per_month = Dated::constant(budget);
    let days = |scenario: &Scenario| -> Vec<f64> {
        let record = run(scenario);
        let mut months = vec![0.0; 6];
        for day in 0..record.days {
            let on = record.start.checked_add(jiff::Span::new().days(day as i64)).unwrap();
            let sum = |column| -> f64 {
                Class::PLATFORMS.iter().map(|&c| record.venue(column, day, c) as f64).sum()
            };
            months[usize::from(on.month() as u8) - 1] += record.series(CaseSeries::Open)[day]
                as f64
                + sum(VenueColumn::Closed) * scenario.measures.closure_days
                + sum(VenueColumn::SitesBlocked) * scenario.measures.site_block_days;
        }
        months
    };
    // At most four cases go on for thirty-one days after the last act; freezes are not counted here.
    let (within, before) = (days(&tight), days(&free));
    assert!(within.iter().all(|days| *days <= budget + 4.0 * 31.0), "{within:?}");
    assert!(
        before.iter().sum::<f64>() > within.iter().sum::<f64>() + 100.0,
        "{before:?} {within:?}"
    );
    free.policy.budget.agency_days_per_month = Dated::constant(1e6);
    assert_eq!(days(&free), before);
}

#[test]
fn banks_without_a_budget_do_not_check_automatically() {
    let mut blocking = small();
    blocking.policy.auto_block.bank_share = Dated::constant(1.0);
    let mut poor = blocking.clone();
    poor.policy.budget.bank_kzt_per_month = Dated::constant(0.0);
    let mut none = blocking.clone();
    none.policy.auto_block.bank_share = Dated::constant(0.0);
    let record = run(&poor);
    assert!(record == run(&none));
    assert!(record != run(&blocking));
}

#[test]
fn banks_check_until_the_budget_of_the_month_is_spent() {
    let mut blocking = small();
    blocking.policy.auto_block.bank_share = Dated::constant(1.0);
    blocking.banks.background_stop = 0.0;
    let stops = |record: &Record, day: usize| -> i64 {
        Class::ALL
            .iter()
            .flat_map(|&class| Trader::ALL.iter().map(move |&trader| (class, trader)))
            .map(|(class, trader)| {
                record.series(crackdown::record::Flow::BlockedOrders)
                    [Record::row(day, class, trader)]
            })
            .sum()
    };
    let free = run(&blocking);
    let usual: i64 = (0..31).map(|day| stops(&free, day)).sum();
    let budget = usual as f64 / 3.0 * blocking.measures.bank_stop_kzt;
    blocking.policy.budget.bank_kzt_per_month = Dated::constant(budget);
    let record = run(&blocking);
    let january: Vec<i64> = (0..31).map(|day| stops(&record, day)).collect();
    let mut spent = 0.0;
    for (day, stopped) in january.iter().enumerate() {
        if spent >= budget {
            assert_eq!(*stopped, 0, "day {day}");
        }
        spent += *stopped as f64 * blocking.measures.bank_stop_kzt;
    }
    assert!(spent >= budget, "the budget was never reached");
    assert!(stops(&record, 31) > 0, "checks go on in the next month");
}

#[test]
fn a_file_adds_changes_and_takes_away_campaigns_and_set_reaches_their_fields() {
    let folder = TempDir::new().unwrap();
    let base = Path::new("scenarios/kazakhstan.ron").canonicalize().unwrap();
    let write = |name: &str, text: String| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    write(
        "lower.ron",
        format!(
            r#"(extends: {base:?}, name: "lower", policy: (campaigns: {{
                "autumn raids": (lever: "shutdown_rate.closures_per_month", value: 12, from: "2024-09-01"),
                "site weeks": (lever: "site_blocking.sites_per_month", value: 3000),
            }}))"#
        ),
    );
    let upper = write(
        "upper.ron",
        r#"(extends: "lower.ron", name: "upper", policy: (campaigns: {
            "autumn raids": (until: "2024-11-30", strength: 0.5),
            "site weeks": None,
            "high": (lever: "shutdown_rate.targeting", value: KeyOperators),
        }))"#
            .to_owned(),
    );
    let load = |sets: &[&str]| {
        let sets: Vec<String> = sets.iter().map(|set| (*set).to_owned()).collect();
        let resolved =
            scenario::load(&upper, &sets).unwrap_or_else(|findings| panic!("{findings}"));
        resolved.scenario.policy.campaigns
    };
    let campaigns = load(&[]);
    assert_eq!(campaigns.keys().collect::<Vec<_>>(), ["autumn raids", "high"]);
    let raids = &campaigns["autumn raids"];
    assert_eq!((raids.from, raids.until), (Some(date(2024, 9, 1)), Some(date(2024, 11, 30))));
    assert_eq!((raids.value.clone(), raids.strength), (CampaignValue::Number(12.0), 0.5));
    assert_eq!(campaigns["high"].value, CampaignValue::Word("KeyOperators".to_owned()));
    let set = load(&[
        "policy.campaigns.autumn raids.value=8",
        "policy.campaigns.autumn raids.until=2024-10-31",
        "policy.campaigns.high=None",
        "policy.campaigns.frost.lever=wallet_freezing.venues_per_month",
        "policy.campaigns.frost.value=4",
    ]);
    assert_eq!(set.keys().collect::<Vec<_>>(), ["autumn raids", "frost"]);
    assert_eq!(set["autumn raids"].value, CampaignValue::Number(8.0));
    assert_eq!(set["autumn raids"].until, Some(date(2024, 10, 31)));
    // The resolved text says it again, also after the run was cut so that a campaign never acts.
    let cut = ["end=2024-08-31".to_owned()];
    let first = scenario::load(&upper, &cut).unwrap_or_else(|findings| panic!("{findings}"));
    assert_eq!(first.scenario.policy.campaigns.keys().collect::<Vec<_>>(), ["high"]);
    let copy = write("copy.ron", first.text.clone());
    let again = scenario::load(&copy, &[]).unwrap_or_else(|findings| panic!("{findings}"));
    assert_eq!((again.scenario, again.text), (first.scenario, first.text));
}
