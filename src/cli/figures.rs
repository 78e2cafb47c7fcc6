//! Figures as files of a result folder.

use report::{self, Figure};
use study::store::File;

/// Each as PNG and SVG.
pub fn files(figures: Vec<Figure>) -> Vec<File> {
    let both = |figure: Figure| {
        let name = |end| format!("figures/{}.{end}", figure.name);
        let png = File { name: name("png"), bytes: report::png(&figure.svg) };
        [png, File { name: name("svg"), bytes: figure.svg.into_bytes() }]
    };
    figures.into_iter().flat_map(both).collect()
}
