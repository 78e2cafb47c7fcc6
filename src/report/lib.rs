//! Figures: the only place that draws.
//!
//! In reading order: `canvas` (shapes and text on paper), `axis` (ticks, amounts in words), `panels` (small
//! multiples over time), then one file per figure: `turnover`, `displacement`, `agency`, `venues`, `attribution`, `dose`, `across`, `calibration`, `sensitivity`.
//! Titles state what is seen, computed from the data. Colours: Okabe & Ito 2008, told apart by the
//! colour-blind; no figure needs colour to be read.
//!
//! Deliberately absent: numbers that are not in a record, files.

mod across;
mod agency;
mod attribution;
mod axis;
mod calibration;
mod canvas;
mod compare;
mod displacement;
mod dose;
mod page;
mod panels;
mod sensitivity;
mod turnover;
mod validation;
mod venues;
pub mod words;

pub use across::{across_figures, across_finding, percent_of, said as said_across};
pub use attribution::{attribution_figures, finding as attribution_finding};
pub use calibration::{calibration_figures, calibration_finding};
pub use compare::comparison_figures;
pub use dose::dose_figures;
pub use page::{LIMITS, page};
pub use sensitivity::{asked_in_words, sensitivity_figures};
pub use validation::validation_figure;
pub use words::amount as amount_in_words;

use std::sync::{Arc, OnceLock};

use jiff::civil::Date;

use study::comparison::Draws;
use study::store::published::Published;
use world::record::Record;
use world::units::PerClass;

/// What stands on figures besides the data.
#[derive(Clone, Debug)]
pub struct About {
    /// Title of the scenario.
    pub title: String,
    /// Name of the scenario.
    pub name: String,
    /// Seed of the study.
    pub seed: u64,
    /// Draws of parameters over which the runs are spread.
    pub draws: Option<Draws>,
    /// Version of the program.
    pub version: String,
    /// Dates at which measures change, with short labels.
    pub measures: Vec<(Date, String)>,
    /// People that one customer agent stands for.
    pub people_per_agent: u32,
    /// Weight with which the turnover of a class counts as illicit.
    pub illicit: PerClass<f64>,
    /// Published figures to compare with.
    pub published: &'static [Published],
}

/// A finished figure.
#[derive(Clone, Debug)]
pub struct Figure {
    /// Name of the file, without its ending.
    pub name: String,
    /// The drawing.
    pub svg: String,
}

/// Measures shown wherever effects are, with their titles.
pub const SHOWN: [(&str, &str); 4] = [
    ("illicit_turnover", "Illicit turnover"),
    ("harm_weighted_turnover", "Harm-weighted turnover"),
    ("licensed_turnover", "Licensed turnover"),
    ("honest_turnover_stopped", "Honest turnover stopped by banks"),
];

/// All figures of a study.
#[must_use]
pub fn figures(records: &[Record], about: &About) -> Vec<Figure> {
    let drawn = [
        ("turnover_by_class", turnover::draw(records, about)),
        ("traced_displacement", displacement::draw(records, about)),
        ("agency_view", agency::draw(records, about)),
        ("venues", venues::draw(records, about)),
    ];
    drawn
        .into_iter()
        .map(|(name, canvas)| Figure { name: name.to_owned(), svg: canvas.svg() })
        .collect()
}

/// How often a PNG is larger than the drawing: sharp on good screens and in print.
const ZOOM: f32 = 2.0;

/// A drawing as PNG, with the fonts of the program: the same bytes on every machine.
///
/// # Panics
/// Never on a drawing of this module: tests render all.
#[must_use]
pub fn png(svg: &str) -> Vec<u8> {
    static FONTS: OnceLock<Arc<resvg::usvg::fontdb::Database>> = OnceLock::new();
    let fonts = FONTS.get_or_init(|| {
        let mut fonts = resvg::usvg::fontdb::Database::new();
        fonts.load_font_data(canvas::REGULAR.to_vec());
        fonts.load_font_data(canvas::SEMIBOLD.to_vec());
        Arc::new(fonts)
    });
    let options = resvg::usvg::Options { fontdb: fonts.clone(), ..Default::default() };
    let tree = resvg::usvg::Tree::from_str(svg, &options).expect("drawings are well-formed");
    let size = tree.size();
    let (width, height) = (size.width() * ZOOM, size.height() * ZOOM);
    let mut pixels =
        resvg::tiny_skia::Pixmap::new(width as u32, height as u32).expect("drawings have a size");
    let zoom = resvg::tiny_skia::Transform::from_scale(ZOOM, ZOOM);
    resvg::render(&tree, zoom, &mut pixels.as_mut());
    pixels.encode_png().expect("pixels can be encoded")
}

/// The line at the foot of a figure: what it takes to draw it again.
fn footer(records: &[Record], about: &About) -> String {
    let people = match about.people_per_agent {
        1 => "one agent per person".to_owned(),
        many => format!("one agent for {many} people"),
    };
    let replications = match records.len() {
        _ if about.draws.is_some() => {
            about.draws.as_ref().map_or_else(String::new, words::ignorance::spread)
        }
        1 => "1 replication: no bands, and luck is in every number".to_owned(),
        many => format!("{many} replications"),
    };
    format!(
        "{} ({}) · seed {} · {replications} · {people} · crackdown {}",
        about.title, about.name, about.seed, about.version
    )
}

#[cfg(test)]
pub(crate) mod tests {
    use jiff::civil::date;

