//! The table of a validation for the terminal.

use std::path::Path;

use super::super::tables::aligned;
use report::say;
use report::speech::{retold, tr};
use report::words::reading;
use study::comparison::validation::Validation;

/// A line for each reading, under the case that it belongs to.
pub fn text(validation: &Validation, out: &Path) -> String {
    let head =
        ["", tr("band"), tr("median"), tr("90 % interval"), tr("inside"), "", tr("fitted##column")];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    let mut sources: Vec<String> = Vec::new();
    let mut last = "";
    for line in &validation.lines {
        if line.pattern != last {
            last = &line.pattern;
            let mut row = vec![retold(&line.happened)];
            row.extend(vec![String::new(); head.len() - 1]);
            rows.push(row);
        }
        let source = line.source.split(';').next().unwrap_or_default();
        sources.push(format!("  {}.{}: {source}", line.pattern, line.reading));
        rows.push(vec![
            format!("  {}", retold(&line.words)),
            range(line.band),
            reading(line.median),
            range(line.interval),
            say!(
                "{share} % of {draws}",
                share = format!("{:.0}", 100.0 * line.share_inside),
                draws = line.draws
            ),
            if line.inside { tr("inside##cell") } else { tr("OUTSIDE") }.to_owned(),
            fitted(line.fitted).to_owned(),
        ]);
    }
    let (inside, all) = validation.patterns_inside();
    let what = if validation.drawn {
        tr(
            "Median and 90 % interval over draws of the parameters; inside: share of draws inside the band, 80 % are wanted.",
        )
    } else {
        tr(
            "Median and 90 % interval over replications of one set of parameters: chance alone; inside: share of them inside the band.",
        )
    };
    format!(
        "{}\n\n{}\n{}\n{}\n\n{what}\n{}\n{}\n",
        retold(&validation.title),
        aligned(&rows),
        tr("Sources of the bands:"),
        sources.join("\n"),
        say!("{inside} of {all} cases agree in all their readings.", inside, all),
        say!("Results: {folder}", folder = out.display())
    )
}

fn range((low, high): (f64, f64)) -> String {
    say!("{low} to {high}", low = reading(low), high = reading(high))
}

/// Whether a number was used to make the model, in a word.
fn fitted(word: &'static str) -> &'static str {
    match word {
        "no" => tr("no##fitted"),
        "prior" => tr("prior##fitted"),
        "condition" => tr("condition##fitted"),
        other => other,
    }
}
