//! What figures of a comparison share: head, foot, colours, axes with a zero inside, lines over months.

use jiff::civil::Date;
use plotters::style::RGBColor;

use super::super::axis::short;
use super::super::canvas::{AXIS, Align, Canvas, GRID, Style};
use super::super::words;
use study::comparison::{Bands, Comparison, Setting};

/// Width of the paper.
pub const PAPER: f64 = 1080.0;
/// Margin.
pub const LEFT: f64 = 24.0;
/// Width between the margins.
pub const WIDTH: f64 = PAPER - 2.0 * LEFT;
/// Height of the foot.
pub const FOOT: f64 = 40.0;
/// Colour of the baseline.
pub const BASELINE: RGBColor = RGBColor(0x66, 0x66, 0x66);
/// Less of what is bad: blue. Source: Okabe & Ito 2008.
pub const BETTER: RGBColor = RGBColor(0x00, 0x72, 0xB2);
/// More of what is bad: vermilion.
pub const WORSE: RGBColor = RGBColor(0xD5, 0x5E, 0x00);

/// Colour of a policy, by its number from 0. Source: Okabe & Ito 2008.
pub fn colour(policy: usize) -> RGBColor {
    const ALL: [RGBColor; 6] = [
        RGBColor(0x00, 0x72, 0xB2),
        RGBColor(0xD5, 0x5E, 0x00),
        RGBColor(0x00, 0x9E, 0x73),
        RGBColor(0xCC, 0x79, 0xA7),
        RGBColor(0xB8, 0x7C, 0x00),
        RGBColor(0x2A, 0x8F, 0xC4),
    ];
    ALL[policy % ALL.len()]
}

/// Height that title and subtitle take, with the gap below.
pub fn head_height(title: &str, subtitle: &str) -> f64 {
    let small = Style { size: 13.0, ..Style::SMALL };
    30.0 + Canvas::height_of(WIDTH, 3, title, Style::TITLE)
        + Canvas::height_of(WIDTH, 2, subtitle, small)
}

/// Writes title, subtitle and foot of a figure of a comparison.
pub fn head_and_foot(
    canvas: &mut Canvas,
    height: f64,
    comparison: &Comparison,
    title: &str,
    subtitle: &str,
) {
    let foot = match words::ignorance::held(comparison) {
        "" => foot(&comparison.setting()),
        held => {
            let runs = words::ignorance::runs(comparison);
            foot_with(&comparison.setting(), &format!("{runs} · {held}"))
        }
    };
    written_over(canvas, height, &foot, title, subtitle);
}

/// Writes title, subtitle and foot.
pub fn written(canvas: &mut Canvas, height: f64, setting: &Setting, title: &str, subtitle: &str) {
    written_over(canvas, height, &foot(setting), title, subtitle);
}

/// The same with another line at the foot.
pub fn written_over(canvas: &mut Canvas, height: f64, foot: &str, title: &str, subtitle: &str) {
    let next = canvas.paragraph((LEFT, 26.0), WIDTH, 3, title, Style::TITLE);
    let small = Style { size: 13.0, ..Style::SMALL };
    canvas.paragraph((LEFT, next + 2.0), WIDTH, 2, subtitle, small);
    canvas.paragraph((LEFT, height - 18.0), WIDTH, 1, foot, Style::SMALL);
}

/// The line at the foot: what it takes to draw the figure again.
fn foot(setting: &Setting) -> String {
    let replications = match setting.replications {
        1 => "1 replication: no intervals".to_owned(),
        many => format!("{many} replications with the same luck in every scenario"),
    };
    foot_with(setting, &replications)
}

/// The same with what it says of replications.
fn foot_with(setting: &Setting, replications: &str) -> String {
    let people = match setting.people_per_agent {
        1 => "one agent per person".to_owned(),
        many => format!("one agent for {many} people"),
    };
    format!(
        "Baseline: {} ({}) · seed {} · {replications} · {people} · crackdown {}",
        setting.baseline_title, setting.baseline, setting.seed, setting.version
    )
}

/// Round values from below `low` to above `high`, about `number` of them; 0 is one of them.
pub fn ticks(low: f64, high: f64, number: usize) -> Vec<f64> {
    let (low, high) = (low.min(0.0), high.max(0.0));
    if high - low <= 0.0 {
        return vec![-1.0, 0.0, 1.0];
    }
    let rough = (high - low) / number as f64;
    let mut step = 1e-9;
    'found: loop {
        for factor in [1.0, 2.0, 5.0] {
            if step * factor >= rough {
                step *= factor;
                break 'found;
            }
        }
        step *= 10.0;
    }
    let first = (low / step + 1e-9).floor() as i64;
    let last = (high / step - 1e-9).ceil() as i64;
    (first..=last).map(|i| i as f64 * step).collect()
}

/// A tick with its sign.
pub fn tick(value: f64, unit: &str) -> String {
    let sign = if value > 0.0 { "+" } else { "" };
    if value == 0.0 { "0".to_owned() } else { format!("{sign}{}{unit}", short(value)) }
}

