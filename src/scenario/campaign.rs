//! Campaigns: a lever held at another value for a time, in waves, along a ramp, or while the agency sees cause.
//!
//! Here stand what a campaign is and the rules for its days; the file `kazakhstan.ron` says what each field means.
//!
//! Deliberately absent: what the agency sees (the model knows), checks of what was written (`check`, `cross_checks`).

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A value of a lever: a number, or a word where the lever is a choice.
#[derive(Clone, Debug, PartialEq)]
pub enum CampaignValue {
    /// A number in the lever's unit.
    Number(f64),
    /// One of the words of a choice.
    Word(String),
}

/// A lever held at another value for a time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Campaign {
    /// Path of the lever below `policy`.
    pub lever: String,
    /// Value at full strength.
    pub value: CampaignValue,
    /// First day; without it from the beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// Last day; without it to the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// Days until the value is reached, on a straight line; 0 at once.
    pub ramp_days: u16,
    /// Days from one wave to the next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub every_days: Option<u16>,
    /// Days that a wave lasts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lasting_days: Option<u16>,
    /// What the agency must see for the campaign to be in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen: Option<Indicator>,
    /// In force while the indicator is above this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub above: Option<f64>,
    /// In force while the indicator is below this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub below: Option<f64>,
    /// Days for which it stays in force once the indicator was beyond the limit.
    pub for_days: u16,
    /// Strength: 0 leaves the lever as it is, 1 brings it to the value.
    pub strength: f64,
}

impl Campaign {
    /// The lever held at a value over the whole run, at once and in full.
    pub fn new(lever: &str, value: CampaignValue) -> Campaign {
        Campaign {
            lever: lever.to_owned(),
            value,
            from: None,
            until: None,
            ramp_days: 0,
            every_days: None,
            lasting_days: None,
            seen: None,
            above: None,
            below: None,
            for_days: 30,
            strength: 1.0,
        }
    }
}

/// What holds where nothing is said; lever and value are always said, which is looked at before (`check`).
impl Default for Campaign {
    fn default() -> Campaign {
        Campaign::new("", CampaignValue::Number(0.0))
    }
}

world::named! {
    /// What the agency itself sees of the market, as of an evening.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
    Indicator:
    /// Turnover of open platforms on the regulator's list in thirty days, as people see it, in tenge.
    ListedTurnover;
    /// Open platforms on the regulator's list.
    ListedVenues;
    /// Cases being worked on.
    OpenCases;
    /// Useful reports of banks in thirty days.
    Reports;
    /// Closures in thirty days.
    Closures;
    /// Open platforms on the list that are the new name of a closed one.
    ReopenedNames;
}

impl Campaign {
    /// Whether it changes anything at all.
    pub fn acts(&self) -> bool {
        self.strength > 0.0
    }

    /// Days since the campaign, or its wave, began; `None` outside of both. `first` is the first day of the run.
    pub fn age(&self, date: Date, first: Date) -> Option<u16> {
        let begin = self.from.unwrap_or(first);
        if date < begin || self.until.is_some_and(|until| date > until) {
            return None;
        }
        let days = (date - begin).get_days().unsigned_abs();
        let age = match (self.every_days, self.lasting_days) {
            (Some(every), Some(lasting)) => {
                Some(days % u32::from(every)).filter(|day| *day < u32::from(lasting))
            }
            _ => Some(days),
        };
        // Longer than any ramp: how much longer does not matter.
        age.map(|days| u16::try_from(days).unwrap_or(u16::MAX))
    }

    /// Whether a reading of its indicator lies beyond the limit: between both, if there are two.
    pub fn beyond(&self, reading: f64) -> bool {
        self.above.is_none_or(|above| reading > above)
            && self.below.is_none_or(|below| reading < below)
    }

    /// Value of the lever on a day that is `age` days after the beginning, over what would hold anyway:
    /// underlying + strength · ramp · (value − underlying). A choice changes as a whole.
    pub fn over(&self, underlying: &CampaignValue, age: u16) -> CampaignValue {
        let ramp = match self.ramp_days {
            0 => 1.0,
            days => (f64::from(age) / f64::from(days)).min(1.0),
        };
        let weight = self.strength * ramp;
        match (underlying, &self.value) {
            _ if weight <= 0.0 => underlying.clone(),
            (CampaignValue::Number(held), CampaignValue::Number(value)) if weight < 1.0 => {
                CampaignValue::Number(held + weight * (value - held))
            }
            (_, value) => value.clone(),
        }
    }
}

