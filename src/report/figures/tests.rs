//! Figures of worlds made up for tests, drawn on paper: nothing overlaps, nothing leaves the paper, nothing is left out.

use jiff::civil::date;

use super::run::About;
use super::{
    across_figures, attribution, calibration_figures, comparison_figures, discovery_figures,
    dose_figures, optimum_figures, run_figures, sensitivity_figures, validation_figure,
};
use crate::chart::{ChartSeries, Colour, FROZEN_WORDS, Figure, Legend, MarkShape};
use crate::language::{Language, speaking};
use crate::svg::drawn;
use crate::{SHOWN, png, svg};
use model::SIGHTS;
use study::comparison::attribution::By;
use study::comparison::deterrence::responses;
use study::comparison::tests::{drawn as over_draws, small};
use study::comparison::validation::{ValidatedReading, Validation};
use study::comparison::{
    across, attribution as attributed, calibration, discovery, dose, optimum, sensitivity,
};
use study::store::published::{Published, Use};
use world::random::{Decision, Luck};
use world::record::{
    Destination, Flow, Migration, Record, RunKey, Sight, TRACE_WINDOWS, Traced, VenueColumn,
};
use world::units::{Class, Trader, maths};

const LONG: &str = "A title as long as somebody may write it who means well and has never seen one";

pub(crate) fn about() -> About {
    About {
        title: "A world made up for a test".into(),
        name: "test".into(),
        draws: None,
        seed: 1,
        version: "0.0.0".into(),
        measures: vec![
            (date(2024, 3, 1), "closures: 3 a month".into()),
            (date(2024, 3, 2), "sites: 375 a month".into()),
            (date(2024, 7, 22), "auto-block: banks 10 %".into()),
        ],
        frozen_since: None,
        people_per_agent: 100,
        published: vec![Published {
            quantity: "closures",
            from: date(2024, 1, 1),
            to: date(2024, 12, 31),
            used: Use::Fit,
            low: 36.0,
            value: 36.0,
            high: 36.0,
            factor: 1.15,
            source: "made up".to_owned(),
            line: 2,
        }],
        responses: responses(&scenario::reference().scenario, &records(3, 60, 1)),
    }
}

/// Records with random walks of turnover; `size` 0 is a world in which nothing happens.
pub(crate) fn records(number: u32, days: usize, size: i64) -> Vec<Record> {
    (0..number)
        .map(|replication| {
            let luck = Luck::new(9, replication);
            let key = RunKey::new(1, replication);
            let mut record = Record::of_nothing(key, date(2024, 1, 1), days, model::tables());
            for &class in Class::ALL {
                let mut level = 0.3 + class.index() as f64;
                for day in 0..days {
                    let mut draws = luck.at(Decision::Resampling, day as u32, class as u64);
                    level = (level * (1.0 + 0.02 * draws.normal())).max(0.01);
                    let amount = (level * size as f64) as i64;
                    let row = Record::row(day, class, Trader::Retail);
                    record.series_mut(Flow::Traded)[row] = amount;
                    let at = day * Class::COUNT + class.index();
                    record.series_mut(VenueColumn::Open)[at] = amount / 1_000_000;
                    record.series_mut(VenueColumn::Closed)[at] =
                        i64::from(draws.happens(0.1)) * size.signum();
                }
            }
            for &to in Destination::ALL {
                for window in 0..TRACE_WINDOWS.len() {
                    let kzt = size * (1 + to as i64 * i64::from(replication % 3));
                    let index = Migration::index(Class::Shadow, Trader::Retail, window, to);
                    record.series_mut(Traced::Ended)[index] = kzt;
                    let source = Migration::source(Class::Shadow, Trader::Retail, window);
                    record.series_mut(Traced::Demand)[source] += kzt;
                }
            }
            record.sights = (2024..=2025)
                .flat_map(|year| {
                    SIGHTS.iter().map(move |meaning| Sight {
                        year,
                        quantity: meaning.quantity,
                        unit: meaning.unit,
                        seen: Some(size as f64 * 0.3 + f64::from(replication)),
                        truth: (size > 0).then_some(size as f64),
                    })
                })
                .collect();
            record
        })
        .collect()
}

