//! How many dealers sell, by size, and what they sell: read for the record, nothing follows from it.

use bevy_ecs::prelude::*;

use super::{Dealer, Line};
use crate::board::Flows;
use crate::declare::{Measure, measures};
use crate::diary::Diary;
use crate::schedule::World;
use world::record::Flow;
use world::units::{Class, Trader};

/// Share of usual sales from which on a dealer counts as active.
///
/// Unit: share. Source: a bound, so that who begins again after a market fell counts when it is more than a trial. Status: assumption.
const ACTIVE: f64 = 0.1;

world::series! {
    /// Drug dealers, and what they sell, on a day.
    DealerSeries in "dealers", One, "dealers_";
    HomeSmall = "home_small", "dealers", "Drug dealers at home who sell, of the third with the lowest income at the beginning (a stock; who sells less than a tenth of usual is not counted)";
    HomeMiddle = "home_middle", "dealers", "The same of the middle third";
    HomeLarge = "home_large", "dealers", "The same of the third with the highest income";
    AbroadSmall = "abroad_small", "dealers", "Dealers abroad who sell, of the third with the lowest income at the beginning (a stock)";
    AbroadMiddle = "abroad_middle", "dealers", "The same of the middle third";
    AbroadLarge = "abroad_large", "dealers", "The same of the third with the highest income";
    StreetSales = "street_sales_kzt", "KZT", "Drugs sold at home today: what buyers paid, less fees of venues";
    Held = "held_kzt", "KZT", "Coins that drug dealers hold at the end of the day (a stock)";
    Afraid = "afraid", "dealers", "Drug dealers at home who stopped for fear and may come back (a stock)";
    ClaimsLost = "claims_lost_kzt", "KZT", "Balances that dealers and sellers of farms lost today at venues which are gone";
}

/// Measures of dealers.
pub const MEASURES: &[Measure] = measures! {
    "dealers_active_home" as "Active dealers at home", "dealers", Less: "Drug dealers at home who sell at least a tenth of usual, mean over days"
        = |w| [DealerSeries::HomeSmall, DealerSeries::HomeMiddle, DealerSeries::HomeLarge].map(|third| w.sum(third)).iter().sum::<f64>() / w.days();
    "street_sales" as "Drugs sold at home", "KZT", Less: "What drug buyers paid to dealers at home, less fees of venues"
        = |w| w.sum(DealerSeries::StreetSales);
};

/// Third of each dealer by income among those at home or abroad: 0 the lowest.
pub fn thirds(dealers: &mut [Dealer]) {
    for line in [Line::Home, Line::Abroad] {
        let mut ranked: Vec<&mut Dealer> =
            dealers.iter_mut().filter(|dealer| dealer.line == line).collect();
        ranked.sort_by(|a, b| a.income.total_cmp(&b.income).then(a.number.cmp(&b.number)));
        let all = ranked.len();
        for (rank, dealer) in ranked.into_iter().enumerate() {
            dealer.third = (3 * rank / all) as u8;
        }
    }
}

/// Counts the dealers who sell, and what was sold.
pub fn measure_dealers(
    scenario: Res<World>,
    flows: Res<Flows>,
    dealers: Query<&Dealer>,
    mut diary: ResMut<Diary<DealerSeries>>,
) {
    let mut active = [[0; 3]; 2];
    let mut held = 0;
    for dealer in dealers.iter().filter(|dealer| dealer.sells_drugs()) {
        held += dealer.held.0;
        if dealer.income > 0.0 && dealer.sales(scenario.dealers.sales_cut) >= ACTIVE {
            active[usize::from(dealer.line == Line::Abroad)][usize::from(dealer.third)] += 1;
        }
    }
    for (series, number) in DealerSeries::ALL.iter().zip(active.as_flattened()) {
        diary.add(*series, *number);
    }
    let paid = |class: &Class| {
        let row = &flows.0[class.index() * Trader::COUNT + Trader::DrugBuyer.index()];
        row[Flow::Traded as usize] - row[Flow::Fees as usize]
    };
    diary.add(DealerSeries::StreetSales, Class::ALL.iter().map(paid).sum());
    diary.add(DealerSeries::Held, held);
}

#[cfg(test)]
mod tests {
    use super::*;
    use scenario::Scenario;
    use scenario::intervention::{Act, Intervention};
    use world::record::RunKey;

    fn quiet() -> Scenario {
        let mut scenario = scenario::reference().scenario;
        scenario.people_per_agent = 1000;
        scenario.end = scenario.start.saturating_add(jiff::Span::new().days(90));
        scenario.warm_up_days = 180;
        scenario
    }

    #[test]
    fn street_sales_are_what_buyers_paid_and_thirds_are_thirds() {
        let scenario = quiet();
        let record = crate::simulate(&scenario, RunKey::new(1, 0), &|| ());
        let sales = record.series(DealerSeries::StreetSales);
        for (day, sold) in sales.iter().enumerate() {
            let of = |flow: Flow, class: &Class| {
                record.series(flow)[world::record::Record::row(day, *class, Trader::DrugBuyer)]
            };
            let paid: i64 = Class::ALL
                .iter()
                .map(|class| of(Flow::Traded, class) - of(Flow::Fees, class))
                .sum();
            assert_eq!(*sold, paid);
        }
        assert!(sales.iter().sum::<i64>() > 0);
        let home = f64::from(scenario.dealers.number) * (1.0 - scenario.dealers.abroad);
        let all = |of: &[DealerSeries]| -> i64 {
            of.iter().map(|series| record.series(*series)[0]).sum()
        };
        let [home_now, all_now] = [all(&DealerSeries::ALL[..3]), all(&DealerSeries::ALL[..6])];
        assert!(home_now as f64 <= home.ceil() && home_now as f64 > 0.6 * home, "{home_now}");
        assert!(all_now <= i64::from(scenario.dealers.number));
    }

    #[test]
    fn arrested_dealers_leave_the_largest_third() {
        let mut scenario = quiet();
        let day = 30_u8;
        let on = scenario.start.saturating_add(jiff::Span::new().days(i64::from(day)));
        let new = Intervention::new(Act::ArrestDealers, on, Class::Hub);
        let arrest = Intervention { number: 3, ..new };
        scenario.policy.interventions.insert("arrest".to_owned(), arrest);
        let record = crate::simulate(&scenario, RunKey::new(1, 0), &|| ());
        let large = record.series(DealerSeries::HomeLarge);
        let day = usize::from(day);
        assert_eq!(large[day], large[day - 1] - 3);
    }
}
