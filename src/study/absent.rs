//! Numbers that are read back from JSON, where what is no number stands as `null`: measures without a value.

use serde::{Deserialize, Deserializer};

/// A number.
pub fn number<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or(f64::NAN))
}

/// A list.
pub fn list<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<f64>, D::Error> {
    Ok(known(Vec::deserialize(from)?))
}

/// Lists of numbers.
pub fn lists<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Vec<f64>>, D::Error> {
    let lists: Vec<Vec<Option<f64>>> = Vec::deserialize(from)?;
    Ok(lists.into_iter().map(known).collect())
}

fn known(list: Vec<Option<f64>>) -> Vec<f64> {
    list.into_iter().map(|value| value.unwrap_or(f64::NAN)).collect()
}
