//! Which runs a study has, in which order, and what determines each.
//!
//! Deliberately absent: lists of runs. Cells, positions and addresses are computed, so that a study of a million runs
//! takes no more memory than one of a hundred.

use std::collections::BTreeMap;
use std::fmt;

use crate::comparison;
use model::{FORMULAS, MEASURES, MODEL_VERSION};
use scenario::finding::plain;
use scenario::study::{Cell, MOST_RUNS, Over, Seen};
use scenario::{Scenario, Study};
use world::record::{Record, RunKey};

/// Characters of the plan's fingerprint in names of files: 48 bits, so that two plans of one study do not meet.
const NAME_LENGTH: usize = 12;

/// 128 bits of BLAKE3: enough that no two runs of the world ever share one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(pub u128);

impl Fingerprint {
    /// The first half of a hash.
    pub fn of(hash: blake3::Hash) -> Fingerprint {
        let half = hash.as_bytes()[..16].try_into().expect("a hash has 32 bytes");
        Fingerprint(u128::from_be_bytes(half))
    }

    /// Reads what `Display` writes.
    pub fn read(text: &str) -> Option<Fingerprint> {
        let valid = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        valid.then(|| u128::from_str_radix(text, 16).ok().map(Fingerprint)).flatten()
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// A part of a study that one process makes: the cells whose number leaves `number - 1` when divided by `of`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shard {
    /// From 1.
    pub number: u32,
    /// How many there are.
    pub of: u32,
}

impl Shard {
    /// The whole study.
    pub const WHOLE: Shard = Shard { number: 1, of: 1 };

    /// Numbers of its cells, of so many in all.
    pub fn cells(self, all: u64) -> impl Iterator<Item = u64> {
        (u64::from(self.number) - 1..all).step_by(self.of as usize)
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

/// What is kept of runs, in rows or as files.
#[derive(Clone, Copy)]
pub enum KeptData<'a> {
    /// The study's measures of each run, over the days that count.
    Measures,
    /// What is read from all runs of a cell together: a row for each cell.
    Readings(&'a Readings<'a>),
    /// All days of each run ([`super::RecordFolder`]).
    Days,
}

/// Reads a cell, of which the records come arm by arm.
pub type Read<'a> = dyn Fn(&[&Record]) -> Vec<f64> + Sync + 'a;

/// What is read from all runs of a cell together.
pub struct Readings<'a> {
    /// Names of what is read.
    pub names: Vec<String>,
    /// What determines the readings beside the runs, in words.
    pub said: String,
    /// Reads a cell, of which the records come arm by arm.
    pub read: Box<Read<'a>>,
}

/// What is kept of a study: one thing for each run, or for each cell.
#[derive(Clone)]
pub struct Plan<'a> {
    /// The study.
    pub study: &'a Study,
    /// What is kept of its runs.
    pub kept: KeptData<'a>,
    /// Replications of each draw, those of a second stage included.
    pub replications: u32,
    draws: u32,
    fingerprint: String,
    /// For each arm of rows those that were the same scenario in the first draw, itself included.
    twins: Vec<Vec<usize>>,
}

impl<'a> Plan<'a> {
    /// The runs as the study asks for them; of a study with precision those of the first stage.
    ///
    /// # Errors
    /// If there are more runs than positions can number.
    pub fn of(study: &'a Study) -> Result<Plan<'a>, String> {
        Plan::keeping(KeptData::Measures, study)
    }

    /// The same where something else is kept than measures.
    ///
    /// # Errors
    /// If there are more runs than positions can number.
    pub fn keeping(kept: KeptData<'a>, study: &'a Study) -> Result<Plan<'a>, String> {
        let arms = kept.arms(study);
        let runs = study.cells().checked_mul(arms as u64);
        if runs.is_none_or(|runs| runs > MOST_RUNS) {
            return Err(format!("a study may have {} runs", plain(MOST_RUNS as f64)));
        }
        let firsts: Vec<blake3::Hash> =
            (0..arms).map(|arm| kept.ingredients(study, arm, 0)).collect();
        let twins = firsts.iter().map(|first| {
            let same = firsts.iter().enumerate().filter(|(_, other)| *other == first);
            same.map(|(arm, _)| arm).collect()
        });
        let twins = twins.collect();
        let fingerprint = fingerprint(study, &firsts);
        let (draws, replications) = (study.draws(), study.replications);
        Ok(Plan { study, kept, replications, draws, fingerprint, twins })
    }

