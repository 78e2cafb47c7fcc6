//! The levers of policy, each declared once: dated in a scenario, and with the value of a day in a run.
//!
//! Meaning, unit, range, status, source and words of each stand in `scenarios/kazakhstan.ron`. A new lever is a line
//! there and here; the actor whom it concerns reads its value of the day.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::banks::PickedBanks;
use super::campaign::Campaign;
use super::intervention::Intervention;
use super::world::Dated;
use world::units::{Class, PerClass};

macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($(#[$about:meta])* $value:ident = $words:literal | $label:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum $name { $($(#[$about])* $value,)+ }

        impl SingleValued for $name {
            fn value(&self) -> LeverValue {
                match self { $($name::$value => LeverValue::Words($words, $label),)+ }
            }
        }
    };
}

choice! {
    /// Which venues are taken first.
    Targeting {
        /// Most evidence first.
        Easiest = "the easiest to prove first" | "easiest first",
        /// Largest turnover, as the agency sees it, first.
        Largest = "the largest first" | "largest first",
        /// In random order.
        Random = "venues at random" | "at random",
        /// Most drug money, as the agency sees it, first.
        MostHarmful = "the most harmful first" | "most harmful first",
        /// Operators with the longest record of relaunches and turnover first.
        KeyOperators = "key operators first" | "key operators",
    }
}

choice! {
    /// Which banks are told to block first.
    BankOrder {
        /// In random order.
        AtRandom = "in random order" | "in random order",
        /// Those with most assets first.
        LargestFirst = "the largest first" | "largest first",
    }
}

choice! {
    /// The list by which banks know an account that they must not pay to.
    PaymentList {
        /// Venues on the regulator's list of forbidden ones.
        Forbidden = "the list of forbidden venues" | "forbidden venues",
        /// Venues that are not on the list of licensed ones.
        Licensed = "the list of licensed venues, and pay to no other" | "licensed venues",
    }
}

/// What a lever is set to on a day.
pub trait LeverSetting: Clone {
    /// The same over time.
    type Dated;
    /// The value on a date.
    fn on(dated: &Self::Dated, date: Date) -> Self;
    /// Steps over time, member by member with the end of its path.
    fn steps(dated: &Self::Dated) -> Vec<(String, Dated<LeverValue>)>;
}

/// What a lever is set to, as it is told.
#[derive(Clone, Debug, PartialEq)]
pub enum LeverValue {
    /// A number.
    Number(f64),
    /// A choice: in a sentence, and in a label.
    Words(&'static str, &'static str),
    /// Banks, which the issuers of the scenario give their names.
    Banks(PickedBanks),
}

/// A lever with one value, not one for each class.
trait SingleValued: Clone {
    fn value(&self) -> LeverValue;
}

impl SingleValued for f64 {
    fn value(&self) -> LeverValue {
        LeverValue::Number(*self)
    }
}

impl SingleValued for PickedBanks {
    fn value(&self) -> LeverValue {
        LeverValue::Banks(self.clone())
    }
}

impl<T: SingleValued> LeverSetting for T {
    type Dated = Dated<T>;
    fn on(dated: &Dated<T>, date: Date) -> T {
        dated.on(date)
    }
    fn steps(dated: &Dated<T>) -> Vec<(String, Dated<LeverValue>)> {
        vec![(String::new(), dated.map(T::value))]
    }
}

impl LeverSetting for PerClass<f64> {
    type Dated = PerClass<Dated<f64>>;
    fn on(dated: &PerClass<Dated<f64>>, date: Date) -> PerClass<f64> {
        PerClass {
            licensed: dated.licensed.on(date),
            shadow: dated.shadow.on(date),
            hub: dated.hub.on(date),
            foreign: dated.foreign.on(date),
            peer_to_peer: dated.peer_to_peer.on(date),
        }
    }
    fn steps(dated: &PerClass<Dated<f64>>) -> Vec<(String, Dated<LeverValue>)> {
        let of = |class: &Class| (format!(".{class}"), dated[*class].map(f64::value));
        Class::ALL.iter().map(of).collect()
    }
}

impl Policy {
    /// Campaigns that change something, in the order in which they are applied: by first day, then by name.
    pub fn campaigns_in_order(&self) -> Vec<(&str, &Campaign)> {
        let mut order: Vec<(&str, &Campaign)> = self
            .campaigns
            .iter()
            .filter(|(_, campaign)| campaign.acts())
            .map(|(name, campaign)| (name.as_str(), campaign))
            .collect();
        order.sort_by_key(|(name, campaign)| (campaign.from.unwrap_or(Date::MIN), *name));
        order
    }
}

