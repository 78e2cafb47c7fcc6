//! The one engine: makes the runs of studies that are missing.
//!
//! Cells are asked for one by one as threads are free, so there is no list of runs. What of a cell is missing is one family, whose
//! members share their luck and the days that they have in common; of arms that are the same scenario there one is simulated.
//! What came of a run is handed over the moment it ends.
//!
//! Deliberately absent: what is kept of a run, and where ([`Keep`]); how threads share families (`family`).

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use serde::{Deserialize, Serialize};

use super::family::{Family, families};
use super::{Failure, RunOptions, panics};
use model::Saved;
use scenario::study::Cell;
use scenario::{Scenario, Study};
use world::record::{Record, RunKey};

world::named! {
    /// Where a run failed.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(rename_all = "lowercase")]
    Stage:
    /// The values of its draw make no valid scenario.
    Scenario = scenario;
    /// The program panicked: a bug.
    Simulation = simulation;
}

impl Stage {
    /// The stage of this name.
    pub fn read(name: &str) -> Option<Stage> {
        Stage::ALL.iter().copied().find(|stage| stage.key() == name)
    }
}

/// A run that was made.
#[derive(Clone, Debug)]
pub struct Run {
    /// What it yielded.
    pub record: Record,
    /// What was run.
    pub scenario: Arc<Scenario>,
}

/// Why there is no record of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmade {
    /// Where it failed.
    pub stage: Stage,
    /// Why.
    pub message: String,
}

/// What is there of the runs of a study, and what becomes of those that are made.
pub trait Keep: Sync {
    /// Whether the run of an arm in a cell is not wanted: it is there, or failed before.
    fn has(&self, arm: usize, cell: Cell) -> bool;

    /// Takes what came of a run as soon as it ends; `arms` are those that are the same scenario in this cell.
    ///
    /// # Errors
    /// If it cannot be kept, or the others are of no use without it: that ends the work.
    fn keep(&self, arms: &[usize], cell: Cell, made: Result<Run, Unmade>) -> Result<(), Failure>;
}

/// A study of which runs are made.
pub struct StudyPart<'a> {
    /// The study.
    pub study: &'a Study,
    /// Its cells, in the order in which they are made.
    pub cells: Box<dyn Iterator<Item = Cell> + Send + 'a>,
    /// What is there, and what becomes of the others.
    pub keep: &'a dyn Keep,
    /// Whether every run is simulated on its own from its first day, though arms have days in common.
    pub apart: bool,
}

/// Makes the runs that are missing, study by study.
///
/// # Errors
/// If it was interrupted, threads cannot be started, or a run could not be kept. What was kept before stays.
pub fn make(parts: Vec<StudyPart>, workshop: &RunOptions) -> Result<Saved, Failure> {
    let state = Mutex::new(MakeState::of(parts));
    let next = |number: usize| held(&state).family(number);
    let keep = |number: usize, member: usize, made: Result<Record, String>| {
        let (Member { arms, scenario }, cell, keep) = held(&state).handed(number, member);
        let made = match made {
            Ok(record) => Ok(Run { record, scenario }),
            Err(message) => {
                Err(Unmade { stage: Stage::Simulation, message: panics::with_place(message) })
            }
        };
        keep.keep(&arms, cell, made)
    };
    let made = panics::quietly(|| families(&next, workshop, &keep));
    match state.into_inner().expect("no panic while it was held").broken {
        Some(failure) => made.and(Err(failure)),
        None => made,
    }
}

/// Arms of a cell that are the same scenario.
struct Member {
    arms: Vec<usize>,
    scenario: Arc<Scenario>,
}

/// A family under way.
struct OpenCell<'a> {
    cell: Cell,
    keep: &'a dyn Keep,
    /// Those whose runs have not ended.
    members: Vec<Option<Member>>,
}

