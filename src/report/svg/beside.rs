//! Room for numbers beside dots: as near as there is room, clear of all dots, of each other, and of the lines that lead to them.

/// A place on the paper.
pub type PaperPoint = (f64, f64);

/// Half of the room that a number takes, and as much between it and what stands beside it.
const ROOM: PaperPoint = (9.5, 7.5);
/// Distance from which on a line leads from a dot to its number.
pub const FAR: f64 = 22.0;

/// Directions in which room is looked for, upper right first.
const AROUND: [PaperPoint; 16] = [
    (1.1, -1.0),
    (-1.1, -1.0),
    (1.1, 1.0),
    (-1.1, 1.0),
    (0.0, -1.0),
    (0.0, 1.0),
    (1.1, 0.0),
    (-1.1, 0.0),
    (0.5, -1.0),
    (-0.5, -1.0),
    (0.5, 1.0),
    (-0.5, 1.0),
    (1.1, -0.5),
    (-1.1, -0.5),
    (1.1, 0.5),
    (-1.1, 0.5),
];

pub fn distance(a: PaperPoint, b: PaperPoint) -> f64 {
    ((a.0 - b.0) * (a.0 - b.0) + (a.1 - b.1) * (a.1 - b.1)).sqrt()
}

/// Where a line that comes from a dot ends before the number.
pub fn short_of(number: PaperPoint, dot: PaperPoint) -> PaperPoint {
    let share = 1.0 - (9.0 / distance(number, dot)).min(1.0);
    (dot.0 + (number.0 - dot.0) * share, dot.1 + (number.1 - dot.1) * share)
}

/// Whether a line from a to b passes a place closer than a number is high.
fn passes((a, b): (PaperPoint, PaperPoint), place: PaperPoint) -> bool {
    let length = distance(a, b).max(1e-9);
    let along = ((place.0 - a.0) * (b.0 - a.0) + (place.1 - a.1) * (b.1 - a.1)) / (length * length);
    let along = along.clamp(0.0, 1.0);
    distance(place, (a.0 + (b.0 - a.0) * along, a.1 + (b.1 - a.1) * along)) < ROOM.1
}

/// Places of the numbers of dots: as near as there is room, clear of all dots, of each other, and of the lines that lead to them.
///
/// Dots that stand closest together choose first.
pub fn beside(
    dots: &[PaperPoint],
    ((left, right), (above, below)): (PaperPoint, PaperPoint),
) -> Vec<PaperPoint> {
    let crowd =
        |dot: &PaperPoint| dots.iter().filter(|other| distance(*dot, **other) < 40.0).count();
    let mut order: Vec<usize> = (0..dots.len()).collect();
    order.sort_by_key(|at| std::cmp::Reverse(crowd(&dots[*at])));
    let mut places: Vec<Option<PaperPoint>> = vec![None; dots.len()];
    for at in order {
        let dot = dots[at];
        let free = |place: &PaperPoint, clear_of_lines: bool| {
            let inside = (left + ROOM.0..right - ROOM.0).contains(&place.0)
                && (above + ROOM.1..below - ROOM.1).contains(&place.1);
            let near = |other: PaperPoint, room: PaperPoint| {
                (other.0 - place.0).abs() < room.0 && (other.1 - place.1).abs() < room.1
            };
            let on_dot = dots.iter().any(|dot| near(*dot, (ROOM.0 + 3.0, ROOM.1 + 4.0)));
            // Nobody takes it for the number of another dot.
            let own = distance(dot, *place).min(FAR);
            let of_another = dots.iter().any(|other| distance(*other, *place) < own);
            let in_the_way = places.iter().zip(dots).any(|(other, from)| {
                other.is_some_and(|other| {
                    let lines = passes((*from, other), *place)
                        || (distance(dot, *place) > FAR && passes((dot, *place), other));
                    near(other, (2.0 * ROOM.0, 2.0 * ROOM.1)) || (clear_of_lines && lines)
                })
            });
            inside && !on_dot && !of_another && !in_the_way
        };
        let ring = |step: u32| {
            let radius = 12.0 + 3.0 * f64::from(step);
            AROUND.map(|(dx, dy)| (dot.0 + radius * dx, dot.1 + radius * dy))
        };
        let found =
            |clear_of_lines: bool| (0..60).flat_map(ring).find(|place| free(place, clear_of_lines));
        // In a dense crowd a number may stand on the line to another one, but on no dot and no number.
        places[at] = Some(found(true).or_else(|| found(false)).unwrap_or(dot));
    }
    places.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_a_crowd_stand_clear_of_dots_and_of_each_other() {
        let dots: Vec<PaperPoint> = (0..20)
            .map(|number| {
                let number = f64::from(number);
                (300.0 + 4.0 * (number % 5.0), 200.0 + 2.0 * (number / 5.0).floor())
            })
            .collect();
        let places = beside(&dots, ((0.0, 600.0), (0.0, 400.0)));
        assert_eq!(places.len(), dots.len());
        for (at, place) in places.iter().enumerate() {
            let clear = |other: &PaperPoint| {
                (other.0 - place.0).abs() >= ROOM.0 || (other.1 - place.1).abs() >= ROOM.1
            };
            assert!(dots.iter().all(clear), "{} stands on a dot", at + 1);
            assert!(places[..at].iter().all(clear), "{} stands on a number", at + 1);
        }
    }
}
