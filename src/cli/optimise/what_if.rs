//! What the what-if page is made of: levers, and surfaces of all measures that are shown.

use std::path::Path;

use super::AFRESH;
use crate::cli::simulate::{Refusal, failed};
use model::MEASURES;
use report::say;
use report::speech::{retold, titled, told};
use report::{PageLever, PageMeasure, SHOWN, WhatIf};
use scenario::Study;
use study::comparison::Amount;
use study::comparison::optimum::{Optimum, OptimumRequest};
use study::stats::{Emulator, SearchResult, Summary, known, mean};
use study::store::study::MergedRuns;
use study::store::{self, File};

/// The page of a best mix; `points` are those of the design, whose runs lie beneath the folder.
pub fn page(
    study: &Study,
    asked: &OptimumRequest,
    found: &SearchResult,
    made: &Optimum,
    (folder, points): (&Path, &[Vec<f64>]),
) -> Result<File, Refusal> {
    let runs = MergedRuns::open(&folder.join("design")).map_err(failed)?;
    let (draws, replications) = (study.draws() as usize, study.replications as usize);
    let base = &study.arms[0].resolved.scenario;
    let mut measures: Vec<usize> = asked.targets.iter().map(|target| target.measure).collect();
    for name in SHOWN {
        let number = MEASURES.iter().position(|measure| measure.name == name);
        measures.extend(number.filter(|it| study.measures.contains(it) && !measures.contains(it)));
    }
    let mut answers = Vec::new();
    for (place, number) in measures.into_iter().enumerate() {
        let measure = &MEASURES[number];
        let column =
            |arm: &str| runs.column(arm, measure.name, draws, replications).map_err(failed);
        let before = column(&study.arms[0].name)?;
        let effect = |point: usize| -> Result<(f64, f64), Refusal> {
            let own = column(&format!("point_{:03}", point + 1))?;
            let differences: Vec<f64> =
                own.iter().zip(&before).map(|(own, base)| own - base).collect();
            let Some(summary) = Summary::of(&known(&differences)) else {
                return Ok((f64::NAN, 0.0));
            };
            let chance = summary.sd.map_or(0.0, |sd| sd * sd / summary.n as f64);
            Ok((summary.mean, chance))
        };
        let effects: Vec<(f64, f64)> = (0..points.len()).map(effect).collect::<Result<_, _>>()?;
        let (effects, chance): (Vec<f64>, Vec<f64>) = effects.into_iter().unzip();
        let baseline = Amount::of(&before).mean;
        let Some(surface) = Emulator::fit(points, &effects).filter(|it| it.variance > 0.0) else {
            continue;
        };
        let target = asked.targets.get(place);
        let limit = target.and_then(|target| {
            target.at_most.map(|most| if target.added { most } else { most - baseline })
        });
        let answer = PageMeasure {
            name: measure.name,
            title: retold(&measure.title()),
            unit: match measure.unit {
                own @ ("KZT" | "share") => own.to_owned(),
                other => report::words::unit(other).to_owned(),
            },
            better: format!("{:?}", measure.wanted),
            baseline,
            limit,
            explained: 0.0,
            variance: 0.0,
            chance: mean(&chance),
            terms: Vec::new(),
            weights: Vec::new(),
            factor: Vec::new(),
            reach: 0.0,
            runs: effects,
        };
        answers.push(answer.with(&surface, points));
    }
    let best = found.winner.map(|at| found.candidates[at].clone());
    let (parts, ends) = (study.lever_parts(), study.lever_ends());
    let mut levers = Vec::new();
    for (at, (lever, range)) in study.levers().into_iter().enumerate() {
        levers.push(PageLever {
            path: lever.path.clone(),
            words: format!("{} ({})", told(lever.meaning.trim_end_matches('.')), told(&range)),
            ends: ends[at],
            parts: parts[at].clone(),
            best: best.as_ref().map_or(0.0, |point| point[at]),
        });
    }
    let setting = &made.asked.setting;
    let about = WhatIf {
        title: titled(&asked.title),
        baseline: base.name.clone(),
        fresh_seed: study.seed + AFRESH,
        window: (study.window.0.to_string(), study.window.1.to_string()),
        replications: study.replications,
        draws: study.draws(),
        foot: say!(
            "{points} points of the design, {runs} runs of each · {from} to {to} · one agent for {people} people · seed {seed} · crackdown {version} · model {model}",
            points = points.len(),
            runs = draws * replications,
            from = study.window.0,
            to = study.window.1,
            people = setting.people_per_agent,
            seed = study.seed,
            version = setting.version,
            model = setting.model_version
        ),
        levers,
        answers,
        points: points.to_vec(),
    };
    Ok(store::file("what_if.html", report::what_if(&about)))
}
