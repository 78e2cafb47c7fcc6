//! Runs in parallel, with worlds so small that a run takes a moment.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};

use jiff::civil::date;

use super::family::{Family, families};
use super::*;
use model::{Saved, saved, simulate};
use scenario::campaign::{Campaign, CampaignValue};
use scenario::study::Cell;
use scenario::{Resolved, Scenario, Study, reference};
use world::record::{Record, RunKey};

/// Days of a run.
const DAYS: usize = 12;
/// Days of the warm-up, after which policies part.
const WARM_UP: usize = 5;

static QUIET: AtomicBool = AtomicBool::new(false);

static TINY: LazyLock<Scenario> = LazyLock::new(|| {
    let mut scenario = reference().scenario;
    scenario.people_per_agent = 50_000;
    scenario.start = date(2024, 1, 1);
    scenario.end = date(2024, 1, (DAYS - WARM_UP) as i8);
    scenario.warm_up_days = WARM_UP as u16;
    scenario
});

/// The tiny world, and closures of more and more venues from the first reported day on.
fn members(number: usize) -> Vec<Arc<Scenario>> {
    let member = |number: usize| {
        let mut scenario = TINY.clone();
        if number > 0 {
            let lever = "shutdown_rate.closures_per_month";
            let closures = Campaign::new(lever, CampaignValue::Number(10.0 * number as f64));
            let campaign = Campaign { from: Some(scenario.start), ..closures };
            scenario.policy.campaigns.insert("closures".to_owned(), campaign);
        }
        Arc::new(scenario)
    };
    (0..number).map(member).collect()
}

fn workshop<'a>(
    threads: usize,
    on_day: &'a (dyn Fn() + Sync),
    stop: &'a AtomicBool,
) -> RunOptions<'a> {
    RunOptions { threads, on_day, interrupted: stop, when_interrupted: WhenInterrupted::Finish }
}

/// Replications of a scenario in their order, by the engine; the first that fails ends the work.
fn run(
    scenario: &Scenario,
    replications: u32,
    workshop: &RunOptions,
) -> Result<Vec<Record>, Failure> {
    struct All(Mutex<Vec<Record>>);
    impl Keep for All {
        fn has(&self, _: usize, _: Cell) -> bool {
            false
        }
        fn keep(
            &self,
            arms: &[usize],
            cell: Cell,
            made: Result<Run, Unmade>,
        ) -> Result<(), Failure> {
            assert_eq!(arms, [0]);
            let replication = cell.replication;
            let run =
                made.map_err(|Unmade { message, .. }| Failure::Panicked { replication, message })?;
            self.0.lock().unwrap().push(run.record);
            Ok(())
        }
    }
    let json = serde_json::to_string(scenario).unwrap();
    let resolved = Resolved { scenario: scenario.clone(), json, ..reference() };
    let study = Study::of(vec![resolved], 7, replications, model::YIELDS);
    let all = All(Mutex::default());
    let cells = Box::new((0..replications).map(|replication| Cell { draw: 0, replication }));
    make(vec![StudyPart { study: &study, cells, keep: &all, apart: false }], workshop)?;
    let mut records = all.0.into_inner().unwrap();
    records.sort_by_key(|record| record.key);
    Ok(records)
}

/// What came of each member of each family.
type Outcomes = Vec<((usize, usize), Result<Record, String>)>;

/// Makes as many families of as many members and sorts what comes.
fn made(
    families_and_members: (usize, usize),
    workshop: &RunOptions,
) -> (Result<Saved, Failure>, Outcomes) {
    let scenarios = members(families_and_members.1);
    let next = |number: usize| {
        let key = RunKey::new(7, number as u32);
        (number < families_and_members.0).then(|| Family { scenarios: scenarios.clone(), key })
    };
    let outcomes: Mutex<Outcomes> = Mutex::default();
    let saved = families(&next, workshop, &|family, member, result| {
        outcomes.lock().unwrap().push(((family, member), result));
        Ok(())
    });
    let mut outcomes = outcomes.into_inner().unwrap();
    outcomes.sort_by_key(|(place, _)| *place);
    (saved, outcomes)
}