/// Where days and values lie on paper.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Left and right edge.
    pub x: (f64, f64),
    /// Lower and upper edge: the lower one is the larger number.
    pub y: (f64, f64),
    /// Ticks of the value axis.
    pub ticks: Vec<f64>,
}

impl Frame {
    /// Height of a value.
    pub fn up(&self, value: f64) -> f64 {
        let (first, last) = (self.ticks[0], self.ticks[self.ticks.len() - 1]);
        self.y.0 - (self.y.0 - self.y.1) * (value - first) / (last - first)
    }

    /// Grid and labels of the value axis.
    pub fn grid(&self, canvas: &mut Canvas, label: &dyn Fn(f64) -> String) {
        for &value in &self.ticks {
            let y = self.up(value);
            let colour = if value == 0.0 { AXIS } else { GRID };
            canvas.line(vec![(self.x.0, y), (self.x.1, y)], colour, 1.0);
            let style = Style { size: 10.0, ..Style::SMALL };
            canvas.text(self.x.0 - 5.0, y, &label(value), style.aligned(Align::Right));
        }
    }

    /// Place of the middle of each month.
    pub fn months(&self, comparison: &Comparison) -> Vec<f64> {
        let across =
            |date: Date, days: f64| self.day(comparison, date) + days * self.per_day(comparison);
        comparison.months.iter().map(|(date, days)| across(*date, f64::from(*days) / 2.0)).collect()
    }

    fn per_day(&self, comparison: &Comparison) -> f64 {
        let (from, to) = comparison.window;
        (self.x.1 - self.x.0) / f64::from((to - from).get_days() + 1)
    }

    /// Place of a date.
    pub fn day(&self, comparison: &Comparison, date: Date) -> f64 {
        self.x.0 + f64::from((date - comparison.window.0).get_days()) * self.per_day(comparison)
    }

    /// Ticks at new years, named below; in short windows at months.
    pub fn years(&self, canvas: &mut Canvas, comparison: &Comparison, named: bool) {
        let (from, to) = comparison.window;
        let years = (to - from).get_days() > 2 * 366;
        let mut taken = f64::NEG_INFINITY;
        let mut date = from;
        while date <= to {
            let begins = date.day() == 1 && (!years || date.month() == 1);
            if begins {
                let x = self.day(comparison, date);
                canvas.line(vec![(x, self.y.0), (x, self.y.0 + 3.0)], AXIS, 1.0);
                let label = if years {
                    date.year().to_string()
                } else {
                    date.strftime("%b %y").to_string()
                };
                let style = Style { size: 10.0, ..Style::SMALL }.aligned(Align::Centre);
                let half = style.width(&label) / 2.0;
                if named && x - half > taken + 6.0 && x + half < self.x.1 + 14.0 {
                    canvas.text(x, self.y.0 + 12.0, &label, style);
                    taken = x + half;
                }
            }
            let Ok(next) = date.tomorrow() else { break };
            date = next;
        }
    }

    /// Bands and median of a series, from a month on.
    pub fn bands(
        &self,
        canvas: &mut Canvas,
        points: &[f64],
        bands: &[Bands],
        colour: RGBColor,
        shaded: bool,
    ) {
        let at = |bands: &Bands, place: usize| {
            self.up(bands[place].clamp(self.ticks[0], self.ticks[self.ticks.len() - 1]))
        };
        if shaded && points.len() > 1 {
            for (low, high, opacity) in [(0, 4, 0.16), (1, 3, 0.30)] {
                let upper = points.iter().zip(bands).map(|(x, bands)| (*x, at(bands, high)));
                let lower = points.iter().zip(bands).rev().map(|(x, bands)| (*x, at(bands, low)));
                canvas.area(upper.chain(lower).collect(), colour, opacity);
            }
        }
        let line: Vec<(f64, f64)> =
            points.iter().zip(bands).map(|(x, bands)| (*x, at(bands, 2))).collect();
        canvas.line(line, colour, 2.0);
    }
}

/// First month from which a policy is shown: the one before it begins, so that its line parts from the baseline's.
pub fn first_month(comparison: &Comparison, policy: usize) -> usize {
    let Some(since) = comparison.policies()[policy].since else { return 0 };
    let after = comparison.months.iter().position(|(date, _)| *date >= since);
    after.unwrap_or(comparison.months.len()).saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_hold_zero() {
        let near = |found: Vec<f64>, expected: &[f64]| {
            let close = found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-9);
            found.len() == expected.len() && close
        };
        assert!(near(ticks(-3.0, 9.0, 4), &[-5.0, 0.0, 5.0, 10.0]));
        assert!(near(ticks(2.0, 9.0, 5), &[0.0, 2.0, 4.0, 6.0, 8.0, 10.0]));
        assert_eq!(ticks(0.0, 0.0, 4), [-1.0, 0.0, 1.0]);
        assert_eq!((tick(-5.0, " %"), tick(0.0, " %")), ("−5 %".to_owned(), "0".to_owned()));
    }
}
