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

/// What an item is about: its strong beginning.
pub fn first(item: &str) -> String {
    item.split("**").nth(1).map_or_else(|| item.to_owned(), |strong| format!("{strong} "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::markup::html;

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
