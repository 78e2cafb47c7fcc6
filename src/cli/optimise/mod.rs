//! `crackdown optimise`: the best mix of levers under limits.
//!
//! Ordinary studies in the result folder: `design`, `round_1` …, `verified`; each is made as any study is, interrupted and repeated at will. Mixes
//! are arms, so all share days and random numbers.

mod text;
mod what_if;

use std::path::Path;

use super::input;
use super::simulate::{Refusal, failed, print};
use super::stage::{MakeRuns, StageOptions};
use super::study::Chosen;
use model::MEASURES;
use report::say;
use scenario::study::{Optimise, designs};
use scenario::{Study, quoted};
use study::comparison::Setting;
use study::comparison::optimum::{Fresh, FreshEvidence, Optimum, OptimumRequest};
use study::stats::{Problem, SearchResult, Units};
use study::store::study::MergedRuns;
use study::store::{self, Command, File, ResultKind};

/// Points among which surfaces are searched. Unit: points. Source: judgement: searches go on from the best of them.
const POOL: usize = 4_096;
/// Mixes beside the winner that are run afresh, of those that stayed to the end.
const BESIDE: usize = 3;
/// Seeds between the runs that choose and those that verify.
const AFRESH: u64 = 1_000_003;

/// What is to be found, and where the results go.
#[derive(Debug, clap::Args)]
#[command(
    long_about = "Find the mix of levers that is best under limits, and verify it by fresh runs\n\n\
    The section `optimise` of STUDY names an objective, limits and levers with their ranges. Runs at evenly spread points give surfaces; these \
    propose mixes; runs with common random numbers choose among them in rounds; the winner is run afresh with another seed. What surfaces promise and \
    what fresh runs say are both told: a promise is in part chance. `crackdown help optimising` says more.",
    after_help = "Examples:\n  \
    crackdown optimise scenarios/studies/best_mix.ron --dry-run\n  \
    crackdown optimise scenarios/studies/best_mix.ron\n  \
    crackdown check output/optimise/best_mix/best.ron\n\n\
    It may be interrupted and repeated: finished runs are kept. Many machines: each stage is a study in a folder of its own, e.g.\n  \
    crackdown sweep DIR/design/study.ron --out DIR/design --shard 1/8\n\
    Exit codes: 0 done, 1 the study is wrong, 2 wrong usage, 3 failed or some runs failed, 130 interrupted."
)]
pub struct OptimiseArgs {
    /// The study
    #[command(flatten)]
    chosen: Chosen,
    /// How runs are made, and what is printed
    #[command(flatten)]
    how: MakeRuns,
}

/// Finds it.
pub fn run(args: &OptimiseArgs) -> Result<(), Refusal> {
    let study = args.chosen.load(args.how.quiet).ok_or(())?;
    let (said, asked) = asked(&args.chosen.study, &study).map_err(|wrong| input::tell(&wrong))?;
    find(args, &study, said, asked)
}

/// What is asked, or everything that is wrong with it.
fn asked<'a>(path: &Path, study: &'a Study) -> Result<(&'a Optimise, OptimumRequest), Vec<String>> {
    let shown = path.display();
    let Some(said) = &study.optimise else {
        return Err(vec![format!(
            "{shown} asks for no best mix; add to it: optimise: (objective: \"crime_turnover\", limits: {{\"bank_cost\": (adds: 500000000, a_month: true)}}, \
             levers: {{\"strength.POLICY\": Uniform(0, 1)}})"
        )]);
    };
    let mut wrong = Vec::new();
    let levers = study.levers();
    if study.precision.is_some() {
        wrong
            .push(format!("{shown} asks for a precision beside a best mix: leave out `precision`"));
    }
    let runs = most_runs(study, said);
    if let Some(budget) = study.budget.filter(|budget| runs > *budget) {
        wrong.push(format!(
            "up to {runs} runs are more than the budget of {budget} of {shown}: ask for fewer points, candidates or rounds, or raise the budget"
        ));
    }
    let days = f64::from((study.window.1 - study.window.0).get_days() + 1);
    let targets =
        OptimumRequest::targets(said, days).map_err(|why| wrong.push(format!("{shown}: {why}")));
    match targets {
        Ok(targets) if wrong.is_empty() => Ok((
            said,
            OptimumRequest {
                name: study.name.clone(),
                title: study.title.clone(),
                setting: Setting::of_study(study, study.replications),
                draws: study.draws(),
                levers: levers.iter().map(|(lever, _)| lever.path.clone()).collect(),
                ranges: levers.into_iter().map(|(_, range)| range).collect(),
                targets,
                indifference: said.indifference,
            },
        )),
        _ => Err(wrong),
    }
}

