//! Sentences as HTML of the page.

/// A text as HTML: `**strong**` and code in backticks are all the Markdown that it may hold.
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
    fn signs_become_elements_and_intervals_stay_whole() {
        let cut = whole("a < 6 % [0–12], b [1–2");
        assert_eq!(cut, "a &lt; 6 % <span class=\"whole\">[0–12]</span>, b [1–2");
        assert_eq!(html("**a** `b` < c"), "<b>a</b> <code>b</code> &lt; c");
    }
}
