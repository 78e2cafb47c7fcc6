//! A day of a customer, dealer or venue in sentences.
//!
//! Deliberately absent: comparing two runs, and any layout.

use super::words::{channel, class, date, money, percent, venue};
use ::report::say;
use ::report::speech::{counted, number, tr};
use scenario::Scenario;
use world::record::event::{Ending, Happening};
use world::record::life::{
    CaseState, ChoiceOptions, CustomerDay, DealerDay, Drawn, Intention, PaymentAnswer, Try,
    VenueDay,
};
use world::units::Kzt;

/// What a customer did with a need, in one sentence without its beginning.
pub(super) fn course(day: &CustomerDay) -> String {
    let done = match day.wish {
        Intention::Searches => {
            let gone =
                |name| say!("looks for another venue ({venue} is gone)", venue = venue(name));
            day.usual.map_or_else(|| tr("looks for another venue").to_owned(), gone)
        }
        Intention::Nowhere => tr("finds no venue within reach").to_owned(),
        Intention::Outside => tr("goes past all venues").to_owned(),
        Intention::Direct => tr("trades with somebody known from the closed venue").to_owned(),
        Intention::NotToday(name) => {
            say!("prefers not to trade today (would have used {venue})", venue = venue(name))
        }
        Intention::Trades { .. } => {
            day.tries.iter().map(|tried| attempt(*tried)).collect::<Vec<_>>().join(tr(", then "))
        }
    };
    match day.ending {
        Ending::Traded => done,
        Ending::Waits => say!("{done}; waits", done),
        Ending::GivenUp => say!("{done}; gives up", done),
    }
}

/// One try to pay.
pub(super) fn attempt(tried: Try) -> String {
    let (place, way) = (venue(tried.venue), channel(tried.channel));
    match tried.verdict {
        PaymentAnswer::Passed => say!("pays at {place} ({way})", place, way),
        PaymentAnswer::Stopped => say!("a bank stops the payment to {place} ({way})", place, way),
        PaymentAnswer::Declined => {
            say!("{place} finds the payment suspicious and stops it ({way})", place, way)
        }
        PaymentAnswer::Refused => say!("{place} cannot take the payment ({way})", place, way),
    }
}

/// A customer's day, line by line: need, knowledge, options, draw, result.
pub(super) fn customer(day: &CustomerDay, scenario: &Scenario) -> Vec<String> {
    let arose = date(scenario, day.arose);
    let since = match day.fresh {
        fresh if fresh == day.amount => tr("new##need").to_owned(),
        Kzt::ZERO => say!("waits since {arose}", arose),
        fresh => say!("{fresh} new, the rest waits since {arose}", fresh = money(fresh), arose),
    };
    let mut lines = vec![say!("needs {amount} ({since})", amount = money(day.amount), since)];
    lines.push(match (day.usual, day.usual_gone) {
        (None, _) => tr("no usual venue yet").to_owned(),
        (Some(name), None) => say!("usual venue: {venue}", venue = venue(name)),
        (Some(name), Some(gone)) => {
            let follows = |to| say!("; follows it to {venue}", venue = venue(to));
            let follows = day.habit_for.map_or_else(String::new, follows);
            let (venue, gone) = (venue(name), date(scenario, gone));
            say!("usual venue: {venue}, gone since {gone}{follows}", venue, gone, follows)
        }
    });
    let scar = if day.scarred { tr("; more careful after a loss") } else { "" };
    let risk = percent(day.perceived_risk);
    let class = class(day.risk_of);
    lines.push(say!("believes {class} is closed within a year: {risk}{scar}", class, risk, scar));
    let checks = match (day.checked, day.bank_checks) {
        (false, _) => "too small for banks to check",
        (true, true) => "own bank checks payments",
        (true, false) => "own bank does not check payments",
    };
    lines.push(tr(checks).to_owned());
    if let Some(options) = &day.options {
        lines.extend(choice(options));
    }
    lines.extend(draws(day.drawn, day.options.as_ref(), Some(day.wish)));
    lines.push(format!("> {}", course(day)));
    lines
}

