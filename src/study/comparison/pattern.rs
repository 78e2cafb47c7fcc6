//! What is read from an experiment: numbers that follow from runs with the same luck, baseline first.
//!
//! Pure functions of records. A reading that a run cannot give (nothing was traded, nobody was closed) is not a number.
//!
//! Deliberately absent: which experiment and which band (`scenario::catalogue`), and statistics over runs.

use scenario::catalogue::{Reading, Statistic};
use world::record::target::Target;
use world::record::{Flow, Record, VenueColumn};
use world::units::{Class, maths};

/// Days over which turnover is averaged where it is asked when it is regained. Unit: days. Source: four whole weeks, as in the
/// recovery of comparisons; Status: assumption.
const MEAN_DAYS: usize = 28;

/// The value of a reading; `event` is the reported day of the event, and the records are baseline, policy, and perhaps more.
pub fn read(reading: &Reading, event: usize, records: &[&Record]) -> f64 {
    let [baseline, policy, ..] = records else { return f64::NAN };
    let change = |from: &Record, to: &Record, days| {
        turnover(to, reading, event, days) / turnover(from, reading, event, days) - 1.0
    };
    let share = |record: &Record| {
        let all = Reading { classes: Class::ALL.to_vec(), ..reading.clone() };
        turnover(record, reading, event, reading.days) / turnover(record, &all, event, reading.days)
    };
    match reading.kind {
        Statistic::Change => change(baseline, policy, reading.days),
        Statistic::ShareChange => share(policy) / share(baseline) - 1.0,
        Statistic::BeforeAfter => {
            let (from, before) = reading.days;
            let as_many = (from - before, 0);
            if event as i64 + as_many.0 < 0 {
                return f64::NAN;
            }
            turnover(policy, reading, event, reading.days)
                / turnover(policy, reading, event, as_many)
                - 1.0
        }
        Statistic::GapClosed => (share(policy) - share(baseline)) / (1.0 - share(baseline)),
        Statistic::ChangeAmongUsers => {
            change(baseline, policy, reading.days) / part_of_targets(reading, event, policy)
        }
        Statistic::Share => share(policy),
        Statistic::LargestShare => largest(baseline, reading, event),
        Statistic::DaysUntil => regained(reading, event, baseline, policy),
        Statistic::BackWithin => {
            let back = |target: &&Target| {
                target.back_after.is_some_and(|days| i64::from(days) <= reading.days.1)
            };
            let targets = &policy.targets;
            targets.iter().filter(back).count() as f64 / targets.len() as f64
        }
        Statistic::Kept => kept(reading, policy),
        Statistic::TargetChange => {
            target_change(reading, baseline, policy, |target| &target.traded_kzt)
        }
        Statistic::TargetDrugChange => {
            target_change(reading, baseline, policy, |target| &target.drug_kzt)
        }
        Statistic::SecondEffect => match records {
            [baseline, first, second, ..] => {
                change(first, second, reading.days) / change(baseline, first, reading.first_days)
            }
            _ => f64::NAN,
        },
        Statistic::CertaintyElasticity => elasticity(reading, event, baseline, policy, certainty),
        Statistic::SeverityElasticity => elasticity(reading, event, baseline, policy, severity),
    }
}

/// Days of a record that lie in a stretch counted from the event.
fn stretch(record: &Record, event: usize, (from, before): (i64, i64)) -> std::ops::Range<usize> {
    let day = |offset: i64| (event as i64 + offset).clamp(0, record.days as i64) as usize;
    day(from)..day(before)
}

fn on_day(record: &Record, reading: &Reading, day: usize) -> i64 {
    let column = record.series(Flow::Traded);
    let of = |class: &Class| -> i64 {
        reading.traders.iter().map(|trader| column[Record::row(day, *class, *trader)]).sum()
    };
    reading.classes.iter().map(of).sum()
}

