//! Morris' elementary effects along trajectories.

use super::{Answers, Estimate, mean, with_intervals};

/// How an answer moves with a parameter that crosses its whole range, elsewhere and elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Elementary {
    /// Mean size of the move; of an answer of several numbers the root of their mean square.
    pub mu_star: Estimate,
    /// Mean move with its sign; `None` for an answer of several numbers.
    pub mu: Option<f64>,
    /// Standard deviation of moves: large where the move hangs on the other parameters, or is not straight.
    pub sigma: f64,
    /// Trajectories that were used: those without a missing answer.
    pub trajectories: usize,
}

/// Elementary effects of all parameters at such points; `None` without a whole trajectory.
///
/// Source: Morris 1991; Campolongo, Cariboni & Saltelli 2007 for μ*.
pub fn elementary(points: &[Vec<f64>], answers: &Answers) -> Option<Vec<Elementary>> {
    let parameters = points.first()?.len();
    let width = parameters + 1;
    let means: Vec<Option<Vec<f64>>> =
        (0..points.len()).map(|point| answers.means(point)).collect();
    // For each parameter and trajectory the move, number by number.
    let mut moves: Vec<Vec<Vec<f64>>> = vec![Vec::new(); parameters];
    for (points, means) in points.chunks_exact(width).zip(means.chunks_exact(width)) {
        let Some(means) = means.iter().map(Option::as_ref).collect::<Option<Vec<_>>>() else {
            continue;
        };
        for (points, means) in points.windows(2).zip(means.windows(2)) {
            let step = |at: &usize| points[1][*at] - points[0][*at];
            let Some(at) = (0..parameters).find(|at| step(at).abs() > 1e-9) else { continue };
            let by = means[1].iter().zip(means[0]).map(|(after, before)| after - before);
            moves[at].push(by.map(|by| by / step(&at)).collect());
        }
    }
    let trajectories = moves.first().map_or(0, Vec::len);
    if trajectories == 0 {
        return None;
    }
    Some(moves.iter().map(|moves| of_parameter(moves)).collect())
}

fn of_parameter(moves: &[Vec<f64>]) -> Elementary {
    let components = moves[0].len();
    let sizes: Vec<f64> = moves
        .iter()
        .map(|by| (by.iter().map(|by| by * by).sum::<f64>() / components as f64).sqrt())
        .collect();
    let mu_star = with_intervals(moves.len(), &|chosen| {
        vec![chosen.iter().map(|row| sizes[*row as usize]).sum::<f64>() / chosen.len() as f64]
    });
    let number = |at: usize| moves.iter().map(|by| by[at]).collect::<Vec<f64>>();
    let variance = |at: usize| {
        let values = number(at);
        let middle = mean(&values);
        let squares = values.iter().map(|value| (value - middle) * (value - middle)).sum::<f64>();
        squares / (values.len() as f64 - 1.0).max(1.0)
    };
    let sigma = ((0..components).map(variance).sum::<f64>() / components as f64).sqrt();
    let mu = (components == 1).then(|| mean(&number(0)));
    Elementary { mu_star: mu_star[0], mu, sigma, trajectories: moves.len() }
}
