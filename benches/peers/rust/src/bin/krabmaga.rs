//! The common model in krABMaga: agents are boxed, and its schedule gives each its turn every day.

use std::any::Any;
use krabmaga::engine::agent::Agent;
use krabmaga::engine::schedule::Schedule;
use krabmaga::engine::state::State;
use peers::{Cumulated, DAYS, HABIT, NOWHERE, Random, VENUES, Visits, agents, clock, cumulated, pick, say};

#[derive(Clone)]
struct Client {
    venue: u16,
}

struct Market {
    agents: u32,
    random: Random,
    visits: Visits,
    weights: Cumulated,
}

impl Agent for Client {
    fn step(&mut self, state: &mut dyn State) {
        let market = state.as_any_mut().downcast_mut::<Market>().expect("the only state");
        if self.venue == NOWHERE || market.random.unit() >= HABIT {
            self.venue = pick(&market.weights, market.random.unit());
        }
        market.visits[usize::from(self.venue)] += 1;
    }
}

impl State for Market {
    fn init(&mut self, schedule: &mut Schedule) {
        for _ in 0..self.agents {
            schedule.schedule_repeating(Box::new(Client { venue: NOWHERE }), 0.0, 0);
        }
    }

    fn before_step(&mut self, _: &mut Schedule) {
        self.weights = cumulated(&self.visits);
        self.visits = [0; VENUES];
    }

    fn reset(&mut self) {}

    fn update(&mut self, _: u64) {}

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }

    fn as_state(&self) -> &dyn State {
        self
    }

    fn as_state_mut(&mut self) -> &mut dyn State {
        self
    }
}

fn main() {
    let agents = agents();
    let (visits, weights) = ([0; VENUES], [0.0; VENUES]);
    let mut market = Market { agents, random: Random(1), visits, weights };
    let mut schedule = Schedule::new();
    market.init(&mut schedule);
    let start = clock();
    for _ in 0..DAYS {
        schedule.step(&mut market);
    }
    say("krABMaga 0.6", agents, start, &market.visits);
}
