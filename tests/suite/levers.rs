//! Every policy moves the world the way its mechanism says, and every parameter is read.

use std::path::{Path, PathBuf};

use crackdown::model::simulate;
use crackdown::record::{Flow, Record, VenueColumn};
use crackdown::scenario::{self, Parameter, ParameterKind, Scenario, parameters};
use crackdown::units::Class;
use rayon::prelude::*;
use tempfile::TempDir;

use crate::worlds::{key, of_class, run};

const REPLICATIONS: u32 = 4;

/// A scenario of the country in 16,000 agents, over the two years from half a year before policies begin.
fn national(file: &str) -> Scenario {
    let sets = ["people_per_agent=100", "start=\"2023-07-01\"", "end=\"2025-06-30\""];
    let sets = sets.map(str::to_owned);
    scenario::load(Path::new(file), &sets).unwrap_or_else(|findings| panic!("{findings}")).scenario
}

fn runs(file: &str) -> Vec<Record> {
    let scenario = national(file);
    (0..REPLICATIONS)
        .into_par_iter()
        .map(|number| simulate(&scenario, key(number), &|| ()))
        .collect()
}

fn measure(name: &'static str) -> impl Fn(&Record) -> f64 {
    move |record| record.measure(name).unwrap_or_else(|| panic!("no measure {name}"))
}