    /// The same with more replications: a second stage.
    pub fn with_replications(mut self, replications: u32) -> Plan<'a> {
        self.replications = replications.max(self.study.replications);
        self
    }

    /// Short fingerprint of what the study asks for; the second stage has that of the first.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Number of arms; one where cells are read as a whole.
    pub fn arms(&self) -> usize {
        self.twins.len()
    }

    /// Name of an arm in rows.
    pub fn name(&self, arm: usize) -> &'a str {
        match self.kept {
            KeptData::Readings(_) => &self.study.name,
            KeptData::Measures | KeptData::Days => &self.study.arms[arm].name,
        }
    }

    /// The arm of rows that an arm of the study belongs to.
    pub fn row_of(&self, arm: usize) -> usize {
        arm.min(self.arms() - 1)
    }

    /// Number of draws.
    pub fn draws(&self) -> u32 {
        self.draws
    }

    /// Number of cells.
    pub fn cells(&self) -> u64 {
        u64::from(self.draws) * u64::from(self.replications)
    }

    /// Number of runs.
    pub fn runs(&self) -> u64 {
        self.cells() * self.arms() as u64
    }

    /// A cell by its number. Those of a second stage come after all of the first, so that none changes its shard.
    pub fn cell(&self, number: u64) -> Cell {
        let first = u64::from(self.study.replications);
        let before = u64::from(self.draws) * first;
        let (number, from, each) = match number.checked_sub(before) {
            None => (number, 0, first),
            Some(later) => (later, first, u64::from(self.replications) - first),
        };
        Cell { draw: (number / each) as u32, replication: (from + number % each) as u32 }
    }

    /// Place of a run in canonical order: arm, draw, replication.
    pub fn position(&self, arm: usize, cell: Cell) -> u64 {
        let row = u64::from(cell.draw) * u64::from(self.replications) + u64::from(cell.replication);
        arm as u64 * self.cells() + row
    }

    /// The run at a place in canonical order.
    pub fn at(&self, position: u64) -> (usize, Cell) {
        let row = position % self.cells();
        let replications = u64::from(self.replications);
        let (draw, replication) = ((row / replications) as u32, (row % replications) as u32);
        ((position / self.cells()) as usize, Cell { draw, replication })
    }

    /// Names of what is kept: measures, then figures of the agency's view.
    pub fn measures(&self) -> Vec<String> {
        if let KeptData::Readings(readings) = self.kept {
            return readings.names.clone();
        }
        let measures = self.study.measures.iter().map(|measure| MEASURES[*measure].name.to_owned());
        measures.chain(self.study.seen.iter().map(|seen| seen.name())).collect()
    }

    /// The kept measures of a run.
    ///
    /// # Errors
    /// If the days that count are no days of the run.
    pub fn values(&self, record: &Record, scenario: &Scenario) -> Result<Vec<f64>, String> {
        let days = comparison::days(scenario, self.study.window);
        let days =
            days.ok_or("the days that count are not within the reported days of the scenario")?;
        let measures = model::measures(record, scenario, days);
        let kept = self.study.measures.iter().map(|number| measures[*number].number());
        let seen = |seen: &Seen| match seen.over {
            Over::Year(year) => Seen::of_year(seen.quantity, year, &record.sights),
            Over::Days(from, to) => comparison::days(scenario, (from, to))
                .map_or(f64::NAN, |days| model::seen_over(record, scenario, seen.quantity, days)),
        };
        Ok(kept.chain(self.study.seen.iter().map(seen)).collect())
    }
}

impl KeptData<'_> {
    /// Number of arms: of a cell that is read as a whole there is one row.
    fn arms(self, study: &Study) -> usize {
        match self {
            KeptData::Readings(_) => 1,
            KeptData::Measures | KeptData::Days => study.arms.len(),
        }
    }

    /// What determines what is kept of an arm under a draw, but for the luck.
    fn ingredients(self, study: &Study, arm: usize, draw: u32) -> blake3::Hash {
        let mut text = format!("crackdown model {MODEL_VERSION}\nseed {}\n", study.seed);
        let arms = match self {
            KeptData::Readings(Readings { said, .. }) => {
                text += &format!("readings {said}\n");
                0..study.arms.len()
            }
            KeptData::Measures => {
                let (from, to) = study.window;
                text += &format!("window {from}..{to}\nmeasures {FORMULAS}");
                for measure in &study.measures {
                    text.push(' ');
                    text.push_str(MEASURES[*measure].name);
                }
                for seen in &study.seen {
                    text.push(' ');
                    text.push_str(&seen.name());
                }
                text.push('\n');
                arm..arm + 1
            }
            KeptData::Days => {
                // A program that counts other things makes runs again instead of failing to read them.
                text += "series";
                for table in model::tables() {
                    for series in table.series {
                        text += &format!(" {}{}", table.prefix, series.name);
                    }
                }
                text.push('\n');
                arm..arm + 1
            }
        };
        let mut hasher = blake3::Hasher::new();
        hasher.update(text.as_bytes());
        for (number, arm) in arms.enumerate() {
            if number > 0 {
                hasher.update(b"\n");
            }
            hasher.update(study.canonical(arm, draw).as_bytes());
        }
        hasher.finalize()
    }
}