#[test]
fn results_come_in_order_whatever_the_threads() {
    let alone = run(&TINY, 5, &workshop(1, &|| (), &QUIET)).unwrap();
    assert!(alone.iter().map(|record| record.key.replication).eq(0..5));
    assert!(alone[3] == simulate(&TINY, RunKey::new(7, 3), &|| ()));
    for threads in [2, 3, 8] {
        let days = AtomicUsize::new(0);
        let count = || {
            days.fetch_add(1, Ordering::Relaxed);
        };
        assert!(run(&TINY, 5, &workshop(threads, &count, &QUIET)).unwrap() == alone);
        assert_eq!(days.into_inner(), 5 * DAYS);
    }
}

#[test]
fn every_member_of_every_family_comes_once_with_its_own_record() {
    let scenarios = members(3);
    for threads in [1, 2, 8] {
        let days = AtomicUsize::new(0);
        let count = || {
            days.fetch_add(1, Ordering::Relaxed);
        };
        let (sum, outcomes) = made((3, 3), &workshop(threads, &count, &QUIET));
        let mut expected = Saved::default();
        (0..3).for_each(|_| expected.add(saved(&scenarios)));
        assert_eq!(sum, Ok(expected));
        assert_eq!(expected.simulated as usize, days.into_inner());
        assert_eq!(expected.simulated as usize, 3 * (3 * DAYS - 2 * WARM_UP));
        let places = (0..3).flat_map(|family| (0..3).map(move |member| (family, member)));
        assert!(outcomes.iter().map(|(place, _)| *place).eq(places));
        for ((family, member), record) in outcomes {
            let key = RunKey::new(7, family as u32);
            assert!(record.unwrap() == simulate(&scenarios[member], key, &|| ()));
        }
    }
}

#[test]
fn the_last_large_runs_are_made_by_all_threads_with_the_same_bytes() {
    let mut large = TINY.clone();
    (large.people_per_agent, large.warm_up_days) = (20, 1);
    large.end = large.start;
    assert!(model::threads_of_use(&large) > 1);
    let most = AtomicUsize::new(0);
    let see = || {
        most.fetch_max(rayon::current_num_threads(), Ordering::Relaxed);
    };
    let records = run(&large, 3, &workshop(2, &see, &QUIET)).unwrap();
    assert_eq!(most.into_inner(), 2);
    assert!(records[2] == simulate(&large, RunKey::new(7, 2), &|| ()));
    let most = AtomicUsize::new(0);
    let see = || {
        most.fetch_max(rayon::current_num_threads(), Ordering::Relaxed);
    };
    run(&TINY, 3, &workshop(2, &see, &QUIET)).unwrap();
    assert_eq!(most.into_inner(), 1, "a small run has nothing to share out");
}

#[test]
fn a_family_without_members_is_passed_by() {
    let scenarios = members(1);
    let next = |number: usize| {
        let scenarios = if number == 1 { scenarios.clone() } else { Vec::new() };
        (number < 3).then(|| Family { scenarios, key: RunKey::new(7, 0) })
    };
    let came = AtomicUsize::new(0);
    let keep = |family: usize, _, _| {
        assert_eq!(family, 1);
        came.fetch_add(1, Ordering::Relaxed);
        Ok(())
    };
    families(&next, &workshop(2, &|| (), &QUIET), &keep).unwrap();
    assert_eq!(came.into_inner(), 1);
}

#[test]
fn an_interruption_ends_runs_within_a_day() {
    for threads in [1, 4] {
        let interrupted = AtomicBool::new(false);
        let raise = || interrupted.store(true, Ordering::Relaxed);
        let stops = WhenInterrupted::Stop;
        let workshop =
            RunOptions { when_interrupted: stops, ..workshop(threads, &raise, &interrupted) };
        assert!(run(&TINY, 4, &workshop) == Err(Failure::Interrupted));
    }
}