/// What is claimed of a policy against the status quo, in every replication.
enum Claim {
    /// The measure rises.
    More(&'static str),
    /// The measure falls.
    Less(&'static str),
}
use Claim::{Less, More};

#[test]
fn each_policy_acts_as_its_mechanism_says() {
    let baseline = runs("scenarios/kazakhstan.ron");
    let claims: [(&str, &[Claim]); 23] = [
        (
            "no_enforcement",
            &[
                Less("closures"),
                Less("sites_blocked"),
                More("shadow_turnover"),
                More("entries"),
                Less("shadow_perceived_risk"),
            ],
        ),
        (
            "auto_block",
            &[
                Less("unlicensed_foreign_turnover"),
                More("licensed_turnover"),
                More("peer_to_peer_turnover"),
                Less("shadow_turnover"),
                More("honest_turnover_stopped"),
                More("abandoned"),
            ],
        ),
        (
            "shutdown_double",
            &[More("closures"), Less("shadow_turnover"), More("shadow_perceived_risk")],
        ),
        ("shutdown_largest_first", &[More("seized")]),
        ("site_blocking", &[More("sites_blocked"), Less("shadow_turnover"), Less("entries")]),
        ("wallet_freezing", &[More("frozen"), Less("shadow_turnover"), More("exits")]),
        (
            "card_limits",
            &[
                More("card_price"),
                Less("shadow_turnover"),
                More("peer_to_peer_turnover"),
                More("unlicensed_fees"),
            ],
        ),
        // Who wants privacy goes to the half of the shadow exchanges that does not comply.
        (
            "kyc",
            &[More("licensed_turnover"), Less("peer_to_peer_turnover"), More("shadow_turnover")],
        ),
        (
            "monitoring",
            &[
                // Abuse is so little in 16,000 agents that its fall is tested elsewhere (cards_and_checks).
                More("honest_payments_stopped"),
                Less("licensed_turnover"),
            ],
        ),
        (
            "sentencing",
            &[More("confiscated"), More("operators_behind_bars"), More("perceived_prison_years")],
        ),
        (
            "licensing",
            &[
                More("licensed_turnover"),
                More("licensed_users"),
                Less("unlicensed_foreign_turnover"),
            ],
        ),
        // Operators abroad can be closed at last and others wait instead: what is sure has a test of its own.
        ("cooperation", &[]),
        ("pyramid_warnings", &[Less("crime_pyramids"), Less("crime_turnover"), Less("demand")]),
        ("mining_inspections", &[Less("farm_coins_sold"), Less("hub_turnover")]),
        ("foreign_brands", &[More("licences_granted"), More("licensed_users")]),
        ("liability", &[More("fines_received"), More("honest_payments_stopped")]),
        (
            "grid",
            &[
                Less("illegal_power"),
                More("legal_power"),
                Less("farm_coins_sold"),
                Less("tax_received"),
            ],
        ),
        ("crackdown_waves", &[More("closures"), Less("shadow_turnover")]),
        // Key operators are harder to prove, so closures need not be more; hubs are theirs.
        ("answer_to_relaunches", &[Less("hub_turnover")]),
        (
            "bundle_all_rails",
            &[Less("crime_turnover"), Less("hub_turnover"), More("licensed_turnover")],
        ),
        ("bundle_carrots", &[Less("unlicensed_turnover"), Less("honest_payments_stopped")]),
        ("bundle_key_operators", &[Less("unlicensed_domestic_turnover"), More("confiscated")]),
        (
            "bundle_everything",
            &[Less("crime_turnover"), Less("unlicensed_turnover"), More("licensed_turnover")],
        ),
    ];
    for file in std::fs::read_dir("scenarios/policies").unwrap() {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        assert!(claims.iter().any(|(policy, _)| *policy == name), "nothing is claimed of {name}");
    }
    for (policy, claims) in claims {
        let changed = runs(&format!("scenarios/policies/{policy}.ron"));
        for claim in claims {
            let (Less(name) | More(name)) = claim;
            for (before, after) in baseline.iter().zip(&changed) {
                let difference = measure(name)(after) - measure(name)(before);
                let holds = match claim {
                    Less(_) => difference < 0.0,
                    More(_) => difference > 0.0,
                };
                let number = before.key.replication;
                assert!(holds, "{policy}, {name}, replication {number}: {difference}");
            }
        }
    }
}

#[test]
fn agreements_abroad_make_requests_succeed() {
    let granted =
        |record: &Record| -> i64 { record.series(VenueColumn::RequestsGranted).iter().sum() };
    let (before, after) =
        (runs("scenarios/kazakhstan.ron"), runs("scenarios/policies/cooperation.ron"));
    for (before, after) in before.iter().zip(&after) {
        assert!(granted(after) > granted(before), "{} and {}", granted(after), granted(before));
    }
}

#[test]
fn displaced_shadow_turnover_goes_where_clients_can_go() {
    let baseline = runs("scenarios/kazakhstan.ron");
    let harder = runs("scenarios/policies/shutdown_double.ron");
    for (before, after) in baseline.iter().zip(&harder) {
        let change =
            |class| of_class(after, Flow::Traded, class) - of_class(before, Flow::Traded, class);
        let gone = -change(Class::Shadow);
        let moved: i64 =
            [Class::Licensed, Class::Foreign, Class::PeerToPeer].map(change).iter().sum();
        assert!(gone > 0 && moved > gone / 2, "gone {gone}, moved {moved}");
    }
}

#[test]
fn the_largest_platforms_go_first_if_that_is_the_target() {
    let per_closure = |records: &[Record]| {
        let sum = |column: VenueColumn| -> f64 {
            records.iter().flat_map(|record| record.series(column)).sum::<i64>() as f64
        };
        sum(VenueColumn::ClosedTurnover) / sum(VenueColumn::Closed)
    };
    let easiest = per_closure(&runs("scenarios/kazakhstan.ron"));
    let largest = per_closure(&runs("scenarios/policies/shutdown_largest_first.ron"));
    assert!(largest > easiest, "{largest} against {easiest}");
}

#[test]
fn picking_banks_and_paying_by_the_list_of_licensed_venues_have_an_effect_and_growth_of_trades_moves_demand()
 {
    let with = |sets: &[&str]| {
        let common = ["people_per_agent=400", "start=\"2024-01-01\"", "end=\"2024-06-30\""];
        let sets: Vec<String> = common.iter().chain(sets).map(|set| (*set).to_owned()).collect();
        let loaded = scenario::load(Path::new("scenarios/kazakhstan.ron"), &sets);
        run(&loaded.unwrap_or_else(|findings| panic!("{findings}")).scenario)
    };
    // Payments to foreign platforms are a thousand times as many as those to shadow exchanges of so small a world.
    let turned = |record: &Record| of_class(record, Flow::Traded, Class::Foreign);
    let base = with(&[]);
    let largest = with(&["policy.auto_block.banks=Largest(5)"]);
    let all = with(&["policy.auto_block.banks=All"]);
    assert!(turned(&largest) < turned(&base), "the five largest banks turn trade away");
    assert!(turned(&all) < turned(&largest), "and all banks more of it");
    // What is stopped and how often: a test of `bank` says that; here, that anything follows from it.
    let licensed = with(&["policy.auto_block.banks=All", "policy.auto_block.pay_list=Licensed"]);
    assert_ne!(licensed, all, "accounts that nobody listed are stopped as well");
    let demand = measure("demand");
    let larger = with(&["customers.trade_growth.retail=1.5"]);
    assert!(demand(&larger) > 1.1 * demand(&base));
    let dated = ["customers.trade_growth.retail={\"2024-06-01\": 1.0, \"2024-12-31\": 1.5}"];
    let late = with(&dated);
    assert!(demand(&late) > demand(&base) && demand(&late) < demand(&larger));
}

/// A world in which every mechanism has something to do.
const BUSY: &str = r#"(
    extends: "BASE",
    name: "busy",
    start: "2024-01-01", end: "2024-12-31", warm_up_days: 300, people_per_agent: 200,
    mule_cards: (supply_per_day: 50),
    measures: (report_minutes: 240),
    exchanges: (peer_to_peer_capacity_kzt: 800000000, prepared: 0.3, run_off: 0.05, entry_per_month: (hub: 1.0),
        number: (hub: 10), hub_skill: 1.0, abroad: (shadow: 0.5), would_be_licensed: 0.9, return_after_release: 0.9, account_share: (licensed: 0.7), kyc: (licensed: 0.6), mule_identity_fee: 0.1),
    afm: (intelligence: 0.02, reports_read_per_day: 20, case_days: 40),
    banks: (adoption_days: 15),
    courts: (verdicts_per_month: 20, trial_days: 30),
    dealers: (abroad: 0.6),
    customers: (partner: 0.9),
    perceived_risk: (threshold: 0.2),
    policy: (
        auto_block: (bank_share: 0.5, threshold_kzt: 300000),
        shutdown_rate: (closures_per_month: 8, with_arrest: 0.4),
        site_blocking: (sites_per_month: 1500),
        wallet_freezing: (venues_per_month: 4),
        pyramid_warnings: (reach: 0.3, actions_per_year: 12),
        mining_inspections: (per_month: 20, racket_cases_per_year: 12),
        card_limits: (cards_per_client: 2, non_resident_validity_months: 6, lending_penalty: 0.2, detection: 1.5),
        kyc: (
            required: (licensed: 0.8, shadow: 0.5, hub: 0.3, foreign: 0.8, peer_to_peer: 0.4),
            complies: (licensed: 0.5, shadow: 0.5, hub: 0.5, foreign: 0.5, peer_to_peer: 0.5),
        ),
        licensing: (capital_kzt: 300000000, yearly_cost_kzt: 3000000, decision_days: 20, approval: 0.5),
        liability: (venue_fine: 0.5, bank_fine: 0.5),
        cooperation: (reach: 0.9, chance: 0.8, delay_days: 20),
        monitoring: (chain_analytics: 1.1, licensed_detection: 0.3, licensed_false_alarm: 0.02),
        interventions: {
            "markets": (act: Close, on: "2024-03-01", class: hub, markets: Fall),
            "dealers": (act: ArrestDealers, on: "2024-02-01", number: 12),
        },
    ),
)"#;

/// The busy world as a file in a folder.
pub fn busy_in(folder: &Path) -> PathBuf {
    let base = Path::new("scenarios/kazakhstan.ron").canonicalize().unwrap();
    let file = folder.join("busy.ron");
    std::fs::write(&file, BUSY.replace("BASE", base.to_str().unwrap())).unwrap();
    file
}

/// Parameters whose change is not seen in a record, and why.
const UNSEEN: [(&str, &str); 9] = [
    ("name", "names the result folder"),
    ("title", "stands on figures"),
    ("kzt_per_usd", "is for showing amounts, never inside the model"),
    ("banks.issuers", "is a list, changed by a test of its own"),
    ("partners.groups", "is a list, changed by a test of its own (institutions)"),
    ("measures.own", "is a map, changed by tests of its own (scenario)"),
    ("exchanges.appeal.professionals.hub", "is of nobody: hubs serve criminals"),
    ("policy.campaigns", "is a map, changed by tests of its own (campaigns)"),
    ("policy.interventions", "is a map, changed by tests of its own (interventions)"),
];

/// Values to try for a parameter, as texts for `--set`.
fn other_values(parameter: &Parameter) -> Vec<String> {
    match &parameter.kind {
        ParameterKind::Choice(words) => words.clone(),
        ParameterKind::Date => vec!["\"2024-02-01\"".into(), "\"2024-10-01\"".into()],
        ParameterKind::Text | ParameterKind::List(_) | ParameterKind::Map(_) => Vec::new(),
        ParameterKind::Number | ParameterKind::Whole => {
            let value = parameter.numbers[0];
            let whole = parameter.kind == ParameterKind::Whole;
            let range = parameter.range.map_or_else(Vec::new, |range| vec![range.low, range.high]);
            let near = [value * 0.6, value * 1.7, value + 1.0, value * 0.1, value * 10.0, 0.5, 0.2];
            let ends = range.into_iter().flatten().chain(near);
            let round = |value: f64| if whole { value.round() } else { value };
            ends.map(round)
                .filter(|other| *other != value && parameter.allowed.contain(*other))
                .map(|other| format!("{other}"))
                .collect()
        }
    }
}

#[test]
fn every_parameter_is_read() {
    let folder = TempDir::new().unwrap();
    let busy = busy_in(folder.path());
    let busy_run = |set: Option<String>| -> Option<Record> {
        let sets: Vec<String> = set.into_iter().collect();
        scenario::load(&busy, &sets).ok().map(|resolved| run(&resolved.scenario))
    };
    let plain = busy_run(None).expect("the busy world is valid");
    let unread: Vec<String> = parameters()
        .par_iter()
        .filter(|parameter| !UNSEEN.iter().any(|(path, _)| *path == parameter.path))
        .filter(|parameter| {
            // Shares that must add up change in pairs.
            let pair = match parameter.path.strip_prefix("customers.segment_share.") {
                Some("retail") => return false,
                Some(segment) => Some(segment),
                None => None,
            };
            !other_values(parameter).into_iter().any(|value| {
                let set = match pair {
                    Some(segment) => segments_with(segment),
                    None => format!("{}={value}", parameter.path),
                };
                busy_run(Some(set)).is_some_and(|changed| changed != plain)
            })
        })
        .map(|parameter| parameter.path.clone())
        .collect();
    assert!(unread.is_empty(), "nothing changes with {unread:#?}");
}

/// The segments with a tenth more in one and less in retail.
fn segments_with(more: &str) -> String {
    let shares = scenario::reference().scenario.customers.segment_share;
    let text: Vec<String> = crackdown::units::Segment::ALL
        .iter()
        .map(|&segment| {
            let change = match segment.key() {
                "retail" => -0.1,
                key if key == more => 0.1,
                _ => 0.0,
            };
            format!("{}: {}", segment.key(), shares[segment] + change)
        })
        .collect();
    format!("customers.segment_share=({})", text.join(", "))
}