/// In each language, whose words have other lengths: no text of figures overlaps another, leaves the paper or is too small, and something is
/// in every panel.
fn sound_in_all(draw: impl Fn() -> Vec<Figure>, what: &str) {
    for language in Language::ALL {
        for figure in speaking(language, &draw) {
            let faults = drawn(&figure).faults();
            assert!(faults.is_empty(), "{}, {what} in {language:?}: {faults:#?}", figure.name);
            assert!(!figure.heading.is_empty() && !figure.panels.is_empty(), "{}", figure.name);
        }
    }
}

#[test]
fn figures_of_a_run_are_sound() {
    let long = About {
        title: LONG.repeat(3),
        measures: (1..=12)
            .map(|day| (date(2024, 2, day), format!("measure number {day} of February")))
            .collect(),
        frozen_since: Some(date(2024, 1, 20)),
        ..about()
    };
    for about in [about(), long] {
        for (number, days, size) in
            [(1, 30, 1_000_000_000), (2, 90, 5), (20, 731, 3_000_000_000), (3, 3652, 0)]
        {
            let records = records(number, days, size);
            sound_in_all(|| run_figures(&records, &about), &format!("{number} × {days} days"));
        }
    }
}

#[test]
fn a_class_without_turnover_has_no_fee_and_its_line_a_gap() {
    let mut records = records(3, 731, 3_000_000_000);
    let july = 182..182 + 31;
    for record in &mut records {
        for day in 0..record.days {
            let row = Record::row(day, Class::Hub, Trader::Retail);
            let traded = if july.contains(&day) { 0 } else { 1_000 };
            record.series_mut(Flow::Traded)[row] = traded;
            record.series_mut(Flow::Fees)[row] = traded / 10;
        }
    }
    let nobody_in = |record: &mut Record, days: std::ops::Range<usize>| {
        for day in days {
            record.series_mut(Flow::Traded)[Record::row(day, Class::Hub, Trader::Retail)] = 0;
        }
    };
    // Where one replication has no value, the others still have theirs.
    nobody_in(&mut records[0], 213..244);
    let lines = |records: &[Record]| -> Vec<Vec<(f64, f64)>> {
        let figures = run_figures(records, &about());
        let fees = figures.iter().find(|figure| figure.name == "fees_by_class").unwrap();
        let of = |mark: &crate::chart::Mark| match &mark.shape {
            MarkShape::Line { points, .. } => Some(points.clone()),
            _ => None,
        };
        fees.panels[0].marks.iter().filter_map(of).collect()
    };
    let drawn = lines(&records);
    assert_eq!(drawn.len(), 2, "before July and after");
    assert_eq!(drawn.concat().len(), 23, "24 months without July");
    assert!(drawn.concat().iter().all(|(_, fee)| (fee - 10.0).abs() < 1e-9), "{drawn:?}");
    assert!(drawn.concat().iter().all(|(day, _)| !july.contains(&(*day as usize))));
    for record in &mut records {
        nobody_in(record, 0..731);
    }
    assert_eq!(lines(&records), Vec::<Vec<(f64, f64)>>::new());
}

#[test]
fn days_after_the_last_dated_value_of_the_world_have_a_grey_ground_in_figures_over_time() {
    let ground = |figure: &Figure| {
        let found = figure.panels.iter().flat_map(|panel| &panel.marks).filter(|mark| {
            matches!(&mark.shape, MarkShape::Band { points, .. } if points.len() == 2 && mark.colour == Colour::Grey)
        });
        (found.count(), figure.subtitle.contains(FROZEN_WORDS))
    };
    let records = records(2, 731, 3_000_000_000);
    let frozen = About { frozen_since: Some(date(2024, 6, 1)), ..about() };
    let turnover = |about: &About| run_figures(&records, about).remove(0);
    assert_eq!(ground(&turnover(&about())), (0, false));
    let figure = turnover(&frozen);
    assert_eq!(ground(&figure), (figure.panels.len(), true));
    let mut comparison = small(1, 2);
    let over_time = |comparison: &_| {
        let all = comparison_figures(comparison);
        ground(all.iter().find(|figure| figure.name == "turnover_by_policy").unwrap())
    };
    assert_eq!(over_time(&comparison), (0, false));
    comparison.frozen_since = Some(comparison.window.0);
    let (marks, said) = over_time(&comparison);
    assert!(marks > 0 && said);
}

