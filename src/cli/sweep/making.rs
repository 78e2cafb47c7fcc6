//! Makes the runs of a shard that are missing and keeps each the moment it ends.
//!
//! Cells are computed as threads ask for them, so there is no list of runs.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use model::{self, Saved};
use scenario::Scenario;
use scenario::study::Cell;
use study::comparison;
use study::ensemble::{Failure, Family, Keep, Next};
use study::store::study::{Addresses, Fingerprint, Journal, Plan, Row, Shard, Stage, There};
use world::record::Record;

/// Makes all families, such as [`study::ensemble::families`].
pub type Make<'a> = dyn Fn(&Next, &Keep) -> Result<Saved, Failure> + 'a;

/// What is to be made.
pub struct Work<'a> {
    /// The runs of the study.
    pub plan: &'a Plan<'a>,
    /// Those that are there.
    pub there: &'a There,
    /// Those that this process makes.
    pub shard: Shard,
    /// Called after each run.
    pub on_run: &'a (dyn Fn() + Sync),
    /// Where a panic with this message came from, if that is known.
    pub place_of_panic: &'a (dyn Fn(&str) -> Option<String> + Sync),
}

/// How many runs were made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Made {
    /// Finished runs.
    pub finished: u64,
    /// Failed runs.
    pub failed: u64,
}

/// Runs that are the same scenario: one is simulated, all are kept.
struct Member {
    arms: Vec<usize>,
    address: Fingerprint,
    scenario: Arc<Scenario>,
}

/// A cell under way.
struct Open {
    cell: Cell,
    members: Vec<Arc<Member>>,
    left: usize,
}

struct State<'a> {
    /// Number of the next cell.
    next: u64,
    open: BTreeMap<usize, Open>,
    addresses: Addresses<'a>,
    /// Scenarios of the draw that was asked for last, by arm.
    scenarios: BTreeMap<usize, Result<Arc<Scenario>, String>>,
    draw: u32,
    made: Made,
    /// What ended the work before its time.
    broken: Option<String>,
}

impl Work<'_> {
    /// How many runs are missing.
    pub fn missing(&self) -> u64 {
        let missing = |number| {
            let cell = self.plan.cell(number);
            (0..self.plan.arms())
                .filter(|arm| !self.there.has(self.plan.position(*arm, cell)))
                .count()
        };
        self.shard.cells(self.plan.cells()).map(|number| missing(number) as u64).sum()
    }

    /// Makes all that are missing.
    ///
    /// # Errors
    /// If it was interrupted or a run could not be kept; what was kept before stays.
    pub fn make(&self, journal: Journal, make: &Make) -> (Made, Result<Saved, Failure>) {
        let state = Mutex::new(State {
            next: u64::from(self.shard.number) - 1,
            open: BTreeMap::new(),
            addresses: Addresses::new(self.plan.study),
            scenarios: BTreeMap::new(),
            draw: u32::MAX,
            made: Made::default(),
            broken: None,
        });
        let journal = Mutex::new(journal);
        let next = |number: usize| {
            let mut state = held(&state);
            let family = self.next(&mut state, &journal, number);
            family.unwrap_or_else(|why| {
                state.broken.get_or_insert(why);
                None
            })
        };
        let keep = |number: usize, member: usize, result: Result<Record, String>| {
            self.keep(&state, &journal, number, member, result)
        };
        let result = make(&next, &keep);
        let flushed = held(&journal).flush();
        let state = state.into_inner().expect("no panic while it was held");
        let result = match (state.broken, flushed) {
            (Some(why), _) | (None, Err(why)) => result.and(Err(Failure::NotKept(why))),
            (None, Ok(())) => result,
        };
        (state.made, result)
    }

    /// The next cell of which something is missing; what cannot be made is recorded on the way.
    fn next(
        &self,
        state: &mut State,
        journal: &Mutex<Journal>,
        number: usize,
    ) -> Result<Option<Family>, String> {
        let plan = self.plan;
        while state.broken.is_none() && state.next < plan.cells() {
            let cell = plan.cell(state.next);
            state.next += u64::from(self.shard.of);
            let missing = (0..plan.arms()).filter(|arm| !self.there.has(plan.position(*arm, cell)));
            let mut members: Vec<(Fingerprint, Vec<usize>)> = Vec::new();
            for arm in missing {
                let address = state.addresses.of(arm, cell);
                match members.iter_mut().find(|(other, _)| *other == address) {
                    Some((_, arms)) => arms.push(arm),
                    None => members.push((address, vec![arm])),
                }
            }
            if state.draw != cell.draw {
                state.scenarios.clear();
                state.draw = cell.draw;
            }
            let mut found = Vec::new();
            for (address, arms) in members {
                let made = state
                    .scenarios
                    .entry(arms[0])
                    .or_insert_with(|| plan.study.scenario(arms[0], cell.draw).map(Arc::new));
                match made.clone() {
                    Ok(scenario) => found.push(Arc::new(Member { arms, address, scenario })),
                    Err(why) => {
                        for arm in arms {
                            let name = &plan.study.arms[arm].name;
                            let row = Row::failed(name, cell, address, Stage::Scenario, &why);
                            held(journal).append(&row)?;
                            state.made.failed += 1;
                            (self.on_run)();
                        }
                    }
                }
            }
            if found.is_empty() {
                continue;
            }
            let scenarios = found.iter().map(|member| member.scenario.clone()).collect();
            let left = found.len();
            state.open.insert(number, Open { cell, members: found, left });
            return Ok(Some(Family { scenarios, key: plan.study.key(cell) }));
        }
        Ok(None)
    }

    fn keep(
        &self,
        state: &Mutex<State>,
        journal: &Mutex<Journal>,
        number: usize,
        member: usize,
        result: Result<Record, String>,
    ) -> Result<(), String> {
        let (cell, member) = {
            let mut state = held(state);
            let open = state.open.get_mut(&number).ok_or("a run was handed over twice")?;
            open.left -= 1;
            let (cell, member, left) = (open.cell, open.members[member].clone(), open.left);
            if left == 0 {
                state.open.remove(&number);
            }
            (cell, member)
        };
        let result = result
            .map_err(|message| match (self.place_of_panic)(&message) {
                Some(place) => format!("{message} ({place})"),
                None => message,
            })
            .and_then(|record| Ok((self.values(&record, &member.scenario)?, record)));
        for arm in &member.arms {
            let name = &self.plan.study.arms[*arm].name;
            let row = match &result {
                Ok((values, record)) => {
                    Row::finished(name, cell, member.address, values.clone(), record)
                }
                Err(why) => Row::failed(name, cell, member.address, Stage::Simulation, why),
            };
            held(journal).append(&row)?;
            let made = &mut held(state).made;
            *(if result.is_ok() { &mut made.finished } else { &mut made.failed }) += 1;
            (self.on_run)();
        }
        Ok(())
    }

    fn values(&self, record: &Record, scenario: &Scenario) -> Result<Vec<f64>, String> {
        values(self.plan, record, scenario)
    }
}

/// The kept measures of a run.
///
/// # Errors
/// If the days that count are no days of the run.
pub fn values(plan: &Plan, record: &Record, scenario: &Scenario) -> Result<Vec<f64>, String> {
    let days = comparison::days(scenario, plan.study.window);
    let days =
        days.ok_or("the days that count are not within the reported days of the scenario")?;
    let measures = model::measures(record, scenario, days);
    let kept = plan.study.measures.iter().map(|number| measures[*number].value);
    Ok(kept.chain(plan.study.seen.iter().map(|seen| seen.of(&record.sights))).collect())
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("no panic while it is held")
}
