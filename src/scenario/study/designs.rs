//! Points of the unit cube at which a study is run to learn which parameters matter.
//!
//! A longer design begins with the shorter one of the same seed, so that runs are found again when more are asked for.
//!
//! Deliberately absent: what the runs say (`stats`), and the values of parameters at a point ([`super::Study`]).

use world::random::Sequence;

use super::points::{self, DrawUse};

/// Values that a coordinate takes in a trajectory. Unit: levels. Source: Campolongo, Cariboni & Saltelli 2007: four with about ten
/// trajectories; Status: judgement.
const LEVELS: usize = 4;

/// Morris' trajectories: of each, a point and those reached by moving one coordinate after another, in random order.
///
/// Source: Morris 1991.
///
/// Each trajectory is turned over in random coordinates, so that coordinates move down as often as up and the others lie anywhere when one moves.
///
/// # Panics
/// Without parameters or trajectories.
pub fn trajectories(seed: u64, parameters: usize, trajectories: usize) -> Vec<Vec<f64>> {
    assert!(parameters > 0 && trajectories > 0, "a design has parameters and trajectories");
    let mut words = Sequence::new(&mut points::luck(seed, DrawUse::Trajectories, 0));
    let apart = 1.0 / (LEVELS - 1) as f64;
    // From the lower half of the levels, a step of half of them leads to the upper half.
    let step = LEVELS as f64 / (2 * (LEVELS - 1)) as f64;
    let mut rows = Vec::with_capacity(trajectories * (parameters + 1));
    for number in 0..trajectories {
        let mut point: Vec<f64> =
            (0..parameters).map(|_| words.below(LEVELS / 2) as f64 * apart).collect();
        let order = words.shuffled(parameters);
        let mut luck = points::luck(seed, DrawUse::Turned, number as u64);
        let turned: Vec<bool> = (0..parameters).map(|_| luck.uniform() < 0.5).collect();
        let place = |(value, turned): (&f64, &bool)| {
            (if *turned { 1.0 - value } else { *value }).clamp(0.0, 1.0)
        };
        rows.push(point.iter().zip(&turned).map(place).collect());
        for moved in order {
            point[moved] += step;
            rows.push(point.iter().zip(&turned).map(place).collect());
        }
    }
    rows
}

/// Points spread evenly over the unit cube: Sobol' points with a digital shift. Powers of two are the most even.
///
/// # Panics
/// With more parameters than Sobol' points know.
pub fn spread(seed: u64, parameters: usize, number: usize) -> Vec<Vec<f64>> {
    points::sobol(seed, number, parameters).chunks(parameters.max(1)).map(<[f64]>::to_vec).collect()
}

/// Saltelli's design, row by row: a point A, a point B, and for each parameter the point A with B's coordinate of that parameter.
///
/// A and B are halves of Sobol' points of twice the dimension. Powers of two are the most even.
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

    /// Earlier versions took these points from the library salib 0.3.0: results of studies rest on them.
    #[test]
    fn points_stay_those_of_earlier_versions() {
        let hypercube =
            [0.9643189959460869, 0.7784838201478124, 0.05468683212529868, 0.46356123103760183];
        assert_eq!(points::hypercube(1, 0, 2, 2), hypercube);
        let sobol =
            [0.17101481521967798, 0.9923893656814471, 0.671014815219678, 0.4923893656814471];
        assert_eq!(points::sobol(1, 2, 2), sobol);
        let third = 0.33333333333333337;
        let trajectory = [[0.0, 1.0], [0.0, third], [0.6666666666666666, third]];
        assert_eq!(trajectories(1, 2, 1), trajectory);
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