/// What was drawn, and what follows from it.
fn draws(
    drawn: Option<Drawn>,
    options: Option<&ChoiceOptions>,
    wish: Option<Intention>,
) -> Vec<String> {
    let (Some(drawn), Some(options)) = (drawn, options) else { return Vec::new() };
    let mut lines = Vec::new();
    let stays = drawn.stay < drawn.habit;
    if drawn.habit > 0.0 {
        let word = tr(if stays { "stays" } else { "looks around" });
        let (drawn, habit) = (digits(drawn.stay, 3), digits(drawn.habit, 3));
        lines.push(say!("draw {drawn} against habit {habit}: {word}", drawn, habit, word));
    }
    if let (false, Some(Intention::Trades { venue: name, .. } | Intention::NotToday(name))) =
        (stays, wish)
    {
        lines.push(say!("picks {venue}", venue = venue(name)));
    }
    let today = 1.0 - options.not_today_probability;
    let word = tr(if drawn.trade < today { "today" } else { "not today" });
    let (drawn, today) = (digits(drawn.trade, 3), digits(today, 3));
    lines.push(say!("draw {drawn} against {today}: {word}", drawn, today, word));
    lines
}

/// Options with utility and chance.
fn choice(options: &ChoiceOptions) -> Vec<String> {
    let mut lines: Vec<String> = options
        .best
        .iter()
        .map(|option| {
            let sites = match option.sites_down {
                down if down > 0.0 => say!(", sites blocked {share}", share = percent(down)),
                _ => String::new(),
            };
            say!(
                "- {venue}: {share}, utility {utility}, fee {fee}{sites}",
                venue = venue(option.venue),
                share = percent(option.probability),
                utility = digits(option.utility, 2),
                fee = percent(option.fee),
                sites
            )
        })
        .collect();
    if options.others > 0 {
        let share = percent(options.others_probability);
        lines.push(say!("- {number} others: {share}", number = options.others, share));
    }
    if options.outside_probability > 0.0 {
        let share = percent(options.outside_probability);
        lines.push(say!("- couriers or exchangers in other countries: {share}", share));
    }
    lines.push(say!(
        "- do not trade today: {share}, utility {utility}",
        share = percent(options.not_today_probability),
        utility = digits(options.not_today_utility, 2)
    ));
    lines
}

/// A dealer's payment in one sentence.
pub(super) fn cash_out(tried: Option<Try>) -> String {
    tried.map_or_else(|| tr("goes to no venue").to_owned(), attempt)
}

/// A dealer's day, line by line.
pub(super) fn dealer(day: &DealerDay) -> Vec<String> {
    let mut lines = vec![say!("holds coins worth {amount}", amount = money(day.held))];
    lines.push(day.partner.map_or_else(
        || tr("the market has no open partner hub").to_owned(),
        |name| say!("partner hub of the market: {venue}", venue = venue(name)),
    ));
    if day.custom < 1.0 {
        let share = percent(day.custom);
        lines.push(say!("has {share} of the usual custom since the market fell", share));
    }
    if let (Some(at), true) = (day.claim_at, day.claim > Kzt::ZERO) {
        let lost = if day.claim_lost { tr(": gone, and the balance with it") } else { "" };
        let (amount, venue) = (money(day.claim), venue(at));
        lines.push(say!("has {amount} left at {venue}{lost}", amount, venue, lost));
    }
    if let Some(options) = &day.options {
        lines.extend(choice(options));
    }
    lines.extend(draws(day.drawn, day.options.as_ref(), day.wish));
    if day.due {
        let wish = match day.wish {
            Some(Intention::NotToday(_)) => tr("prefers not to sell today").to_owned(),
            Some(Intention::Outside) => tr("goes past all venues").to_owned(),
            Some(Intention::Nowhere | Intention::Direct) | None => tr("finds no venue").to_owned(),
            _ => cash_out(day.tried),
        };
        lines.push(format!("> {wish}"));
    }
    if day.sold > Kzt::ZERO && day.sold < day.held {
        lines.push(say!("> the venue has money for {amount} only", amount = money(day.sold)));
    }
    if day.couriers > Kzt::ZERO {
        lines.push(say!("> gives {amount} to couriers", amount = money(day.couriers)));
    }
    if day.sold_abroad > Kzt::ZERO {
        let amount = money(day.sold_abroad);
        lines.push(say!("> sells {amount} to exchangers in other countries", amount));
    }
    let left = if day.claim_evening > Kzt::ZERO {
        say!(", leaves a balance of {amount}", amount = money(day.claim_evening))
    } else {
        String::new()
    };
    lines.push(say!("evening: coins worth {amount}{left}", amount = money(day.evening), left));
    lines
}

