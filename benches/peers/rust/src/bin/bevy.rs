//! The common model in bevy_ecs as crackdown uses it: agents are entities with components of fixed shape, what everybody sees is a
//! board, one random byte for each agent and day, addressed words for those who choose.

use bevy_ecs::prelude::*;
use peers::{DAYS, HABIT, NOWHERE, VENUES, Visits, agents, clock, cumulated, pick, say};
use world::random::{Decision, Luck, Many};

/// Agents whose random bytes are drawn at once.
const BLOCK: usize = 1 << 16;

#[derive(Component)]
struct Usual(u16);

#[derive(Resource)]
struct Board {
    day: u32,
    visits: Visits,
}

#[derive(Resource)]
struct Chance {
    habit: Many,
    choice: Many,
    bytes: Vec<u8>,
}

/// A byte decides for nearly all; where it equals the threshold, a word decides by a hair.
fn visit(mut board: ResMut<Board>, mut chance: ResMut<Chance>, mut clients: Query<&mut Usual>) {
    let Chance { habit, choice, bytes } = &mut *chance;
    let weights = cumulated(&board.visits);
    let mut visits = [0; VENUES];
    let day = board.day;
    let stay = (HABIT * 256.0) as u8;
    let hair = ((HABIT * 256.0).fract() * 4_294_967_296.0) as u32;
    for (row, mut usual) in clients.iter_mut().enumerate() {
        if row % BLOCK == 0 {
            habit.fill_bytes(row as u32, day, bytes);
        }
        let byte = bytes[row % BLOCK];
        let stays = byte < stay || (byte == stay && habit.words(row as u32, day, 0)[0] < hair);
        if usual.0 == NOWHERE || !stays {
            let [place, ..] = choice.words(row as u32, day, 0);
            usual.0 = pick(&weights, f64::from(place) / 4_294_967_296.0);
        }
        visits[usize::from(usual.0)] += 1;
    }
    board.visits = visits;
    board.day += 1;
}

fn main() {
    let agents = agents();
    let mut world = World::new();
    let luck = Luck::new(1, 0);
    world.insert_resource(Board { day: 0, visits: [0; VENUES] });
    world.insert_resource(Chance {
        habit: luck.many(Decision::CustomerNeed),
        choice: luck.many(Decision::CustomerTrade),
        bytes: vec![0; BLOCK],
    });
    world.spawn_batch((0..agents).map(|_| Usual(NOWHERE)));
    let mut day = Schedule::default();
    day.add_systems(visit);
    let start = clock();
    for _ in 0..DAYS {
        day.run(&mut world);
    }
    say("bevy_ecs 0.20 as crackdown uses it", agents, start, &world.resource::<Board>().visits);
}
