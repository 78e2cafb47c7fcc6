//! Words of the world as types: money, days, venue classes, segments; and the portable mathematics
//! on which results may depend.
//!
//! Deliberately absent: randomness, input and output, anything about one actor.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Index, IndexMut, Neg, Sub, SubAssign};

use serde::{Deserialize, Serialize};

pub mod maths;

/// An amount of money in whole tenge; also crypto, valued in tenge at the day of its trade.
///
/// Integer on purpose: sums do not depend on their order, and nothing leaks by rounding.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Kzt(pub i64);

impl Kzt {
    /// No money.
    pub const ZERO: Kzt = Kzt(0);

    /// The part `share` (0 to 1) of this amount, rounded down to whole tenge.
    pub fn share(self, share: f64) -> Kzt {
        Kzt((self.0 as f64 * share).floor() as i64)
    }
}

impl Add for Kzt {
    type Output = Kzt;
    fn add(self, other: Kzt) -> Kzt {
        Kzt(self.0 + other.0)
    }
}
impl Sub for Kzt {
    type Output = Kzt;
    fn sub(self, other: Kzt) -> Kzt {
        Kzt(self.0 - other.0)
    }
}
impl Neg for Kzt {
    type Output = Kzt;
    fn neg(self) -> Kzt {
        Kzt(-self.0)
    }
}
impl AddAssign for Kzt {
    fn add_assign(&mut self, other: Kzt) {
        self.0 += other.0;
    }
}
impl SubAssign for Kzt {
    fn sub_assign(&mut self, other: Kzt) {
        self.0 -= other.0;
    }
}
impl Sum for Kzt {
    fn sum<I: Iterator<Item = Kzt>>(amounts: I) -> Kzt {
        Kzt(amounts.map(|amount| amount.0).sum())
    }
}

/// Days in a month, on average.
///
/// Unit: days. Source: Gregorian calendar. Status: measured.
pub const DAYS_PER_MONTH: f64 = DAYS_PER_YEAR / 12.0;

/// Days in a year, on average.
///
/// Unit: days. Source: Gregorian calendar. Status: measured.
pub const DAYS_PER_YEAR: f64 = 365.2425;

/// A day of the run: 0 is the first day of the warm-up.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Day(pub u16);

impl Day {
    /// Days from `earlier` to this day; 0 if `earlier` is later.
    pub fn since(self, earlier: Day) -> u16 {
        self.0.saturating_sub(earlier.0)
    }

    /// The day `days` later, at most the last day that can be written down.
    pub fn plus(self, days: u16) -> Day {
        Day(self.0.saturating_add(days))
    }
}

