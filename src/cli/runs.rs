//! Whole records of a study's runs: those that are missing are made, those that are there are taken; of each the command keeps what
//! it needs.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use super::shard::ShardAsked;
use super::simulate::{How, Refusal, ReportedWork, failed, interruption, show, tell};
use super::tables::{draws_and_replications, on_threads, replications, threads};
use ::report::say;
use ::report::speech::{counted, retold, told};
use model::{Saved, saved};
use scenario::estimate::size;
use scenario::study::Cell;
use scenario::{self, Study};
use study::ensemble::{Failure, Keep, Run, RunOptions, StudyPart, Unmade, WhenInterrupted, make};
use study::store::study::{Addresses, Fingerprint, KeptData, RecordFolder};
use world::record::Record;

/// What is said when the work is interrupted.
const KEPT: &str = "finished runs are kept: the same command goes on from here";

/// What is kept of a run.
pub type Digest<'a, T> = dyn Fn(Record) -> T + Sync + 'a;

/// The runs of a study.
pub struct StudyRuns<'a, T> {
    study: &'a Study,
    how: &'a How,
    days: RecordFolder,
    digest: &'a Digest<'a, T>,
    /// By arm, draw and replication.
    kept: Vec<BTreeMap<Cell, T>>,
    simulated: usize,
    reused: usize,
    saved: Saved,
}

