use super::*;
use jiff::civil::date;
use scenario::study::designs::{saltelli, trajectories};

fn measure(name: &str) -> usize {
    crate::comparison::measure_number(name).unwrap()
}

fn asked(policies: usize, parameters: usize, replications: u32) -> SensitivityRequest {
    let arm = |name: String| ArmOf { title: format!("Title of {name}"), name, baseline: 0 };
    let mut arms = vec![arm("kazakhstan".to_owned())];
    arms.extend((1..=policies).map(|number| arm(format!("policy_{number}"))));
    SensitivityRequest {
        name: "made_up".to_owned(),
        title: "A made-up study".to_owned(),
        setting: Setting {
            version: "0".into(),
            model_version: 1,
            seed: 1,
            replications,
            window: (date(2023, 1, 1), date(2024, 12, 31)),
            people_per_agent: 1_000,
            baseline: "kazakhstan".into(),
            baseline_title: "Kazakhstan, status quo".into(),
        },
        arms,
        measures: ["unlicensed_turnover", "shadow_turnover"].map(measure).to_vec(),
        varied: (0..parameters)
            .map(|number| Varied {
                path: format!("customers.parameter_{number}"),
                words: format!("what parameter {number} means to people"),
                status: ["assumption", "estimated"][number % 2].to_owned(),
                range: "0 to 1".to_owned(),
            })
            .collect(),
        trajectories: 6,
        base: 64,
    }
}

/// Turnover: the first parameter moves the level alone, the second the effect of the first policy, the third what goes elsewhere.
fn stage(asked: &SensitivityRequest, points: Vec<Vec<f64>>, places: &[usize]) -> DesignRuns {
    let mut stage = DesignRuns::default();
    let replications = asked.setting.replications as usize;
    for arm in 0..asked.arms.len() {
        let mut columns = [Vec::new(), Vec::new()];
        for point in &points {
            let of = |parameter: usize| {
                let at = places.iter().position(|place| *place == parameter);
                at.map_or(0.5, |at| point[at])
            };
            let level = 1e9 * (1.0 + of(0));
            let effect = match arm {
                0 => 0.0,
                1 => -0.3 * of(1),
                _ => -0.1,
            };
            let elsewhere = if arm == 0 { 0.0 } else { 0.05 * of(2) };
            for replication in 0..replications {
                let luck = 1.0 + 0.01 * replication as f64;
                columns[0].push(level * luck * (1.0 + effect));
                columns[1].push(level * luck * (0.8 + effect - elsewhere));
            }
        }
        for (measure, column) in asked.measures.iter().zip(columns) {
            stage.values.insert((arm, *measure), column);
        }
    }
    DesignRuns { points, ..stage }
}

/// An answer about made-up runs.
pub fn made_up(policies: usize, parameters: usize, replications: u32) -> Sensitivity {
    let asked = asked(policies, parameters, replications);
    let all: Vec<usize> = (0..parameters).collect();
    let first = stage(&asked, trajectories(1, parameters, asked.trajectories), &all);
    let kept = asked.keep(&screen(&asked, &first), 4);
    let second = stage(&asked, saltelli(1, kept.len(), asked.base), &kept);
    Sensitivity::of(asked, &first, kept, &second)
}

fn found(made: &Sensitivity, kind: QuestionKind, policy: Option<usize>) -> usize {
    made.questions.iter().position(|q| q.kind == kind && q.policy == policy).unwrap()
}

#[test]
fn what_matters_for_the_level_is_not_what_matters_for_the_ranking() {
    let made = made_up(3, 6, 2);
    assert_eq!(made.kept, [0, 1, 2, 3]);
    let paths = |question: usize| -> Vec<String> {
        made.known(question).into_iter().map(|found| found.path).collect()
    };
    assert_eq!(paths(found(&made, QuestionKind::Level, None)), ["customers.parameter_0"]);
    assert_eq!(paths(found(&made, QuestionKind::Effect, Some(1))), ["customers.parameter_1"]);
    assert_eq!(paths(found(&made, QuestionKind::Displacement, None)), ["customers.parameter_2"]);
    assert_eq!(paths(found(&made, QuestionKind::Ranking, None)), ["customers.parameter_1"]);
    // An effect that no parameter moves has no index.
    assert_eq!(made.indices[found(&made, QuestionKind::Effect, Some(2))], None);
    assert_eq!(made.incomplete, [0, 0]);
    let sentence = made.sentence();
    assert!(
        sentence.starts_with(
            "The ranking of these 3 policies by “Exchange without a licence” depends on one assumption: what parameter 1 means to people (customers.parameter_1; 100 % [77–100] of its variance)"
        ),
        "{sentence}"
    );
    // The first policy is best where 0.3 x > 0.1.
    let mut order = made.order.clone().unwrap();
    assert_eq!(order.mean[0], 1);
    assert!((order.best[0] - 2.0 / 3.0).abs() < 0.03, "{order:?}");
    // Who is best on average need not be best most often.
    order.best = vec![0.4, 0.1, 0.5];
    let often = |order| Sensitivity { order: Some(order), ..made.clone() }.sentence();
    let last = &made.asked.arms[order.mean[2]].title;
    let end = format!("is best on average, but in 40 % of draws only; “{last}” is best in 50 %.");
    assert!(often(order.clone()).ends_with(&end), "{}", often(order));
}

#[test]
fn a_single_policy_has_no_ranking_and_none_has_only_levels() {
    let made = made_up(1, 4, 1);
    assert!(made.order.is_none() && made.questions.iter().all(|q| q.kind != QuestionKind::Ranking));
    assert!(
        made.sentence()
            .starts_with("The effect of the policy on “Exchange without a licence” depends on one")
    );
    let made = made_up(0, 3, 1);
    assert!(made.questions.iter().all(|q| q.kind == QuestionKind::Level));
    assert!(
        made.sentence().starts_with("The level of “Exchange without a licence” depends on one")
    );
}

#[test]
fn points_without_all_runs_are_counted_and_left_out() {
    let asked = asked(2, 3, 2);
    let first = stage(&asked, trajectories(1, 3, 6), &[0, 1, 2]);
    let mut second = stage(&asked, saltelli(1, 3, 16), &[0, 1, 2]);
    let column = second.values.get_mut(&(1, asked.measures[0])).unwrap();
    column[9] = f64::NAN;
    let made = Sensitivity::of(asked, &first, vec![0, 1, 2], &second);
    assert_eq!(made.incomplete, [0, 1]);
    let ranking = found(&made, QuestionKind::Ranking, None);
    assert_eq!(made.indices[ranking].as_ref().unwrap().rows, 15);
    let level = found(&made, QuestionKind::Level, None);
    assert_eq!(made.indices[level].as_ref().unwrap().rows, 16);
}

#[test]
fn long_meanings_end_at_a_comma_where_there_is_one() {
    let habit = "Share of trades for which people go to their usual venue without looking at others, while it is as safe as ever.";
    assert_eq!(
        few_words(habit),
        "share of trades for which people go to their usual venue without looking at others"
    );
    assert_eq!(few_words("KYC that a client must pass: 0 none"), "KYC that a client must pass");
    let words = "word ".repeat(30);
    let cut = few_words(&words);
    assert!(cut.ends_with("word…") && cut.chars().count() <= LONGEST + 1, "{cut}");
}
