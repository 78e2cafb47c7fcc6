//! A study file with more draws or replications: the numbers are changed where they stand, everything else stays.
//!
//! Draws and replications that were there are the same afterwards, so their runs are not repeated.
//!
//! Deliberately absent: putting the file on disk.

use super::Study;
use super::draws::{DrawDesign, MOST_DRAWS};
use super::file::MOST_REPLICATIONS;
use crate::finding::plain;
use crate::reader::read_study;
use crate::source::{Sources, replaced};
use crate::tree::{Tree, Value};

impl Study {
    /// The text of the study file with so many more draws and replications.
    ///
    /// # Errors
    /// Why the draws cannot be added to, or that there would be too many.
    pub fn expanded(&self, more_draws: u32, more_replications: u32) -> Result<String, String> {
        // The text was read before, so it can be read again.
        let unreadable = || "the study cannot be read again".to_owned();
        let file = Sources::default().add("", self.text.as_str());
        let root = read_study(&self.text, file, &mut Vec::new()).ok_or_else(unreadable)?;
        let mut changes = Vec::new();
        if more_replications > 0 {
            let number = u64::from(self.replications) + u64::from(more_replications);
            if number as f64 > MOST_REPLICATIONS {
                return Err(format!(
                    "at most {} replications are possible",
                    plain(MOST_REPLICATIONS)
                ));
            }
            let node = root.at("replications").ok_or_else(unreadable)?;
            changes.push((node.span.start..node.span.end, number.to_string()));
        }
        if more_draws > 0 {
            let number = u64::from(self.draws()) + u64::from(more_draws);
            if number as f64 > MOST_DRAWS {
                return Err(format!("at most {} draws are possible", plain(MOST_DRAWS)));
            }
            let node = number_of_draws(&root, &self.draws.kind)?;
            changes.push(match (&self.draws.kind, &node.value) {
                (DrawDesign::LatinHypercube(_), Value::List(items)) => {
                    let end = items.last().map_or(node.span.end - 1, |item| item.span.end);
                    (end..end, format!(", {more_draws}"))
                }
                (DrawDesign::LatinHypercube(_), _) => {
                    let range = node.span.start..node.span.end;
                    (range.clone(), format!("[{}, {more_draws}]", &self.text[range]))
                }
                _ => (node.span.start..node.span.end, number.to_string()),
            });
        }
        Ok(replaced(&self.text, changes))
    }
}

/// Where the number of draws stands.
fn number_of_draws<'a>(root: &'a Tree, kind: &DrawDesign) -> Result<&'a Tree, String> {
    let why = match kind {
        DrawDesign::AsWritten => {
            "there is one draw, the parameters as written: add `draws` to the study"
        }
        DrawDesign::Grid => {
            "a grid holds all combinations of its values: add values to it, which makes the study another one"
        }
        DrawDesign::List => {
            "a list of draws says each of them: add draws to it, at the end so that the others keep their numbers"
        }
        DrawDesign::Table(_) => {
            "a table of draws says each of them: add rows to it, at the end so that the others keep their numbers"
        }
        _ => match root.at("draws").map(|draws| &draws.value) {
            Some(Value::Tagged(_, inside)) if inside.field("number").is_some() => {
                return Ok(&inside.field("number").expect("it was found").value);
            }
            _ => "the number of draws is not written in the study",
        },
    };
    Err(why.to_owned())
}