impl<'a, T: Send + Sync> StudyRuns<'a, T> {
    /// None yet.
    pub fn new(
        study: &'a Study,
        how: &'a How,
        store: &Path,
        digest: &'a Digest<'a, T>,
    ) -> StudyRuns<'a, T> {
        let kept = study.arms.iter().map(|_| BTreeMap::new()).collect();
        let (days, saved) = (RecordFolder::new(store), Saved::default());
        StudyRuns { study, how, days, digest, kept, simulated: 0, reused: 0, saved }
    }

    fn addresses(&self) -> Addresses<'a> {
        Addresses::new(KeptData::Days, self.study)
    }

    /// All cells with so many replications of each draw.
    fn cells(&self, replications: u32) -> impl Iterator<Item = Cell> + use<'a, T> {
        let of = move |draw| (0..replications).map(move |replication| Cell { draw, replication });
        (0..self.study.draws()).flat_map(of)
    }

    /// How many runs of an arm are there.
    fn there(&self, arm: usize, replications: u32) -> usize {
        let mut addresses = self.addresses();
        self.cells(replications).filter(|cell| self.days.has(addresses.of(arm, *cell))).count()
    }

    /// What would be run, arm by arm, in words.
    pub fn plan(&self, replications: u32, out: &Path) -> String {
        let mut lines = Vec::new();
        let each = draws_and_replications(self.study.draws(), replications);
        for (number, arm) in self.study.arms.iter().enumerate() {
            let there = self.there(number, replications);
            let title = retold(&arm.title);
            lines.push(say!("{title}: {each}, {there} of them are there", title, each, there));
        }
        let cost = scenario::estimate(&self.study.arms[0].resolved.scenario);
        let (threads, seed) = (threads(self.how.threads()), self.study.seed);
        lines.push(say!("On {threads}, seed {seed}", threads, seed));
        let each = told(&cost.to_string());
        lines.push(say!("Each replication on one thread: {each}", each));
        let (missing, kept) = (self.missing(replications), self.days.folder().display());
        lines.push(say!(
            "In all about {time}; runs would be kept in {kept}, {size} more than now",
            time = self.time(missing),
            kept,
            size = told(&size(cost.kept * missing as u64))
        ));
        lines.push(say!("Results would go to {folder}", folder = out.display()));
        lines.join("\n") + "\n"
    }

    /// Tells how many runs there will be, after what is said before it.
    pub fn announce(&self, before: &str, replications: u32) {
        if !self.how.quiet {
            tell!("{before}{}", self.announcement(replications));
        }
    }

    /// How many runs there will be, and how long those that are missing take, in words.
    pub fn announcement(&self, replications: u32) -> String {
        let arms = self.study.arms.len();
        let all = arms * self.cells(replications).count();
        let missing = self.missing(replications);
        say!(
            "{all} runs: {scenarios} × {replications}, {there} of them are there; about {time}",
            all,
            scenarios = counted(arms as u64, "{n} scenario|{n} scenarios"),
            replications = self::replications(replications as usize),
            there = all - missing,
            time = self.time(missing)
        )
    }

    /// How many runs are to be made.
    fn missing(&self, replications: u32) -> usize {
        let arms = self.study.arms.len();
        let there: usize = (0..arms).map(|arm| self.there(arm, replications)).sum();
        arms * self.cells(replications).count() - there
    }

    /// How long so many runs take, in words.
    fn time(&self, runs: usize) -> String {
        let each = scenario::estimate(&self.study.arms[0].resolved.scenario);
        on_threads(each.seconds_per_replication * runs as f64, self.how.threads())
    }

    /// How many runs were made and taken, in words.
    pub fn counted(&self) -> String {
        let counted = say!(
            "{made} runs simulated, {taken} taken from {folder}",
            made = self.simulated,
            taken = self.reused,
            folder = self.days.folder().display()
        );
        let counted = match self.days.bytes() {
            0 => counted,
            bytes => {
                let held = say!(
                    "{folder} holds {size} of finished runs, which may be deleted at any time",
                    folder = self.days.folder().display(),
                    size = told(&size(bytes))
                );
                format!("{held}\n{counted}")
            }
        };
        match 100.0 * self.saved.share() {
            share if share < 0.5 => counted,
            share => {
                let saved = say!(
                    "one warm-up for {arms} scenarios: {share} % of the days simulated once instead of again",
                    arms = self.study.arms.len(),
                    share = format!("{share:.0}")
                );
                format!("{saved}\n{counted}")
            }
        }
    }

    /// Makes sure that every arm has so many replications, under every draw.
    pub fn ensure(&mut self, replications: u32) -> Result<(), Refusal> {
        self.take(replications).map_err(failed)?;
        let making = Making::of(self, self.cells(replications).collect(), true);
        let saved = making.all()?;
        let (made, done) = (making.made.into_inner(), making.done.into_inner());
        self.saved.add(saved);
        self.simulated += made;
        for (arm, cell, digest) in done.expect("no panic while it was held") {
            self.kept[arm].insert(cell, digest);
        }
        Ok(())
    }

    /// Makes the runs of a shard that are not there, to be taken by whoever needs all, and says how many.
    pub fn make_shard(&self, asked: ShardAsked) -> Result<(), Refusal> {
        let (study, shard) = (self.study, asked.here()?);
        let cells: Vec<Cell> =
            shard.cells(study.cells()).map(|number| study.cell(number as u32)).collect();
        let all = cells.len() * study.arms.len();
        let making = Making::of(self, cells, false);
        making.all()?;
        let made = making.made.into_inner();
        if !self.how.quiet {
            let (title, there) = (&study.title, all - made);
            show(&format!(
                "{title}, shard {shard}: {made} runs made, {there} were there, of {all}\n"
            ));
        }
        Ok(())
    }

    /// Takes what is there; what cannot be read is made again.
    fn take(&mut self, replications: u32) -> Result<(), String> {
        let mut addresses = self.addresses();
        let mut scenarios = BTreeMap::new();
        for cell in self.cells(replications) {
            for arm in 0..self.study.arms.len() {
                let address = addresses.of(arm, cell);
                if self.kept[arm].contains_key(&cell) || !self.days.has(address) {
                    continue;
                }
                if !scenarios.contains_key(&(arm, cell.draw)) {
                    scenarios.retain(|(_, draw), _| *draw == cell.draw);
                    scenarios.insert((arm, cell.draw), self.study.scenario(arm, cell.draw)?);
                }
                let (scenario, key) = (&scenarios[&(arm, cell.draw)], self.study.key(cell));
                if let Ok(record) = self.days.load(address, scenario, key) {
                    self.reused += 1;
                    self.kept[arm].insert(cell, (self.digest)(record));
                }
            }
        }
        Ok(())
    }

    /// What was kept of the runs of one arm.
    pub fn of(&self, arm: usize) -> impl Iterator<Item = &T> {
        self.kept[arm].values()
    }

    /// What was kept of all runs, by arm, draw and replication.
    pub fn into_kept(self) -> Vec<Vec<T>> {
        self.kept.into_iter().map(|kept| kept.into_values().collect()).collect()
    }
}

