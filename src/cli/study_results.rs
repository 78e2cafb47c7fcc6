//! Result files of a study, made of its merged runs, and what is printed of them.

use std::path::Path;

use super::figures::Drawing;
use super::simulate::{Refusal, failed};
use super::tables::{aligned, head};
use model::MEASURES;
use report::say;
use report::speech::{retold, tr};
use report::words::{days, foreign, unit};
use scenario::Study;
use scenario::study::LuckOf;
use study::comparison::across::{Across, ArmOf, SweepRequest};
use study::comparison::{ParameterDraws, Setting};
use study::stats::Design;
use study::store;
use study::store::study::{Merged, MergedRuns, Merging, Plan, StudyFolder};

/// Computes what merged runs say and puts both in their place, the manifest last.
///
/// # Errors
/// If the disk refuses, or runs cannot be read; then the folder is as it was.
pub fn write(
    plan: &Plan,
    place: &StudyFolder,
    merging: Merging,
    drawing: Drawing,
) -> Result<(Merged, Across), Refusal> {
    let across = merging.runs().and_then(|runs| across(plan, &runs)).map_err(failed)?;
    let figures = drawing.files(&report::across_figures(&across))?;
    let merged = store::study::write_results(plan, place, merging, &across, figures);
    Ok((merged.map_err(failed)?, across))
}

fn across(plan: &Plan, runs: &MergedRuns) -> Result<Across, String> {
    Across::of(asked(plan), &mut |arm, measure| column(plan, runs, arm, measure))
}

/// Values of an arm and measure by draw and replication; not a number where a run failed.
pub fn column(
    plan: &Plan,
    runs: &MergedRuns,
    arm: usize,
    measure: usize,
) -> Result<Vec<f64>, String> {
    let (draws, width) = (plan.study.draws() as usize, plan.replications as usize);
    runs.column(&plan.study.arms[arm].name, MEASURES[measure].name, draws, width)
}

/// What is asked of the runs of a study.
pub fn asked(plan: &Plan) -> SweepRequest {
    let study = plan.study;
    let design = Design {
        luck_is_shared: study.luck == LuckOf::All,
        draws_are_sampled: study.draws_are_sampled(),
    };
    SweepRequest {
        title: study.title.clone(),
        setting: Setting::of_study(study, plan.replications),
        draws: study.draws(),
        design,
        arms: study.arms.iter().map(ArmOf::from).collect(),
        measures: study.measures.clone(),
        parameters: parameters(study),
    }
}

/// Drawn parameters with their values; words have none that could be drawn along an axis.
fn parameters(study: &Study) -> Vec<(String, Option<Vec<f64>>)> {
    let numbers = |of: ParameterDraws| {
        let numbers = of.values.iter().map(|value| value.parse().ok()).collect();
        (of.path, numbers)
    };
    ParameterDraws::drawn(study).into_iter().map(numbers).collect()
}

/// The answer as a table for the terminal.
pub fn text(across: &Across, folder: &Path) -> String {
    let Some(line) = across.measures.first() else { return String::new() };
    let measure = &MEASURES[line.measure];
    let titles =
        ["", tr("effect [95 %]"), tr("5-95 % of draws"), tr("better in"), tr("unknown parameters")];
    let mut rows = vec![head(titles)];
    for arm in across.policies() {
        let Some(effect) = line.effects[arm] else { continue };
        let shown = effect.shown();
        let range = |value: f64| report::words::signed(value, 1);
        let many = shown.draws > 1 && effect.percent.is_some();
        rows.push(vec![
            retold(&across.asked.arms[arm].title),
            report::said_across(&effect, line.measure),
            if many {
                let [low, .., high] = shown.quantiles;
                say!("{low} to {high} %", low = range(low), high = range(high))
            } else {
                "-".to_owned()
            },
            effect.better.map_or_else(
                || "-".to_owned(),
                |share| say!("{share} of draws", share = report::percent_of(share)),
            ),
            shown.share_of_ignorance().map_or_else(|| "-".to_owned(), report::percent_of),
        ]);
    }
    let asked = &across.asked;
    let interval = if asked.design.draws_are_sampled {
        tr("95 %: interval of the mean over draws (what is not known) and chance, Student's t.")
    } else {
        tr(
            "95 %: interval of the mean over these draws by chance alone, Student's t: a grid or list stands for itself.",
        )
    };
    let over = say!(
        "effect on {measure} ({unit}) over {days}, {draws} draws × {replications} replications",
        measure = foreign(measure.name).unwrap_or_else(|| measure.name.to_owned()),
        unit = unit(measure.unit),
        days = days(asked.setting.window),
        draws = asked.draws,
        replications = asked.setting.replications
    );
    let unknown = tr(
        "Unknown parameters: share of the variance of a single run's effect that comes from the draw, not from chance.",
    );
    let all = say!("All measures: {file}", file = folder.join("effects.csv").display());
    format!(
        "{}\n{}: {over}\n\n{}\n{interval}\n{unknown}\n{all}\n",
        retold(&asked.title),
        report::across_finding(across),
        aligned(&rows)
    )
}
