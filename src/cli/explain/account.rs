//! A day of a customer, dealer or venue in sentences.
//!
//! Deliberately absent: comparing two runs, and any layout.

use super::words::{channel, class, date, money, percent, venue};
use scenario::Scenario;
use world::record::event::{Ending, Happening};
use world::record::life::{
    CaseState, CustomerDay, DealerDay, Drawn, Options, Try, VenueDay, Verdict, Wish,
};
use world::units::Kzt;

/// What a customer did with a need, in one sentence without its beginning.
pub(super) fn course(day: &CustomerDay) -> String {
    let done = match day.wish {
        Wish::Searches => {
            let gone =
                day.usual.map_or_else(String::new, |name| format!(" ({} is gone)", venue(name)));
            format!("looks for another venue{gone}")
        }
        Wish::Nowhere => "finds no venue within reach".to_owned(),
        Wish::Outside => "goes past all venues".to_owned(),
        Wish::Direct => "trades with somebody known from the closed venue".to_owned(),
        Wish::NotToday(name) => {
            format!("prefers not to trade today (would have used {})", venue(name))
        }
        Wish::Trades { .. } => {
            day.tries.iter().map(|tried| attempt(*tried)).collect::<Vec<_>>().join(", then ")
        }
    };
    match day.ending {
        Ending::Traded => done,
        Ending::Waits => format!("{done}; waits"),
        Ending::GivenUp => format!("{done}; gives up"),
    }
}

/// One try to pay.
pub(super) fn attempt(tried: Try) -> String {
    let (place, way) = (venue(tried.venue), channel(tried.channel));
    match tried.verdict {
        Verdict::Passed => format!("pays at {place} ({way})"),
        Verdict::Stopped => format!("a bank stops the payment to {place} ({way})"),
        Verdict::Declined => format!("{place} finds the payment suspicious and stops it ({way})"),
        Verdict::Refused => format!("{place} cannot take the payment ({way})"),
    }
}

/// A customer's day, line by line: need, knowledge, options, draw, result.
pub(super) fn customer(day: &CustomerDay, scenario: &Scenario) -> Vec<String> {
    let arose = date(scenario, day.arose);
    let since = match day.fresh {
        fresh if fresh == day.amount => "new".to_owned(),
        Kzt::ZERO => format!("waits since {arose}"),
        fresh => format!("{} new, the rest waits since {arose}", money(fresh)),
    };
    let mut lines = vec![format!("needs {} ({since})", money(day.amount))];
    lines.push(match (day.usual, day.usual_gone) {
        (None, _) => "no usual venue yet".to_owned(),
        (Some(name), None) => format!("usual venue: {}", venue(name)),
        (Some(name), Some(gone)) => {
            let follows = day
                .habit_for
                .map_or_else(String::new, |to| format!("; follows it to {}", venue(to)));
            format!("usual venue: {}, gone since {}{follows}", venue(name), date(scenario, gone))
        }
    });
    let scar = if day.scarred { "; more careful after a loss" } else { "" };
    let risk = percent(day.perceived_risk);
    lines.push(format!("believes {} is closed within a year: {risk}{scar}", class(day.risk_of)));
    lines.push(match (day.checked, day.bank_checks) {
        (false, _) => "too small for banks to check".to_owned(),
        (true, true) => "own bank checks payments".to_owned(),
        (true, false) => "own bank does not check payments".to_owned(),
    });
    if let Some(options) = &day.options {
        lines.extend(choice(options));
    }
    lines.extend(draws(day.drawn, day.options.as_ref(), Some(day.wish)));
    lines.push(format!("> {}", course(day)));
    lines
}

/// What was drawn, and what follows from it.
fn draws(drawn: Option<Drawn>, options: Option<&Options>, wish: Option<Wish>) -> Vec<String> {
    let (Some(drawn), Some(options)) = (drawn, options) else { return Vec::new() };
    let mut lines = Vec::new();
    let stays = drawn.stay < drawn.habit;
    if drawn.habit > 0.0 {
        let word = if stays { "stays" } else { "looks around" };
        lines.push(format!("draw {:.3} against habit {:.3}: {word}", drawn.stay, drawn.habit));
    }
    if let (false, Some(Wish::Trades { venue: name, .. } | Wish::NotToday(name))) = (stays, wish) {
        lines.push(format!("picks {}", venue(name)));
    }
    let today = 1.0 - options.not_today_probability;
    let word = if drawn.trade < today { "today" } else { "not today" };
    lines.push(format!("draw {:.3} against {today:.3}: {word}", drawn.trade));
    lines
}

/// Options with utility and chance.
fn choice(options: &Options) -> Vec<String> {
    let mut lines: Vec<String> = options
        .best
        .iter()
        .map(|option| {
            let sites = match option.sites_down {
                down if down > 0.0 => format!(", sites blocked {}", percent(down)),
                _ => String::new(),
            };
            format!(
                "- {}: {}, utility {:.2}, fee {}{sites}",
                venue(option.venue),
                percent(option.probability),
                option.utility,
                percent(option.fee)
            )
        })
        .collect();
    if options.others > 0 {
        lines.push(format!("- {} others: {}", options.others, percent(options.others_probability)));
    }
    if options.outside_probability > 0.0 {
        lines.push(format!(
            "- couriers or exchangers in other countries: {}",
            percent(options.outside_probability)
        ));
    }
    lines.push(format!(
        "- do not trade today: {}, utility {:.2}",
        percent(options.not_today_probability),
        options.not_today_utility
    ));
    lines
}

