//! How values go together: the run and its dates, sums of shares, parameters that contradict each other
//! or have no effect.
//!
//! Each check is left out when a value that it needs is missing or unreadable: that was reported already.

use super::check::opening;
use super::finding::{Finding, plain};
use super::layers::LayerOrder;
use super::shape::{Schema, shape};
use super::source::Span;
use super::tree::{Tree, Value};
use world::units::{Class, Segment};

mod banks;
mod campaigns;
mod dates;
mod interventions;

pub(super) use dates::window;

/// Most tenge that people may exchange in a run. Unit: KZT. Source: whole tenge are counted up to 9.2e18, and sums over venues, flows
/// and replications need room; ten thousand times what the reference exchanges; Status: assumption.
const MOST_KZT: f64 = 1e17;
/// Most card issuers. Unit: banks. Source: the model keeps a bit for each in 32; Status: measured.
const MOST_ISSUERS: usize = 32;
/// How far shares may miss 1. Unit: share. Source: rounding in the last written digit; Status: assumption.
const SUM_TOLERANCE: f64 = 1e-6;

/// A lever without which the others of its measure have no effect.
const MAIN_LEVERS: [&str; 4] = [
    "policy.auto_block.bank_share",
    "policy.shutdown_rate.closures_per_month",
    "policy.site_blocking.sites_per_month",
    "policy.wallet_freezing.venues_per_month",
];

/// Looks at the merged tree as a whole.
pub(super) fn check(root: &Tree, order: LayerOrder, found: &mut Vec<Finding>) {
    let mut checks = CrossChecks { root, order, found };
    checks.name();
    checks.the_run();
    checks.issuers();
    checks.banks();
    checks.idle_levers();
    check_amounts(root, order, found);
}

/// Looks at how numbers go together: all that can go wrong where nothing but numbers and words was changed.
pub(super) fn check_amounts(root: &Tree, order: LayerOrder, found: &mut Vec<Finding>) {
    let mut checks = CrossChecks { root, order, found };
    checks.segment_shares();
    checks.channels();
    checks.venues();
    checks.evidence();
    checks.people();
    checks.sums();
    checks.successors();
}

struct CrossChecks<'a> {
    root: &'a Tree,
    order: LayerOrder,
    found: &'a mut Vec<Finding>,
}

