//! The agency's view against the truth, year by year.

use plotters::style::RGBColor;

use super::axis::{self, short};
use super::canvas::{AXIS, Align, Canvas, GRID, INK, Style};
use super::{About, footer};
use study::stats::quantile;
use world::record::{Record, SIGHTS};

const PAPER: u32 = 1080;
const LEFT: f64 = 24.0;
const CELL: (f64, f64) = (344.0, 190.0);
const COLUMNS: usize = 3;
const BLUE: RGBColor = RGBColor(0x00, 0x72, 0xB2);
const ORANGE: RGBColor = RGBColor(0xD5, 0x5E, 0x00);

/// What is drawn of the view: name, title, divisor and unit in words, whether the seen is a part of the truth.
const DRAWN: [(&str, &str, f64, &str, bool); 9] = [
    ("closures", "Platforms closed / in operation", 1.0, "platforms", true),
    ("closed_turnover_kzt", "Turnover of the closed / of all", 1e9, "bn KZT", false),
    ("illicit_platforms_open", "Platforms listed / open", 1.0, "platforms", true),
    ("seized_kzt", "Seized / what there was to seize", 1e9, "bn KZT", true),
    ("seized_share", "Seized share of the closed / of all", 0.01, "% of turnover", false),
    ("drug_money_kzt", "Drug money seen / all drug money", 1e9, "bn KZT", true),
    ("sites_blocked", "Sites blocked / blocked or up", 1.0, "sites", true),
    ("turnover_per_client_kzt", "Turnover per client: closed / all", 1e6, "m KZT", false),
    ("licensed_users_share", "Users of licensed venues", 0.01, "% of users", false),
];

/// Low, middle and high of what most replications show.
type Range = [f64; 3];

fn range(mut values: Vec<f64>) -> Option<Range> {
    values.sort_by(f64::total_cmp);
    (!values.is_empty()).then(|| [0.05, 0.5, 0.95].map(|p| quantile(&values, p)))
}

/// Seen and true values of a quantity in a year.
fn view(records: &[Record], quantity: &str, year: i16) -> (Option<Range>, Option<Range>) {
    let sights = || {
        records
            .iter()
            .flat_map(|record| &record.sights)
            .filter(|sight| sight.quantity == quantity && sight.year == year)
    };
    (
        range(sights().filter_map(|sight| sight.seen).collect()),
        range(sights().filter_map(|sight| sight.truth).collect()),
    )
}

/// Draws the figure.
pub fn draw(records: &[Record], about: &About) -> Canvas {
    let mut years: Vec<i16> =
        records.iter().flat_map(|record| &record.sights).map(|sight| sight.year).collect();
    years.sort_unstable();
    years.dedup();
    // Ten years fit; of longer runs the last are shown.
    let years = &years[years.len().saturating_sub(10)..];
    let width = f64::from(PAPER) - 2.0 * LEFT;
    let title = finding(records, years);
    let head = 88.0 + Canvas::height_of(width, 2, &title, Style::TITLE);
    let height = head + DRAWN.len().div_ceil(COLUMNS) as f64 * CELL.1 + 44.0;
    let mut canvas = Canvas::new(PAPER, height as u32);
    let next = canvas.paragraph((LEFT, 26.0), width, 2, &title, Style::TITLE);
    let subtitle = match records.len() {
        1 => "What the AFM sees, beside what is true, by calendar year; one replication".to_owned(),
        many => format!(
            "What the AFM sees, beside what is true, by calendar year; median of {many} replications, \
             whiskers 5–95 %; “% of it”: seen of the true"
        ),
    };
    canvas.paragraph((LEFT, next + 2.0), width, 1, &subtitle, Style { size: 13.0, ..Style::SMALL });
    legend(&mut canvas, next + 24.0);
    for (number, drawn) in DRAWN.iter().enumerate() {
        let at =
            (LEFT + (number % COLUMNS) as f64 * CELL.0, head + (number / COLUMNS) as f64 * CELL.1);
        panel(&mut canvas, at, drawn, records, years, about);
    }
    canvas.paragraph((LEFT, height - 20.0), width, 1, &footer(records, about), Style::SMALL);
    canvas
}