#[test]
fn branches_under_way_are_finished_and_kept_when_that_was_asked_for() {
    let interrupted = AtomicBool::new(false);
    let days = AtomicUsize::new(0);
    // On a day after the first branch has parted from the trunk.
    let raise = || {
        if days.fetch_add(1, Ordering::Relaxed) == WARM_UP {
            interrupted.store(true, Ordering::Relaxed);
        }
    };
    let (result, outcomes) = made((2, 3), &workshop(1, &raise, &interrupted));
    assert_eq!(result, Err(Failure::Interrupted));
    assert_eq!(outcomes.len(), 1);
    assert_eq!(days.into_inner(), DAYS, "nothing else was begun");
    // Within the warm-up there is nothing yet to be kept.
    let interrupted = AtomicBool::new(false);
    let at_once = || interrupted.store(true, Ordering::Relaxed);
    let (result, outcomes) = made((2, 3), &workshop(1, &at_once, &interrupted));
    assert_eq!((result, outcomes.len()), (Err(Failure::Interrupted), 0));
}

#[test]
fn a_record_that_cannot_be_kept_ends_the_work() {
    let scenarios = members(1);
    let next =
        |number| Some(Family { scenarios: scenarios.clone(), key: RunKey::new(number as u64, 0) });
    let result = families(&next, &workshop(2, &|| (), &QUIET), &|_, _, _| {
        Err(Failure::NotKept("disk full".to_owned()))
    });
    assert_eq!(result, Err(Failure::NotKept("disk full".to_owned())));
}

/// Panics on these days, counted over all runs; unwinds as a panic does, but keeps the test's output clean.
fn panics_on<'a>(days: &'a AtomicU32, on: &'a [u32]) -> impl Fn() + Sync + 'a {
    move || {
        if on.contains(&days.fetch_add(1, Ordering::SeqCst)) {
            resume_unwind(Box::new("no such venue"));
        }
    }
}

#[test]
fn a_panic_names_its_replication() {
    let days = AtomicU32::new(0);
    let third = [2 * DAYS as u32 + 3];
    let result = run(&TINY, 4, &workshop(1, &panics_on(&days, &third), &QUIET));
    let message = "no such venue".to_owned();
    assert!(result == Err(Failure::Panicked { replication: 2, message }));
}

#[test]
fn the_others_go_on_when_a_branch_panics() {
    let (_, whole) = made((1, 3), &workshop(1, &|| (), &QUIET));
    let days = AtomicU32::new(0);
    let in_the_first_branch = [WARM_UP as u32 + 2];
    let on_day = panics_on(&days, &in_the_first_branch);
    let (result, outcomes) = made((1, 3), &workshop(1, &on_day, &QUIET));
    assert!(result.is_ok());
    let failed: Vec<usize> = (0..3).filter(|member| outcomes[*member].1.is_err()).collect();
    assert_eq!(failed, [1]);
    assert_eq!(outcomes[1].1, Err("no such venue".to_owned()));
    assert!(outcomes[0] == whole[0] && outcomes[2] == whole[2]);
}

#[test]
fn those_that_have_not_parted_are_run_from_the_start_when_the_trunk_panics() {
    let (_, whole) = made((1, 3), &workshop(1, &|| (), &QUIET));
    let days = AtomicU32::new(0);
    let on_day = panics_on(&days, &[2]);
    let (result, outcomes) = made((1, 3), &workshop(1, &on_day, &QUIET));
    assert!(result.is_ok());
    assert_eq!(outcomes.len(), 3);
    assert!(outcomes[0].1.is_err() && outcomes[1] == whole[1] && outcomes[2] == whole[2]);
}

#[test]
fn a_thread_does_not_wait_for_the_trunk_of_another() {
    // The first day of the first trunk does not end before another thread has simulated a day.
    let (days, met) = (AtomicUsize::new(0), AtomicBool::new(false));
    let on_day = || {
        if days.fetch_add(1, Ordering::SeqCst) > 0 {
            return;
        }
        for _ in 0..1_000 {
            if days.load(Ordering::SeqCst) > 1 {
                met.store(true, Ordering::SeqCst);
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
    };
    made((2, 13), &workshop(2, &on_day, &QUIET)).0.unwrap();
    assert!(met.into_inner(), "the second thread waited for the first family");
}
