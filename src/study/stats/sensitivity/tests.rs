//! Indices whose values are known without estimating them.

use std::f64::consts::PI;

use super::*;
use scenario::study::designs::{saltelli, trajectories};
use world::random::{Decision, Luck};

fn answers(points: &[Vec<f64>], of: &dyn Fn(&[f64]) -> Vec<f64>) -> Answers {
    let points: Vec<Vec<f64>> = points.iter().map(|point| of(point)).collect();
    Answers { components: points[0].len(), replications: 1, points }
}

/// Answers of one number each.
fn plain(values: Vec<f64>) -> Answers {
    let points = values.into_iter().map(|value| vec![value]).collect();
    Answers { components: 1, replications: 1, points }
}

fn sine(x: f64) -> f64 {
    libm::sin(x)
}

/// Ishigami's function with a = 7, b = 0.1.
fn ishigami(unit: &[f64]) -> f64 {
    let at = |place: usize| PI * (2.0 * unit[place] - 1.0);
    let square = |x: f64| x * x;
    sine(at(0)) + 7.0 * square(sine(at(1))) + 0.1 * square(square(at(2))) * sine(at(0))
}

const ISHIGAMI: [[f64; 2]; 3] = [[0.3139, 0.5576], [0.4424, 0.4424], [0.0, 0.2437]];

const G: [f64; 8] = [0.0, 1.0, 4.5, 9.0, 99.0, 99.0, 99.0, 99.0];

/// Sobol's g-function.
fn g(unit: &[f64]) -> f64 {
    unit.iter().zip(G).map(|(x, a)| ((4.0 * x - 2.0).abs() + a) / (1.0 + a)).product()
}

/// Its indices by their formula: partial variances 1/3 / (1 + a)².
fn indices_of_g() -> Vec<[f64; 2]> {
    let partial = G.map(|a| 1.0 / 3.0 / ((1.0 + a) * (1.0 + a)));
    let all = partial.iter().map(|part| 1.0 + part).product::<f64>();
    partial
        .iter()
        .map(|part| [part / (all - 1.0), part * all / (1.0 + part) / (all - 1.0)])
        .collect()
}

fn holds(estimate: Estimate, expected: f64) -> bool {
    estimate.low <= expected && expected <= estimate.high
}

#[test]
fn indices_of_ishigami_and_g_lie_in_their_intervals_which_are_narrow() {
    let expected_g = indices_of_g();
    let published = [0.7162, 0.1790, 0.0237, 0.0072, 0.0001, 0.0001, 0.0001, 0.0001];
    for ([first, _], published) in expected_g.iter().zip(published) {
        assert!((first - published).abs() < 0.000_06, "{first} instead of {published}");
    }
    for (of, expected) in
        [(&ishigami as &dyn Fn(&[f64]) -> f64, ISHIGAMI.to_vec()), (&g, expected_g)]
    {
        let design = saltelli(5, expected.len(), 2_048);
        let found = indices(&answers(&design, &|unit| vec![of(unit)]), expected.len()).unwrap();
        assert_eq!((found.rows, found.luck), (2_048, None));
        for (at, (index, [first, total])) in found.parameters.iter().zip(expected).enumerate() {
            assert!(holds(index.first, first), "{at}: {:?} and {first}", index.first);
            assert!(holds(index.total, total), "{at}: {:?} and {total}", index.total);
            assert!(index.first.high - index.first.low < 0.2, "{at}: {:?}", index.first);
            assert!(index.total.high - index.total.low < 0.15, "{at}: {:?}", index.total);
        }
    }
}

#[test]
fn intervals_hold_the_truth_about_as_often_as_they_say() {
    // Rows of Sobol' points are more even than chance: the intervals are rather too wide.
    let (mut first, mut total) = (0, 0);
    let designs = 40;
    for seed in 0..designs {
        let design = saltelli(100 + seed, 3, 64);
        let found = indices(&answers(&design, &|unit| vec![ishigami(unit)]), 3).unwrap();
        for (index, [expected_first, expected_total]) in found.parameters.iter().zip(ISHIGAMI) {
            first += u32::from(holds(index.first, expected_first));
            total += u32::from(holds(index.total, expected_total));
        }
    }
    let all = 3 * designs as u32;
    assert!(100 * first >= 90 * all, "first: {first} of {all}");
    assert!(100 * total >= 90 * all, "total: {total} of {all}");
}

