//! The table of a validation for the terminal.

use std::path::Path;

use super::super::tables::aligned;
use report::words::reading;
use study::comparison::validation::Validation;

/// A line for each reading, under the case that it belongs to.
pub fn text(validation: &Validation, out: &Path) -> String {
    let head = ["", "band", "median", "90 % interval", "inside", "", "fitted"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    let mut sources: Vec<String> = Vec::new();
    let mut last = "";
    for line in &validation.lines {
        if line.pattern != last {
            last = &line.pattern;
            let mut row = vec![line.happened.clone()];
            row.extend(vec![String::new(); head.len() - 1]);
            rows.push(row);
        }
        let source = line.source.split(';').next().unwrap_or_default();
        sources.push(format!("  {}.{}: {source}", line.pattern, line.reading));
        let (low, high) = line.interval;
        rows.push(vec![
            format!("  {}", line.words),
            format!("{} to {}", reading(line.band.0), reading(line.band.1)),
            reading(line.median),
            format!("{} to {}", reading(low), reading(high)),
            format!("{:.0} % of {}", 100.0 * line.share_inside, line.draws),
            if line.inside { "inside" } else { "OUTSIDE" }.to_owned(),
            line.fitted.to_owned(),
        ]);
    }
    let (inside, all) = validation.patterns_inside();
    let what = if validation.drawn {
        "Median and 90 % interval over draws of the parameters; inside: share of draws inside the band, 80 % are wanted."
    } else {
        "Median and 90 % interval over replications of one set of parameters: chance alone; inside: share of them inside the band."
    };
    format!(
        "{}\n\n{}\nSources of the bands:\n{}\n\n{what}\n{inside} of {all} cases agree in all their readings.\nResults: {}\n",
        validation.title,
        aligned(&rows),
        sources.join("\n"),
        out.display()
    )
}
