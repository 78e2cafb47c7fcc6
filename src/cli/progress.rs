//! Progress on a terminal.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar over all simulated days on stderr; nothing if that is no terminal or `quiet`.
pub fn bar(days: u64, quiet: bool) -> ProgressBar {
    let target = if quiet || !std::io::stderr().is_terminal() {
        ProgressDrawTarget::hidden()
    } else {
        ProgressDrawTarget::stderr_with_hz(10)
    };
    let style = "{wide_bar} {percent:>3} % of days, {elapsed} gone, about {eta} to go";
    let style = ProgressStyle::with_template(style).expect("the template is fixed");
    ProgressBar::with_draw_target(Some(days), target).with_style(style)
}