fn turnover(record: &Record, reading: &Reading, event: usize, days: (i64, i64)) -> f64 {
    stretch(record, event, days).map(|day| on_day(record, reading, day)).sum::<i64>() as f64
}

fn largest(record: &Record, reading: &Reading, event: usize) -> f64 {
    let (mut top, mut all) = (0, 0);
    for day in stretch(record, event, reading.days) {
        for class in &reading.classes {
            top += record.venue(VenueColumn::LargestTurnover, day, *class);
            all += record.by_class(Flow::Traded, day, *class);
        }
    }
    top as f64 / all as f64
}

/// Days from the event to the end of the first four weeks whose turnover is the wanted share of the baseline's; without end
/// if the run does not see them.
fn regained(reading: &Reading, event: usize, baseline: &Record, policy: &Record) -> f64 {
    let days = baseline.days.min(policy.days);
    let sum = |record: &Record, from: usize| -> f64 {
        (from..from + MEAN_DAYS).map(|day| on_day(record, reading, day)).sum::<i64>() as f64
    };
    // The first weeks must have been lost before anything can be regained.
    (event..(days + 1).saturating_sub(MEAN_DAYS))
        .find(|from| sum(policy, *from) >= reading.share * sum(baseline, *from))
        .map_or(f64::INFINITY, |from| match from - event {
            0 => 0.0,
            waited => (waited + MEAN_DAYS) as f64,
        })
}

/// Part of all turnover that the venues of an intervention had before it, in four weeks.
fn part_of_targets(reading: &Reading, event: usize, policy: &Record) -> f64 {
    let all = Reading { classes: Class::ALL.to_vec(), ..reading.clone() };
    let month = MEAN_DAYS as i64;
    let a_day = turnover(policy, &all, event, (-month, 0)) / MEAN_DAYS as f64;
    policy.targets.iter().map(|target| target.before_kzt).sum::<f64>() / a_day
}