#[test]
fn figures_of_a_comparison_are_sound() {
    let few = small(2, 3);
    let mut long = small(6, 2);
    for arm in &mut long.arms {
        arm.title =
            "A policy whose title is as long as somebody may write it who means well".into();
    }
    let mut many = small(6, 1);
    for number in 0..6 {
        many.arms.push(many.arms[number + 1].clone());
        many.verdicts.push(many.verdicts[number].clone());
    }
    // A policy that changes nothing.
    let mut same = small(1, 2);
    same.arms.truncate(1);
    same.arms.push(same.arms[0].clone());
    for comparison in [few, long, many, same, over_draws(6, 3)] {
        let mut figures = comparison_figures(&comparison).into_iter();
        let known = figures.any(|figure| figure.name == "uncertainty");
        assert_eq!(known, comparison.draws.is_some());
        let arms = format!("{} arms", comparison.arms.len());
        sound_in_all(|| comparison_figures(&comparison), &arms);
    }
}

#[test]
fn texts_of_a_comparison_are_whole_in_each_language() {
    let titles = [
        "Automatic blocking by banks",
        "Twice the closures",
        "All rails at once",
        "Mass blocking of sites",
    ];
    for mut comparison in [small(4, 3), over_draws(4, 3)] {
        for (arm, title) in comparison.arms[1..].iter_mut().zip(titles) {
            arm.title = title.to_owned();
        }
        for language in Language::ALL {
            let figures =
                speaking(language, || comparison_figures(&crate::words::in_language(&comparison)));
            for figure in figures {
                let cut = drawn(&figure).cut();
                assert!(cut.is_empty(), "{} in {language:?}: {cut:#?}", figure.name);
                let said: Vec<&str> = figure.footer.split_whitespace().collect();
                let last = said[said.len() - 1];
                assert!(svg(&figure).contains(last), "{} in {language:?}", figure.name);
            }
        }
    }
}

#[test]
fn a_long_foot_makes_a_figure_taller_and_a_short_one_does_not() {
    let figure = |foot: &str| Figure { footer: foot.to_owned(), ..Figure::default() };
    let height = |foot: &str| {
        let drawing = svg(&figure(foot));
        let (_, rest) = drawing.split_once("height=\"").unwrap();
        rest.split_once('"').unwrap().0.parse::<u32>().unwrap()
    };
    assert_eq!(height(""), height("seed 1"));
    assert!(height(&LONG.repeat(9)) > height(&LONG.repeat(3)));
    let canvas = drawn(&figure(&format!("{} end", LONG.repeat(9))));
    assert!(canvas.faults().is_empty() && canvas.cut().is_empty(), "{:?}", canvas.faults());
}

#[test]
fn an_entry_of_a_legend_is_cut_only_where_it_is_wider_than_the_figure() {
    let named = |names: &[&str]| {
        let series = names.iter().map(|name| ChartSeries::new(*name, Colour::Ink)).collect();
        let canvas = drawn(&Figure { series, legend: Legend::Blocks, ..Figure::default() });
        assert!(canvas.faults().is_empty(), "{:?}", canvas.faults());
        canvas.cut().len()
    };
    assert_eq!(named(&[LONG, "short", LONG, LONG]), 0);
    assert_eq!(named(&[&LONG.repeat(5), "short"]), 1);
}