/// An enum of kinds that have names: in files and tables each its own (`= name`) or that of the variant, and a label for figures and
/// sentences where one is given.
#[macro_export]
macro_rules! named {
    ($(#[$meta:meta])* $name:ident: $($(#[$doc:meta])* $variant:ident = $key:ident, $label:literal;)+) => {
        $crate::named! { $(#[$meta])* $name: $($(#[$doc])* $variant = $key;)+ }

        impl $name {
            /// Name in figures and sentences.
            pub fn label(self) -> &'static str {
                match self { $($name::$variant => $label),+ }
            }
        }
    };
    ($(#[$meta:meta])* $name:ident: $($(#[$doc:meta])* $variant:ident $(= $key:ident)?;)+) => {
        $(#[$meta])*
        pub enum $name { $($(#[$doc])* $variant),+ }

        impl $name {
            /// All of them, in the order of every table and figure.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];
            /// How many there are.
            pub const COUNT: usize = $name::ALL.len();

            /// Name in files and tables.
            pub fn key(self) -> &'static str {
                match self { $($name::$variant => $crate::named!(@ $variant $($key)?)),+ }
            }

            /// Position in [`Self::ALL`].
            pub const fn index(self) -> usize { self as usize }
        }
    };
    (@ $variant:ident) => { stringify!($variant) };
    (@ $variant:ident $key:ident) => { stringify!($key) };
}

/// The same with a value for each, and with the name as its text.
macro_rules! named_kinds {
    ($(#[$doc:meta])* $name:ident, $each:ident : $($(#[$vdoc:meta])* $variant:ident = $key:ident, $label:literal;)+) => {
        $crate::named! {
            $(#[$doc])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
            #[serde(rename_all = "snake_case")]
            $name: $($(#[$vdoc])* $variant = $key, $label;)+
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(self.key()) }
        }

        /// One value for each, written in scenario files by name.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $each<T> { $(#[allow(missing_docs)] pub $key: T),+ }

        impl<T> Index<$name> for $each<T> {
            type Output = T;
            fn index(&self, kind: $name) -> &T {
                match kind { $($name::$variant => &self.$key),+ }
            }
        }
        impl<T> IndexMut<$name> for $each<T> {
            fn index_mut(&mut self, kind: $name) -> &mut T {
                match kind { $($name::$variant => &mut self.$key),+ }
            }
        }
        impl<T> $each<T> {
            /// The values in the order of `ALL`.
            pub fn each(&self) -> [&T; $name::COUNT] { [$(&self.$key),+] }
        }
    };
}

named_kinds! {
    /// Class of a venue where tenge and crypto are exchanged.
    Class, PerClass:
    /// Licensed by the AIFC authority.
    Licensed = licensed, "Licensed (AIFC)";
    /// Domestic, without licence: a site or a Telegram channel (обменник).
    Shadow = shadow, "Shadow exchanges";
    /// Industrial venue that serves darknet markets across borders.
    Hub = hub, "Darknet hubs";
    /// Large platform abroad, not licensed here.
    Foreign = foreign, "Foreign platforms";
    /// Cash and card deals between persons: boards and chats where they meet, each with a capacity.
    PeerToPeer = peer_to_peer, "Peer-to-peer and cash";
}

impl Class {
    /// Classes of illicit platforms: venues with an operator who can be hunted.
    pub const PLATFORMS: [Class; 2] = [Class::Shadow, Class::Hub];
    /// Classes whose venues do exchange business without a licence.
    pub const UNLICENSED: [Class; 3] = [Class::Shadow, Class::Hub, Class::Foreign];

    /// Whether venues of the class are illicit platforms.
    #[inline]
    pub fn is_platform(self) -> bool {
        Class::PLATFORMS.contains(&self)
    }

    /// Whether venues of the class do exchange business without a licence, at home or from abroad. Persons who deal with each
    /// other are no venue and need none.
    #[inline]
    pub fn is_unlicensed(self) -> bool {
        Class::UNLICENSED.contains(&self)
    }
}

/// One value for each class of illicit platform: venues with an operator who can be hunted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PerPlatform<T> {
    /// Shadow exchanges.
    pub shadow: T,
    /// Hubs.
    pub hub: T,
}

impl<T: Copy> PerPlatform<T> {
    /// The value of a class; `None` if its venues are no illicit platforms.
    pub fn of(&self, class: Class) -> Option<T> {
        match class {
            Class::Shadow => Some(self.shadow),
            Class::Hub => Some(self.hub),
            Class::Licensed | Class::Foreign | Class::PeerToPeer => None,
        }
    }
}

named_kinds! {
    /// Why somebody exchanges tenge and crypto. Dealers are agents of their own, not customers.
    Segment, PerSegment:
    /// Retail investor.
    Retail = retail, "Retail investors";
    /// Trader or sender of remittances.
    Remitter = remitter, "Traders and remitters";
    /// Buyer of drugs who pays in crypto.
    DrugBuyer = drug_buyer, "Drug buyers";
    /// Cash-out of fraud proceeds.
    Fraud = fraud, "Fraud cash-out";
    /// Investor in crypto pyramids.
    Pyramid = pyramid, "Pyramid investors";
    /// Professional: a desk, an importer, a large trader. Few, and most of the turnover of licensed and foreign venues.
    Professional = professional, "Professionals";
}

impl Segment {
    /// Whether people of the segment know droppers and darknet hubs: drug buyers and fraud.
    pub fn is_criminal(self) -> bool {
        matches!(self, Segment::DrugBuyer | Segment::Fraud)
    }
}

named_kinds! {
    /// Whose turnover a row of a table counts: the customer segments and the drug dealers.
    Trader, PerTrader:
    /// Retail investor.
    Retail = retail, "Retail investors";
    /// Trader or sender of remittances.
    Remitter = remitter, "Traders and remitters";
    /// Buyer of drugs.
    DrugBuyer = drug_buyer, "Drug buyers";
    /// Cash-out of fraud proceeds.
    Fraud = fraud, "Fraud cash-out";
    /// Investor in crypto pyramids.
    Pyramid = pyramid, "Pyramid investors";
    /// Professional.
    Professional = professional, "Professionals";
    /// Drug dealer who sells in Kazakhstan.
    Dealer = dealer, "Dealers in Kazakhstan";
    /// Drug dealer who sells abroad and cashes out at a hub.
    DealerAbroad = dealer_abroad, "Dealers abroad";
    /// Illegal mining farm that sells its coins.
    Farm = farm, "Illegal farms";
}

impl Trader {
    /// Whether the money is that of the drug trade, of fraud or of illegal mining.
    pub fn is_criminal(self) -> bool {
        matches!(
            self,
            Trader::DrugBuyer
                | Trader::Fraud
                | Trader::Dealer
                | Trader::DealerAbroad
                | Trader::Farm
        )
    }

    /// What the money is for.
    pub fn purpose(self) -> Purpose {
        match self {
            Trader::DrugBuyer => Purpose::Drugs,
            Trader::Dealer | Trader::DealerAbroad => Purpose::CashOut,
            Trader::Fraud => Purpose::Fraud,
            Trader::Pyramid => Purpose::Pyramids,
            Trader::Farm => Purpose::Mining,
            Trader::Retail | Trader::Remitter | Trader::Professional => Purpose::Honest,
        }
    }
}

named_kinds! {
    /// What money is for, at whatever venue. All purposes but the honest one are money of crime.
    Purpose, PerPurpose:
    /// Payments of drug buyers.
    Drugs = drugs, "Drug payments";
    /// Dealers at home and abroad who turn coins into money.
    CashOut = cash_out, "Dealers' cash-out";
    /// Proceeds of fraud cashed out.
    Fraud = fraud, "Fraud cash-out";
    /// What members of pyramids pay in: the money of honest people for a crime.
    Pyramids = pyramids, "Payments into pyramids";
    /// Coins of illegal mining.
    Mining = illegal_mining, "Coins of illegal mining";
    /// Everything else.
    Honest = honest, "Honest";
}

impl Purpose {
    /// Whether it is money of crime.
    pub fn is_crime(self) -> bool {
        self != Purpose::Honest
    }
}

impl From<Segment> for Trader {
    fn from(segment: Segment) -> Trader {
        Trader::ALL[segment.index()]
    }
}

named_kinds! {
    /// What a payment goes through.
    Channel, PerChannel:
    /// Merchant account: cheap and visible.
    Account = account, "Merchant accounts";
    /// Mule card lent by a dropper: dear, hidden, limited.
    Card = card, "Mule cards";
    /// Cash.
    Cash = cash, "Cash";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_rounds_down_and_never_exceeds_the_whole() {
        assert_eq!(Kzt(101).share(0.5), Kzt(50));
        assert_eq!(Kzt(101).share(1.0), Kzt(101));
        assert_eq!(Kzt(101).share(0.0), Kzt::ZERO);
    }

    #[test]
    fn segments_come_first_among_traders_and_keep_their_names() {
        for &segment in Segment::ALL {
            assert_eq!(Trader::from(segment).key(), segment.key());
        }
    }
}
