//! Points of the unit cube at which a study is run to learn which parameters matter.
//!
//! A longer design begins with the shorter one of the same seed, so that runs are found again when more are asked for.
//!
//! Deliberately absent: what the runs say (`stats`), and the values of parameters at a point ([`super::Study`]).

use salib::samplers::build_morris_trajectories;

use super::points::{self, Use};

/// Values that a coordinate takes in a trajectory. Unit: levels. Source: Campolongo, Cariboni & Saltelli 2007: four with about ten
/// trajectories; Status: judgement.
const LEVELS: u32 = 4;

/// Most parameters of [`saltelli`]: its points have two coordinates for each.
pub const MOST_IN_SALTELLI: usize = points::MOST_SOBOL / 2;

/// Morris' trajectories: of each, a point and those reached by moving one coordinate after another, in random order.
///
/// Each trajectory is turned over in random coordinates, so that coordinates move down as often as up and the others lie anywhere when one moves.
///
/// # Panics
/// Without parameters or trajectories.
#[must_use]
pub fn trajectories(seed: u64, parameters: usize, trajectories: usize) -> Vec<Vec<f64>> {
    let mut state = points::state(points::luck(seed, Use::Trajectories, 0));
    let built = build_morris_trajectories(parameters, trajectories, LEVELS, &mut state)
        .expect("there are parameters, trajectories and an even number of levels");
    let mut rows = Vec::with_capacity(trajectories * (parameters + 1));
    for (number, trajectory) in built.trajectories.outer_iter().enumerate() {
        let mut luck = points::luck(seed, Use::Turned, number as u64);
        let turned: Vec<bool> = (0..parameters).map(|_| luck.uniform() < 0.5).collect();
        for point in trajectory.outer_iter() {
            let place = |(value, turned): (&f64, &bool)| {
                (if *turned { 1.0 - value } else { *value }).clamp(0.0, 1.0)
            };
            rows.push(point.iter().zip(&turned).map(place).collect());
        }
    }
    rows
}

/// Saltelli's design, row by row: a point A, a point B, and for each parameter the point A with B's coordinate of that parameter.
///
/// A and B are halves of Sobol' points of twice the dimension. Powers of two are the most even.
#[must_use]
pub fn saltelli(seed: u64, parameters: usize, base: usize) -> Vec<Vec<f64>> {
    let mut rows = Vec::with_capacity(base * (parameters + 2));
    if parameters == 0 {
        return rows;
    }
    for both in points::sobol(seed, base, 2 * parameters).chunks_exact(2 * parameters) {
        let (a, b) = both.split_at(parameters);
        rows.push(a.to_vec());
        rows.push(b.to_vec());
        rows.extend((0..parameters).map(|parameter| {
            let mut mixed = a.to_vec();
            mixed[parameter] = b[parameter];
            mixed
        }));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn differing(a: &[f64], b: &[f64]) -> Vec<usize> {
        (0..a.len()).filter(|at| (a[*at] - b[*at]).abs() > 1e-9).collect()
    }

    #[test]
    fn each_step_of_a_trajectory_moves_one_coordinate_and_all_are_moved() {
        let rows = trajectories(3, 5, 40);
        assert_eq!(rows.len(), 40 * 6);
        let (mut up, mut down) = (0, 0);
        for trajectory in rows.chunks(6) {
            let mut moved = Vec::new();
            for pair in trajectory.windows(2) {
                let at = differing(&pair[0], &pair[1]);
                assert_eq!(at.len(), 1);
                let step = pair[1][at[0]] - pair[0][at[0]];
                assert!((step.abs() - 2.0 / 3.0).abs() < 1e-9);
                *(if step > 0.0 { &mut up } else { &mut down }) += 1;
                moved.push(at[0]);
            }
            moved.sort_unstable();
            assert_eq!(moved, [0, 1, 2, 3, 4]);
        }
        assert!(rows.iter().flatten().all(|value| (0.0..=1.0).contains(value)));
        assert!(up > 60 && down > 60, "{up} up, {down} down");
    }

    #[test]
    fn longer_designs_begin_with_shorter_ones() {
        assert_eq!(trajectories(3, 4, 12)[..5 * 5], trajectories(3, 4, 5));
        assert_eq!(saltelli(3, 4, 64)[..32 * 6], saltelli(3, 4, 32));
        assert_ne!(trajectories(4, 4, 5), trajectories(3, 4, 5));
        assert_ne!(saltelli(4, 4, 32), saltelli(3, 4, 32));
    }

    #[test]
    fn mixed_points_have_one_coordinate_of_the_other() {
        for row in saltelli(1, 3, 8).chunks(5) {
            for parameter in 0..3 {
                assert_eq!(differing(&row[0], &row[2 + parameter]), [parameter]);
                assert_eq!(row[1][parameter], row[2 + parameter][parameter]);
            }
        }
        assert!(saltelli(1, 0, 8).is_empty());
    }
}
