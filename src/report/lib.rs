//! Figures, pages and words: the only place that draws.
//!
//! In reading order: `chart` (what a figure is), `figures` (one file for each), `svg` (on paper), `page` (as a page),
//! `words` (sentences and labels), `palette` and `numbers` (colours and numbers as people write them).
//! Titles state what is seen, computed from the data; no figure needs colour to be read.
//!
//! Deliberately absent: numbers that are not in a record, files.

mod chart;
mod figures;
pub mod guide;
mod numbers;
mod page;
mod palette;
pub mod speech;
mod svg;
pub mod words;

pub use chart::Figure;
pub use figures::{
    About, across_figures, across_finding, asked_in_words, attribution_figures,
    attribution_finding, calibration_figures, calibration_finding, comparison_figures,
    discovery_figures, dose_figures, forecast_figure, optimum_figures, run_figures, said_across,
    sensitivity_figures, validation_figure,
};
pub use page::{BRIEF, PageLever, PageMeasure, WhatIf, brief, page, what_if};
pub use svg::svg;
pub use words::{amount as amount_in_words, percent_of};

use std::sync::{Arc, OnceLock};

pub use study::language;
pub use study::store::SHOWN;

/// How often a PNG is larger than the drawing: sharp on good screens and in print.
const ZOOM: f32 = 2.0;

/// A drawing as PNG, with the fonts of the program: the same bytes on every machine.
pub fn png(svg: &str) -> Vec<u8> {
    static FONTS: OnceLock<Arc<resvg::usvg::fontdb::Database>> = OnceLock::new();
    let fonts = FONTS.get_or_init(|| {
        let mut fonts = resvg::usvg::fontdb::Database::new();
        fonts.load_font_data(svg::canvas::REGULAR.to_vec());
        fonts.load_font_data(svg::canvas::SEMIBOLD.to_vec());
        Arc::new(fonts)
    });
    let options = resvg::usvg::Options { fontdb: fonts.clone(), ..Default::default() };
    let tree = resvg::usvg::Tree::from_str(svg, &options).expect("drawings are well-formed");
    let size = tree.size();
    let (width, height) = (size.width() * ZOOM, size.height() * ZOOM);
    let mut pixels =
        resvg::tiny_skia::Pixmap::new(width as u32, height as u32).expect("drawings have a size");
    let zoom = resvg::tiny_skia::Transform::from_scale(ZOOM, ZOOM);
    resvg::render(&tree, zoom, &mut pixels.as_mut());
    // White paper lies under everything, so all pixels are opaque and their colours as PNG wants them.
    encoded(pixels.data(), (pixels.width(), pixels.height())).expect("pixels can be encoded")
}

/// Pixels as PNG. Unfiltered: plain areas and repeated letters are found by deflate itself, so that files are as large as with the
/// encoder's own choice of filters and take a tenth of its instructions (release build, figures of runs and comparisons).
fn encoded(pixels: &[u8], (width, height): (u32, u32)) -> Result<Vec<u8>, png::EncodingError> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_filter(png::Filter::NoFilter);
    encoder.set_deflate_compression(png::DeflateCompression::Level(4));
    encoder.write_header()?.write_image_data(pixels)?;
    Ok(bytes)
}