#[test]
fn estimates_agree_with_another_program() {
    // Python's SALib 1.5.2, `sobol.analyze` without second order, and its formulas with answers centred on the mean of A and B (SALib centres
    // on the mean of all points, which moves first indices by a hundredth here).
    let a = [
        [0.51, 0.95, 0.14],
        [0.95, 0.31, 0.42],
        [0.83, 0.41, 0.55],
        [0.03, 0.75, 0.54],
        [0.33, 0.79, 0.3],
        [0.45, 0.13, 0.4],
        [0.2, 0.26, 0.75],
        [0.28, 0.49, 0.98],
    ];
    let b = [
        [0.96, 0.72, 0.54],
        [0.28, 0.16, 0.97],
        [0.52, 0.12, 0.62],
        [0.78, 0.61, 0.92],
        [0.04, 0.53, 0.46],
        [0.06, 0.64, 0.85],
        [0.59, 0.26, 0.84],
        [0.51, 0.51, 0.75],
    ];
    let mut design = Vec::new();
    for (a, b) in a.iter().zip(b) {
        design.extend([a.to_vec(), b.to_vec()]);
        for at in 0..3 {
            let mut mixed = a.to_vec();
            mixed[at] = b[at];
            design.push(mixed);
        }
    }
    let found = answers(&design, &|x| vec![x[0] + 2.0 * x[1] * x[2] + x[1] * x[1]]);
    let found = indices(&found, 3).unwrap();
    let expected = [
        [0.852_195_248_921_311_7, 0.408_523_776_989_247_1],
        [0.060_550_043_754_728_895, 0.343_794_061_666_347_96],
        [0.399_738_852_481_939_74, 0.268_896_919_240_887_1],
    ];
    for (index, [first, total]) in found.parameters.iter().zip(expected) {
        assert!((index.first.value - first).abs() < 1e-12, "{index:?}");
        assert!((index.total.value - total).abs() < 1e-12, "{index:?}");
    }
}

#[test]
fn an_answer_of_several_numbers_adds_partial_variances() {
    // Numbers 3x, 4y and x + y have variances 9, 16 and 2 (times 1/12); x has 9 + 0 + 1 of 27 and y has 16 + 1.
    let design = saltelli(2, 3, 512);
    let of = |x: &[f64]| vec![3.0 * x[0], 4.0 * x[1], x[0] + x[1]];
    let found = indices(&answers(&design, &of), 3).unwrap();
    assert!((found.variance - 27.0 / 12.0).abs() < 0.02);
    for (index, expected) in found.parameters.iter().zip([10.0 / 27.0, 17.0 / 27.0, 0.0]) {
        for estimate in [index.first, index.total] {
            assert!(holds(estimate, expected), "{estimate:?} and {expected}");
            assert!((estimate.value - expected).abs() < 0.02, "{estimate:?} and {expected}");
        }
    }
    // Steps of one size everywhere: the root of the mean square of 3, 0 and 1; nothing spreads.
    let points = trajectories(2, 3, 6);
    let screened = elementary(&points, &answers(&points, &of)).unwrap();
    assert!((screened[0].mu_star.value - (10.0_f64 / 3.0).sqrt()).abs() < 1e-9);
    assert!(screened[0].sigma < 1e-9 && screened[0].mu.is_none());
    assert_eq!(screened[2].mu_star, Estimate { value: 0.0, low: 0.0, high: 0.0 });
}

#[test]
fn a_parameter_may_matter_for_the_level_and_not_for_the_ranking() {
    let level = |x: &[f64]| 10.0 * x[0] + x[1];
    let effects = |x: &[f64]| [2.0 * x[1], 1.0 - x[1]];
    let design = saltelli(8, 2, 128);
    let found = indices(&answers(&design, &|x| vec![level(x)]), 2).unwrap();
    assert!(found.parameters[0].total.low > 0.7 && found.parameters[1].total.high < 0.1);
    let ranking = |x: &[f64]| {
        let [a, b] = effects(x);
        vec![(a - b) / 2.0, (b - a) / 2.0]
    };
    let found = indices(&answers(&design, &ranking), 2).unwrap();
    assert_eq!(found.parameters[0].total, Estimate { value: 0.0, low: 0.0, high: 0.0 });
    assert!(holds(found.parameters[1].total, 1.0));
}