/// What a study with a section `optimise` asks for and costs, or what `crackdown optimise` would refuse it for, line by line.
pub fn in_words(path: &Path, study: &Study, threads: usize) -> Vec<String> {
    match asked(path, study) {
        Err(wrong) => wrong,
        Ok((said, asked)) => {
            let [objective, limits] = text::aims(&asked);
            let search = say!(
                "Search: {points} points, then {candidates} mixes in at most {rounds} rounds; the winner in {verify} fresh runs",
                points = said.points,
                candidates = said.candidates,
                rounds = said.rounds,
                verify = said.verify
            );
            vec![objective, limits, search, text::cost(study, most_runs(study, said), threads)]
        }
    }
}

/// Runs at most: the design, all rounds with all candidates, the fresh ones.
fn most_runs(study: &Study, said: &Optimise) -> u64 {
    let policies = study.arms.len() as u64;
    let cells = study.cells();
    let rounds = (1_u64 << said.rounds) - 1;
    let fresh = (policies + 1 + BESIDE as u64) * u64::from(said.verify) * u64::from(study.draws());
    cells * (u64::from(said.points) + policies + rounds * (u64::from(said.candidates) + 1)) + fresh
}

/// A stage's runs by arm, target and cell.
struct StageMaker<'a> {
    workplace: StageOptions<'a>,
    asked: &'a OptimumRequest,
    runs: u64,
}

impl StageMaker<'_> {
    /// Makes a stage with these policies, by name and text; the baseline comes first.
    fn make(
        &mut self,
        name: &str,
        (seed, replications): (u64, u32),
        policies: &[(String, String)],
    ) -> Result<Vec<Vec<Vec<f64>>>, Refusal> {
        let base = self.workplace.study;
        let fields = [
            ("name", quoted(&format!("{}_{name}", base.name))),
            ("seed", seed.to_string()),
            ("replications", replications.to_string()),
        ];
        let (study, runs) = self.workplace.make_policies(name, &fields, policies)?;
        self.runs += study.runs();
        study.arms.iter().map(|arm| self.values(&study, &runs, &arm.name)).collect()
    }

    fn values(
        &self,
        study: &Study,
        runs: &MergedRuns,
        arm: &str,
    ) -> Result<Vec<Vec<f64>>, Refusal> {
        let (draws, replications) = (study.draws() as usize, study.replications as usize);
        let of = |target: &study::comparison::optimum::TargetMeasure| {
            runs.column(arm, MEASURES[target.measure].name, draws, replications).map_err(failed)
        };
        self.asked.targets.iter().map(of).collect()
    }
}

fn find(
    args: &OptimiseArgs,
    study: &Study,
    said: &Optimise,
    asked: OptimumRequest,
) -> Result<(), Refusal> {
    let folder = args.chosen.folder("optimise", study);
    store::takes(&folder, &ResultKind::Optimum, study).map_err(failed)?;
    if args.how.dry_run {
        print(&text::in_advance(
            study,
            &asked,
            most_runs(study, said),
            args.how.drawing.threads(),
            &folder,
        ));
        return Ok(());
    }
    let workplace = StageOptions { study, folder: &folder, way: args.how.way() };
    let mut stages = StageMaker { workplace, asked: &asked, runs: 0 };
    let levers = asked.levers.len();
    let mut points = designs::spread(study.seed, levers, said.points as usize);
    points.extend((1..study.arms.len()).filter_map(|arm| study.point_of(arm)));
    let pool = designs::spread(study.seed + 1, levers, POOL);
    let (mut design, mut problem) = (Vec::new(), asked.problem(said, 0.0));
    let found = {
        // The indifference is known once the baseline is.
        let runs = stages.make(
            "design",
            (study.seed, study.replications),
            &mixes(study, "point", &points),
        )?;
        let mean = |all: &[f64]| study::comparison::Amount::of(all).mean;
        problem.indifference = said.indifference * mean(&runs[0][0]).abs();
        let units = |own: &Vec<Vec<f64>>| asked.units(&runs[0], own);
        design.extend(runs[1..].iter().map(units));
        problem.solve(&points, pool, &mut |stage, points| -> Result<Vec<Units>, Refusal> {
            if stage == 0 {
                return Ok(design.clone());
            }
            let how = (study.seed + stage as u64, study.replications << (stage - 1));
            let runs = stages.make(&format!("round_{stage}"), how, &mixes(study, "mix", points))?;
            let blocks = OptimumRequest {
                setting: Setting { replications: how.1, ..asked.setting.clone() },
                ..asked.clone()
            };
            Ok(runs[1..].iter().map(|own| blocks.units(&runs[0], own)).collect())
        })?
    };
    let made = verify(study, said, &asked, &mut stages, (&problem, &found, &points, &design))?;
    let page = what_if::page(study, &asked, &found, &made, (&folder, &points))?;
    conclude(args, study, (&found, &made), page, &folder)
}

