use super::*;
use study::comparison::tests::small;

const HOSTILE: &str = "</script><b>80 %</b>\"'<img src=x onerror=alert(1)>{{ 7 * 7 }}";

/// A comparison in which a stranger has named a policy.
fn comparison(replications: u32) -> Comparison {
    let mut comparison = small(2, replications);
    HOSTILE.clone_into(&mut comparison.arms[1].title);
    comparison
}

fn drawn() -> Vec<Figure> {
    let svg = |text: &str| {
        format!("<?xml version=\"1.0\"?>\n<svg viewBox=\"0 0 9 9\"><text>{text}</text></svg>")
    };
    vec![
        Figure { name: "turnover_by_policy".to_owned(), svg: svg("still turnover") },
        Figure { name: "one_more".to_owned(), svg: svg("still another") },
    ]
}

/// The page without the charts' program, which is not ours.
fn own(page: &str) -> String {
    let (before, rest) = page.split_once(include_str!("echarts.min.js")).expect("charts are there");
    format!("{before}{rest}")
}

#[test]
fn the_page_is_whole_and_asks_nobody() {
    let comparison = comparison(3);
    let page = page(&comparison, &drawn());
    let own = own(&page);
    for address in [
        "src=\"http",
        "href=\"http",
        "url(http",
        "src=\"/",
        "href=\"/",
        "@import",
        "<link",
        "<iframe",
    ] {
        assert!(!own.contains(address), "the page speaks of {address}");
    }
    assert!(own.contains("default-src 'none'"), "nothing may be fetched");
    for arm in [&comparison.arms[0], &comparison.arms[2]] {
        assert!(own.matches(arm.title.as_str()).count() > 3, "{} is not told of", arm.title);
    }
    for text in ["still turnover", "still another", "One more", "id=\"figure-measures\""] {
        assert!(own.contains(text), "{text} is missing");
    }
    assert!(!own.contains("<?xml"), "a drawing within a page has no head of its own");
    for sentence in words::headline(&comparison) {
        assert!(sentence.contains(HOSTILE) || own.contains(&labels::tied(&sentence)), "{sentence}");
    }
}

#[test]
fn the_page_tells_every_limit() {
    let page = own(&page(&comparison(2), &[]));
    for item in limits::items() {
        assert!(page.contains(&limits::html(&item)), "{item}");
    }
}

#[test]
fn titles_of_strangers_stay_text() {
    let page = own(&page(&comparison(2), &[]));
    assert!(!page.contains("<b>80") && !page.contains("<img"), "a title became an element");
    assert!(page.contains("&lt;b&gt;80 %") && page.contains("\\u003cb\\u003e80 %"));
    assert!(!page.contains("49</"), "a title was computed");
    // Data, charts, page: no more scripts than the template has, and each ends once.
    assert_eq!(page.matches("<script").count(), 3);
    assert_eq!(page.matches("</script").count(), 3);
}

#[test]
fn the_same_comparison_gives_the_same_page_also_for_one_replication() {
    let comparison = comparison(1);
    let first = page(&comparison, &drawn());
    assert_eq!(first, page(&comparison, &drawn()));
    assert!(!own(&first).contains("NaN"), "numbers that are none");
}

#[test]
fn the_vendored_charts_are_those_of_the_package() {
    // sha256 b66b25aeb4df84e33199dc21694014d336d222cbd9deb0e5a7c14bd6aa0d0fd0 of dist/echarts.min.js, echarts 6.1.0.
    let hash = blake3::hash(include_bytes!("echarts.min.js")).to_hex();
    assert_eq!(hash.as_str(), "7152c2b737c1539a68b63f1ba2478d5bcfb68e0ae38b35daef854a184c0b1149");
    assert!(include_str!("echarts.min.js").contains("version=\"6.1.0\""));
    assert!(!include_str!("echarts.min.js").contains("</script"));
    assert!(include_str!("ECHARTS_LICENSE.txt").contains("Apache License"));
    assert!(include_str!("ECHARTS_NOTICE.txt").contains("Apache ECharts"));
}

#[test]
fn bytes_become_text_as_the_standard_says() {
    for (bytes, text) in
        [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
    {
        assert_eq!(base64(bytes.as_bytes()), text);
    }
}