#[test]
fn figures_over_draws_are_sound() {
    let mut long = across::tests::made_up(6, 60, 2);
    for arm in &mut long.asked.arms {
        arm.title = LONG.to_owned();
    }
    let mut nothing = across::tests::made_up(2, 3, 2);
    for line in &mut nothing.measures {
        for effect in line.effects.iter_mut().flatten() {
            effect.percent = None;
        }
    }
    let mut few = across::tests::made_up(3, 5, 2);
    few.measures.truncate(1);
    let mut wide = across::tests::made_up(2, 40, 2);
    for parameter in &mut wide.along {
        let number = parameter.values.len();
        parameter.values = (0..number).map(|group| maths::exp(2.3 * group as f64)).collect();
    }
    let mut many = across::tests::made_up(2, 40, 2);
    let first = many.along[0].clone();
    many.along.resize(20, first);
    let [one, full] = [(1, 1, 1), (20, 30, 3)].map(|(a, b, c)| across::tests::made_up(a, b, c));
    for across in [one, full, long, nothing, few, wide, many] {
        sound_in_all(|| across_figures(&across), "a study");
    }
}

#[test]
fn figures_of_dose_are_sound() {
    let mut long = dose::tests::made_up(5, 2);
    for curve in &mut long.curves {
        curve.title = LONG.to_owned();
    }
    let mut nothing = dose::tests::made_up(2, 1);
    nothing.baseline.fill(0.0);
    for dose in [dose::tests::made_up(1, 1), dose::tests::made_up(25, 3), long, nothing] {
        sound_in_all(|| dose_figures(&dose, &SHOWN), "dose");
    }
}

#[test]
fn many_policies_stand_on_pages_of_like_size() {
    let names = |policies| -> Vec<String> {
        let dose = dose::tests::made_up(policies, 2);
        dose_figures(&dose, &SHOWN).into_iter().map(|figure| figure.name).collect()
    };
    assert_eq!(names(2).len(), crate::SHOWN.len());
    assert_eq!(names(25).len(), 2 * crate::SHOWN.len());
    assert_eq!(names(25)[..2], ["dose_crime_turnover_1", "dose_crime_turnover_2"]);
}

#[test]
fn figures_of_an_attribution_are_sound() {
    let mut mechanisms = attributed::tests::made_up(3, 4);
    mechanisms.by = By::Mechanism;
    let mut nothing = attributed::tests::made_up(2, 3);
    for split in &mut nothing.splits {
        split.baseline = 0.0;
    }
    let mut long = attributed::tests::made_up(6, 3);
    long.parts = vec!["a_measure_whose_name_is_as_long_as_names_may_become".to_owned(); 6];
    long.title = LONG.repeat(3);
    let [one, many] = [(1, 1), (2, 20)].map(|(a, b)| attributed::tests::made_up(a, b));
    for made in [one, many, mechanisms, nothing, long] {
        sound_in_all(|| vec![attribution::figure(&made)], "attribution");
    }
}

#[test]
fn figures_of_a_sensitivity_are_sound() {
    let mut long = sensitivity::tests::made_up(6, 30, 2);
    for varied in &mut long.asked.varied {
        varied.words = "what somebody means who writes as long a meaning as may be".to_owned();
        varied.path = format!("exchanges.a_group.{}.with_a_long_name.of_a_class", varied.path);
    }
    for arm in &mut long.asked.arms {
        arm.title = LONG.to_owned();
    }
    let mut nothing = sensitivity::tests::made_up(2, 4, 1);
    nothing.indices.iter_mut().for_each(|found| *found = None);
    let [one, none, full] =
        [(1, 3, 1), (0, 2, 1), (5, 8, 2)].map(|(a, b, c)| sensitivity::tests::made_up(a, b, c));
    for made in [one, none, full, long, nothing] {
        sound_in_all(|| sensitivity_figures(&made), "sensitivity");
    }
}

#[test]
fn figures_of_a_calibration_are_sound() {
    sound_in_all(|| calibration_figures(&calibration::tests::made_up()), "calibration");
}

#[test]
fn figures_of_a_best_mix_and_of_worlds_in_which_policies_fail_are_sound() {
    for (limits, draws) in [(1, 1), (3, 20)] {
        let made = optimum::tests::made_up(limits, draws);
        sound_in_all(|| optimum_figures(&made), "a best mix");
    }
    let made = discovery::tests::found(150, &[]);
    sound_in_all(|| discovery_figures(&made), "discovery");
}