/// Scenarios, draws, luck and stages; not titles and names, which change no run.
fn fingerprint(study: &Study, firsts: &[blake3::Hash]) -> String {
    let mut hasher = blake3::Hasher::new();
    for first in firsts {
        hasher.update(first.as_bytes());
    }
    let head = format!(
        "{:?} {} {} {:?} {:?}\n",
        study.luck,
        study.replications,
        study.draws(),
        study.precision,
        study.parameters()
    );
    hasher.update(head.as_bytes());
    for draw in 0..study.draws() {
        for value in study.values(draw) {
            hasher.update(value.as_bytes());
            hasher.update(b"\n");
        }
    }
    hasher.finalize().to_hex()[..NAME_LENGTH].to_owned()
}

/// Computes addresses; neighbours share most of the work.
pub struct Addresses<'a> {
    study: &'a Study,
    kept: KeptData<'a>,
    /// For each arm the draw that was asked for last.
    last: Vec<Option<(u32, blake3::Hash)>>,
}

impl<'a> Addresses<'a> {
    /// Those of what is kept of a study.
    pub fn new(kept: KeptData<'a>, study: &'a Study) -> Addresses<'a> {
        Addresses { study, kept, last: vec![None; kept.arms(study)] }
    }

    /// What determines what is kept of a run, as a number: two runs with the same address are the same run.
    pub fn of(&mut self, arm: usize, cell: Cell) -> Fingerprint {
        let inner = match self.last[arm] {
            Some((draw, inner)) if draw == cell.draw => inner,
            _ => self.kept.ingredients(self.study, arm, cell.draw),
        };
        self.last[arm] = Some((cell.draw, inner));
        let RunKey { draw, replication, .. } = self.study.key(cell);
        let mut hasher = blake3::Hasher::new();
        hasher.update(inner.as_bytes());
        hasher.update(&draw.to_le_bytes());
        hasher.update(&replication.to_le_bytes());
        Fingerprint::of(hasher.finalize())
    }
}

/// Finds the places of rows by their addresses; the names in a row only say where to look first.
pub struct Finder<'a> {
    plan: &'a Plan<'a>,
    addresses: Addresses<'a>,
    arms: BTreeMap<&'a str, usize>,
    /// Half of the address and place of every run, in order: made when a row is not where its names say.
    index: Option<Vec<(u64, u32)>>,
}

impl<'a> Finder<'a> {
    /// For the runs of a plan.
    pub fn new(plan: &'a Plan<'a>) -> Finder<'a> {
        let arms = (0..plan.arms()).map(|arm| (plan.name(arm), arm)).collect();
        Finder { plan, addresses: Addresses::new(plan.kept, plan.study), arms, index: None }
    }

    /// Places of a run; none if the study does not have it.
    pub fn places(&mut self, arm: &str, cell: Cell, address: Fingerprint) -> Vec<u64> {
        let plan = self.plan;
        let inside = cell.draw < plan.draws && cell.replication < plan.replications;
        let named = self.arms.get(arm).copied().filter(|_| inside);
        let named = named.filter(|arm| self.addresses.of(*arm, cell) == address);
        if let Some(arm) = named {
            let twins = plan.twins[arm].iter().copied();
            let same = |twin: &usize| *twin == arm || self.addresses.of(*twin, cell) == address;
            return twins.filter(same).map(|arm| plan.position(arm, cell)).collect();
        }
        let half = (address.0 >> 64) as u64;
        let index = self.index.take().unwrap_or_else(|| self.index_of_all());
        let first = index.partition_point(|(other, _)| *other < half);
        let near = index[first..].iter().take_while(|(other, _)| *other == half);
        let found = near.map(|(_, position)| u64::from(*position)).filter(|position| {
            let (arm, cell) = plan.at(*position);
            self.addresses.of(arm, cell) == address
        });
        let found = found.collect();
        self.index = Some(index);
        found
    }

    fn index_of_all(&mut self) -> Vec<(u64, u32)> {
        let mut index: Vec<(u64, u32)> = (0..self.plan.runs())
            .map(|position| {
                let (arm, cell) = self.plan.at(position);
                ((self.addresses.of(arm, cell).0 >> 64) as u64, position as u32)
            })
            .collect();
        index.sort_unstable();
        index
    }
}

/// One bit for each run.
#[derive(Clone, Debug)]
pub struct Bits(Vec<u64>);

impl Bits {
    /// None of so many.
    pub fn none(number: u64) -> Bits {
        Bits(vec![0; number.div_ceil(64) as usize])
    }

    /// Whether a bit is set.
    pub fn has(&self, place: u64) -> bool {
        self.0[(place / 64) as usize] >> (place % 64) & 1 == 1
    }

    /// Sets a bit, and says whether it was not set.
    pub fn set(&mut self, place: u64) -> bool {
        let new = !self.has(place);
        self.0[(place / 64) as usize] |= 1 << (place % 64);
        new
    }

    /// Takes a bit away.
    pub fn clear(&mut self, place: u64) {
        self.0[(place / 64) as usize] &= !(1 << (place % 64));
    }

    /// How many are set.
    pub fn count(&self) -> u64 {
        self.0.iter().map(|word| u64::from(word.count_ones())).sum()
    }
}