impl fmt::Display for CampaignValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CampaignValue::Number(number) => write!(f, "{number}"),
            CampaignValue::Word(word) => f.write_str(word),
        }
    }
}

impl Serialize for CampaignValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            // Whole numbers without a point, so that they suit levers of either kind.
            CampaignValue::Number(number) if number.fract() == 0.0 && number.abs() < 9e15 => {
                serializer.serialize_i64(*number as i64)
            }
            CampaignValue::Number(number) => serializer.serialize_f64(*number),
            CampaignValue::Word(word) => serializer.serialize_str(word),
        }
    }
}

impl<'de> Deserialize<'de> for CampaignValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<CampaignValue, D::Error> {
        struct Either;
        impl serde::de::Visitor<'_> for Either {
            type Value = CampaignValue;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a number or a word")
            }
            fn visit_f64<E>(self, number: f64) -> Result<CampaignValue, E> {
                Ok(CampaignValue::Number(number))
            }
            fn visit_i64<E>(self, number: i64) -> Result<CampaignValue, E> {
                Ok(CampaignValue::Number(number as f64))
            }
            fn visit_u64<E>(self, number: u64) -> Result<CampaignValue, E> {
                Ok(CampaignValue::Number(number as f64))
            }
            fn visit_str<E>(self, word: &str) -> Result<CampaignValue, E> {
                Ok(CampaignValue::Word(word.to_owned()))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn campaign() -> Campaign {
        Campaign::new("shutdown_rate.closures_per_month", CampaignValue::Number(12.0))
    }

    #[test]
    fn a_ramp_is_a_straight_line_and_strength_scales_it() {
        let under = CampaignValue::Number(2.0);
        let ramp = Campaign { ramp_days: 10, ..campaign() };
        let on = |campaign: &Campaign, age| campaign.over(&under, age);
        assert_eq!(on(&ramp, 0), under);
        assert_eq!(on(&ramp, 5), CampaignValue::Number(7.0));
        assert_eq!(on(&ramp, 10), CampaignValue::Number(12.0));
        assert_eq!(on(&ramp, 99), CampaignValue::Number(12.0));
        assert_eq!(on(&Campaign { strength: 0.0, ..campaign() }, 99), under);
        assert_eq!(on(&Campaign { strength: 0.5, ..campaign() }, 0), CampaignValue::Number(7.0));
    }

    #[test]
    fn a_choice_changes_as_a_whole_at_any_strength_above_zero() {
        let (under, word) =
            (CampaignValue::Word("Easiest".into()), CampaignValue::Word("Largest".into()));
        let half = Campaign { value: word.clone(), strength: 0.5, ..campaign() };
        assert_eq!(half.over(&under, 0), word);
        assert_eq!(Campaign { strength: 0.0, ..half }.over(&under, 0), under);
    }

    #[test]
    fn waves_come_back_and_end_with_the_campaign() {
        let (begin, first) = (date(2024, 1, 1), date(2023, 1, 1));
        let waves = Campaign {
            from: Some(begin),
            until: Some(date(2024, 1, 25)),
            every_days: Some(10),
            lasting_days: Some(3),
            ..campaign()
        };
        let days: Vec<i8> =
            (1..=31).filter(|day| waves.age(date(2024, 1, *day), first).is_some()).collect();
        assert_eq!(days, [1, 2, 3, 11, 12, 13, 21, 22, 23]);
        assert_eq!(waves.age(date(2024, 1, 12), first), Some(1), "each wave has its own ramp");
        assert_eq!(waves.age(date(2023, 12, 31), first), None);
    }

    #[test]
    fn two_limits_mean_between() {
        let band = Campaign { above: Some(2.0), below: Some(5.0), ..campaign() };
        assert_eq!(
            [1.0, 2.0, 3.0, 5.0].map(|reading| band.beyond(reading)),
            [false, false, true, false]
        );
    }
}
