//! The displacement account adds up, to the tenge, in every replication: of every policy file, and on random worlds.

use std::fs;
use std::path::Path;

use crackdown::comparison::{RunOutcome, account};
use crackdown::model::simulate;
use crackdown::scenario::{Scenario, load};
use crackdown::units::Class;
use proptest::prelude::*;

use crate::limits::any_world;
use crate::worlds::key;

fn outcomes(scenario: &Scenario, replications: u32) -> Vec<RunOutcome> {
    let days = 0..usize::from(scenario.reported_days());
    let run = |replication| {
        let record = simulate(scenario, key(replication), &|| ());
        RunOutcome::of(&record, scenario, days.clone())
    };
    (0..replications).map(run).collect()
}

#[test]
fn of_every_policy_file_in_every_replication() {
    let sets = ["people_per_agent=1000".to_owned()];
    let read = |path: &Path| load(path, &sets).unwrap_or_else(|f| panic!("{f}")).scenario;
    let baseline = outcomes(&read(Path::new("scenarios/kazakhstan.ron")), 3);
    let days = baseline[0].days;
    let mut moved = 0;
    for file in fs::read_dir("scenarios/policies").unwrap() {
        let path = file.unwrap().path();
        for (before, after) in baseline.iter().zip(outcomes(&read(&path), 3)) {
            for window in [0..days, 365..731, days - 1..days] {
                let account = account(before, &after, &[Class::Shadow], &window);
                assert_eq!(account.unexplained(), 0, "{} {window:?}", path.display());
                moved += u64::from(account.removed != 0);
            }
        }
    }
    assert!(moved > 20, "hardly a policy moved anything");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn of_any_policy_in_any_world(
        world in any_world(),
        other in any_world(),
        target in prop::sample::subsequence(Class::ALL.to_vec(), 1..Class::COUNT),
        ends in (0_usize..61, 0_usize..61),
    ) {
        let policy = Scenario { policy: other.policy, ..world.clone() };
        let window = ends.0.min(ends.1)..ends.0.max(ends.1) + 1;
        let (before, after) = (outcomes(&world, 1), outcomes(&policy, 1));
        let account = account(&before[0], &after[0], &target, &(window.start..window.end.min(before[0].days)));
        prop_assert_eq!(account.unexplained(), 0);
    }
}

#[test]
fn a_lost_tenge_would_be_seen() {
    let mut scenario = crate::worlds::small();
    scenario.people_per_agent = 4_000;
    let before = &outcomes(&scenario, 1)[0];
    let mut record = simulate(&scenario, key(0), &|| ());
    // One tenge more traded on day 40 than needs were met.
    let row = crackdown::record::Record::row(40, Class::Shadow, crackdown::units::Trader::Retail);
    record.series_mut(crackdown::record::Flow::Traded)[row] += 1;
    let after = RunOutcome::of(&record, &scenario, 0..record.days);
    let account = account(before, &after, &[Class::Shadow], &(0..before.days));
    assert_eq!(account.unexplained(), -1);
}