impl<'a> CrossChecks<'a> {
    fn node(&self, path: &str) -> Option<&'a Tree> {
        self.root.at(path)
    }

    fn number(&self, path: &str) -> Option<(f64, Span)> {
        let node = self.node(path)?;
        let number = node.number()?;
        // Nothing more is said about a value that is not allowed anyway.
        let Some(Schema::Leaf(parameter)) = shape().at(path) else { return None };
        parameter.allowed.contain(number).then_some((number, node.span))
    }

    /// Of two places the one that was written last, then the other.
    fn last(&self, a: Span, b: Span) -> (Span, Span) {
        if self.order.height(a) > self.order.height(b) { (a, b) } else { (b, a) }
    }

    /// A scenario that keeps the name of the one it extends would put its results into the same folder.
    fn name(&mut self) {
        if let Some(node) = self.node("name")
            && let Some(name) = node.text()
            && !self.order.own(node.span)
        {
            self.found.push(
                Finding::warning("this scenario has no name of its own")
                    .at(node.span, "taken over from here")
                    .hint(format!("its results would go into the same folder as those of \"{name}\": add name: \"…\"")),
            );
        }
    }

    fn segment_shares(&mut self) {
        let share = |segment: &Segment| self.number(&format!("customers.segment_share.{segment}"));
        let shares: Option<Vec<(f64, Span)>> = Segment::ALL.iter().map(share).collect();
        let Some(shares) = shares else { return };
        let sum: f64 = shares.iter().map(|(share, _)| share).sum();
        let spans = shares.iter().map(|(_, span)| *span);
        let highest = spans.max_by_key(|span| (self.order.height(*span), std::cmp::Reverse(*span)));
        let Some(place) = highest.filter(|_| (sum - 1.0).abs() > SUM_TOLERANCE) else { return };
        // As written by people: no more digits than a share needs.
        let (sum, off) = ((sum * 1e6).round() / 1e6, ((1.0 - sum) * 1e6).round() / 1e6);
        let more =
            if off > 0.0 { format!("{off} is missing") } else { format!("{} too much", -off) };
        let given = Segment::ALL.iter().zip(&shares);
        let given = given.map(|(segment, (share, _))| format!("{segment} {share}"));
        let given = given.collect::<Vec<_>>().join(", ");
        let message =
            format!("the shares in `customers.segment_share` add up to {sum} instead of 1");
        let finding = Finding::error(message).at(place, more);
        self.found.push(finding.hint(format!("together: {given}")));
    }

    fn channels(&mut self) {
        for class in Class::ALL {
            let account = self.number(&format!("exchanges.account_share.{class}"));
            let cash = self.number(&format!("exchanges.cash_share.{class}"));
            if let (Some((account, account_span)), Some((cash, cash_span))) = (account, cash)
                && account + cash > 1.0 + SUM_TOLERANCE
            {
                let (place, other) = self.last(account_span, cash_span);
                self.found.push(
                    Finding::error(format!("for class `{class}`, `account_share` {account} and `cash_share` {cash} add up to more than 1"))
                        .at(place, "allowed: together 1 or less")
                        .see(other, "the other share")
                        .hint("what is left goes through mule cards"),
                );
            }
        }
    }

    fn venues(&mut self) {
        let count = |class: &Class| self.number(&format!("exchanges.number.{class}"));
        let counts: Option<Vec<(f64, Span)>> = Class::ALL.iter().map(count).collect();
        let none = counts.filter(|counts| counts.iter().all(|(number, _)| *number == 0.0));
        let spans = none.into_iter().flatten().map(|(_, span)| span);
        if let Some(place) = spans.max_by_key(|span| self.order.height(*span)) {
            self.found.push(
                Finding::error("the world has no venue at all")
                    .at(place, "at least one class needs a venue")
                    .hint("set one of `exchanges.number` to 1 or more"),
            );
        }
    }

    fn issuers(&mut self) {
        let Some(node) = self.node("banks.issuers") else { return };
        let Value::List(items) = &node.value else { return };
        if items.is_empty() || items.len() > MOST_ISSUERS {
            self.found.push(
                Finding::error(format!("`banks.issuers` holds {} banks", items.len()))
                    .at(opening(node), format!("allowed: 1 to {MOST_ISSUERS} banks"))
                    .hint("leave the list out to take that of the reference, or put small banks together under one name"),
            );
        }
    }

    /// Warns, or reports, when one number exceeds another that should bound it.
    fn not_above(&mut self, low: &str, high: &str, finding: fn(String) -> Finding, why: &str) {
        if let (Some((a, a_span)), Some((b, b_span))) = (self.number(low), self.number(high))
            && a > b
        {
            let (place, other) = self.last(a_span, b_span);
            let message = format!("`{low}` is {}, above `{high}` of {}", plain(a), plain(b));
            self.found.push(
                finding(message)
                    .at(place, "these contradict each other")
                    .see(other, "the other value")
                    .hint(why),
            );
        }
    }

    fn evidence(&mut self) {
        self.not_above(
            "afm.list_threshold",
            "afm.case_threshold",
            Finding::warning,
            "venues would be investigated before they are put on the regulator's list",
        );
        self.not_above(
            "mule_cards.daily_limit_kzt",
            "mule_cards.throughput_kzt",
            Finding::warning,
            "a card would be used up before its first day is over",
        );
    }

    fn people(&mut self) {
        self.not_above(
            "people_per_agent",
            "customers.number",
            Finding::error,
            "not even one agent would be left: lower `people_per_agent` or raise `customers.number`",
        );
        for segment in Segment::ALL {
            self.not_above(
                &format!("customers.ticket_median_kzt.{segment}"),
                "customers.ticket_limit_kzt",
                Finding::error,
                "half of all trades would be larger than the largest trade",
            );
        }
        if let (Some((retry, retry_span)), Some((tries, tries_span))) =
            (self.number("customers.retry"), self.number("customers.tries"))
            && retry > 0.0
            && tries == 1.0
        {
            let (place, other) = self.last(retry_span, tries_span);
            self.found.push(
                Finding::warning(format!("`customers.retry` of {retry} has no effect: `customers.tries` allows one try a day"))
                    .at(place, "no second try")
                    .see(other, "the other value")
                    .hint("set `tries` to 2 or more, or `retry` to 0"),
            );
        }
    }

    /// Amounts that cannot be counted: each parameter may be allowed, and all of them together too much.
    fn sums(&mut self) {
        let Some(run) = window(self.root, self.order) else { return };
        let days = f64::from((run.end - run.first).get_days() + 1);
        let years = days / world::units::DAYS_PER_YEAR;
        let most = |path: &str| -> Option<(f64, Span)> {
            let steps = self.node(path)?.steps();
            let numbers =
                steps.iter().filter_map(|(_, _, value)| Some((value.number()?, value.span)));
            let highest = numbers.max_by(|a, b| a.0.total_cmp(&b.0))?;
            // Nothing more is said about a value that is not allowed anyway.
            let Some(Schema::Leaf(parameter)) = shape().at(path) else { return None };
            Some(highest).filter(|(value, _)| parameter.allowed.contain(*value))
        };
        // What changes hands in a run: the highest value of each of these multiplied, the last the spread of a lognormal; at most so much
        // each time.
        let amount = |paths: &[String], highest: f64| -> Option<f64> {
            let (sigma, factors) = paths.split_last()?;
            let (sigma, _) = most(sigma)?;
            let size = world::units::maths::exp(sigma * sigma / 2.0);
            let (first, others) = factors.split_first()?;
            let others: Option<Vec<f64>> = others.iter().map(|path| Some(most(path)?.0)).collect();
            Some((most(first)?.0 * size).min(highest) * others?.iter().product::<f64>())
        };
        let Some((limit, _)) = self.number("customers.ticket_limit_kzt") else { return };
        let below = |group: &str, names: &[&str]| -> Vec<String> {
            names.iter().map(|name| format!("{group}.{name}")).collect()
        };
        let traded = |segment: &Segment| {
            let names = ["ticket_median_kzt", "trades_per_year", "trade_growth", "segment_share"];
            let mut paths: Vec<String> =
                names.iter().map(|name| format!("customers.{name}.{segment}")).collect();
            // Not every segment has a growth.
            paths.retain(|path| self.node(path).is_some());
            paths.extend([
                "customers.number".to_owned(),
                format!("customers.ticket_sigma.{segment}"),
            ]);
            (paths, limit, years)
        };
        let mut sources: Vec<(Vec<String>, f64, f64)> = Segment::ALL.iter().map(traded).collect();
        let mined = ["power_median_mw", "coins_per_mw_day_kzt", "number", "power_sigma"];
        sources.push((below("mining", &mined), f64::INFINITY, days));
        let sold = ["income_abroad_kzt", "number", "income_sigma"];
        sources.push((below("dealers", &sold), f64::INFINITY, years));
        let amounts: Option<Vec<f64>> = sources
            .iter()
            .map(|(paths, highest, times)| Some(amount(paths, *highest)? * times))
            .collect();
        let Some(amounts) = amounts else { return };
        let all: f64 = amounts.iter().sum();
        if all <= MOST_KZT {
            return;
        }
        let largest = (0..amounts.len()).max_by(|a, b| amounts[*a].total_cmp(&amounts[*b]));
        let (paths, ..) = &sources[largest.unwrap_or(0)];
        let usual = |path: &str| match shape().at(path) {
            Some(Schema::Leaf(parameter)) => parameter.numbers.first().copied(),
            _ => None,
        };
        // What stands highest above the reference causes it.
        let times = |path: &String| {
            let (value, place) = most(path)?;
            let usual = usual(path).filter(|usual| *usual > 0.0).unwrap_or(1.0);
            Some((value / usual, value, place, path.clone()))
        };
        let cause = paths.iter().filter_map(times).max_by(|a, b| a.0.total_cmp(&b.0));
        let finding = Finding::error(format!(
            "KZT {all:.1e} would change hands within the run, more than can be counted (KZT {MOST_KZT:.0e})"
        ));
        let quoted: Vec<String> = paths.iter().map(|path| format!("`{path}`")).collect();
        let hint = format!("lower {}, or end earlier", quoted.join(", "));
        let finding = match cause {
            Some((_, value, place, path)) => {
                finding.at(place, format!("most of all by `{path}` of {}", plain(value)))
            }
            None => finding,
        };
        self.found.push(finding.hint(hint));
    }

    fn successors(&mut self) {
        self.not_above(
            "exchanges.relaunch_keeps",
            "exchanges.prepared_keeps",
            Finding::warning,
            "a successor prepared in advance would keep fewer clients than one that was not",
        );
    }

    /// Parameters of a measure that is never applied.
    fn idle_levers(&mut self) {
        for main in MAIN_LEVERS {
            let Some(node) = self.node(main) else { continue };
            let steps = node.steps();
            if self.has_campaign(main)
                || main == "policy.auto_block.bank_share" && self.picks_banks()
                || steps.is_empty()
                || steps.iter().any(|(_, _, value)| value.number() != Some(0.0))
            {
                continue;
            }
            let Some((measure, _)) = main.rsplit_once('.') else { continue };
            for parameter in shape().leaves() {
                let path = &parameter.path;
                if path == main || !path.starts_with(&format!("{measure}.")) {
                    continue;
                }
                let Some(lever) = self.node(path) else { continue };
                let by_date = matches!(lever.value, Value::Map(_));
                let laid_over = self.order.height(lever.span) > 0;
                if by_date || laid_over {
                    self.found.push(
                        Finding::warning(format!(
                            "`{path}` has no effect, since `{main}` is 0 throughout"
                        ))
                        .at(lever.span, "no effect")
                        .see(node.span, "0 throughout")
                        .hint(format!("raise `{main}`, or leave `{path}` out")),
                    );
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {

    #[test]
    fn amounts_that_cannot_be_counted_are_an_error_that_names_the_parameter() {
        let with = |sets: &[&str]| crate::with(sets).map(|_| ()).map_err(|found| found.to_string());
        let upper = [
            "end=\"2030-12-31\"",
            "customers.number=50000000",
            "customers.trades_per_year.retail=300",
            "customers.ticket_limit_kzt=400000000",
            "customers.ticket_median_kzt.retail=100000000",
            "customers.ticket_sigma.retail=3",
        ];
        let wrong = with(&upper).unwrap_err();
        assert!(wrong.contains("more than can be counted"), "{wrong}");
        assert!(wrong.contains("`customers.ticket_median_kzt.retail`"), "{wrong}");
        // Coins of farms and income of dealers are amounts, too.
        let mined = with(&[
            "mining.number=10000",
            "mining.power_median_mw=1000",
            "mining.power_sigma=3",
            "mining.coins_per_mw_day_kzt=100000000",
        ]);
        assert!(mined.unwrap_err().contains("`mining.power_median_mw` of 1,000"));
        let sold = with(&[
            "dealers.number=2000",
            "dealers.income_abroad_kzt=1000000000000",
            "dealers.income_sigma=3",
        ]);
        assert!(sold.unwrap_err().contains("`dealers.income_abroad_kzt`"));
        // Everything at the upper end of what is plausible, for eight years, is counted.
        let plausible = [
            "end=\"2030-12-31\"",
            "customers.number=3600000",
            "customers.trades_per_year.retail=40",
            "customers.ticket_median_kzt.retail=300000",
            "customers.ticket_sigma.retail=1.5",
        ];
        assert_eq!(with(&plausible), Ok(()));
        assert_eq!(with(&["customers.number=50000000", "people_per_agent=10"]), Ok(()));
    }
}
