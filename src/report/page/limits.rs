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

/// An item as HTML: `**strong**` and code in backticks are all the Markdown that it may hold.
pub fn html(item: &str) -> String {
    marked(&marked(&escaped(item), "**", "b"), "`", "code")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A sentence as HTML in which no line ends within an interval in brackets.
pub fn whole(sentence: &str) -> String {
    let text = escaped(sentence);
    let mut parts = text.split('[');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |html, part| match part.split_once(']') {
        Some((inside, rest)) => html + "<span class=\"whole\">[" + inside + "]</span>" + rest,
        None => html + "[" + part,
    })
}

/// What stands between signs becomes an element.
fn marked(text: &str, sign: &str, element: &str) -> String {
    let parts = text.split(sign).enumerate().map(|(number, part)| match number % 2 {
        0 => part.to_owned(),
        _ => format!("<{element}>{part}</{element}>"),
    });
    parts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let cut = whole("a < 6 % [0–12], b [1–2");
        assert_eq!(cut, "a &lt; 6 % <span class=\"whole\">[0–12]</span>, b [1–2");
        assert_eq!(html("**a** `b` < c"), "<b>a</b> <code>b</code> &lt; c");
    }
}
