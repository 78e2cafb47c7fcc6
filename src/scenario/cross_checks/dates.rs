//! The run and its dates.

use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::CrossChecks;
use crate::finding::{Finding, plain};
use crate::horizon::OUTLOOK;
use crate::layers::LayerOrder;
use crate::shape::shape;
use crate::source::Span;
use crate::tree::Tree;

/// Longest run, warm-up included. Unit: days. Source: days are counted in 16 bits and a year-long horizon is
/// meant; Status: assumption.
const LONGEST_RUN_DAYS: i64 = 20 * 365 + 5;
/// Earliest `start`. Unit: date. Source: no crypto before; Status: assumption.
const EARLIEST: Date = date(2009, 1, 3);
/// Latest `end`. Unit: date. Source: judgement; Status: assumption.
const LATEST: Date = date(2100, 12, 31);
/// From a run that ends in this year or later, the shipped outlook is offered. Source: `end` of the reference.
const LAST_YEAR_WITH_FIGURES: i16 = 2025;

/// First and last day of a run, and how high the layers lie that say so.
pub(crate) struct RunDays {
    pub(crate) first: Date,
    pub(crate) end: Date,
    pub(super) first_height: usize,
    pub(super) end_height: usize,
    pub(super) end_span: Span,
    pub(super) first_span: Span,
}

/// The run that the tree describes, if it can be one.
pub(crate) fn window(root: &Tree, order: LayerOrder) -> Option<RunDays> {
    let (start_node, end_node) = (root.at("start")?, root.at("end")?);
    let warm_up = root.at("warm_up_days")?;
    let (start, end) = (start_node.date()?, end_node.date()?);
    let days = warm_up.number().filter(|days| (0.0..=65_535.0).contains(days))?;
    let first = start.checked_sub((days as i64).days()).ok()?;
    let first_span =
        [start_node.span, warm_up.span].into_iter().max_by_key(|span| order.height(*span))?;
    (start <= end).then_some(RunDays {
        first,
        end,
        first_height: order.height(first_span),
        end_height: order.height(end_node.span),
        end_span: end_node.span,
        first_span,
    })
}

impl RunDays {
    /// Whether it lies in the time that the model knows and is not too long.
    pub(crate) fn can_be(&self) -> bool {
        let days = i64::from((self.end - self.first).get_days()) + 1;
        EARLIEST <= self.first && self.end <= LATEST && days <= LONGEST_RUN_DAYS
    }
}

