//! Who has passed the identification of licensed venues: a cost paid once, spread over people and time.
//!
//! The share F of people of a segment who have passed rises by (1 − F) · (`by_itself` + `by_example` · L) · e^(−KYC aversion · KYC) a year,
//! where L is the share of their trades that goes to licensed venues: people follow whom they see there (Bass 1969). Who
//! wants privacy hardly ever passes. Criminals come through droppers' accounts, and professionals by their trade: for them the way is
//! always open, at its price.

use bevy_ecs::prelude::*;

use super::taste::Tastes;
use crate::board::Directory;
use crate::choice::{ChoiceTables, Footing, is_private, segment_of};
use crate::schedule::World;
use scenario::world::Customers;
use world::units::{Class, DAYS_PER_YEAR, Segment, maths};

/// Share of people who have passed, by segment, without and with a wish for privacy.
#[derive(Resource, Clone)]
pub struct IdentifiedShares(pub [[f64; 2]; Segment::COUNT]);

impl IdentifiedShares {
    /// At the start of the warm-up: those who want privacy have not.
    pub fn new(people: &Customers) -> IdentifiedShares {
        let at_start = |segment: &Segment| {
            if is_open_to(*segment) { [1.0; 2] } else { [people.identification.at_start, 0.0] }
        };
        IdentifiedShares(std::array::from_fn(|segment| at_start(&Segment::ALL[segment])))
    }
}

/// Utility lost at full KYC by people of a segment without and with a wish for privacy.
pub fn aversions(people: &Customers, segment: Segment) -> [f64; 2] {
    let open = people.kyc_aversion[segment];
    [open, open + people.private_aversion]
}

fn is_open_to(segment: Segment) -> bool {
    segment.is_criminal() || segment == Segment::Professional
}

/// More people pass; the tables of choice hold who has.
pub fn identify(
    scenario: Res<World>,
    directory: Res<Directory>,
    tastes: Res<Tastes>,
    mut identified: ResMut<IdentifiedShares>,
    mut choice: ResMut<ChoiceTables>,
) {
    let people = &scenario.customers;
    let (mut asked, mut venues) = (0.0, 0.0);
    for (_, listing) in directory.open().filter(|(_, listing)| listing.class == Class::Licensed) {
        asked += listing.kyc;
        venues += 1.0;
    }
    let mut there = [[0.0; 2]; Segment::COUNT];
    let mut all = [[0.0; 2]; Segment::COUNT];
    for (kind, table) in choice.tables.iter().enumerate() {
        let (segment, privacy) = (segment_of(kind), usize::from(is_private(kind)));
        let shares = table.shares(Footing { passed: true, dealt: false });
        if shares.total > 0.0 {
            let licensed = shares.weights[Class::Licensed.index()];
            there[segment][privacy] += tastes.demand[kind] * licensed / shares.total;
        }
        all[segment][privacy] += tastes.demand[kind];
    }
    for &segment in Segment::ALL {
        let aversions = aversions(people, segment);
        for (privacy, aversion) in aversions.into_iter().enumerate() {
            let passed = &mut identified.0[segment.index()][privacy];
            if venues > 0.0 && !is_open_to(segment) {
                let all = all[segment.index()][privacy];
                let used = if all > 0.0 { there[segment.index()][privacy] / all } else { 0.0 };
                let rate = people.identification.by_itself
                    + people.identification.by_example * *passed * used;
                let ease = maths::exp(-aversion * asked / venues);
                *passed += (1.0 - *passed) * (rate * ease / DAYS_PER_YEAR).min(1.0);
            }
            choice.passed_below[segment.index()][privacy] = (*passed * 4_294_967_296.0) as u64;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_wants_privacy_has_not_passed_and_criminals_and_professionals_need_not_wait() {
        let people = scenario::reference().scenario.customers;
        let start = IdentifiedShares::new(&people).0;
        assert_eq!(start[Segment::Retail.index()], [people.identification.at_start, 0.0]);
        assert_eq!(start[Segment::Fraud.index()], [1.0; 2]);
        assert_eq!(start[Segment::Professional.index()], [1.0; 2]);
        let [open, private] = aversions(&people, Segment::Retail);
        assert_eq!(private - open, people.private_aversion);
    }

    #[test]
    fn nobody_passes_by_example_where_nobody_did_and_cheaper_identification_spreads_faster() {
        let after = |by_itself: f64, by_example: f64, burden: f64| {
            let mut scenario = scenario::reference().scenario;
            scenario.people_per_agent = 10_000;
            let identification = &mut scenario.customers.identification;
            identification.at_start = 0.0;
            identification.by_itself = by_itself;
            identification.by_example = by_example;
            scenario.policy.licensing.kyc_burden = scenario::world::Dated::constant(burden);
            let mut run = crate::Simulation::new(&scenario, world::record::RunKey::new(1, 0));
            for _ in 0..200 {
                run.run_day();
            }
            run.world.resource::<IdentifiedShares>().0[Segment::Retail.index()][0]
        };
        assert_eq!(after(0.0, 5.0, 1.0), 0.0);
        let (slow, fast, example) =
            (after(0.1, 0.0, 1.0), after(0.1, 0.0, 0.2), after(0.1, 5.0, 1.0));
        assert!(0.0 < slow && slow < fast && slow < example, "{slow} {fast} {example}");
        // Without examples: 1 − e^(−rate · days), less nothing.
        let people = scenario::reference().scenario.customers;
        let rate = 0.1 * maths::exp(-people.kyc_aversion.retail) / DAYS_PER_YEAR;
        assert!((slow - (1.0 - maths::exp(-rate * 199.0))).abs() < 0.001, "{slow}");
    }
}
