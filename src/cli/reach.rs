//! `crackdown reach`: how strong a policy must be to reach an aim, or that no strength does.
//!
//! Levers move together from the lower to the upper ends of their ranges. Strengths are run in rounds with the same random numbers, each between
//! the two of the last round that have the aim between them; a round is an ordinary study in a folder of its own.

use std::path::{Path, PathBuf};

use super::check::show_findings;
use super::input;
use super::rows::RowsWay;
use super::simulate::{How, Refusal, failed, print, wrong};
use super::stage::StageOptions;
use super::tables::{aligned, head};
use model::MEASURES;
use report::say;
use report::speech::{number, tr};
use report::words::{amount, foreign};
use scenario::{Study, quoted};
use study::comparison::optimum::{Reach, Tried};
use study::comparison::{Amount, Setting};
use study::store::{self, Command, ResultKind};

/// Strengths of the first round. Source: judgement: quarters show where a curve bends.
const FIRST: [f64; 5] = [0.0, 0.25, 0.5, 0.75, 1.0];
/// It ends when strengths are so near each other. Unit: share of the range. Source: judgement.
const NEAR: f64 = 0.02;
/// Rounds at most. Source: each is a quarter of the last: the third is a sixty-fourth of the range.
const ROUNDS: usize = 3;

/// What is to be reached, and by which levers.
#[derive(Debug, clap::Args)]
#[command(
    long_about = "Say how strong a policy must be to reach an aim, or that no strength does\n\n\
    The aim is a measure and a number: `crime_turnover=-5%` is 5 % less than in the baseline, `closures=+20` is 20 more than in the baseline, \
    `closures=120` is 120 in all. --policy moves a policy file from nothing (0) to the whole (1), --lever a lever from one value to another; \
    several move together. All strengths have the same random numbers.",
    after_help = "Examples:\n  \
    crackdown reach crime_turnover=-3% scenarios/kazakhstan.ron --policy scenarios/policies/auto_block.ron --people-per-agent 1000\n  \
    crackdown reach closures=+20 scenarios/kazakhstan.ron --lever policy.shutdown_rate.closures_per_month@2024-01-01=3..12\n\n\
    It may be interrupted and repeated: finished runs are kept in the result folder."
)]
pub struct ReachArgs {
    /// The aim, e.g. crime_turnover=-5%
    #[arg(value_name = "MEASURE=VALUE", allow_hyphen_values = true)]
    aim: String,
    /// Scenario file of the baseline
    #[arg(value_name = "BASE")]
    base: PathBuf,
    /// A policy whose strength goes from 0 to 1
    #[arg(long = "policy", value_name = "FILE")]
    policies: Vec<PathBuf>,
    /// A lever with its range, from a day on with @: policy.auto_block.bank_share@2024-01-01=0..0.95
    #[arg(long = "lever", value_name = "PATH=LOW..HIGH")]
    levers: Vec<String>,
    /// Replications of each strength
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(2..=100_000))]
    replications: u32,
    /// Days that count: FROM..TO [default: from the first day on which a policy differs]
    #[arg(long, value_name = "FROM..TO")]
    window: Option<String>,
    /// Result folder
    #[arg(long, value_name = "DIR", default_value = "output/reach")]
    out: PathBuf,
    /// How to simulate
    #[command(flatten)]
    how: How,
}

/// The number that is aimed at.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Aim {
    /// A difference to the baseline, as a share of it.
    Share(f64),
    /// A difference to the baseline.
    Added(f64),
    /// The whole.
    Whole(f64),
}

/// A measure and what it is to be.
fn aim(text: &str) -> Result<(usize, Aim), String> {
    let example =
        "write MEASURE=VALUE, for example crime_turnover=-5%, closures=+20 or closures=120";
    let (name, value) =
        text.split_once('=').ok_or_else(|| format!("`{text}` is no aim: {example}"))?;
    let (name, value) = (name.trim(), value.trim());
    let measure = input::measure(name)?;
    let number = |text: &str| text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
    let signed = value.starts_with(['+', '-']);
    let aim = match value.strip_suffix('%') {
        Some(percent) if signed => number(percent).map(|it| Aim::Share(it / 100.0)),
        Some(_) => None,
        None if signed => number(value).map(Aim::Added),
        None => number(value).map(Aim::Whole),
    };
    let aim = aim.ok_or_else(|| {
        format!("`{value}` is nothing to be aimed at (shares need a sign): {example}")
    })?;
    Ok((measure, aim))
}

/// Says what it takes.
pub fn run(args: &ReachArgs) -> Result<(), Refusal> {
    let (measure, aim) = aim(&args.aim).map_err(wrong)?;
    find(args, &study(args, measure)?, measure, aim)
}