/// Turnover of those that came back in the days, over what they had before, taken together; days count from the return.
///
/// Taken together, since a small venue has no trade of any agent in most months and a few of them in others.
fn kept(reading: &Reading, policy: &Record) -> f64 {
    let of = |target: &Target| -> Option<(f64, f64)> {
        let back = i64::from(target.back_after?);
        let until = (back + reading.days.1) as usize;
        let days = (back + reading.days.0) as usize..until;
        let length = days.len() as f64;
        let sum = target.traded_kzt.get(days)?.iter().sum::<i64>() as f64;
        Some((sum / length, target.before_kzt))
    };
    let (after, before) = policy
        .targets
        .iter()
        .filter_map(of)
        .fold((0.0, 0.0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    after / before
}

fn target_change(
    reading: &Reading,
    baseline: &Record,
    policy: &Record,
    of: fn(&Target) -> &Vec<i64>,
) -> f64 {
    let sum = |record: &Record| -> f64 {
        let (from, before) = (reading.days.0.max(0) as usize, reading.days.1.max(0) as usize);
        let each = |target: &Target| of(target).iter().take(before).skip(from).sum::<i64>();
        record.targets.iter().map(each).sum::<i64>() as f64
    };
    sum(policy) / sum(baseline) - 1.0
}

/// Logarithm of the ratio of turnover over that of the ratio of what deters.
fn elasticity(
    reading: &Reading,
    event: usize,
    baseline: &Record,
    policy: &Record,
    deters: fn(&Record, &Reading, std::ops::Range<usize>) -> f64,
) -> f64 {
    let deterred = |record: &Record| deters(record, reading, stretch(record, event, reading.days));
    let turnover = |record: &Record| turnover(record, reading, event, reading.days);
    let more = maths::ln(deterred(policy) / deterred(baseline));
    if more.abs() < 1e-6 {
        f64::NAN
    } else {
        maths::ln(turnover(policy) / turnover(baseline)) / more
    }
}

/// Closures for each open venue and day.
fn certainty(record: &Record, reading: &Reading, days: std::ops::Range<usize>) -> f64 {
    let sum = |column: VenueColumn| -> i64 {
        let of = |day: usize| -> i64 {
            reading.classes.iter().map(|class| record.venue(column, day, *class)).sum()
        };
        days.clone().map(of).sum()
    };
    sum(VenueColumn::Closed) as f64 / sum(VenueColumn::Open) as f64
}

/// Years in prison that operators expect for a closure.
fn severity(record: &Record, reading: &Reading, days: std::ops::Range<usize>) -> f64 {
    let Some(class) = reading.classes.first() else { return f64::NAN };
    let expected = |day: usize| record.venue(VenueColumn::PerceivedPrison, day, *class);
    let number = days.len() as f64;
    days.map(expected).sum::<i64>() as f64 / number
}

#[cfg(test)]
mod tests {
    use super::*;
    use scenario::catalogue::Fitted;
    use world::record::RunKey;
    use world::units::Trader;

    const DAYS: usize = 100;

    /// A record in which hubs and licensed venues trade so much on each day.
    fn record(hub: impl Fn(usize) -> i64, licensed: impl Fn(usize) -> i64) -> Record {
        let start = jiff::civil::date(2024, 1, 1);
        let mut record = Record::of_nothing(RunKey::new(1, 0), start, DAYS, model::tables());
        for day in 0..DAYS {
            let traded = record.series_mut(Flow::Traded);
            traded[Record::row(day, Class::Hub, Trader::Dealer)] = hub(day);
            traded[Record::row(day, Class::Licensed, Trader::Retail)] = licensed(day);
            let at = day * Class::COUNT + Class::Hub.index();
            record.series_mut(VenueColumn::Open)[at] = 10;
            record.series_mut(VenueColumn::LargestTurnover)[at] = hub(day) / 2;
            record.series_mut(VenueColumn::PerceivedPrison)[at] = 500_000;
        }
        record
    }

    fn reading(kind: Statistic, days: (i64, i64)) -> Reading {
        Reading {
            name: String::new(),
            words: String::new(),
            kind,
            classes: vec![Class::Hub],
            traders: Trader::ALL.to_vec(),
            days,
            first_days: (0, 10),
            share: 0.9,
            band: (0.0, 1.0),
            source: String::new(),
            fitted: Fitted::No,
        }
    }

    fn target(back_after: Option<u16>, before_kzt: f64, traded: impl Fn(usize) -> i64) -> Target {
        Target {
            intervention: String::new(),
            class: Class::Shadow,
            day: 10,
            before_kzt,
            back_after,
            traded_kzt: (0..DAYS - 10).map(&traded).collect(),
            drug_kzt: (0..DAYS - 10).map(|day| traded(day) / 10).collect(),
        }
    }

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-12, "{found} against {expected}");
    }

    #[test]
    fn changes_and_shares_are_those_of_the_days_from_the_event_on() {
        let before = record(|_| 100, |_| 300);
        let after = record(|day| if day < 20 { 100 } else { 25 }, |_| 300);
        let read = |kind, days| read(&reading(kind, days), 20, &[&before, &after]);
        near(read(Statistic::Change, (0, 30)), -0.75);
        near(read(Statistic::Change, (-10, 10)), -0.375);
        near(read(Statistic::Share, (0, 30)), 25.0 / 325.0);
        near(read(Statistic::ShareChange, (0, 30)), 25.0 / 325.0 / 0.25 - 1.0);
        near(read(Statistic::LargestShare, (-20, 0)), 0.5);
        let sellers =
            Reading { traders: vec![Trader::Retail], ..reading(Statistic::Change, (0, 30)) };
        assert!(
            super::read(&sellers, 20, &[&before, &after]).is_nan(),
            "nobody of them trades there"
        );
    }

    #[test]
    fn rulers_of_those_who_have_no_baseline_and_of_gaps_and_former_users() {
        let before = record(|_| 100, |_| 300);
        let mut after =
            record(|day| if day < 40 { 100 } else { 150 }, |day| if day < 40 { 300 } else { 330 });
        let read = |kind, days, after: &Record| read(&reading(kind, days), 40, &[&before, after]);
        near(read(Statistic::BeforeAfter, (0, 30), &after), 0.5);
        assert!(
            read(Statistic::BeforeAfter, (0, 60), &after).is_nan(),
            "so many days before there are none"
        );
        let (base, now) = (0.25, 150.0 / 480.0);
        near(read(Statistic::GapClosed, (0, 30), &after), (now - base) / (1.0 - base));
        // The venues had a fifth of all turnover; hubs grew by a half.
        after.targets = vec![target(None, 80.0, |_| 0)];
        near(read(Statistic::ChangeAmongUsers, (0, 30), &after), 0.5 / 0.2);
    }

    #[test]
    fn what_is_lost_is_regained_on_a_day_or_never() {
        let before = record(|_| 100, |_| 0);
        let until = |hub: &dyn Fn(usize) -> i64| {
            read(&reading(Statistic::DaysUntil, (0, 1)), 20, &[&before, &record(hub, |_| 0)])
        };
        assert_eq!(until(&|_| 95), 0.0);
        assert_eq!(until(&|day| if day < 20 { 100 } else { 50 }), f64::INFINITY);
        // From day 40 on all is there again: four weeks that begin on day 37 have 25/28 of it, those from day 38 on 26/28.
        let back = |day: usize| if (20..40).contains(&day) { 0 } else { 100 };
        assert_eq!(until(&back), (38 - 20 + MEAN_DAYS) as f64);
    }

    #[test]
    fn venues_of_an_intervention_come_back_and_keep_a_part() {
        let (mut watched, mut closed) = (record(|_| 1, |_| 1), record(|_| 1, |_| 1));
        watched.targets = vec![target(None, 100.0, |_| 100), target(None, 100.0, |_| 100)];
        closed.targets = vec![
            target(Some(2), 100.0, |day| if day < 2 { 0 } else { 20 }),
            target(None, 100.0, |_| 0),
        ];
        let read = |kind, days| read(&reading(kind, days), 10, &[&watched, &closed]);
        near(read(Statistic::BackWithin, (0, 2)), 0.5);
        near(read(Statistic::BackWithin, (0, 1)), 0.0);
        near(read(Statistic::Kept, (1, 31)), 0.2);
        near(read(Statistic::TargetChange, (2, 12)), -0.9);
        near(read(Statistic::TargetDrugChange, (2, 12)), -0.9);
        closed.targets.clear();
        assert!(
            super::read(&reading(Statistic::BackWithin, (0, 2)), 10, &[&watched, &closed]).is_nan()
        );
    }

    #[test]
    fn an_elasticity_is_a_ratio_of_logarithms_and_needs_a_change() {
        let before = record(|_| 100, |_| 0);
        let mut after = record(|_| 50, |_| 0);
        let read = |kind, after: &Record| read(&reading(kind, (0, 50)), 20, &[&before, after]);
        assert!(read(Statistic::SeverityElasticity, &after).is_nan(), "nothing deters more");
        for value in after.series_mut(VenueColumn::PerceivedPrison) {
            *value *= 4;
        }
        near(read(Statistic::SeverityElasticity, &after), -0.5);
    }

    #[test]
    fn a_second_wave_is_set_against_the_first() {
        let before = record(|_| 100, |_| 0);
        let first = record(|day| if (20..30).contains(&day) { 60 } else { 100 }, |_| 0);
        let second = record(|day| if (60..70).contains(&day) { 90 } else { 100 }, |_| 0);
        let wave = reading(Statistic::SecondEffect, (40, 50));
        near(read(&wave, 20, &[&before, &first, &second]), 0.25);
        assert!(read(&wave, 20, &[&before, &first]).is_nan());
    }
}