/// Policy files of mixes.
fn mixes(study: &Study, kind: &str, points: &[Vec<f64>]) -> Vec<(String, String)> {
    let base = &study.arms[0].resolved.scenario.name;
    let one = |(number, point): (usize, &Vec<f64>)| {
        let name = format!("{kind}_{:03}", number + 1);
        let text = study.policy_at(point, &name, &name.replace('_', " "), &format!("{base}.ron"));
        (name, text)
    };
    points.iter().enumerate().map(one).collect()
}

/// Fresh runs of the winner, of others that stayed, and of the study's policies.
fn verify(
    study: &Study,
    said: &Optimise,
    asked: &OptimumRequest,
    stages: &mut StageMaker,
    (problem, found, points, design): (&Problem, &SearchResult, &[Vec<f64>], &[Units]),
) -> Result<Optimum, Refusal> {
    let left = found.rounds.rounds.last().map_or(&[][..], |round| &round.left);
    let others = left.iter().copied().filter(|at| Some(*at) != found.winner).take(BESIDE);
    let chosen: Vec<Vec<f64>> =
        found.winner.into_iter().chain(others).map(|at| found.candidates[at].clone()).collect();
    let mut policies = mixes(study, "mix", &chosen);
    policies
        .extend(study.arms[1..].iter().map(|arm| (arm.name.clone(), arm.resolved.text.clone())));
    let how = (study.seed + AFRESH, said.verify);
    let mut runs = stages.make("verified", how, &policies)?;
    let baseline = runs.remove(0);
    let title = |at: usize| match at.checked_sub(chosen.len()) {
        Some(policy) => study.arms[1 + policy].title.clone(),
        None if at == 0 && found.winner.is_some() => "Best mix".to_owned(),
        None => format!("Another mix ({})", at + 1),
    };
    let named = policies.into_iter().map(|(name, _)| name);
    let arms = named.zip(runs).enumerate();
    let arms: Vec<Fresh> =
        arms.map(|(at, (name, own))| (name, title(at), chosen.get(at).cloned(), own)).collect();
    let fresh = OptimumRequest {
        setting: Setting { replications: said.verify, ..asked.setting.clone() },
        ..asked.clone()
    };
    let values = |point: &[f64]| study.lever_values(point);
    let evidence = FreshEvidence {
        problem,
        design: (points, design),
        found,
        values: &values,
        fresh: (baseline, arms),
        runs: stages.runs,
    };
    Ok(Optimum::of(fresh, evidence))
}

fn conclude(
    args: &OptimiseArgs,
    study: &Study,
    (found, made): (&SearchResult, &Optimum),
    page: File,
    folder: &Path,
) -> Result<(), Refusal> {
    let mut files = vec![page];
    if let Some(winner) = found.winner {
        let base = format!("scenarios/{}.ron", study.arms[0].resolved.scenario.name);
        let title = format!("Best mix: {}", study.title);
        let text = study.policy_at(
            &found.candidates[winner],
            &format!("best_{}", study.name),
            &title,
            &base,
        );
        files.push(store::file("best.ron", text));
    }
    let figures = args.how.drawing.files(&report::optimum_figures(made))?;
    let repeat = Command::new("optimise").word("study.ron");
    store::write_optimum(folder, study, made, (files, figures), repeat).map_err(failed)?;
    args.how.answer(|| made, || text::text(made, folder));
    Ok(())
}