/// The study of the levers.
fn study(args: &ReachArgs, measure: usize) -> Result<Study, Refusal> {
    if args.policies.is_empty() && args.levers.is_empty() {
        return Err(wrong(
            "nothing can be moved: name a --policy FILE, or a --lever PATH=LOW..HIGH",
        ));
    }
    let paths: Vec<&PathBuf> = [&args.base].into_iter().chain(&args.policies).collect();
    let mut loaded = input::load(&paths, &args.how.sets(), args.how.quiet).ok_or(())?;
    input::name_apart(&mut loaded);
    let mut levers: Vec<String> = loaded[1..]
        .iter()
        .map(|policy| {
            format!("{}: Uniform(0, 1)", quoted(&format!("strength.{}", policy.scenario.name)))
        })
        .collect();
    for lever in &args.levers {
        let parts =
            lever.rsplit_once('=').and_then(|(path, range)| Some((path, range.split_once("..")?)));
        let Some((path, (low, high))) = parts else {
            return Err(wrong(format!(
                "--lever {lever}: write PATH=LOW..HIGH, for example policy.auto_block.bank_share@2024-01-01=0..0.95"
            )));
        };
        levers.push(format!("{}: Uniform({}, {})", quoted(path.trim()), low.trim(), high.trim()));
    }
    let file = |path: &PathBuf| quoted(&path.to_string_lossy());
    let policies: Vec<String> = args.policies.iter().map(file).collect();
    let window = args
        .window
        .as_ref()
        .map_or_else(String::new, |days| format!("    window: {},\n", quoted(days)));
    let text = format!(
        "// What it takes to reach an aim, written by `crackdown reach`.\n(\n    title: {},\n    name: \"reach\",\n    seed: {},\n    scenarios: [{}],\n    policies: [{}],\n    replications: {},\n{window}    measures: [{}],\n    optimise: (\n        objective: {},\n        levers: {{{}}},\n    ),\n)\n",
        quoted(&format!("What it takes to reach {}", args.aim)),
        args.how.seed,
        file(&args.base),
        policies.join(", "),
        args.replications,
        quoted(MEASURES[measure].name),
        quoted(MEASURES[measure].name),
        levers.join(", ")
    );
    let path = Path::new("reach.ron");
    let study = Study::load_text(&text, path, &args.how.sets(), model::YIELDS, &store::read_table);
    Ok(study.map_err(|findings| show_findings(path, &findings))?)
}

fn find(args: &ReachArgs, study: &Study, measure: usize, aim: Aim) -> Result<(), Refusal> {
    store::takes(&args.out, &ResultKind::Reach, study).map_err(failed)?;
    let levers = study.levers();
    if args.how.dry_run {
        let runs =
            u64::from(args.replications) * (1 + FIRST.len() as u64 + 3 * (ROUNDS as u64 - 1));
        let folder = args.out.display();
        print(
            &(say!("At most {runs} runs; they and the results would go to {folder}", runs, folder)
                + "\n"),
        );
        return Ok(());
    }
    let way = RowsWay { threads: args.how.threads(), quiet: args.how.quiet, retry_failed: false };
    let workplace = StageOptions { study, folder: &args.out, way };
    let of = &MEASURES[measure];
    let mut made = Reach {
        setting: Setting::of_study(study, study.replications),
        measure: of.name,
        unit: of.unit,
        levers: levers.iter().map(|(lever, _)| lever.path.clone()).collect(),
        aim: f64::NAN,
        added: !matches!(aim, Aim::Whole(_)),
        baseline: f64::NAN,
        tried: Vec::new(),
        strength: None,
        between: (None, None),
    };
    let mut wanted = FIRST.to_vec();
    for round in 1..=ROUNDS {
        let base = &study.arms[0].resolved.scenario.name;
        let policy = |(number, strength): (usize, &f64)| {
            let name = format!("strength_{}", number + 1);
            let title = format!("Strength {strength}");
            let point = vec![*strength; levers.len()];
            (name.clone(), study.policy_at(&point, &name, &title, &format!("{base}.ron")))
        };
        let policies: Vec<(String, String)> = wanted.iter().enumerate().map(policy).collect();
        let name = format!("round_{round}");
        let (stage, runs) =
            workplace.make_policies(&name, &[("name", quoted(&name))], &policies)?;
        let column =
            |arm: &str| runs.column(arm, of.name, 1, stage.replications as usize).map_err(failed);
        let baseline = column(&stage.arms[0].name)?;
        made.baseline = Amount::of(&baseline).mean;
        made.aim = match aim {
            Aim::Share(share) => share * made.baseline.abs(),
            Aim::Added(amount) | Aim::Whole(amount) => amount,
        };
        for (strength, (name, _)) in wanted.iter().zip(&policies) {
            let own = column(name)?;
            let paired = own
                .iter()
                .zip(&baseline)
                .map(|(own, base)| if made.added { own - base } else { *own });
            made.tried.push(Tried {
                strength: *strength,
                levers: study.lever_values(&vec![*strength; levers.len()]),
                found: Amount::of(&paired.collect::<Vec<f64>>()),
            });
        }
        made.settle();
        wanted = made.next(NEAR);
        if wanted.is_empty() {
            break;
        }
    }
    let mut files = Vec::new();
    if let Some(strength) = made.strength {
        let base = format!("scenarios/{}.ron", study.arms[0].resolved.scenario.name);
        let point = vec![strength; levers.len()];
        let text = study.short_policy_at(&point, &study.title, &base);
        files.push(store::file("reach.ron", text));
    }
    store::write_reach(&args.out, study, &made, files, repeat(args, study)).map_err(failed)?;
    args.how.answer(|| &made, || text(&made, study, &args.out));
    Ok(())
}

