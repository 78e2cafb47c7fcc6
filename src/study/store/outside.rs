//! What a result folder holds may come from anywhere.

use std::path::Path;

use scenario::files;
use serde::de::DeserializeOwned;
use serde_json::Value;
use world::text::unprintable;

/// Data from JSON of which every text can be shown.
///
/// # Errors
/// If it is something else, or holds a text that drawings, workbooks or terminals would refuse or obey.
pub fn json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    let value: Value = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    if let Some(text) = unfit(&value) {
        return Err(format!("the text \"{}\" cannot be shown", text.escape_debug()));
    }
    serde_json::from_value(value).map_err(|error| error.to_string())
}

/// The same from a file, of which no more is read than any has.
///
/// # Errors
/// As for `json`, or if it cannot be read.
pub fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, String> {
    json(&files::read(path).map_err(|error| files::why(&error))?)
}

fn unfit(value: &Value) -> Option<&str> {
    let wrong = |text: &&str| text.contains(unprintable);
    match value {
        Value::String(text) => Some(text.as_str()).filter(wrong),
        Value::Array(items) => items.iter().find_map(unfit),
        Value::Object(fields) => fields
            .iter()
            .find_map(|(name, value)| Some(name.as_str()).filter(wrong).or_else(|| unfit(value))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_cannot_be_shown_are_refused_wherever_they_stand() {
        let fine = br#"{"a": ["b", 1, {"c": "\u0416 \u20b8"}]}"#;
        assert_eq!(json::<Value>(fine).unwrap()["a"][1], 1);
        for wrong in [r#""a\u0007""#, r#"{"a": ["b\n"]}"#, r#"[{"a\ufffe": 1}]"#] {
            let why = json::<Value>(wrong.as_bytes()).unwrap_err();
            assert!(why.contains("cannot be shown") && !why.contains(unprintable), "{why}");
        }
    }
}