struct MakeState<'a> {
    /// Studies of which cells are left, the one under way last.
    parts: Vec<StudyPart<'a>>,
    known: KnownInputs,
    /// Members of the cell under way that are families of their own.
    apart: Vec<(Cell, Member)>,
    open: BTreeMap<usize, OpenCell<'a>>,
    /// Why the work ended before its time.
    broken: Option<Failure>,
}

/// What is known of the draw that was asked for last, by arm.
#[derive(Default)]
struct KnownInputs {
    draw: Option<u32>,
    inputs: BTreeMap<usize, blake3::Hash>,
    scenarios: BTreeMap<usize, Result<Arc<Scenario>, String>>,
}

impl<'a> MakeState<'a> {
    fn of(mut parts: Vec<StudyPart<'a>>) -> MakeState<'a> {
        parts.reverse();
        MakeState {
            parts,
            known: KnownInputs::default(),
            apart: Vec::new(),
            open: BTreeMap::new(),
            broken: None,
        }
    }

    /// The next family, which gets this number.
    fn family(&mut self, number: usize) -> Option<Family> {
        while self.broken.is_none() {
            let part = self.parts.last_mut()?;
            let (cell, members) = if let Some((cell, member)) = self.apart.pop() {
                (cell, vec![member])
            } else if let Some(cell) = part.cells.next() {
                match self.known.missing(part, cell) {
                    Ok(members) if part.apart => {
                        let each = members.into_iter().rev().map(|member| (cell, member));
                        self.apart.extend(each);
                        continue;
                    }
                    Ok(members) => (cell, members),
                    Err(why) => {
                        self.broken = Some(why);
                        return None;
                    }
                }
            } else {
                self.parts.pop();
                self.known = KnownInputs::default();
                continue;
            };
            if members.is_empty() {
                continue;
            }
            let key: RunKey = part.study.key(cell);
            let scenarios = members.iter().map(|member| member.scenario.clone()).collect();
            let members = members.into_iter().map(Some).collect();
            let open = OpenCell { cell, keep: part.keep, members };
            self.open.insert(number, open);
            return Some(Family { scenarios, key });
        }
        None
    }

    /// Whose run has ended, and who takes it.
    fn handed(&mut self, number: usize, member: usize) -> (Member, Cell, &'a dyn Keep) {
        let open = self.open.get_mut(&number).expect("a family is open until its last run ends");
        let ended = open.members[member].take().expect("a run ends once");
        let (cell, keep) = (open.cell, open.keep);
        if open.members.iter().all(Option::is_none) {
            self.open.remove(&number);
        }
        (ended, cell, keep)
    }
}

impl KnownInputs {
    /// What of a cell is missing; what cannot be made is handed over on the way.
    fn missing(&mut self, part: &StudyPart, cell: Cell) -> Result<Vec<Member>, Failure> {
        let StudyPart { study, keep, .. } = part;
        if self.draw != Some(cell.draw) {
            *self = KnownInputs { draw: Some(cell.draw), ..KnownInputs::default() };
        }
        let mut alike: Vec<(blake3::Hash, Vec<usize>)> = Vec::new();
        for arm in (0..study.arms.len()).filter(|arm| !keep.has(*arm, cell)) {
            let input = || blake3::hash(study.canonical(arm, cell.draw).as_bytes());
            let input = *self.inputs.entry(arm).or_insert_with(input);
            match alike.iter_mut().find(|(other, _)| *other == input) {
                Some((_, arms)) => arms.push(arm),
                None => alike.push((input, vec![arm])),
            }
        }
        let mut members = Vec::new();
        for (_, arms) in alike {
            let scenario = || study.scenario(arms[0], cell.draw).map(Arc::new);
            match self.scenarios.entry(arms[0]).or_insert_with(scenario).clone() {
                Ok(scenario) => members.push(Member { arms, scenario }),
                Err(message) => {
                    keep.keep(&arms, cell, Err(Unmade { stage: Stage::Scenario, message }))?;
                }
            }
        }
        Ok(members)
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("no panic while it is held")
}
