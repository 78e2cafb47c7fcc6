//! Figures as files of a result folder.

use rayon::prelude::*;
use report::Figure;
use report::language::{current, speaking};
use study::store::{Figures, File};

use super::simulate::{Refusal, failed, offered_threads};

/// Threads, and whether they draw: options of every command that writes figures.
#[derive(Clone, Copy, Debug, clap::Args)]
pub struct Drawing {
    /// Threads [default: as many as the machine offers]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Draw no figures: the result folder has the same tables, and the page its charts, but no `figures` with SVG and PNG files
    #[arg(long)]
    no_figures: bool,
}

impl Drawing {
    /// Threads asked for, or as many as the machine offers.
    pub fn threads(self) -> usize {
        self.threads.map_or_else(offered_threads, usize::from)
    }

    /// Each figure as PNG and SVG, in their order.
    pub fn files(self, figures: &[Figure]) -> Result<Figures, Refusal> {
        if self.no_figures {
            return Ok(None);
        }
        // Threads of a pool know only the language of the process; numbers on axes have that of the results.
        let language = current();
        let drawn = |figure: &Figure| {
            let name = |end| format!("figures/{}.{end}", figure.name);
            let svg = report::svg(figure);
            let png = File { name: name("png"), bytes: report::png(&svg) };
            [png, File { name: name("svg"), bytes: svg.into_bytes() }]
        };
        let both = |figure: &Figure| speaking(language, || drawn(figure));
        let pool = rayon::ThreadPoolBuilder::new().num_threads(self.threads()).build();
        let pool = pool.map_err(failed)?;
        Ok(Some(pool.install(|| figures.par_iter().flat_map_iter(both).collect())))
    }
}