/// The command that makes the folder again, from the scenarios in it.
fn repeat(args: &ReachArgs, study: &Study) -> Command {
    let file = |arm: usize| format!("scenarios/{}.ron", study.arms[arm].resolved.scenario.name);
    let mut command = Command::new("reach").word(&args.aim).word(file(0));
    for arm in 1..study.arms.len() {
        command = command.option("policy", file(arm));
    }
    for lever in &args.levers {
        command = command.option("lever", lever);
    }
    if let Some(window) = &args.window {
        command = command.option("window", window);
    }
    command.option("seed", args.how.seed).option("replications", args.replications)
}

fn text(made: &Reach, study: &Study, out: &Path) -> String {
    let said = |value: f64| amount(value, made.unit, made.added);
    let measure = foreign(made.measure).unwrap_or_else(|| made.measure.to_owned());
    let mut rows = vec![head([tr("strength##column"), tr("levers##column"), &measure])];
    for tried in &made.tried {
        let ends = tried
            .found
            .interval
            .map(|(low, high)| say!("[{low}, {high}]", low = said(low), high = said(high)))
            .map_or_else(String::new, |ends| format!(" {ends}"));
        rows.push(vec![
            number(format!("{:.3}", tried.strength)),
            tried.levers.join(", "),
            format!("{}{ends}", said(tried.found.mean)),
        ]);
    }
    let aim = said(made.aim);
    let answer = match made.strength {
        None => say!("No strength reaches {aim}.", aim),
        Some(strength) => {
            let values = study.lever_values(&vec![strength; made.levers.len()]);
            let pairs = made.levers.iter().zip(values);
            let pairs: Vec<String> =
                pairs.map(|(lever, value)| format!("{lever} = {value}")).collect();
            let from = made.between.0.unwrap_or(strength);
            let to = made
                .between
                .1
                .map_or_else(|| say!("no strength is certain to"), |to| number(format!("{to:.3}")));
            let takes = say!(
                "{aim} takes strength {strength} [{from} to {to}]: {levers}.",
                aim,
                strength = number(format!("{strength:.3}")),
                from = number(format!("{from:.3}")),
                to,
                levers = pairs.join(", ")
            );
            let file = out.join("reach.ron");
            format!("{takes}\n{}", say!("Policy: {file}", file = file.display()))
        }
    };
    let holds = say!(
        "95 % intervals of {n} replications with the same random numbers (chance only); in the baseline {baseline}.",
        n = made.setting.replications,
        baseline = amount(made.baseline, made.unit, false)
    );
    let results = say!("Results: {folder}", folder = out.display());
    format!("{}\n{answer}\n{holds}\n{results}\n", aligned(&rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aims_are_shares_differences_or_wholes() {
        let closures = |text: &str| aim(text).map(|(measure, aim)| (MEASURES[measure].name, aim));
        assert_eq!(closures("closures=-5%"), Ok(("closures", Aim::Share(-0.05))));
        assert_eq!(closures("closures = +20"), Ok(("closures", Aim::Added(20.0))));
        assert_eq!(closures("closures=120"), Ok(("closures", Aim::Whole(120.0))));
        for wrong in ["closures", "closures=", "closures=5%", "closures=NaN", "closures=-x"] {
            assert!(aim(wrong).unwrap_err().contains("crime_turnover=-5%"), "{wrong}");
        }
        assert!(aim("closure=3").unwrap_err().contains("did you mean closures"));
    }
}
