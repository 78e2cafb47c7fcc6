//! The common model in ixa: agents are entities with a property, a plan for each day.

use std::cell::RefCell;
use std::rc::Rc;
use ixa::prelude::*;
use peers::{DAYS, HABIT, NOWHERE, VENUES, Visits, agents, clock, cumulated, pick, say};

define_entity!(Person);
define_property!(struct Venue(u16), Person, default_const = Venue(NOWHERE));
define_rng!(HabitRng);
define_rng!(ChoiceRng);

fn visit(context: &mut Context, visits: &mut Visits) {
    let weights = cumulated(visits);
    *visits = [0; VENUES];
    for person in context.get_entity_iterator::<Person>() {
        let mut venue: Venue = context.get_property(person);
        if venue.0 == NOWHERE || !context.sample_bool(HabitRng, HABIT) {
            venue = Venue(pick(&weights, context.sample_range(ChoiceRng, 0.0..1.0)));
            context.set_property(person, venue);
        }
        visits[usize::from(venue.0)] += 1;
    }
}

fn main() {
    let agents = agents();
    let mut context = Context::new();
    context.init_random(1);
    for _ in 0..agents {
        context.add_entity(with!(Person, Venue(NOWHERE))).expect("a person");
    }
    let visits = Rc::new(RefCell::new([0; VENUES]));
    for day in 0..DAYS {
        let visits = visits.clone();
        context.add_plan(f64::from(day), move |context| visit(context, &mut visits.borrow_mut()));
    }
    let start = clock();
    context.execute();
    say("ixa 4.0", agents, start, &visits.borrow());
}
