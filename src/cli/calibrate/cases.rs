//! Cases from elsewhere as further targets: at each point of a wave the case is repeated, and its readings are to agree with their bands.
//!
//! They are made as `crackdown validate` makes them, on coarser worlds that end when the last reading does.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::Parser;

use super::CalibrateArgs;
use crate::cli::simulate::{Refusal, failed};
use crate::cli::validate::{self, PatternExperiment};
use crate::cli::{CommandLine, Subcommand, input};
use scenario::catalogue::{Catalogue, Fitted, Pattern, Reading, Statistic};
use study::comparison::calibration::{CalibrationTarget, Scale};
use study::store::File;

/// Which cases are to be met, and how well.
#[derive(Clone, Debug, clap::Args)]
pub struct CasesAsked {
    /// Cases from elsewhere that are to be met beside the published figures: names of cases, or of folds, in the catalogue
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    cases: Vec<String>,
    /// Catalogue of cases
    #[arg(
        long,
        value_name = "FILE",
        default_value = "scenarios/validation/patterns.ron",
        requires = "cases"
    )]
    catalogue: PathBuf,
    /// People that one agent stands for in the worlds of cases
    #[arg(long, value_name = "K", default_value_t = 200, requires = "cases", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    cases_people: u32,
    /// How wrong the model itself may be about a case, over how wrong its source may be: 0 takes the model to be right
    #[arg(long, value_name = "RATIO", default_value_t = 1.0, requires = "cases", value_parser = ratio)]
    discrepancy: f64,
}

fn ratio(text: &str) -> Result<f64, String> {
    let number = text.parse::<f64>().ok().filter(|number| (0.0..=10.0).contains(number));
    number.ok_or_else(|| "a number from 0 to 10 is wanted".to_owned())
}

/// Cases that are to be met.
pub struct Cases {
    asked: CasesAsked,
    catalogue: Catalogue,
    patterns: Vec<Pattern>,
    sets: Vec<String>,
}

