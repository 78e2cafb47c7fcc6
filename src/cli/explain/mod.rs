//! `crackdown explain`: why a policy run differs from its baseline.
//!
//! Simulates one replication of both again, side by side, and tells what happened in one and not in the
//! other: the chain of events since the first difference, or the life of one agent in both.
//!
//! Deliberately absent: what differs (`ensemble`), and anything about more than one replication: one
//! replication shows how a policy works, not how much.

mod account;
mod chain;
mod folder;
mod life;
mod sums;
mod words;

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use self::folder::Compared;
use super::check::show_findings;
use super::simulate::{
    Refusal, ReportedWork, failed, interruption, json, print, tell, usage, wrong,
};
use super::tables::on_threads;
use ::report::say;
use ::report::speech::titled;
use scenario::{self, Resolved, Scenario};
use study::ensemble::Failure;
use study::ensemble::pair::{Agent, Pair};
use world::record::RunKey;

/// How much longer a run takes that is watched than is estimated. Unit: 1. Source: `auto_block` at 1, 10, 100 and 1,000 people per
/// agent took 1.2 to 1.4 times as long; Status: measured.
const WATCHED: f64 = 1.3;

/// What to explain.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    crackdown explain output/comparison --policy auto_block\n  \
    crackdown explain output/comparison --policy auto_block --replication 3 --events 100\n  \
    crackdown explain output/comparison --policy auto_block --agent customer:1034\n  \
    crackdown explain output/comparison --policy auto_block --agent exchange:shadow-118.0")]
pub struct ExplainArgs {
    /// Result folder of `crackdown compare`
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// Name of the policy; not needed if the folder has only one
    #[arg(long, value_name = "NAME")]
    pub policy: Option<String>,
    /// Number of the replication, from 0; over all draws where parameters are drawn
    #[arg(long, value_name = "R", default_value_t = 0)]
    pub replication: u32,
    /// Tell the life of one agent: customer:NUMBER, dealer:NUMBER or exchange:OPERATOR.GENERATION
    #[arg(long, value_name = "ID")]
    pub agent: Option<String>,
    /// Events (of an agent: days) to tell at most
    #[arg(long, value_name = "N", default_value_t = 40, value_parser = clap::value_parser!(u32).range(1..))]
    pub events: u32,
    /// No progress, only the explanation
    #[arg(long)]
    pub quiet: bool,
    /// Print for programs, everything that is known, as JSON
    #[arg(long)]
    pub json: bool,
}

/// What both parts of the command print from.
struct ToldRuns<'a> {
    baseline: &'a Scenario,
    policy: &'a Scenario,
    key: RunKey,
    /// Events or days at most.
    limit: usize,
}

impl ToldRuns<'_> {
    /// Which runs are told of.
    fn head(&self) -> String {
        let title = |one: &Scenario| format!("\"{}\"", titled(&one.title));
        let [policy, baseline] = [self.policy, self.baseline].map(title);
        let RunKey { replication, seed, .. } = self.key;
        say!(
            "{policy} against {baseline}, replication {replication}, seed {seed}",
            policy,
            baseline,
            replication,
            seed
        ) + "\n"
    }
}

/// Explains.
pub fn run(args: &ExplainArgs) -> Result<(), Refusal> {
    let compared = Compared::read(&args.folder)?;
    let policy = compared.policy(args.policy.as_deref())?;
    compared.has_replication(args.replication)?;
    let baseline = load(&compared.scenario_file(&compared.baseline))?;
    let policy = load(&compared.scenario_file(policy))?;
    same_days(&baseline.scenario, &policy.scenario)?;
    let ([baseline, policy], key) = compared.run([baseline, policy], args.replication)?;
    let pair = Pair { baseline: &baseline, policy: &policy, key };
    let told = ToldRuns { baseline: &baseline, policy: &policy, key, limit: args.events as usize };
    let text = match &args.agent {
        None => explain_chain(args, &pair, &told),
        Some(id) => explain_life(args, &pair, &told, id),
    }?;
    let draw = compared.draw_of(args.replication).filter(|_| !args.json);
    print(&(draw.map_or_else(String::new, |draw| draw + "\n\n") + &text));
    Ok(())
}

fn explain_chain(args: &ExplainArgs, pair: &Pair, told: &ToldRuns) -> Result<String, Refusal> {
    let comparison = watch(args, pair, |day, stop| pair.compare(day, stop))?;
    if args.json {
        return Ok(json(&comparison));
    }
    Ok(chain::text(told, &comparison))
}

fn explain_life(
    args: &ExplainArgs,
    pair: &Pair,
    told: &ToldRuns,
    id: &str,
) -> Result<String, Refusal> {
    let agent = words::agent(id, told.baseline).map_err(usage)?;
    let life = watch(args, pair, |day, stop| pair.life(agent, day, stop))?;
    let Some(life) = life else {
        return Err(usage(nobody(id, agent)));
    };
    Ok(if args.json { json(&life) } else { life::text(told, agent, &life) })
}

fn nobody(id: &str, agent: Agent) -> String {
    match agent {
        Agent::Venue(_) => format!(
            "`{id}` opened in neither run\nAn exchange that did is exchange:shadow-0.0; the chain (without \
             --agent) names others"
        ),
        _ => format!("there is no `{id}`"),
    }
}

/// A complete scenario; findings go to stderr.
fn load(path: &Path) -> Result<Resolved, Refusal> {
    match scenario::load(path, &[]) {
        Ok(resolved) => Ok(resolved),
        Err(findings) => {
            show_findings(path, &findings);
            Err(wrong(format!("{} cannot be run", path.display())))
        }
    }
}

/// Runs can be laid side by side only if they cover the same days and people.
fn same_days(baseline: &Scenario, policy: &Scenario) -> Result<(), Refusal> {
    let frame = |s: &Scenario| (s.start, s.end, s.warm_up_days, s.agents(), s.people_per_agent);
    if frame(baseline) == frame(policy) {
        return Ok(());
    }
    Err(failed(format!(
        "`{}` and `{}` do not cover the same days and people, so their days cannot be laid side by side",
        baseline.name, policy.name
    )))
}

/// Simulates with a progress bar, until it is done or interrupted.
fn watch<T>(
    args: &ExplainArgs,
    pair: &Pair,
    simulate: impl FnOnce(&dyn Fn(), &AtomicBool) -> Result<T, Failure>,
) -> Result<T, Refusal> {
    let interrupted = interruption()?;
    let quiet = args.quiet || args.json;
    if !quiet {
        let both = [pair.baseline, pair.policy].map(scenario::estimate);
        let seconds: f64 = both.iter().map(|one| one.seconds_per_replication * WATCHED).sum();
        tell!(
            "{}",
            say!("2 runs, side by side and watched: about {time}", time = on_threads(seconds, 1))
        );
    }
    let work = ReportedWork {
        days: u64::from(pair.total_days()),
        quiet,
        seed: pair.key.seed,
        lost: "nothing was written",
    };
    work.run(|on_day| simulate(on_day, &interrupted))
}