#[test]
fn morris_ranks_parameters_and_sees_what_is_not_straight() {
    let points = trajectories(4, 8, 20);
    let found = elementary(&points, &answers(&points, &|unit| vec![g(unit)])).unwrap();
    assert!(found.windows(2).take(4).all(|pair| pair[0].mu_star.value > pair[1].mu_star.value));
    let straight = elementary(&points, &answers(&points, &|x| vec![2.0 * x[0] - x[1]])).unwrap();
    for (effect, mu) in straight.iter().zip([2.0, -1.0]) {
        assert!((effect.mu.unwrap() - mu).abs() < 1e-9 && effect.sigma < 1e-9, "{effect:?}");
    }
    // The move of x hangs on y.
    let crossed = elementary(&points, &answers(&points, &|x| vec![x[0] * x[1]])).unwrap();
    assert!(crossed[0].sigma > 0.2, "{:?}", crossed[0]);
}

#[test]
fn luck_is_taken_off_where_several_replications_tell_it() {
    let design = saltelli(6, 3, 256);
    let replications = 3;
    let points = design.iter().enumerate().map(|(number, x)| {
        let mut luck = Luck::new(1, 0).at(Decision::Resampling, 7, number as u64);
        (0..replications).map(|_| x[0] + 0.5 * x[1] + 0.4 * luck.normal()).collect()
    });
    let answers = Answers { components: 1, replications, points: points.collect() };
    let found = indices(&answers, 3).unwrap();
    for (index, expected) in found.parameters.iter().zip([0.8, 0.2, 0.0]) {
        assert!(holds(index.total, expected), "{:?} and {expected}", index.total);
        assert!(holds(index.first, expected), "{:?} and {expected}", index.first);
    }
    // Variances: 1.25 / 12 by parameters, 0.16 / 3 by luck.
    let luck = found.luck.unwrap();
    assert!((luck - 0.0533 / (0.0533 + 0.1042)).abs() < 0.06, "{luck}");
    // Luck so large that nothing else is seen: no shares of what may not be there.
    let noise = answers.points.iter().enumerate().map(|(number, point)| {
        let mut luck = Luck::new(2, 0).at(Decision::Resampling, 8, number as u64);
        point.iter().map(|value| value + 30.0 * luck.normal()).collect()
    });
    assert_eq!(indices(&Answers { points: noise.collect(), ..answers.clone() }, 3), None);
    // Large luck that leaves a little to be seen: no share is below nothing or above all, or there are no shares.
    for noise in [1.0, 2.0, 4.0, 8.0] {
        let points = answers.points.iter().enumerate().map(|(number, point)| {
            let mut luck = Luck::new(3, 0).at(Decision::Resampling, 9, number as u64);
            point.iter().map(|value| value + noise * luck.normal()).collect()
        });
        let Some(found) = indices(&Answers { points: points.collect(), ..answers.clone() }, 3)
        else {
            assert!(noise > 1.0, "a little luck hides nothing");
            continue;
        };
        for Estimate { value, low, high } in
            found.parameters.iter().flat_map(|i| [i.first, i.total])
        {
            assert!(low >= value.min(0.0) && high <= value.max(1.0), "{value} [{low}, {high}]");
        }
    }
    // One replication cannot tell, and luck passes for interaction.
    let points = answers.points.iter().map(|point| vec![point[0]]).collect();
    let single = indices(&Answers { replications: 1, points, ..answers }, 3).unwrap();
    assert!(single.parameters[2].total.low > 0.2 && single.luck.is_none());
}

#[test]
fn rows_with_a_missing_answer_are_left_out_and_an_answer_that_never_varies_has_no_index() {
    let design = saltelli(5, 3, 64);
    let mut found = answers(&design, &|unit| vec![ishigami(unit)]);
    found.points[7] = vec![f64::NAN];
    found.points[12].clear();
    let some = indices(&found, 3).unwrap();
    assert_eq!(some.rows, 62);
    let without: Vec<Vec<f64>> = found
        .points
        .chunks(5)
        .filter(|row| row.iter().all(|p| p.len() == 1 && p[0].is_finite()))
        .flatten()
        .cloned()
        .collect();
    assert_eq!(indices(&Answers { points: without, ..found }, 3).unwrap(), some);
    assert_eq!(indices(&plain(vec![0.1; design.len()]), 3), None);
    let points = trajectories(1, 3, 4);
    let mut values = vec![1.0; points.len()];
    values[5] = f64::NAN;
    let screened = elementary(&points, &plain(values)).unwrap();
    assert_eq!((screened[0].trajectories, screened[0].mu_star.value), (3, 0.0));
    assert!(elementary(&points, &plain(vec![f64::NAN; points.len()])).is_none());
}