macro_rules! policy {
    ($(
        $(#[$doc:meta])*
        $group:ident: $dated:ident, $today:ident { $($lever:ident: $kind:ty,)+ }
    )+) => {
        /// The policy of a scenario: its levers by date, campaigns and interventions.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        #[allow(missing_docs)]
        pub struct Policy {
            $($(#[$doc])* pub $group: $dated,)+
            pub campaigns: BTreeMap<String, Campaign>,
            pub interventions: BTreeMap<String, Intervention>,
        }

        /// What every lever is set to on a day.
        #[derive(Clone, Debug, PartialEq)]
        pub struct InForce {
            $($(#[$doc])* pub $group: $today,)+
        }

        impl Policy {
            /// What the levers are set to on a date, campaigns left out.
            pub fn on(&self, date: Date) -> InForce {
                InForce { $($group: self.$group.on(date),)+ }
            }

            /// Every lever with its path below `policy`, in the order of the reference scenario.
            pub fn levers(&self) -> Vec<(String, Dated<LeverValue>)> {
                let mut all = Vec::new();
                $(self.$group.levers(stringify!($group), &mut all);)+
                all
            }
        }

        $(
            $(#[$doc])*
            #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
            #[serde(deny_unknown_fields)]
            #[allow(missing_docs)]
            pub struct $dated {
                $(pub $lever: <$kind as LeverSetting>::Dated,)+
            }

            $(#[$doc])*
            #[derive(Clone, Debug, PartialEq)]
            #[allow(missing_docs)]
            pub struct $today {
                $(pub $lever: $kind,)+
            }

            impl $dated {
                fn on(&self, date: Date) -> $today {
                    $today { $($lever: LeverSetting::on(&self.$lever, date),)+ }
                }

                fn levers(&self, group: &str, all: &mut Vec<(String, Dated<LeverValue>)>) {
                    $(
                        for (member, steps) in <$kind as LeverSetting>::steps(&self.$lever) {
                            all.push((format!("{group}.{}{member}", stringify!($lever)), steps));
                        }
                    )+
                }
            }
        )+
    };
}

policy! {
    /// Banks check payments and stop those to unlicensed venues.
    auto_block: AutoBlock, AutoBlockToday {
        bank_share: f64,
        order: BankOrder,
        banks: PickedBanks,
        pay_list: PaymentList,
        detect_listed: f64,
        detect_unlisted: f64,
        detect_card: f64,
        list_lag_days: f64,
        false_positive: f64,
        threshold_kzt: f64,
    }

    /// The agency closes platforms.
    shutdown_rate: ShutdownRate, ShutdownRateToday {
        closures_per_month: f64,
        targeting: Targeting,
        with_arrest: f64,
    }

    /// Providers block sites.
    site_blocking: SiteBlocking, SiteBlockingToday {
        sites_per_month: f64,
        traffic_reached: f64,
        mirror_race: f64,
    }

    /// Wallets are frozen.
    wallet_freezing: WalletFreezing, WalletFreezingToday {
        venues_per_month: f64,
        float_caught: f64,
        delay_days: f64,
        leak: f64,
    }

    /// Courts convict, jail and confiscate.
    sentencing: Sentencing, SentencingToday {
        conviction: f64,
        custodial_share: f64,
        term_years: f64,
        confiscation: f64,
    }

    /// The authority licenses venues.
    licensing: Licensing, LicensingToday {
        capital_kzt: f64,
        yearly_cost_kzt: f64,
        decision_days: f64,
        approval: f64,
        client_limit_kzt: f64,
        kyc_burden: f64,
    }

    /// What the state takes of what is legal.
    tax: Tax, TaxToday {
        licensed_levy: f64,
        mining_levy_kzt_per_kwh: f64,
    }

    /// Licensed venues and banks are fined for what they failed to stop.
    liability: Liability, LiabilityToday {
        venue_fine: f64,
        bank_fine: f64,
        found: f64,
    }

    /// Legal miners get power.
    grid: Grid, GridToday {
        quota_mw: f64,
        tariff_kzt_per_kwh: f64,
        licence_kzt_per_mw: f64,
    }

    /// Authorities abroad help.
    cooperation: Cooperation, CooperationToday {
        reach: f64,
        chance: f64,
        delay_days: f64,
    }

    /// The agency warns of pyramids and dismantles them.
    pyramid_warnings: PyramidWarnings, PyramidWarningsToday {
        reach: f64,
        actions_per_year: f64,
    }

    /// The agency inspects illegal farms and breaks up rackets.
    mining_inspections: MiningInspections, MiningInspectionsToday {
        per_month: f64,
        threat: f64,
        racket_cases_per_year: f64,
    }

    /// What makes cards scarcer for those who borrow them.
    card_limits: CardLimits, CardLimitsToday {
        cards_per_client: f64,
        non_resident_validity_months: f64,
        lending_penalty: f64,
        detection: f64,
    }

    /// Identification that venues are told to ask for.
    kyc: Kyc, KycToday {
        required: PerClass<f64>,
        complies: PerClass<f64>,
    }

    /// What the agency and licensed venues see of money.
    monitoring: Monitoring, MonitoringToday {
        chain_analytics: f64,
        false_reports: f64,
        licensed_detection: f64,
        licensed_false_alarm: f64,
    }

    /// What enforcement may cost.
    budget: Budget, BudgetToday {
        agency_days_per_month: f64,
        bank_kzt_per_month: f64,
    }
}