#[test]
fn the_figure_of_a_validation_is_sound() {
    let line = |(number, median): (usize, &f64)| ValidatedReading {
        pattern: format!("case_{}", number / 2),
        happened: "A large venue falls and nobody was ready for it at all".to_owned(),
        reading: "at_once".to_owned(),
        words:
            "Turnover of the class in the first thirty days against what it would have been without"
                .to_owned(),
        source: "somebody".to_owned(),
        fitted: if number == 1 { "prior" } else { "no" },
        band: (-0.95, -0.75),
        median: *median,
        interval: (median - 0.1, median + 0.3),
        draws: 20,
        replications: 2,
        share_inside: 0.55,
        inside: number.is_multiple_of(2),
    };
    let medians = [-0.8, f64::NAN, f64::INFINITY, 1e5, -1e5, 0.0];
    let validation = Validation {
        title: "Cases from elsewhere".to_owned(),
        lines: medians.iter().enumerate().map(line).collect(),
        drawn: true,
        seed: 1,
        failed: 0,
    };
    sound_in_all(|| vec![validation_figure(&validation)], "validation");
}

#[test]
fn drawings_are_well_formed_tell_how_they_were_got_and_are_always_the_same() {
    let (comparison, records) = (small(2, 3), records(3, 400, 2_000_000_000));
    let made = || [comparison_figures(&comparison), run_figures(&records, &about())].concat();
    assert_eq!(made().len(), 15);
    for (figure, again) in made().iter().zip(made()) {
        let drawing = svg(figure);
        assert_eq!(drawing, svg(&again), "{}", figure.name);
        assert!(
            drawing.contains("3 replications") && drawing.contains("seed 1"),
            "{}",
            figure.name
        );
        assert_eq!(&png(&drawing)[1..4], b"PNG");
    }
}

#[test]
fn a_drawing_has_the_series_in_their_order_and_colours() {
    let mut named = 0;
    for figure in comparison_figures(&small(2, 3)) {
        let drawing = svg(&figure);
        if figure.legend != Legend::Names && figure.legend != Legend::Blocks {
            continue;
        }
        let mut from = 0;
        for series in &figure.series {
            named += 1;
            let at = drawing[from..].find(&format!(">\n{}\n<", series.name));
            from += at
                .unwrap_or_else(|| panic!("{}: {} is not in its place", figure.name, series.name));
            assert!(drawing.contains(&series.colour.hex()), "{}: {}", figure.name, series.name);
        }
    }
    assert!(named > 4, "no figure names its series");
}

#[test]
fn titles_over_time_name_only_policies_that_are_drawn_and_say_that_there_are_others() {
    let mut comparison = small(6, 3);
    // All fall, each less than the one before: the smallest effect is the highest end.
    for (place, verdict) in comparison.verdicts.iter_mut().enumerate() {
        let falls = 1e9 * (place as f64 - 6.0);
        let of =
            |own: &&mut study::comparison::Effect| own.measure == "unlicensed_domestic_turnover";
        verdict.effects.iter_mut().find(of).unwrap().paired.mean = falls;
        verdict.cumulative[1].last_mut().unwrap().mean = falls;
    }
    for figure in comparison_figures(&comparison) {
        let hidden: Vec<_> = figure.series.iter().filter(|series| !series.shown).collect();
        let named =
            hidden.iter().filter(|series| figure.title.contains(series.name.as_str())).count();
        assert_eq!(named, 0, "{}", figure.title);
        assert_eq!(figure.subtitle.contains("Drawn: the 3 of 6"), !hidden.is_empty());
    }
}

#[test]
fn marks_of_a_series_have_its_colour() {
    for figure in comparison_figures(&small(2, 3)).iter().filter(|one| one.legend != Legend::None) {
        for mark in figure.panels.iter().flat_map(|panel| &panel.marks) {
            let series = mark.series.filter(|_| !matches!(mark.shape, MarkShape::Rule { .. }));
            let colour = series.map_or(mark.colour, |series| figure.series[series].colour);
            assert_eq!(mark.colour, colour, "{}", figure.name);
        }
    }
}
