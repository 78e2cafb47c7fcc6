//! Measures of trade: turnover, needs and who is served.
//!
//! Deliberately absent: who counts the flows (`settlement`, and `dealer::counter` for dealers and farms).

use crate::declare::{Measure, Window, measures, share};
use world::record::{Destination, Flow, Migration, Traced};
use world::units::{Class, Trader};

/// Turnover and needs.
pub const TRADE: &[Measure] = measures! {
    "licensed_turnover", "KZT", More: "Turnover at licensed venues"
        = |w| w.flow(Flow::Traded, Class::Licensed);
    "shadow_turnover", "KZT", Less: "Turnover at shadow exchanges"
        = |w| w.flow(Flow::Traded, Class::Shadow);
    "hub_turnover", "KZT", Less: "Turnover at darknet hubs, dealers abroad included"
        = |w| w.flow(Flow::Traded, Class::Hub);
    "peer_to_peer_turnover" as "Peer-to-peer and cash turnover", "KZT", Less: "Turnover of peer-to-peer and cash deals, couriers included"
        = |w| w.flow(Flow::Traded, Class::PeerToPeer);
    "entrant_turnover" as "Turnover of new operators", "KZT", Less: "Turnover at illicit platforms that opened within the reported days under new operators"
        = |w| w.all(Flow::TradedEntrant);
    "relaunched_turnover" as "Turnover of relaunched venues", "KZT", Less: "Turnover at venues that are the new name of a closed one"
        = |w| w.all(Flow::TradedRelaunched);
    "demand" as "New need to trade", "KZT", Neither: "New need to trade"
        = |w| w.all(Flow::Demand);
    "met" as "Need that was traded", "KZT", Neither: "Need that was traded"
        = |w| w.all(Flow::Met);
    "abandoned" as "Need given up", "KZT", Neither: "Need given up"
        = |w| w.all(Flow::Abandoned);
    "waiting_at_end" as "Need waiting at the end", "KZT", Neither: "Need still waiting on the last day"
        = |w| Class::ALL .iter() .map(|&class| w.record().by_class(Flow::Waiting, w.last_day(), class)) .sum::<i64>() as f64;
    "unlicensed_fees" as "Fees without a licence", "KZT", Less: "Fees and spreads paid at venues without a licence"
        = |w| w.unlicensed(Flow::Fees);
    "unlicensed_blocked" as "Orders without a licence stopped by banks", "KZT", Neither: "Orders at venues without a licence stopped by banks"
        = |w| w.unlicensed(Flow::Blocked);
    "unlicensed_refused" as "Orders without a licence refused", "KZT", Neither: "Orders at venues without a licence refused for lack of cards, float or capacity"
        = |w| w.unlicensed(Flow::Refused);
    "licensed_share_of_turnover", "share", More: "Turnover at licensed venues over all turnover"
        = |w| share(w.flow(Flow::Traded, Class::Licensed), w.all(Flow::Traded));
};

/// What honest people lose, and where clients of closed platforms went.
pub const HONEST: &[Measure] = measures! {
    "honest_payments_stopped", "orders", Less: "Honest payments to licensed venues stopped by banks or by the venue: collateral harm"
        = |w| w.licensed(Flow::BlockedOrders, false) + w.licensed(Flow::DeclinedOrders, false);
    "honest_turnover_stopped" as "Honest turnover stopped", "KZT", Less: "Amount of these payments"
        = |w| w.licensed(Flow::Blocked, false) + w.licensed(Flow::Declined, false);
    "honest_need_abandoned", "KZT", Less: "Need for licensed venues given up: collateral harm where a policy adds to it"
        = |w| w.licensed(Flow::Abandoned, false);
    "honest_need_waiting", "KZT days", Less: "Need for licensed venues that waits, summed over days: honest money delayed"
        = |w| w.licensed(Flow::Waiting, false);
    "licensed_users", "people", More: "People whose usual venue is licensed, on the last day: honest clients kept or lost"
        = |w| w.users(Class::Licensed);
    "traced_unlicensed_share_7_days", "share", Less: "Traced displacement: of the needs of closed platforms' clients in the 7 days after a closure, the share that ended at venues without a licence again; closures of all reported days"
        = |w| traced(w, 0);
    "traced_unlicensed_share_30_days", "share", Less: "The same over 30 days"
        = |w| traced(w, 1);
    "traced_unlicensed_share_90_days", "share", Less: "The same over 90 days"
        = |w| traced(w, 2);
    "traced_unlicensed_share_180_days", "share", Less: "The same over 180 days"
        = |w| traced(w, 3);
};

/// Deals without any venue.
pub const DIRECT: &[Measure] = measures! {
    "direct_turnover", "KZT", Less: "Turnover between persons who know each other from a closed platform, without any venue; a part of peer-to-peer turnover"
        = |w| w.all(Flow::TradedDirect);
};

/// Money of crime at licensed venues.
pub const ABUSE: &[Measure] = measures! {
    "licensed_abuse_kzt" as "Criminals at licensed venues", "KZT", Less: "Turnover of drug buyers, fraud, dealers and illegal farms at licensed venues, most of it through the identities of mules"
        = |w| w.licensed(Flow::Traded, true);
};

/// Share of the needs of closed platforms' clients that ended at venues without a licence again; no value without closures.
fn traced(w: &Window, window: usize) -> f64 {
    let [demand, kzt] = [Traced::Demand, Traced::Ended].map(|series| w.record().series(series));
    let (mut ended, mut needed) = (0.0, 0.0);
    for class in Class::PLATFORMS {
        for &trader in Trader::ALL {
            needed += demand[Migration::source(class, trader, window)] as f64;
            for &to in Destination::ALL {
                if to.class().is_some_and(Class::is_unlicensed) {
                    ended += kzt[Migration::index(class, trader, window, to)] as f64;
                }
            }
        }
    }
    share(ended, needed)
}
