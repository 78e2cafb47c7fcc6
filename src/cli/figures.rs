//! Figures as files of a result folder.

use report::{self, Figure};
use study::store::File;

/// Each as PNG and SVG.
pub fn files(figures: &[Figure]) -> Vec<File> {
    let both = |figure: &Figure| {
        let name = |end| format!("figures/{}.{end}", figure.name);
        let svg = report::svg(figure);
        let png = File { name: name("png"), bytes: report::png(&svg) };
        [png, File { name: name("svg"), bytes: svg.into_bytes() }]
    };
    figures.iter().flat_map(both).collect()
}
