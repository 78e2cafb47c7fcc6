//! `crackdown compare`: policies against a baseline under the same luck.

mod precision;
mod prepare;
mod tables;

use std::path::{Path, PathBuf};
use std::time::Instant;

use super::draws::{self, DrawOptions, DrawnStudy};
use super::figures::Drawing;
use super::published::{self, OwnFigures};
use super::runs;
use super::shard::ShardAsked;
use super::simulate::{How, Refusal, failed, in_seconds, print, tell};
use ::report::speech::tr;
use scenario::{Resolved, Study};
use study::comparison::{self, ArmRuns, Comparison, Question, RunOutcome};
use study::store::{self, fingerprint};
use world::record::Record;

pub(super) use prepare::{PreparedComparison, prepare};

/// What to compare, how, and where the results go.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    crackdown compare scenarios/kazakhstan.ron scenarios/policies/*.ron\n  \
    crackdown compare scenarios/kazakhstan.ron scenarios/policies/auto_block.ron --people-per-agent 10 --replications 50\n  \
    crackdown compare scenarios/kazakhstan.ron scenarios/policies/auto_block.ron --precision unlicensed_turnover=0.5%\n  \
    crackdown compare scenarios/kazakhstan.ron scenarios/policies/*.ron --chance-only\n  \
    crackdown compare scenarios/kazakhstan.ron scenarios/policies/*.ron --draws posterior.parquet --replications 200\n  \
    crackdown compare scenarios/kazakhstan.ron scenarios/policies/*.ron --window 2024-01-01..2024-12-31 --out output/2024\n  \
    crackdown compare scenarios/kazakhstan.ron scenarios/policies/*.ron --shard 1/3\n\n\
    Finished runs are kept in output/runs and used again; after Ctrl-C the same command goes on where it stopped.")]
pub struct CompareArgs {
    /// Scenario file of the baseline
    #[arg(value_name = "BASELINE")]
    pub baseline: PathBuf,
    /// Scenario files of the policies
    #[arg(value_name = "POLICY", required = true)]
    pub policies: Vec<PathBuf>,
    /// Number of replications: the same world with different random numbers; the first stage of --precision
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub replications: u32,
    /// Add replications until the 95 % interval of every policy's effect on a measure is no wider than ±WIDTH,
    /// e.g. unlicensed_turnover=0.5% (of the baseline) or closures=2 (Stein's two stages)
    #[arg(long, value_name = "MEASURE=WIDTH")]
    pub precision: Option<String>,
    /// Budget of --precision
    #[arg(long, value_name = "N", default_value_t = 400, requires = "precision")]
    pub max_replications: u32,
    /// Days that count: FROM..TO of days, months or years, `2024`, `2024-07..` or `..` for all reported days [default: from the
    /// first day on which a policy differs]
    #[arg(long, value_name = "FROM..TO")]
    pub window: Option<String>,
    /// Over which draws replications are spread
    #[command(flatten)]
    pub spread: DrawOptions,
    /// Let intervals hold chance only: a baseline that rests on the shipped reference is otherwise run over draws of the shipped posterior,
    /// from twelve replications on
    #[arg(long, conflicts_with_all = ["draws", "per_draw"])]
    pub chance_only: bool,
    /// Published figures beside what the agency of the baseline sees
    #[command(flatten)]
    pub published: OwnFigures,
    /// Result folder of `crackdown sensitivity`, whose finding about the ranking the page quotes
    #[arg(long, value_name = "DIR")]
    pub sensitivity: Option<PathBuf>,
    /// Classes whose established venues are the target of the displacement account
    #[arg(long, value_name = "CLASS,…", default_value = "shadow", value_delimiter = ',')]
    pub target: Vec<String>,
    /// Result folder [default: below output, named after up to three policies, or else comparison]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Where finished runs are kept and looked for; it may be deleted at any time
    #[arg(long, value_name = "DIR", default_value = "output/runs")]
    pub runs: PathBuf,
    /// Make only this part of the runs, keep them and write no results: K from 1 to M, or `auto` for the number that Slurm,
    /// HyperQueue or Kubernetes gives; then the same command without it makes the results of all
    #[arg(long, value_name = "K/M", conflicts_with = "precision")]
    pub shard: Option<ShardAsked>,
    /// How to simulate
    #[command(flatten)]
    pub how: How,
    /// Whether tables are shown while runs come in (`crackdown demo`)
    #[arg(skip)]
    pub provisional: bool,
}

/// Policies that the name of a result folder tells at most. Source: judgement.
const NAMED: usize = 3;

impl CompareArgs {
    /// The result folder.
    pub fn out(&self) -> PathBuf {
        let usual = || {
            let stems = self.policies.iter().filter_map(|path| path.file_stem()?.to_str());
            let name = match self.policies.len() {
                ..=NAMED => stems.collect::<Vec<_>>().join("_and_"),
                _ => "comparison".to_owned(),
            };
            Path::new("output").join(name)
        };
        self.out.clone().unwrap_or_else(usual)
    }
}

/// Compares the policies.
pub fn run(args: &CompareArgs) -> Result<(), Refusal> {
    let prepared = &prepare(args)?;
    // A shard writes no results.
    let out = args.out();
    let claim = || args.how.claim(&out, store::ResultKind::Comparison);
    let folder = args.shard.is_none().then(claim).transpose()?;
    // Weights and costs of the baseline hold for all: measures compare worlds, not yardsticks.
    let base = &prepared.scenarios[0].scenario;
    let days = comparison::days(base, prepared.window).expect("the window was checked");
    let laid = prepared.laid.as_ref();
    let digest = |record: Record| match laid {
        None => RunOutcome::of(&record, base, days.clone()),
        Some(laid) => {
            let base = laid.scenario(0, prepared.scenarios.len(), record.key.draw);
            let replication = laid.number(record.key);
            let mut outcome = RunOutcome::of(&record, base, days.clone());
            outcome.replication = replication;
            outcome
        }
    };
    let study = study_of(args, prepared);
    let mut work = runs::StudyRuns::new(&study, &args.how, &args.runs, &digest);
    if args.how.dry_run {
        print(&work.plan(study.replications, &out));
        return Ok(());
    }
    if let Some(asked) = args.shard {
        return work.make_shard(asked);
    }
    let started = Instant::now();
    if args.provisional {
        let doubled = |step: &u32| step.checked_mul(2);
        for step in std::iter::successors(Some(1), doubled).take_while(|n| *n < study.replications)
        {
            work.ensure(step)?;
            let kept = (0..study.arms.len()).map(|arm| work.of(arm).cloned().collect()).collect();
            let so_far = compare(args, prepared, &arms(args, prepared, kept));
            print(&tables::so_far(&so_far, study.replications, started.elapsed()));
        }
    }
    work.ensure(study.replications)?;
    let reach = |wish| {
        let policies = prepared.scenarios.len() - 1;
        precision::reach(&mut work, policies, wish, args.replications, args.max_replications)
    };
    let precision = prepared.wish.as_ref().map(reach).transpose()?;
    let simulated = started.elapsed();
    let counted = work.counted();
    let arms = arms(args, prepared, work.into_kept());
    let own = prepared.figures.as_ref();
    let comparison = Comparison {
        published: published::list(own).beside(base, &arms[0].outcomes),
        figures: own.map(|own| own.file.name.clone()),
        precision,
        sensitivity: prepared.sensitivity.as_ref().map(|(found, _)| found.clone()),
        ..compare(args, prepared, &arms)
    };
    let texts: Vec<String> = prepared.scenarios.iter().map(|one| one.text.clone()).collect();
    let files = rendered(&comparison, &texts, prepared.copies(), args.how.drawing)?;
    if let Some(folder) = folder {
        folder.write(&files).map_err(failed)?;
    }
    let json = || tables::json(&comparison, &out);
    if args.how.answer(json, || tables::text(&comparison, &out)) {
        let rest = (started.elapsed() - simulated).as_secs_f64();
        tell!(
            "{}; {}",
            in_seconds(&counted, simulated.as_secs_f64()),
            in_seconds(tr("statistics, figures and page"), rest)
        );
    }
    Ok(())
}

/// The study of a comparison; `None` if anything is wrong with it, which is then told.
pub fn study(args: &CompareArgs) -> Option<Study> {
    prepare(args).ok().map(|prepared| study_of(args, &prepared))
}

/// The scenarios as they are, or under draws.
pub(super) fn study_of(args: &CompareArgs, prepared: &PreparedComparison) -> Study {
    draws::study(&prepared.scenarios, prepared.laid.as_ref(), args.how.seed, args.replications)
}

/// The scenarios with what was kept of their runs.
fn arms<'p>(
    args: &CompareArgs,
    prepared: &'p PreparedComparison,
    kept: Vec<Vec<RunOutcome>>,
) -> Vec<ArmRuns<'p>> {
    let arm = |(resolved, outcomes): (&'p Resolved, _)| {
        let fingerprint = fingerprint(&resolved.json, args.how.seed);
        ArmRuns { resolved, fingerprint, outcomes }
    };
    prepared.scenarios.iter().zip(kept).map(arm).collect()
}

fn compare(args: &CompareArgs, prepared: &PreparedComparison, arms: &[ArmRuns]) -> Comparison {
    let question = Question {
        seed: args.how.seed,
        window: prepared.window,
        target: prepared.target.clone(),
        draws: prepared.laid.as_ref().map(DrawnStudy::told),
    };
    comparison::compare(&question, arms)
}

/// All files of a comparison's folder; `texts` are the complete scenarios, in the order of the arms, `copies` files from elsewhere.
pub(super) fn rendered(
    comparison: &Comparison,
    texts: &[String],
    copies: Vec<store::File>,
    drawing: Drawing,
) -> Result<Vec<store::File>, Refusal> {
    let figures = report::comparison_figures(comparison);
    let drawn = drawing.files(&figures)?;
    let page = report::page(comparison, &figures, drawn.is_some());
    let page = store::file("report.html", page);
    store::comparison_files(comparison, texts, copies, drawn, page).map_err(failed)
}