impl CrossChecks<'_> {
    /// How to let something act that lies after the end of the run: the latest day that any of it names decides.
    pub(super) fn way_out(&self, window: &RunDays) -> String {
        // What stands lower than the end was cut by it on purpose.
        let meant = |span: Span| self.order.height(span) >= window.end_height;
        let levers = shape().leaves().into_iter().filter(|leaf| leaf.path.starts_with("policy."));
        let steps = levers.filter_map(|leaf| {
            let (date, span, _) = self.node(&leaf.path)?.steps().pop()?;
            date.filter(|_| span.is_some_and(meant))
        });
        let entries = ["policy.campaigns", "policy.interventions"].map(|path| self.node(path));
        let entries = entries.into_iter().flatten().flat_map(Tree::entries);
        let days = entries.filter_map(|(_, one)| {
            let day = one.at("from").or(one.at("on")).filter(|day| meant(day.span));
            day?.date()
        });
        let latest = steps.chain(days).max().unwrap_or(window.end).max(window.end);
        let end = latest.last_of_year();
        let (outlook, its_end) = OUTLOOK;
        let reaches = its_end.parse().is_ok_and(|last| latest <= last);
        let world = if reaches && window.end.year() >= LAST_YEAR_WITH_FIGURES {
            format!(", or extend {outlook} instead of kazakhstan.ron: a world to {its_end}")
        } else {
            String::new()
        };
        format!(
            "choose an earlier date, or let the run end later: write end: \"{end}\" in the file, or --set end=\"{end}\" on the command \
             line{world}"
        )
    }

    pub(super) fn the_run(&mut self) {
        let (Some(start_node), Some(end_node)) = (self.node("start"), self.node("end")) else {
            return;
        };
        let (Some(start), Some(end)) = (start_node.date(), end_node.date()) else { return };
        for (name, node, day) in [("start", start_node, start), ("end", end_node, end)] {
            if day < EARLIEST || day > LATEST {
                let message = format!("`{name}` is {day}, outside the time that the model knows");
                let label = format!("allowed: {EARLIEST} to {LATEST}");
                self.found.push(Finding::error(message).at(node.span, label));
                return;
            }
        }
        if start > end {
            let (place, other) = self.last(start_node.span, end_node.span);
            self.found.push(
                Finding::error(format!("the run ends ({end}) before it starts ({start})"))
                    .at(place, "no day is left")
                    .see(other, "against this")
                    .hint("`start` is the first reported day and `end` the last"),
            );
            return;
        }
        let Some((warm_up, warm_up_span)) = self.number("warm_up_days") else { return };
        let days = f64::from((end - start).get_days()) + 1.0 + warm_up;
        if days > LONGEST_RUN_DAYS as f64 {
            let (place, _) = self.last(warm_up_span, self.last(start_node.span, end_node.span).0);
            self.found.push(
                Finding::error(format!(
                    "the run is too long: {} days, of which {} warm-up",
                    plain(days),
                    plain(warm_up)
                ))
                .at(
                    place,
                    format!("allowed: at most 20 years ({} days)", plain(LONGEST_RUN_DAYS as f64)),
                )
                .hint("bring `start` and `end` closer, or shorten `warm_up_days`"),
            );
            return;
        }
        if let Some(window) = window(self.root, self.order) {
            self.steps_that_never_act(&window);
            self.campaigns_that_never_act(&window);
            self.campaigns_that_overlap(&window);
            self.interventions_that_never_act(&window);
        }
    }

    /// A step that lies outside the run was meant otherwise, unless the run was changed by a higher layer.
    fn steps_that_never_act(&mut self, window: &RunDays) {
        let (mut own_steps, mut own_late) = (0, Vec::new());
        for parameter in shape().leaves().into_iter().filter(|parameter| parameter.by_date) {
            let Some(node) = self.node(&parameter.path) else { continue };
            let steps = node.steps();
            for (index, (date, span, _)) in steps.iter().enumerate() {
                let (Some(date), Some(span)) = (*date, *span) else { continue };
                let height = self.order.height(span);
                let before = index.checked_sub(1).and_then(|before| steps[before].0);
                let line_ends_here =
                    parameter.is_interpolated() && before.is_none_or(|before| before <= window.end);
                let late = date > window.end && !line_ends_here;
                if self.order.own(span) && parameter.path.starts_with("policy.") {
                    own_steps += 1;
                    if late {
                        own_late.push((span, date));
                    }
                }
                let next = steps.get(index + 1).and_then(|(date, _, _)| *date);
                if late && height >= window.end_height {
                    self.found.push(
                        Finding::error(format!(
                            "this step of `{}` never acts: {date} lies after the end of the run",
                            parameter.path
                        ))
                        .at(span, format!("allowed: {} to {}", window.first, window.end))
                        .see(window.end_span, "the run ends here")
                        .hint(self.way_out(window)),
                    );
                } else if next.is_some_and(|next| next <= window.first)
                    && height >= window.first_height
                {
                    self.found.push(
                        Finding::error(format!("this step of `{}` never acts: {date} and the next step lie before the run", parameter.path))
                            .at(span, format!("the run with its warm-up begins on {}", window.first))
                            .see(window.first_span, "set here")
                            .hint("keep only the last step on or before that day: it holds from the beginning"),
                    );
                }
            }
        }
        let late_by_set: Vec<_> = own_late
            .iter()
            .filter(|(span, _)| self.order.height(*span) < window.end_height)
            .collect();
        if let Some((span, date)) = late_by_set.first()
            && own_late.len() == own_steps
        {
            self.found.push(
                Finding::warning(format!("no measure of this scenario acts: the first is on {date}, after the end of the run"))
                    .at(*span, "never reached")
                    .see(window.end_span, "the run ends here"),
            );
        }
    }
}
