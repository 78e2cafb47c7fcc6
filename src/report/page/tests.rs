use super::*;
use crate::comparison_figures;
use study::comparison::tests::small;

const HOSTILE: &str = "</script><b>80 %</b>\"'<img src=x onerror=alert(1)>{{ 77 * 77 }}";

/// A comparison in which a stranger has named a policy.
fn comparison(replications: u32) -> Comparison {
    let mut comparison = small(2, replications);
    HOSTILE.clone_into(&mut comparison.arms[1].title);
    comparison
}

/// The page without the charts' program, which is not ours.
fn own(page: &str) -> String {
    let (before, rest) =
        page.split_once(include_str!("echarts.min.js.gz.b64")).expect("charts are there");
    format!("{before}{rest}")
}

#[test]
fn the_page_is_whole_and_asks_nobody() {
    let comparison = comparison(3);
    let page = page(&comparison, &comparison_figures(&comparison), true);
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
    for figure in comparison_figures(&comparison) {
        assert!(own.contains(&format!("id=\"figure-{}\"", figure.name)), "{}", figure.name);
        assert!(own.contains(&drawing(&svg(&figure))), "{} is not drawn", figure.name);
    }
    assert!(!own.contains("<?xml"), "a drawing within a page has no head of its own");
    for sentence in words::headline(&comparison) {
        assert!(sentence.contains(HOSTILE) || own.contains(&words::tied(&sentence)), "{sentence}");
    }
}

#[test]
fn the_page_tells_every_limit() {
    let page = own(&page(&comparison(2), &[], true));
    for item in limits::items() {
        assert!(page.contains(&markup::html(&item)), "{item}");
    }
}

#[test]
fn titles_of_strangers_stay_text() {
    let comparison = comparison(2);
    let page = page(&comparison, &comparison_figures(&comparison), true);
    assert!(charts_of(&page).to_string().contains("<b>80 %"), "charts have it as it is");
    let page = own(&page);
    assert!(!page.contains("<b>80") && !page.contains("<img"), "a title became an element");
    assert!(page.contains("&lt;b&gt;80 %"));
    assert!(!page.contains("5929"), "a title was computed");
    // Data, charts, page: no more scripts than the template has, and each ends once.
    assert_eq!(page.matches("<script").count(), 3);
    assert_eq!(page.matches("</script").count(), 3);
}

#[test]
fn the_same_comparison_gives_the_same_page_also_for_one_replication() {
    let comparison = comparison(1);
    let first = page(&comparison, &comparison_figures(&comparison), true);
    assert_eq!(first, page(&comparison, &comparison_figures(&comparison), true));
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

#[test]
fn charts_and_drawings_have_the_same_titles_series_and_colours() {
    let comparison = small(2, 3);
    let figures = comparison_figures(&comparison);
    let page = page(&comparison, &figures, true);
    let read = charts_of(&page);
    assert_eq!(read.as_array().unwrap().len(), figures.len());
    for (figure, read) in figures.iter().zip(read.as_array().unwrap()) {
        assert_eq!(read["title"], figure.title);
        // The first words of the title stand in the drawing, where lines may be broken.
        let words: Vec<&str> = figure.title.split(' ').take(3).collect();
        let drawing = svg(figure).replace("&apos;", "'");
        assert!(drawing.contains(&words.join(" ")), "{}: {}", figure.name, figure.title);
        let series = read["series"].as_array().unwrap();
        assert_eq!(series.len(), figure.series.len());
        for (own, read) in figure.series.iter().zip(series) {
            assert_eq!(read["name"], own.name);
            assert_eq!(read["colour"], serde_json::to_value(own.colour).unwrap());
        }
    }
}

#[test]
fn no_figure_has_a_program_of_its_own() {
    let script = concat!(include_str!("chart.js"), include_str!("page.js"));
    for figure in comparison_figures(&small(2, 3)) {
        assert!(!script.contains(&figure.name), "the scripts speak of {}", figure.name);
    }
}