fn finding(records: &[Record], years: &[i16]) -> String {
    let year = years.iter().rev().find(
        |&&year| matches!(view(records, "closures", year), (Some(seen), Some(_)) if seen[1] > 0.0),
    );
    let Some(&year) = year else {
        return "The AFM closed nothing; little of the market can be seen".to_owned();
    };
    // In each replication what was seen over what is true, not one median over another.
    let share = |quantity: &str| {
        let of = |record: &Record| {
            let sight = record.sights.iter().find(|s| s.quantity == quantity && s.year == year)?;
            let truth = sight.truth.filter(|truth| *truth > 0.0)?;
            Some(100.0 * sight.seen? / truth)
        };
        let shares: Vec<f64> = records.iter().filter_map(of).collect();
        let several = shares.len() > 1;
        range(shares).map(|[low, middle, high]| {
            if several && low.round() < high.round() {
                format!("{middle:.0} % [{low:.0}–{high:.0}]")
            } else {
                format!("{middle:.0} %")
            }
        })
    };
    let closed = share("closures").unwrap_or_else(|| "none".into());
    match share("drug_money_kzt") {
        Some(seen) => format!(
            "In {year} the AFM closed {closed} of the platforms in operation and saw {seen} of the drug money"
        ),
        None => format!("In {year} the AFM closed {closed} of the platforms in operation"),
    }
}

fn legend(canvas: &mut Canvas, y: f64) {
    let style = Style::BODY;
    canvas.dot((LEFT + 5.0, y), 4.5, BLUE, true);
    canvas.text(LEFT + 16.0, y, "the AFM sees (left)", style);
    canvas.dot((LEFT + 165.0, y), 4.5, ORANGE, false);
    canvas.text(LEFT + 176.0, y, "true (right)", style);
    diamond(canvas, (LEFT + 285.0, y));
    canvas.text(LEFT + 296.0, y, "published figure, with its band", style);
}

fn diamond(canvas: &mut Canvas, (x, y): (f64, f64)) {
    let r = 5.0;
    canvas.area(vec![(x, y - r), (x + r, y), (x, y + r), (x - r, y)], INK, 1.0);
}

fn panel(
    canvas: &mut Canvas,
    (left, top): (f64, f64),
    drawn: &(&str, &str, f64, &str, bool),
    records: &[Record],
    years: &[i16],
    about: &About,
) {
    let (quantity, title, divisor, unit, is_part) = *drawn;
    debug_assert!(SIGHTS.iter().any(|meaning| meaning.quantity == quantity));
    let (x0, x1) = (left + 44.0, left + CELL.0 - 22.0);
    let (y0, y1) = (top + CELL.1 - 46.0, top + 42.0);
    let published = |year: i16| {
        about.published.iter().find(|known| known.year == year && known.quantity == quantity)
    };
    let views: Vec<_> = years.iter().map(|&year| (year, view(records, quantity, year))).collect();
    let highest = views
        .iter()
        .flat_map(|(year, (seen, truth))| {
            [seen.map(|r| r[2]), truth.map(|r| r[2]), published(*year).map(|p| p.high)]
        })
        .flatten()
        .fold(0.0, f64::max)
        / divisor;
    let ticks = axis::ticks(highest);
    let step = ticks[1] - ticks[0];
    let up = |value: f64| y0 - (y0 - y1) * value / divisor / ticks[ticks.len() - 1];
    canvas.text(left, top + 8.0, title, Style::LABEL);
    canvas.text(left, top + 25.0, unit, Style::SMALL);
    for value in &ticks {
        let y = up(value * divisor);
        canvas.line(vec![(x0, y), (x1, y)], if *value == 0.0 { AXIS } else { GRID }, 1.0);
        let label = axis::tick(*value, step);
        canvas.text(x0 - 6.0, y, &label, Style::SMALL.aligned(Align::Right));
    }
    let slot = (x1 - x0) / years.len().max(1) as f64;
    for (number, (year, (seen, truth))) in views.iter().enumerate() {
        let middle = x0 + (number as f64 + 0.5) * slot;
        let aside = (slot / 5.0).min(16.0);
        for (range, x, colour, filled) in
            [(seen, middle - aside, BLUE, true), (truth, middle + aside, ORANGE, false)]
        {
            if let Some([low, value, high]) = range {
                canvas.line(vec![(x, up(*low)), (x, up(*high))], colour, 1.5);
                canvas.dot((x, up(*value)), 4.0, colour, filled);
            }
        }
        if let Some(known) = published(*year) {
            if known.low < known.high {
                canvas.line(vec![(middle, up(known.low)), (middle, up(known.high))], INK, 2.0);
            }
            diamond(canvas, (middle, up(known.value)));
        }
        let style = Style::SMALL.aligned(Align::Centre);
        if years.len() <= 5 || number % 2 == 0 {
            canvas.text(middle, y0 + 13.0, &year.to_string(), style);
        }
        if let (true, true, Some(seen), Some(truth)) = (is_part, years.len() <= 5, seen, truth)
            && truth[1] > 0.0
        {
            let share = format!("{} % of it", short((100.0 * seen[1] / truth[1]).round()));
            canvas.text(middle, y0 + 28.0, &share, style);
        }
    }
}
