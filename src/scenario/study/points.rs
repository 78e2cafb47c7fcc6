//! Points between 0 and 1 at which ranges are read: Latin hypercubes, Sobol' points, rows of a posterior.
//!
//! All are addressed by the study's seed, so that a longer sequence begins with the shorter one.
//!
//! Deliberately absent: what the points mean.

use sobol::Sobol;
use sobol::params::JoeKuoD6;
use world::random::{Decision, Luck, Sequence};

/// Most parameters of Sobol' points. Unit: parameters. Source: the table of direction numbers (Joe & Kuo 2008);
/// Status: measured.
pub(super) const MOST_SOBOL: usize = 1000;

/// How many values a word has.
const TWO_TO_32: f64 = 4_294_967_296.0;

/// What a draw of parameters is for: the "day" of its address.
#[derive(Clone, Copy)]
pub(super) enum DrawUse {
    Hypercube,
    Shift,
    Row,
    Trajectories,
    Turned,
}

pub(super) fn luck(seed: u64, of: DrawUse, number: u64) -> world::random::Draws {
    Luck::new(seed, 0).at(Decision::Parameters, of as u32, number)
}

/// A Latin hypercube: in each column, one point in each of as many slices as there are rows. Row by row.
///
/// Blocks of the same study differ in their number; a block does not change when another is added.
///
/// Source: McKay, Beckman & Conover 1979.
pub(super) fn hypercube(seed: u64, block: usize, rows: usize, columns: usize) -> Vec<f64> {
    let mut words = Sequence::new(&mut luck(seed, DrawUse::Hypercube, block as u64));
    let mut points = vec![0.0; rows * columns];
    for column in 0..columns {
        for (row, slice) in words.shuffled(rows).into_iter().enumerate() {
            let within = f64::from(words.word()) / TWO_TO_32;
            // Rounding may carry the last slice's end to 1.
            let point = ((slice as f64 + within) / rows as f64).min(1.0_f64.next_down());
            points[row * columns + column] = point;
        }
    }
    points
}

/// The first Sobol' points with a digital shift: row by row.
///
/// The shift (the same random bits turned in all points of a column) keeps the evenness of the points, moves the first one
/// away from the corner, and makes another seed another set of points. Powers of two are the most even.
pub(super) fn sobol(seed: u64, rows: usize, columns: usize) -> Vec<f64> {
    let shifts: Vec<u32> =
        (0..columns).map(|column| luck(seed, DrawUse::Shift, column as u64).word()).collect();
    let shifted = |point: Vec<u32>| -> Vec<f64> {
        let turned = point.into_iter().zip(&shifts).map(|(bits, shift)| bits ^ shift);
        turned.map(world::random::unit).collect()
    };
    unshifted_sobol(columns).take(rows).flat_map(shifted).collect()
}

/// Sobol' points as multiples of 2⁻³².
fn unshifted_sobol(columns: usize) -> impl Iterator<Item = Vec<u32>> {
    Sobol::<u32>::new(columns, &JoeKuoD6::standard())
}

/// A point for each draw from a posterior.
pub(super) fn rows(seed: u64, number: usize) -> impl Iterator<Item = f64> {
    (0..number).map(move |draw| luck(seed, DrawUse::Row, draw as u64).uniform())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hypercube_has_one_point_in_each_slice_of_each_column() {
        let (rows, columns) = (17, 5);
        let points = hypercube(3, 0, rows, columns);
        assert_eq!(points.len(), rows * columns);
        for column in 0..columns {
            let mut slices: Vec<usize> = (0..rows)
                .map(|row| (points[row * columns + column] * rows as f64) as usize)
                .collect();
            slices.sort_unstable();
            assert_eq!(slices, (0..rows).collect::<Vec<_>>(), "column {column}");
        }
        assert_ne!(points, hypercube(4, 0, rows, columns));
        assert_ne!(points, hypercube(3, 1, rows, columns));
        assert_eq!(points, hypercube(3, 0, rows, columns));
    }

    #[test]
    fn the_first_sobol_points_are_those_of_the_books() {
        // Source: Joe & Kuo 2008, example output of their program for three dimensions.
        let expected = [
            [0.0, 0.0, 0.0],
            [0.5, 0.5, 0.5],
            [0.75, 0.25, 0.25],
            [0.25, 0.75, 0.75],
            [0.375, 0.375, 0.625],
            [0.875, 0.875, 0.125],
            [0.625, 0.125, 0.875],
            [0.125, 0.625, 0.375],
        ];
        let points = unshifted_sobol(3).take(8).flatten().map(|bits| f64::from(bits) / TWO_TO_32);
        assert_eq!(points.collect::<Vec<_>>(), expected.as_flattened());
    }

    #[test]
    fn shifted_sobol_points_stay_even_and_longer_sequences_begin_with_shorter_ones() {
        let columns = 4;
        let points = sobol(9, 64, columns);
        assert_eq!(sobol(9, 128, columns)[..64 * columns], points);
        assert_ne!(sobol(10, 64, columns), points);
        assert!(points.iter().all(|point| *point > 0.0 && *point < 1.0));
        for column in 0..columns {
            let mut slices: Vec<usize> =
                (0..64).map(|row| (points[row * columns + column] * 64.0) as usize).collect();
            slices.sort_unstable();
            assert_eq!(slices, (0..64).collect::<Vec<_>>(), "column {column}");
        }
        // Every quarter of the first two columns holds a quarter of the points.
        let low = |point: f64| point < 0.5;
        let quarter = points.chunks(columns).filter(|row| low(row[0]) && low(row[1])).count();
        assert_eq!(quarter, 16);
    }
}