/// A dealer's payment in one sentence.
pub(super) fn cash_out(tried: Option<Try>) -> String {
    tried.map_or_else(|| "goes to no venue".to_owned(), attempt)
}

/// A dealer's day, line by line.
pub(super) fn dealer(day: &DealerDay) -> Vec<String> {
    let mut lines = vec![format!("holds coins worth {}", money(day.held))];
    lines.push(day.partner.map_or_else(
        || "the market has no open partner hub".to_owned(),
        |name| format!("partner hub of the market: {}", venue(name)),
    ));
    if day.custom < 1.0 {
        lines
            .push(format!("has {} of the usual custom since the market fell", percent(day.custom)));
    }
    if let (Some(at), true) = (day.claim_at, day.claim > Kzt::ZERO) {
        let lost = if day.claim_lost { ": gone, and the balance with it" } else { "" };
        lines.push(format!("has {} left at {}{lost}", money(day.claim), venue(at)));
    }
    if let Some(options) = &day.options {
        lines.extend(choice(options));
    }
    lines.extend(draws(day.drawn, day.options.as_ref(), day.wish));
    if day.due {
        let wish = match day.wish {
            Some(Wish::NotToday(_)) => "prefers not to sell today".to_owned(),
            Some(Wish::Outside) => "goes past all venues".to_owned(),
            Some(Wish::Nowhere | Wish::Direct) | None => "finds no venue".to_owned(),
            _ => cash_out(day.tried),
        };
        lines.push(format!("> {wish}"));
    }
    if day.sold > Kzt::ZERO && day.sold < day.held {
        lines.push(format!("> the venue has money for {} only", money(day.sold)));
    }
    if day.couriers > Kzt::ZERO {
        lines.push(format!("> gives {} to couriers", money(day.couriers)));
    }
    if day.sold_abroad > Kzt::ZERO {
        lines.push(format!("> sells {} to exchangers in other countries", money(day.sold_abroad)));
    }
    let left = if day.claim_evening > Kzt::ZERO {
        format!(", leaves a balance of {}", money(day.claim_evening))
    } else {
        String::new()
    };
    lines.push(format!("evening: coins worth {}{left}", money(day.evening)));
    lines
}

/// A venue's evening, line by line.
pub(super) fn exchange(day: &VenueDay, scenario: &Scenario) -> Vec<String> {
    if !day.open {
        return vec!["closed".to_owned()];
    }
    let case = match day.case {
        CaseState::None => "no case",
        CaseState::Open => "a case is open",
        CaseState::Requested => "the case is proven, a partner abroad was asked for help",
        CaseState::Proven => "the case is proven",
    };
    let mut lines = vec![
        format!("turnover {} in 30 days", money(day.monthly_turnover)),
        format!("{} people use it, fee {}", plain(day.users), percent(day.fee)),
        format!("float {}, {} mule cards", money(day.float), plain(i64::from(day.cards))),
    ];
    lines.push(format!("{} of {} sites blocked", day.sites_down, day.sites));
    if day.evidence > 0.0 || day.listed {
        let listed = if day.listed { "listed" } else { "not listed" };
        let worth = scenario.afm.case_threshold;
        lines
            .push(format!("{listed}, {case}, evidence {:.1} (a case needs {worth})", day.evidence));
    }
    if day.hunted {
        lines.push("feels hunted".to_owned());
    }
    lines
}

fn plain(count: i64) -> String {
    scenario::finding::plain(count as f64)
}

/// Something that happened to a venue, as a sentence with its name.
pub(super) fn happening(name: &str, what: Happening) -> String {
    match what {
        Happening::ChecksBegin => format!("{name} begins to check payments automatically"),
        Happening::ChecksEnd => format!("{name} stops checking payments automatically"),
        Happening::Opened { relaunched: true } => {
            format!("{name} opens, a new name of its operator")
        }
        Happening::Opened { relaunched: false } => format!("{name} opens, under a new operator"),
        Happening::Exited => format!("{name} stops: it does not pay any more"),
        Happening::RanOff => format!("{name} runs off with its clients' money"),
        Happening::Licensed => format!("{name} gets a licence"),
        Happening::Tried { convicted: false, .. } => {
            format!("the operator of {name} is acquitted")
        }
        Happening::Tried { term_days: 0, .. } => {
            format!("the operator of {name} is convicted, without prison")
        }
        Happening::Tried { term_days, .. } => {
            format!("the operator of {name} goes to prison for {term_days} days from the arrest on")
        }
        Happening::Listed => format!("{name} is put on the regulator's list"),
        Happening::CaseOpened => format!("the AFM opens a case against {name}"),
        Happening::HelpAsked => {
            format!("the case against {name} is proven, the AFM asks for help abroad")
        }
        Happening::CaseProven => format!("the case against {name} is proven"),
        Happening::CaseFailed => format!("the case against {name} ends in nothing"),
        Happening::SitesBlocked { sites: 1 } => format!("1 site of {name} is blocked"),
        Happening::SitesBlocked { sites } => format!("{sites} sites of {name} are blocked"),
        Happening::Frozen { amount } => format!("{} of {name} are frozen", money(amount)),
        Happening::Closed { arrest, seized, users } => {
            let arrest = if arrest { " and arrests its operator" } else { "" };
            let (seized, users) = (money(seized), plain(users));
            format!("the AFM closes {name}{arrest}: {seized} seized, {users} people used it")
        }
    }
}
