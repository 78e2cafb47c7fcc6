//! Makes the cells of experiments that are missing; of each only its readings are kept.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard};

use super::super::simulate::{Refusal, Told};
use super::{Args, Experiment};
use model::saved;
use scenario::Scenario;
use scenario::study::Cell;
use study::comparison::pattern;
use study::ensemble::{Family, WhenInterrupted, Workshop, families};
use study::store::validation::{Readings, cell_key};
use world::record::Record;

/// What came of it.
pub struct Made {
    /// By experiment and cell, draw by draw: the readings, if the cell did not fail.
    pub values: Vec<Vec<Option<Vec<f64>>>>,
    /// Cells that were simulated.
    pub simulated: usize,
    /// Cells whose readings were there.
    pub taken: usize,
    /// Why cells failed.
    pub failures: Vec<String>,
}

/// A cell that is missing.
struct Absent {
    experiment: usize,
    cell: Cell,
    key: String,
}

struct State {
    /// Number of the next missing cell.
    next: usize,
    /// Records of cells under way, by number of the family: whose they are, and what is there.
    open: BTreeMap<usize, (usize, Vec<Option<Record>>)>,
    readings: Readings,
    made: Made,
}

/// Makes all that are missing.
pub fn make(
    args: &Args,
    experiments: &[Experiment],
    interrupted: &AtomicBool,
) -> Result<Made, Refusal> {
    let readings = Readings::open(&args.runs);
    let mut made = Made { values: Vec::new(), simulated: 0, taken: 0, failures: Vec::new() };
    let mut absent = Vec::new();
    let mut days = 0;
    for (number, experiment) in experiments.iter().enumerate() {
        let mut values = Vec::new();
        let before = absent.len();
        for (cell, key) in cells(experiment) {
            let known = readings.get(&key).map(<[f64]>::to_vec);
            let fits = known.filter(|known| known.len() == experiment.pattern.readings.len());
            match &fits {
                Some(_) => made.taken += 1,
                None => absent.push(Absent { experiment: number, cell, key }),
            }
            values.push(fits);
        }
        made.values.push(values);
        let arms: Vec<Arc<Scenario>> = experiment
            .study
            .arms
            .iter()
            .map(|arm| Arc::new(arm.resolved.scenario.clone()))
            .collect();
        days += saved(&arms).simulated * (absent.len() - before) as u64;
    }
    let state = Mutex::new(State { next: 0, open: BTreeMap::new(), readings, made });
    let work = Work { experiments, absent: &absent, state: &state };
    let lost = "readings of finished cells are kept: the same command goes on from here";
    let told = Told { days, quiet: args.how.quiet, seed: args.how.seed, lost };
    told.run(|on_day| {
        let when_interrupted = WhenInterrupted::Finish;
        let threads = args.how.threads();
        let workshop = Workshop { threads, on_day, interrupted, when_interrupted };
        families(&|number| work.next(number), &workshop, &|family, member, record| {
            work.keep(family, member, record)
        })
    })?;
    Ok(state.into_inner().expect("no panic while it was held").made)
}

/// All cells of an experiment, draw by draw, with what determines their readings.
pub fn cells(experiment: &Experiment) -> impl Iterator<Item = (Cell, String)> {
    let study = &experiment.study;
    (0..study.draws()).flat_map(move |draw| {
        let arms: Vec<String> =
            (0..study.arms.len()).map(|arm| study.canonical(arm, draw)).collect();
        let words: Vec<String> = experiment
            .pattern
            .readings
            .iter()
            .map(|r| {
                format!("{:?}", (r.kind, &r.classes, &r.traders, r.days, r.first_days, r.share))
            })
            .collect();
        let readings = format!("{} {}", experiment.event, words.join(" "));
        (0..study.replications).map(move |replication| {
            let cell = Cell { draw, replication };
            (cell, cell_key(&arms, study.key(cell), &readings))
        })
    })
}

struct Work<'a> {
    experiments: &'a [Experiment],
    absent: &'a [Absent],
    state: &'a Mutex<State>,
}

impl Work<'_> {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no panic while it is held")
    }

    /// The next missing cell whose scenarios can be made; what cannot is recorded on the way.
    fn next(&self, number: usize) -> Option<Family> {
        loop {
            let mut state = self.state();
            let place = state.next;
            let Absent { experiment, cell, .. } = self.absent.get(place)?;
            state.next += 1;
            let study = &self.experiments[*experiment].study;
            let scenarios: Result<Vec<Arc<Scenario>>, String> = (0..study.arms.len())
                .map(|arm| study.scenario(arm, cell.draw).map(Arc::new))
                .collect();
            match scenarios {
                Ok(scenarios) => {
                    state.open.insert(number, (place, vec![None; scenarios.len()]));
                    return Some(Family { scenarios, key: study.key(*cell) });
                }
                Err(why) => state.made.failures.push(self.told(place, &why)),
            }
        }
    }

    fn told(&self, place: usize, why: &str) -> String {
        let Absent { experiment, cell, .. } = &self.absent[place];
        let name = &self.experiments[*experiment].pattern.name;
        format!("{name}, draw {}, replication {}: {why}", cell.draw, cell.replication)
    }

    fn keep(
        &self,
        family: usize,
        member: usize,
        record: Result<Record, String>,
    ) -> Result<(), String> {
        let mut state = self.state();
        let Some((place, records)) = state.open.get_mut(&family) else {
            // Another scenario of the cell has failed.
            return Ok(());
        };
        let place = *place;
        match record {
            Ok(record) => records[member] = Some(record),
            Err(why) => {
                state.open.remove(&family);
                let why = self.told(place, &why);
                state.made.failures.push(why);
                return Ok(());
            }
        }
        if records.iter().any(Option::is_none) {
            return Ok(());
        }
        let (_, records) = state.open.remove(&family).unwrap_or_default();
        drop(state);
        let records: Vec<Record> = records.into_iter().flatten().collect();
        let records: Vec<&Record> = records.iter().collect();
        let Absent { experiment: number, cell, key } = &self.absent[place];
        let experiment = &self.experiments[*number];
        let read = |reading| pattern::read(reading, experiment.event, &records);
        let values: Vec<f64> = experiment.pattern.readings.iter().map(read).collect();
        let mut state = self.state();
        state.readings.keep(key, &values)?;
        state.made.simulated += 1;
        let index = cell.draw * experiment.study.replications + cell.replication;
        state.made.values[*number][index as usize] = Some(values);
        Ok(())
    }
}