    use super::canvas::Canvas;
    use super::*;
    use world::random::{Decision, Luck};
    use world::record::{
        Destination, Flow, Migration, RunKey, SIGHTS, Sight, TRACE_WINDOWS, VenueColumn,
    };
    use world::units::{Class, Trader};

    pub fn about() -> About {
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
            people_per_agent: 100,
            illicit: PerClass {
                licensed: 0.0,
                shadow: 1.0,
                hub: 1.0,
                foreign: 0.0,
                peer_to_peer: 1.0,
            },
            published: &[Published {
                quantity: "closures",
                year: 2024,
                low: 36.0,
                value: 36.0,
                high: 36.0,
                factor: 1.15,
                source: "made up",
            }],
        }
    }

    /// Records with random walks of turnover; `size` 0 is a world in which nothing happens.
    pub fn records(number: u32, days: usize, size: i64) -> Vec<Record> {
        (0..number)
            .map(|replication| {
                let luck = Luck::new(9, replication);
                let mut flows = vec![vec![0; days * Class::COUNT * Trader::COUNT]; Flow::COUNT];
                let mut venues = vec![vec![0; days * Class::COUNT]; VenueColumn::COUNT];
                for &class in Class::ALL {
                    let mut level = 0.3 + class.index() as f64;
                    for day in 0..days {
                        let mut draws = luck.at(Decision::Resampling, day as u32, class as u64);
                        level = (level * (1.0 + 0.02 * draws.normal())).max(0.01);
                        let amount = (level * size as f64) as i64;
                        flows[Flow::Traded as usize][Record::row(day, class, Trader::Retail)] =
                            amount;
                        let at = day * Class::COUNT + class.index();
                        venues[VenueColumn::Open as usize][at] = amount / 1_000_000;
                        venues[VenueColumn::Closed as usize][at] =
                            i64::from(draws.happens(0.1)) * size.signum();
                    }
                }
                let mut migration = Migration::new();
                for &to in Destination::ALL {
                    for window in 0..TRACE_WINDOWS.len() {
                        let kzt = size * (1 + to as i64 * i64::from(replication % 3));
                        let index = Migration::index(Class::Shadow, Trader::Retail, window, to);
                        migration.kzt[index] = kzt;
                        migration.demand_kzt
                            [Migration::source(Class::Shadow, Trader::Retail, window)] += kzt;
                    }
                }
                let sights = (2024..=2025)
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
                Record {
                    key: RunKey::new(1, replication),
                    start: date(2024, 1, 1),
                    days,
                    flows,
                    venues,
                    card_price_kzt: vec![0; days],
                    cases_open: vec![0; days],
                    underworld: Vec::new(),
                    reports: [vec![0; days], vec![0; days], vec![0; days]],
                    migration,
                    sights,
                    measures: Vec::new(),
                    targets: Vec::new(),
                }
            })
            .collect()
    }

    fn drawings(records: &[Record], about: &About) -> Vec<(&'static str, Canvas)> {
        vec![
            ("turnover", turnover::draw(records, about)),
            ("displacement", displacement::draw(records, about)),
            ("agency", agency::draw(records, about)),
            ("venues", venues::draw(records, about)),
        ]
    }

    #[test]
    fn no_text_overlaps_another_or_leaves_the_paper() {
        let long = About {
            title: "A title as long as somebody will write who has never seen a figure ".repeat(3),
            measures: (1..=12)
                .map(|day| (date(2024, 2, day), format!("measure number {day} of February")))
                .collect(),
            ..about()
        };
        for about in [about(), long] {
            for (number, days, size) in
                [(1, 30, 1_000_000_000), (2, 90, 5), (20, 731, 3_000_000_000), (3, 3652, 0)]
            {
                for (name, canvas) in drawings(&records(number, days, size), &about) {
                    let faults = canvas.faults();
                    assert!(faults.is_empty(), "{name}, {number} × {days} days: {faults:#?}");
                }
            }
        }
    }

    #[test]
    fn figures_are_well_formed_and_always_the_same() {
        let records = records(3, 400, 2_000_000_000);
        let first = figures(&records, &about());
        assert_eq!(first.len(), 4);
        for (figure, again) in first.iter().zip(figures(&records, &about())) {
            assert_eq!(figure.svg, again.svg);
            assert!(figure.svg.contains("3 replications"), "{}", figure.name);
            let image = png(&figure.svg);
            assert_eq!(&image[1..4], b"PNG");
        }
    }

    #[test]
    fn planted_faults_of_layout_are_found() {
        let mut canvas = Canvas::new(400, 200);
        canvas.text(10.0, 50.0, "one", canvas::Style::BODY);
        assert!(canvas.faults().is_empty());
        canvas.text(15.0, 52.0, "two", canvas::Style::BODY);
        canvas.text(390.0, 150.0, "beyond the edge", canvas::Style::BODY);
        assert_eq!(canvas.faults().len(), 2);
    }

    #[test]
    fn what_xml_forbids_is_not_drawn() {
        let mut canvas = Canvas::new(200, 60);
        canvas.text(10.0, 30.0, "a\u{7}b\u{fffe}\0<&>", canvas::Style::TITLE);
        assert_eq!(&png(&canvas.svg())[1..4], b"PNG");
    }

    #[test]
    fn strong_text_is_drawn_semibold() {
        let drawn = |strong| {
            let mut canvas = Canvas::new(200, 60);
            let style = canvas::Style { strong, ..canvas::Style::TITLE };
            canvas.text(10.0, 30.0, "Қазақстан ₸", style);
            png(&canvas.svg())
        };
        assert!(drawn(true) != drawn(false), "the semibold face is not of the family Inter");
    }
}
