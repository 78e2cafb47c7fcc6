//! Banks that are picked: by size, by name, or all.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::world::Issuer;

/// Banks told to block whatever share of the market is told besides.
///
/// As text: `ByShare`, `Largest(5)`, `All`, or names with commas between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PickedBanks {
    /// No others than those that the share covers.
    ByShare,
    /// So many of those with most assets.
    Largest(usize),
    /// Those of these names.
    Named(Vec<String>),
    /// Every bank.
    All,
}

impl PickedBanks {
    /// Whether the bank at a position among the issuers is picked.
    pub fn pick(&self, issuers: &[Issuer], number: usize) -> bool {
        match self {
            PickedBanks::ByShare => false,
            PickedBanks::All => true,
            PickedBanks::Named(names) => names.contains(&issuers[number].name),
            // Of banks of one size the first in the list is the larger.
            PickedBanks::Largest(most) => {
                let own = issuers[number].assets_kzt_bn;
                let before = |(other, issuer): (usize, &Issuer)| {
                    issuer.assets_kzt_bn > own || issuer.assets_kzt_bn == own && other < number
                };
                issuers.iter().enumerate().filter(|other| before(*other)).count() < *most
            }
        }
    }

    /// In a sentence, with the names of those picked.
    pub(super) fn in_words(&self, issuers: &[Issuer]) -> String {
        let mut picked: Vec<(f64, &str)> = issuers
            .iter()
            .enumerate()
            .filter(|(number, _)| self.pick(issuers, *number))
            .map(|(_, issuer)| (issuer.assets_kzt_bn, issuer.name.as_str()))
            .collect();
        picked.sort_by(|a, b| b.0.total_cmp(&a.0));
        let names: Vec<&str> = picked.into_iter().map(|(_, name)| name).collect();
        match self {
            PickedBanks::ByShare => "none".to_owned(),
            PickedBanks::All => format!("all {}", issuers.len()),
            PickedBanks::Named(_) => names.join(", "),
            PickedBanks::Largest(1) => format!("the largest ({})", names.join(", ")),
            PickedBanks::Largest(most) => format!("the {most} largest ({})", names.join(", ")),
        }
    }

    /// In a label.
    pub(super) fn label(&self) -> String {
        match self {
            PickedBanks::ByShare => "none".to_owned(),
            PickedBanks::All => "all".to_owned(),
            PickedBanks::Named(names) => format!("{} by name", names.len()),
            PickedBanks::Largest(most) => format!("{most} largest"),
        }
    }
}

/// Names of the banks that a share of the market covers where the largest come first: those of which half lies within it.
pub(super) fn covered(issuers: &[Issuer], share: f64) -> Vec<&str> {
    let assets: f64 = issuers.iter().map(|issuer| issuer.assets_kzt_bn).sum();
    let mut sorted: Vec<&Issuer> = issuers.iter().collect();
    sorted.sort_by(|a, b| b.assets_kzt_bn.total_cmp(&a.assets_kzt_bn));
    let mut before = 0.0;
    let middle = |issuer: &&Issuer| {
        let own = issuer.assets_kzt_bn / assets;
        before += own;
        before - own / 2.0 <= share
    };
    sorted.into_iter().take_while(middle).map(|issuer| issuer.name.as_str()).collect()
}

impl fmt::Display for PickedBanks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PickedBanks::ByShare => f.write_str("ByShare"),
            PickedBanks::All => f.write_str("All"),
            PickedBanks::Named(names) => f.write_str(&names.join(", ")),
            PickedBanks::Largest(most) => write!(f, "Largest({most})"),
        }
    }
}

impl FromStr for PickedBanks {
    type Err = String;

    fn from_str(text: &str) -> Result<PickedBanks, String> {
        let largest = text.strip_prefix("Largest(").and_then(|rest| rest.strip_suffix(')'));
        match (text, largest) {
            ("ByShare", _) => Ok(PickedBanks::ByShare),
            ("All", _) => Ok(PickedBanks::All),
            (_, Some(most)) => match most.trim().parse() {
                Ok(most) if most > 0 => Ok(PickedBanks::Largest(most)),
                _ => Err("how many of the largest banks? write Largest(5)".to_owned()),
            },
            _ => {
                let names: Vec<String> =
                    text.split(',').map(|name| name.trim().to_owned()).collect();
                match names.iter().any(String::is_empty) {
                    true => Err("the name of a bank is empty".to_owned()),
                    false => Ok(PickedBanks::Named(names)),
                }
            }
        }
    }
}

impl Serialize for PickedBanks {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PickedBanks {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<PickedBanks, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference;

    #[test]
    fn banks_are_picked_by_size_and_by_name_and_a_text_is_read_as_it_was_written() {
        let issuers = reference().scenario.banks.issuers;
        let picked = |text: &str| {
            let banks: PickedBanks = text.parse().unwrap();
            assert_eq!(banks.to_string(), text);
            let numbers = (0..issuers.len()).filter(|number| banks.pick(&issuers, *number));
            numbers.map(|number| issuers[number].name.as_str()).collect::<Vec<_>>()
        };
        assert_eq!(picked("Largest(5)"), ["Halyk", "Kaspi", "CenterCredit", "Otbasy", "Forte"]);
        assert_eq!(picked("RBK, Kaspi"), ["Kaspi", "RBK"]);
        assert_eq!((picked("All").len(), picked("ByShare").len()), (issuers.len(), 0));
        for wrong in ["Largest(0)", "Largest(many)", "Kaspi,,RBK", ""] {
            assert!(wrong.parse::<PickedBanks>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn of_banks_of_one_size_the_first_in_the_list_is_picked() {
        let one = |name: &str| Issuer { name: name.to_owned(), assets_kzt_bn: 1.0 };
        let issuers = [one("a"), one("b"), one("c")];
        let picked = (0..3).map(|number| PickedBanks::Largest(2).pick(&issuers, number));
        assert_eq!(picked.collect::<Vec<_>>(), [true, true, false]);
    }
}
