//! What the model cannot tell: one text, which page, README and guide share.

use crate::guide::Topic;

/// What the model cannot tell, an item for each thing on one line: the list in Markdown of the guide.
pub fn items() -> impl Iterator<Item = String> {
    let list = Topic::of("limits").map_or("", Topic::text);
    list.split("\n- ").map(|item| {
        let item = item.strip_prefix("- ").unwrap_or(item);
        item.split_whitespace().collect::<Vec<_>>().join(" ")
    })
}

/// What an item is about: its strong beginning, and what it announces by a colon.
pub fn first(item: &str) -> String {
    let mut parts = item.splitn(3, "**").skip(1);
    match (parts.next(), parts.next()) {
        (Some(strong), Some(rest)) if strong.ends_with(':') => {
            let sentence = rest.split_inclusive(". ").next().unwrap_or_default();
            format!("{strong}{sentence}").trim_end().to_owned()
        }
        (Some(strong), _) => format!("{}.", strong.trim_end_matches('.')),
        (None, _) => item.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::{Language, speaking};
    use crate::page::markup::html;

    #[test]
    fn what_items_are_about_in_short_ends_no_list_before_it_begins() {
        for language in Language::ALL {
            let short: Vec<String> =
                speaking(language, || items().map(|item| first(&item)).collect());
            for one in &short {
                assert!(one.ends_with('.') && !one.contains('*'), "{one}");
            }
            assert!(short.iter().any(|one| one.contains(": ")), "{short:?}");
        }
    }

    #[test]
    fn every_item_is_one_line_without_signs_of_markdown() {
        let items: Vec<String> = items().map(|item| html(&item)).collect();
        let list = Topic::of("limits").unwrap().text();
        assert_eq!(items.len(), list.lines().filter(|line| line.starts_with("- ")).count());
        for item in &items {
            assert!(item.starts_with("<b>") && item.ends_with('.'), "{item}");
            assert!(!item.contains(['*', '`', '\n']), "{item}");
            for element in ["b", "code"] {
                let count = |sign: &str| item.matches(&format!("<{sign}{element}>")).count();
                assert_eq!(count(""), count("/"), "{item}");
            }
        }
    }
}
