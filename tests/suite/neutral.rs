//! Mechanisms at rest: where its strength is zero, nothing of a mechanism is left in a run, whatever its other parameters say.
//!
//! That each of these parameters is felt where the mechanism is at work, the last test says: without it the first could not fail.

use std::path::Path;

use crackdown::record::Record;
use crackdown::scenario;
use rayon::prelude::*;
use tempfile::TempDir;

use crate::levers::busy_in;
use crate::worlds::run;

/// A mechanism, what puts it to rest, and what must not be felt any more.
type Mechanism = (&'static str, &'static [&'static str], &'static [&'static str]);

const NO_INTERVENTIONS: &str =
    r#"policy.interventions={"markets": None, "dealers": None, "RAKS": None}"#;

/// Sellers of farms go the ways of dealers.
const NO_FARMS: [&str; 2] = ["mining.number=0", "mining.arise_per_month=0"];

/// What is felt at rest, rightly: cases are worked on in the order of `targeting` though nothing is closed; authorities abroad are asked, and
/// refuse after their delay.
const MECHANISMS: &[Mechanism] = &[
    (
        "banks' automatic checks",
        &["policy.auto_block.bank_share=0"],
        &[
            "policy.auto_block.detect_listed=0.3",
            "policy.auto_block.detect_unlisted=0.6",
            "policy.auto_block.list_lag_days=90",
            "policy.auto_block.threshold_kzt=0",
            "policy.auto_block.false_positive=0.2",
            "policy.auto_block.pay_list=Licensed",
            "policy.auto_block.order=LargestFirst",
            "banks.adoption_days=200",
        ],
    ),
    (
        "liability",
        &["policy.liability.venue_fine=0", "policy.liability.bank_fine=0"],
        &["policy.liability.found=0.9", "banks.fine_that_doubles=0.1"],
    ),
    (
        "site blocks",
        &["policy.site_blocking.sites_per_month=0"],
        &[
            "policy.site_blocking.traffic_reached=0.2",
            "policy.site_blocking.mirror_race=0.3",
            "customers.access_cost=9",
        ],
    ),
    (
        "freezes",
        &["policy.wallet_freezing.venues_per_month=0"],
        &[
            "policy.wallet_freezing.float_caught=0.9",
            "policy.wallet_freezing.delay_days=90",
            "policy.wallet_freezing.leak=0.9",
        ],
    ),
    (
        "closures",
        &["policy.shutdown_rate.closures_per_month=0", NO_INTERVENTIONS],
        &[
            "policy.shutdown_rate.with_arrest=0.9",
            "exchanges.relaunch=0.1",
            "exchanges.relaunch_keeps=0.9",
            "exchanges.prepared=0.9",
            "customers.partner=0.1",
            "courts.trial_days=600",
            "policy.sentencing.conviction=0.2",
            "darknet_markets.custom_days=10",
        ],
    ),
    (
        "partners abroad",
        &["policy.cooperation.reach=0"],
        &["policy.cooperation.chance=0.1", "partners.extradition=0.9"],
    ),
    (
        "licences for operators",
        &["exchanges.would_be_licensed=0"],
        &[
            "exchanges.licence_keeps=0.1",
            "exchanges.capital_return=0.9",
            "policy.licensing.capital_kzt=0",
            "policy.licensing.decision_days=400",
            "policy.licensing.approval=1",
        ],
    ),
    (
        "penalty for lending cards",
        &["policy.card_limits.lending_penalty=0"],
        &["mule_cards.lender_deterrence=50"],
    ),
    (
        "cards of non-residents",
        &["mule_cards.non_resident_share=0"],
        &["policy.card_limits.non_resident_validity_months=1"],
    ),
    (
        "required identification, where nobody complies",
        &["policy.kyc.complies=(licensed: 0, shadow: 0, hub: 0, foreign: 0, peer_to_peer: 0)"],
        &["policy.kyc.required=(licensed: 1, shadow: 1, hub: 1, foreign: 1, peer_to_peer: 1)"],
    ),
    (
        "required identification, where none is required",
        &["policy.kyc.required=(licensed: 0, shadow: 0, hub: 0, foreign: 0, peer_to_peer: 0)"],
        &[
            "policy.kyc.complies=(licensed: 0.9, shadow: 0.9, hub: 0.9, foreign: 0.9, peer_to_peer: 0.9)",
        ],
    ),
    (
        "people who avoid identification, dealers and sellers of farms among them",
        &[
            "customers.private_share=(retail: 0, remitter: 0, drug_buyer: 0, fraud: 0, pyramid: 0, professional: 0)",
            "dealers.number=0",
            NO_FARMS[0],
            NO_FARMS[1],
        ],
        &["customers.private_aversion=2"],
    ),
    (
        "what people hear of closures",
        &["mechanisms.deterrence=0"],
        &[
            "perceived_risk.prior_weight=50",
            "perceived_risk.memory_days=100",
            "perceived_risk.news_of_size=0.1",
            "perceived_risk.loss_weight=2",
            "perceived_risk.arrest_weight=2",
            "perceived_risk.novelty=2",
        ],
    ),
    (
        "clients' aversion to risk",
        &[
            "customers.risk_aversion=(retail: 0, remitter: 0, drug_buyer: 0, fraud: 0, pyramid: 0, professional: 0)",
        ],
        &[
            "customers.risk_aversion_spread=0.9",
            "customers.first_deal_risk=1",
            "customers.scar_days=20",
            "exchanges.claims_distrust=5",
        ],
    ),
    (
        "scars, where all are alike",
        &["customers.risk_aversion_spread=0"],
        &["customers.scar_days=20"],
    ),
    ("dealers' news of arrests", &["dealers.arrest_news=0"], &["dealers.nerve_spread=0.9"]),
    (
        "friends from a closed platform",
        &["customers.partner=0"],
        &["customers.partner_days=20", "customers.partner_meets=0.1"],
    ),
    ("trying again", &["customers.retry=0"], &["customers.tries=4"]),
    (
        "protection by officials",
        &["protection.share=(shadow: 0, hub: 0)"],
        &["protection.success=0.9", "protection.delay=8", "protection.lasts_days=100"],
    ),
    (
        "warnings of pyramids",
        &["policy.pyramid_warnings.reach=0"],
        &["pyramids.warning_effect=0.9"],
    ),
    (
        "pyramids",
        &["pyramids.number=0", "pyramids.arise_per_year=0"],
        &[
            "pyramids.founders=90",
            "pyramids.recruits_per_day=0.05",
            "pyramids.promise=0.2",
            "pyramids.complaints=0.1",
            "policy.pyramid_warnings.actions_per_year=50",
        ],
    ),
    (
        "inspections of farms",
        &["policy.mining_inspections.per_month=0"],
        &["policy.mining_inspections.threat=0.05"],
    ),
    (
        "rackets",
        &["rackets.number=0"],
        &[
            "rackets.members=25",
            "rackets.squeezed=0.1",
            "rackets.protects=0.9",
            "rackets.cut=0.9",
            "rackets.return_days=50",
            "policy.mining_inspections.racket_cases_per_year=90",
        ],
    ),
    (
        "illegal farms",
        &NO_FARMS,
        &[
            "mining.cost_mw_day_kzt=20000",
            "mining.officials=0.9",
            "mining.machines_kzt_per_mw=1000000",
            "policy.mining_inspections.per_month=90",
            "rackets.cut=0.9",
        ],
    ),
    (
        "legal power",
        &["policy.grid.quota_mw=0"],
        &["policy.grid.licence_kzt_per_mw=0", "mining.industry_mw=50", "mining.industry_yield=9"],
    ),
    (
        "drug dealers",
        &["dealers.number=0", NO_FARMS[0], NO_FARMS[1]],
        &[
            "dealers.abroad=0.1",
            "dealers.courier_discount=0.5",
            "dealers.sales_cut=0.9",
            "dealers.cash_out_days=30",
            "dealers.outside_worth=9",
            "darknet_markets.search_days=90",
        ],
    ),
    (
        "campaigns without strength",
        &[],
        &[
            r#"policy.campaigns={"raid": (lever: "shutdown_rate.closures_per_month", value: 90, strength: 0)}"#,
        ],
    ),
];

/// A busy half-year with some parameters changed.
fn busy(world: &Path, sets: &[&[&str]]) -> Record {
    let common = ["end=\"2024-06-30\"", "people_per_agent=400"];
    let sets = sets.iter().copied().flatten().chain(&common);
    let sets: Vec<String> = sets.map(|set| (*set).to_owned()).collect();
    let loaded = scenario::load(world, &sets);
    run(&loaded.unwrap_or_else(|findings| panic!("{sets:?}\n{findings}")).scenario)
}

#[test]
fn a_mechanism_at_rest_leaves_nothing_in_a_run() {
    let folder = TempDir::new().unwrap();
    let world = busy_in(folder.path());
    let felt: Vec<String> = MECHANISMS
        .par_iter()
        .flat_map(|&(name, rest, others)| {
            let plain = busy(&world, &[rest]);
            if busy(&world, &[rest, others]) == plain {
                return Vec::new();
            }
            let alone = |set: &&&str| busy(&world, &[rest, &[**set]]) != plain;
            let which: Vec<&&str> = others.iter().filter(alone).collect();
            vec![format!("{name}: {which:?}")]
        })
        .collect();
    assert!(felt.is_empty(), "felt though at rest: {felt:#?}");
}

#[test]
fn at_work_each_mechanism_is_felt() {
    let folder = TempDir::new().unwrap();
    let world = busy_in(folder.path());
    let plain = busy(&world, &[]);
    let unfelt: Vec<&str> = MECHANISMS
        .par_iter()
        .filter(|&&(_, rest, others)| {
            let sets: &[&str] = if rest.is_empty() { &[STRONG] } else { others };
            let rests = !rest.is_empty() && busy(&world, &[rest]) == plain;
            rests || busy(&world, &[sets]) == plain
        })
        .map(|&(name, ..)| name)
        .collect();
    assert!(unfelt.is_empty(), "not felt though at work: {unfelt:?}");
}

/// The campaign with its full strength.
const STRONG: &str =
    r#"policy.campaigns={"raid": (lever: "shutdown_rate.closures_per_month", value: 90)}"#;
