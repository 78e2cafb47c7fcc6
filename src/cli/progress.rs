//! Progress on a terminal.

use std::io::IsTerminal;

use ::report::speech::tr;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar over all simulated days on stderr; nothing if that is no terminal or `quiet`.
pub fn bar(days: u64, quiet: bool) -> ProgressBar {
    of(days, quiet, tr("{wide_bar} {percent:>3} % of days, {elapsed} gone, about {eta} to go"))
}

/// The same over runs; its message is the number of days simulated in a second.
pub fn runs(runs: u64, quiet: bool) -> ProgressBar {
    of(runs, quiet, tr("{wide_bar} {pos} of {len} runs, {msg} days a second, about {eta} to go"))
}

fn of(all: u64, quiet: bool, style: &str) -> ProgressBar {
    let target = if quiet || !std::io::stderr().is_terminal() {
        ProgressDrawTarget::hidden()
    } else {
        ProgressDrawTarget::stderr_with_hz(10)
    };
    let style = ProgressStyle::with_template(style).expect("the template is fixed");
    ProgressBar::with_draw_target(Some(all), target).with_style(style)
}
