//! A value in a study file, read as what it should be; what is wrong with it is reported.

use crate::finding::{Finding, nearest, plain};
use crate::names::Names;
use crate::shape::{Shape, shape};
use crate::source::{Node, Span, Value};

/// A value of a study and what is found about it.
pub(crate) struct At<'a> {
    pub(crate) path: &'a str,
    pub(crate) node: &'a Node,
    pub(crate) found: &'a mut Vec<Finding>,
}

impl At<'_> {
    /// Reports that something else is wanted here.
    pub(crate) fn wanted(&mut self, what: &str, hint: &str) {
        if matches!(self.node.value, Value::Broken) {
            return;
        }
        let message =
            format!("`{}` must be {what}, but found {}", self.path, self.node.value.in_words());
        let finding = Finding::error(message).at(self.node.span, format!("{what} is wanted"));
        self.found.push(if hint.is_empty() { finding } else { finding.hint(hint) });
    }

    /// The value of a field of this group, if it is there.
    pub(crate) fn below<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&mut At) -> Option<T>,
    ) -> Option<T> {
        let field = self.node.field(name)?;
        let path = format!("{}.{name}", self.path);
        read(&mut At { path: &path, node: &field.value, found: &mut *self.found })
    }

    pub(crate) fn text(&mut self) -> Option<String> {
        match self.node.text() {
            Some(text) if !text.trim().is_empty() => Some(text.to_owned()),
            Some(_) => {
                let message = format!("`{}` is empty", self.path);
                self.found.push(Finding::error(message).at(self.node.span, "a text is wanted"));
                None
            }
            None => {
                self.wanted("a text in quotes", &format!("write {}: \"…\"", self.path));
                None
            }
        }
    }

    pub(crate) fn whole(&mut self, low: f64, high: f64) -> Option<f64> {
        let Some(number) = self.node.number() else {
            self.wanted("a whole number", "");
            return None;
        };
        if number.fract() == 0.0 && (low..=high).contains(&number) {
            return Some(number);
        }
        let range = format!("a whole number from {} to {}", plain(low), plain(high));
        let message = format!("`{}` must be {range}, but is {}", self.path, plain(number));
        self.found.push(Finding::error(message).at(self.node.span, format!("{range} is wanted")));
        None
    }

    pub(crate) fn amount(&mut self) -> Option<f64> {
        match self.node.number() {
            Some(number) if number > 0.0 => Some(number),
            Some(_) => {
                let message = format!("`{}` must be above 0", self.path);
                self.found.push(Finding::error(message).at(self.node.span, "above 0 is wanted"));
                None
            }
            None => {
                self.wanted("a number", "");
                None
            }
        }
    }

    pub(crate) fn word(&mut self, words: &[&str]) -> Option<String> {
        let given = match &self.node.value {
            Value::Name(name) if words.contains(&name.as_str()) => return Some(name.clone()),
            Value::Name(text) | Value::Text(text) | Value::Tagged(text, _) => text.as_str(),
            _ => "",
        };
        let hint = match nearest(given, words.iter().copied()) {
            Some(near) if near == given => format!("write {near} without quotes"),
            Some(near) => format!("did you mean {near}?"),
            None => String::new(),
        };
        self.wanted(&format!("one of {}", words.join(", ")), &hint);
        None
    }

    /// Texts in a list; a single text stands for a list of one.
    pub(crate) fn texts(&mut self, example: &str) -> Vec<(String, Span)> {
        let single = std::slice::from_ref(self.node);
        let items = match &self.node.value {
            Value::List(items) => items,
            Value::Text(_) => single,
            _ => {
                self.wanted("a list of texts in quotes", example);
                return Vec::new();
            }
        };
        let path = format!("an item of {}", self.path);
        let mut texts: Vec<(String, Span)> = Vec::new();
        let mut names = Names::new();
        for node in items {
            let mut item = At { path: &path, node, found: &mut *self.found };
            if node.text().is_none() {
                item.wanted("a text in quotes", "");
                continue;
            }
            let Some(text) = item.text() else { continue };
            let shown = format!("in `{}`, \"{text}\"", self.path);
            if names.once(&text, &shown, node.span, self.found) {
                texts.push((text, node.span));
            }
        }
        texts
    }
}

/// The path of a parameter that a key in quotes names.
pub(super) fn path_of<'a>(key: &'a Node, what: &str, found: &mut Vec<Finding>) -> Option<&'a str> {
    if key.text().is_none() && !matches!(key.value, Value::Broken) {
        found.push(
            Finding::error(format!(
                "in `{what}`, a parameter is named by its path in quotes, but found {}",
                key.value.in_words()
            ))
            .at(key.span, "quotes are wanted")
            .hint("for example \"customers.habit\": 0.5; `crackdown params` lists all paths"),
        );
    }
    key.text()
}

/// Reports a path that names no parameter.
pub(super) fn unknown(path: &str, key: &Node, found: &mut Vec<Finding>) {
    let finding = Finding::error(format!("there is no parameter `{path}`"));
    let hint = "`crackdown params` lists all paths, `crackdown params WORD` those with a word";
    if matches!(shape().at(path), Some(Shape::Group { .. })) {
        found.push(finding.at(key.span, "a group of parameters: name one of them").hint(hint));
        return;
    }
    let paths = shape().paths();
    let last = path.rsplit('.').next();
    let alike = paths.iter().filter(|known| known.rsplit('.').next() == last);
    let near =
        nearest(path, paths.iter().copied()).or_else(|| match alike.collect::<Vec<_>>()[..] {
            [only] => Some(*only),
            _ => None,
        });
    let label = near.map_or("unknown path".to_owned(), |near| format!("did you mean `{near}`?"));
    found.push(finding.at(key.span, label).hint(hint));
}