/// Runs under way.
struct Making<'b, 'a, T> {
    runs: &'b StudyRuns<'a, T>,
    cells: Vec<Cell>,
    /// Whether what is made is read as well, and what was kept of it is what is there.
    reads: bool,
    addresses: Mutex<Addresses<'a>>,
    made: AtomicUsize,
    done: Mutex<Vec<(usize, Cell, T)>>,
}

impl<'b, 'a, T: Send + Sync> Making<'b, 'a, T> {
    fn of(runs: &'b StudyRuns<'a, T>, cells: Vec<Cell>, reads: bool) -> Self {
        let addresses = Mutex::new(runs.addresses());
        Making { runs, cells, reads, addresses, made: AtomicUsize::new(0), done: Mutex::default() }
    }

    fn address(&self, arm: usize, cell: Cell) -> Fingerprint {
        self.addresses.lock().expect("no panic while it is held").of(arm, cell)
    }

    /// Makes all that are missing.
    fn all(&self) -> Result<Saved, Refusal> {
        let days = self.days();
        if days == 0 {
            return Ok(Saved::default());
        }
        let StudyRuns { study, how, .. } = *self.runs;
        let interrupted = interruption()?;
        ReportedWork { days, quiet: how.quiet, seed: study.seed, lost: KEPT }.run(|on_day| {
            let workshop = RunOptions {
                threads: how.threads(),
                on_day,
                interrupted: &interrupted,
                when_interrupted: WhenInterrupted::Finish,
            };
            let cells = Box::new(self.cells.iter().copied());
            make(vec![StudyPart { study, cells, keep: self, apart: false }], &workshop)
        })
    }

    /// Days that are to be simulated; the arms of a cell have their first ones in common, under every draw as many.
    fn days(&self) -> u64 {
        let study = self.runs.study;
        let mut known: BTreeMap<Vec<usize>, u64> = BTreeMap::new();
        let mut days = 0;
        for cell in &self.cells {
            let arms: Vec<usize> =
                (0..study.arms.len()).filter(|arm| !self.has(*arm, *cell)).collect();
            let of = |arm: &usize| Arc::new(study.arms[*arm].resolved.scenario.clone());
            days += *known.entry(arms).or_insert_with_key(|arms| {
                saved(&arms.iter().map(of).collect::<Vec<_>>()).simulated
            });
        }
        days
    }
}

impl<T: Send + Sync> Keep for Making<'_, '_, T> {
    fn has(&self, arm: usize, cell: Cell) -> bool {
        match self.reads {
            true => self.runs.kept[arm].contains_key(&cell),
            false => self.runs.days.has(self.address(arm, cell)),
        }
    }

    fn keep(&self, arms: &[usize], cell: Cell, made: Result<Run, Unmade>) -> Result<(), Failure> {
        let replication = self.runs.study.number(cell);
        let Run { record, .. } =
            made.map_err(|Unmade { message, .. }| Failure::Panicked { replication, message })?;
        let address = self.address(arms[0], cell);
        self.runs.days.keep(address, &record).map_err(Failure::NotKept)?;
        self.made.fetch_add(arms.len(), Ordering::Relaxed);
        if self.reads {
            let digest = |arm: &usize| (*arm, cell, (self.runs.digest)(record.clone()));
            let digests: Vec<_> = arms.iter().map(digest).collect();
            self.done.lock().expect("no panic while it is held").extend(digests);
        }
        Ok(())
    }
}