/// Files, and words of a command.
type FilesAndOptions = (Vec<File>, Vec<(&'static str, String)>);

impl CasesAsked {
    /// Reads the catalogue and picks the cases, if any are asked for; what is wrong is told.
    pub fn read(&self, args: &CalibrateArgs) -> Result<Option<Cases>, ()> {
        if self.cases.is_empty() {
            return Ok(None);
        }
        let catalogue = Catalogue::load(&self.catalogue)
            .map_err(|findings| crate::cli::check::show_findings(&self.catalogue, &findings))?;
        let all = &catalogue.patterns;
        let named = |pattern: &Pattern, name: &str| pattern.name == name || pattern.fold == name;
        let mut wrong = Vec::new();
        for name in &self.cases {
            if !all.iter().any(|pattern| named(pattern, name)) {
                let folds = all.iter().map(|one| &*one.fold).filter(|fold| !fold.is_empty());
                let folds: BTreeSet<&str> = folds.collect();
                let names: Vec<&str> =
                    folds.into_iter().chain(all.iter().map(|one| &*one.name)).collect();
                let near = input::meant(name, names.iter().copied());
                wrong.push(format!(
                    "--cases: no case or fold is called `{name}`.{near} There are: {}",
                    names.join(", ")
                ));
            }
        }
        input::refuse(&wrong)?;
        let wanted = |pattern: &&Pattern| self.cases.iter().any(|name| named(pattern, name));
        let patterns: Vec<Pattern> = all.iter().filter(wanted).cloned().collect();
        Ok(Some(Cases { asked: self.clone(), catalogue, patterns, sets: args.chosen.sets.clone() }))
    }
}

impl Cases {
    /// A target for each reading that is a finding of its case.
    pub fn targets(&self) -> Vec<CalibrationTarget> {
        let each = self.patterns.iter().flat_map(|pattern| {
            readings(pattern).map(move |(_, reading)| self.target(pattern, reading))
        });
        each.collect()
    }

    fn target(&self, pattern: &Pattern, reading: &Reading) -> CalibrationTarget {
        let (low, high) = reading.band;
        let days = reading.kind == Statistic::DaysUntil;
        let value = (low + high) / 2.0;
        CalibrationTarget {
            name: format!("{}: {}", pattern.name, reading.name),
            unit: if days { "days" } else { "share" },
            value,
            stated: reading.band,
            tolerance: reading.band,
            source: reading.source.clone(),
            scaled: if days { Scale::Days } else { Scale::Change },
            discrepancy: self.asked.discrepancy,
        }
    }

    /// The command that repeats a case at points, or once in its own world; readings go below `place`.
    fn command(
        &self,
        pattern: &Pattern,
        points: Option<(&Path, usize)>,
        place: &Path,
        seed: u64,
        threads: usize,
        quiet: bool,
    ) -> Result<validate::ValidateArgs, String> {
        let shown = |path: &Path| path.display().to_string();
        let mut words: Vec<String> = ["crackdown", "validate"].map(str::to_owned).into();
        words.push(shown(&self.asked.catalogue));
        let mut add = |name: &str, value: String| words.extend([format!("--{name}"), value]);
        add("only", pattern.name.clone());
        add("replications", "1".to_owned());
        add("seed", seed.to_string());
        add("threads", threads.to_string());
        add("runs", shown(place));
        add("out", shown(&place.join("validated")));
        add("people-per-agent", self.asked.cases_people.to_string());
        add("set", format!("end={}", last_day(pattern)));
        self.sets.iter().for_each(|set| add("set", set.clone()));
        if let Some((points, number)) = points {
            add("draws", shown(points));
            add("number-of-draws", number.to_string());
        }
        if quiet {
            words.push("--quiet".to_owned());
        }
        match CommandLine::try_parse_from(words).map(|command| command.what) {
            Ok(Subcommand::Validate(args)) => {
                Ok(validate::ValidateArgs { every_row: true, ..args })
            }
            Ok(_) => Err("another command than validate".to_owned()),
            Err(error) => Err(error.to_string()),
        }
    }

    /// For each target its value at every point; none where its case did not arise, or a run failed.
    pub fn values(
        &self,
        points: (&Path, usize),
        place: &Path,
        seed: u64,
        threads: usize,
        quiet: bool,
    ) -> Result<Vec<Vec<f64>>, Refusal> {
        let mut all = Vec::new();
        for pattern in &self.patterns {
            let args =
                self.command(pattern, Some(points), place, seed, threads, quiet).map_err(failed)?;
            let unusable = |()| failed(format!("the case `{}` cannot be repeated", pattern.name));
            let (_, experiments) = validate::prepare(&args).map_err(unusable)?;
            let made = validate::make(&args, &experiments)?;
            for (number, reading) in readings(pattern) {
                let values = validate::values(reading.fitted, number, pattern, &made.values[0]);
                all.push(values.into_iter().map(|value| value.unwrap_or(f64::NAN)).collect());
            }
        }
        Ok(all)
    }

    /// Experiments without draws: how long a run takes, and what the results keep of them.
    fn experiments(&self) -> Result<Vec<PatternExperiment>, Refusal> {
        let mut all = Vec::new();
        for pattern in &self.patterns {
            let args =
                self.command(pattern, None, Path::new("cases"), 1, 1, true).map_err(failed)?;
            let unusable = |()| failed(format!("the case `{}` cannot be repeated", pattern.name));
            all.extend(validate::prepare(&args).map_err(unusable)?.1);
        }
        Ok(all)
    }

    /// Seconds on one core for a run of each case.
    pub fn seconds(&self) -> Result<f64, Refusal> {
        let cost = |one: &PatternExperiment| one.study.cell_cost().seconds_per_replication;
        Ok(self.experiments()?.iter().map(cost).sum())
    }

    /// Catalogue and scenarios, as the results keep them, and the words that ask for them there.
    pub fn kept(&self) -> Result<FilesAndOptions, Refusal> {
        let files = validate::portable(&self.catalogue, &self.experiments()?);
        let words = vec![
            ("cases", self.asked.cases.join(",")),
            ("catalogue", study::store::validation::CATALOGUE.to_owned()),
            ("cases-people", self.asked.cases_people.to_string()),
            ("discrepancy", self.asked.discrepancy.to_string()),
        ];
        Ok((files, words))
    }
}

/// Readings that are findings of a case, with their numbers.
fn readings(pattern: &Pattern) -> impl Iterator<Item = (usize, &Reading)> {
    let all = pattern.readings.iter().enumerate();
    all.filter(|(_, reading)| reading.fitted != Fitted::Condition)
}

/// The last day that a reading of the case looks at.
fn last_day(pattern: &Pattern) -> jiff::civil::Date {
    let of = |reading: &Reading| match reading.kind {
        // Twice as late as the latest that agrees is as far off as never (`Scale::Days`), and a mean over four weeks ends there.
        Statistic::DaysUntil => reading.band.1 as i64 + 60,
        Statistic::BackWithin | Statistic::Kept => reading.days.1 + 45,
        _ => reading.days.1,
    };
    let days = pattern.readings.iter().map(of).max().unwrap_or(0).clamp(30, 7300);
    pattern.on.saturating_add(jiff::Span::new().days(days))
}