/// A venue's evening, line by line.
pub(super) fn exchange(day: &VenueDay, scenario: &Scenario) -> Vec<String> {
    if !day.open {
        return vec![tr("closed##venue").to_owned()];
    }
    let case = match day.case {
        CaseState::None => "no case",
        CaseState::Open => "a case is open",
        CaseState::Requested => "the case is proven, a partner abroad was asked for help",
        CaseState::Proven => "the case is proven",
    };
    let cards = plain(i64::from(day.cards));
    let mut lines = vec![
        say!("turnover {amount} in 30 days", amount = money(day.monthly_turnover)),
        say!("{users} people use it, fee {fee}", users = plain(day.users), fee = percent(day.fee)),
        say!("float {amount}, {cards} mule cards", amount = money(day.float), cards),
        say!("{down} of {sites} sites blocked", down = day.sites_down, sites = day.sites),
    ];
    if day.evidence > 0.0 || day.listed {
        let listed = tr(if day.listed { "listed" } else { "not listed" });
        let worth = number(scenario.afm.case_threshold.to_string());
        lines.push(say!(
            "{listed}, {case}, evidence {evidence} (a case needs {worth})",
            listed,
            case = tr(case),
            evidence = digits(day.evidence, 1),
            worth
        ));
    }
    if day.hunted {
        lines.push(tr("feels hunted").to_owned());
    }
    lines
}

fn plain(count: i64) -> String {
    number(scenario::finding::plain(count as f64))
}

fn digits(value: f64, digits: usize) -> String {
    number(format!("{value:.digits$}"))
}

/// Something that happened to a venue, as a sentence with its name.
pub(super) fn happening(name: &str, what: Happening) -> String {
    match what {
        Happening::ChecksBegin => say!("{name} begins to check payments automatically", name),
        Happening::ChecksEnd => say!("{name} stops checking payments automatically", name),
        Happening::Opened { relaunched: true } => {
            say!("{name} opens, a new name of its operator", name)
        }
        Happening::Opened { relaunched: false } => {
            say!("{name} opens, under a new operator", name)
        }
        Happening::Exited => say!("{name} stops: it does not pay any more", name),
        Happening::RanOff => say!("{name} runs off with its clients' money", name),
        Happening::Licensed => say!("{name} gets a licence", name),
        Happening::Tried { convicted: false, .. } => {
            say!("the operator of {name} is acquitted", name)
        }
        Happening::Tried { term_days: 0, .. } => {
            say!("the operator of {name} is convicted, without prison", name)
        }
        Happening::Tried { term_days, .. } => say!(
            "the operator of {name} goes to prison for {term_days} days from the arrest on",
            name,
            term_days
        ),
        Happening::Listed => say!("{name} is put on the regulator's list", name),
        Happening::CaseOpened => say!("the AFM opens a case against {name}", name),
        Happening::HelpAsked => {
            say!("the case against {name} is proven, the AFM asks for help abroad", name)
        }
        Happening::CaseProven => say!("the case against {name} is proven", name),
        Happening::CaseFailed => say!("the case against {name} ends in nothing", name),
        Happening::SitesBlocked { sites } => {
            let sites = u64::from(sites);
            counted(sites, "{n} site of {name} is blocked|{n} sites of {name} are blocked")
                .replace("{name}", name)
        }
        Happening::Frozen { amount } => {
            say!("{amount} of {name} are frozen", amount = money(amount), name)
        }
        Happening::Closed { arrest, seized, users } => {
            let arrest = if arrest { tr(" and arrests its operator") } else { "" };
            let (seized, users) = (money(seized), plain(users));
            say!(
                "the AFM closes {name}{arrest}: {seized} seized, {users} people used it",
                name,
                arrest,
                seized,
                users
            )
        }
    }
}
