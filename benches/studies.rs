//! What studies cost besides their runs, and what a second thread gives them: the program as people run it.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crackdown::model::simulate;
use crackdown::record::RunKey;
use crackdown::scenario;

use crate::goals::{Goal, Size, shortest, time, verdict};

const REFERENCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/kazakhstan.ron");
const POLICY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/policies/auto_block.ron");

/// Sweeps a study from nothing.
fn sweep(study: &Path, threads: usize) {
    let folder = tempfile::tempdir().expect("a folder for a while");
    let mut command = Command::new(env!("CARGO_BIN_EXE_crackdown"));
    command.arg("sweep").arg(study).args(["--quiet", "--threads", &threads.to_string()]);
    let done = command.arg("--out").arg(folder.path().join("study")).stdout(Stdio::null()).status();
    assert!(done.expect("the program is there").success(), "the sweep failed");
}

/// A study of so many draws and replications of a world of 1,000 customers from 2023-12-01 to this day.
fn study(
    folder: &Path,
    policies: &str,
    warm_up: u16,
    end: &str,
    draws: u32,
    times: u32,
) -> PathBuf {
    let path = folder.join(format!("{draws}_draws_{times}_times.ron"));
    let draws = match draws {
        0 => String::new(),
        draws => format!(
            r#"draws: LatinHypercube(number: {draws}, parameters: {{"customers.habit": Prior}}),"#
        ),
    };
    let text = format!(
        r#"(title: "Speed", scenarios: [{REFERENCE:?}], policies: [{policies}], replications: {times}, {draws}
        set: {{"people_per_agent": 1600, "start": "2023-12-01", "end": "{end}", "warm_up_days": {warm_up}}})"#
    );
    std::fs::write(&path, text).expect("a study can be written");
    path
}

/// Time of a sweep besides its simulation.
pub fn overhead(size: Size) {
    let folder = tempfile::tempdir().expect("a folder for a while");
    let runs = size.pick(200, 4);
    let (end, warm_up) = ("2023-12-10", 10);
    let none = study(folder.path(), "", warm_up, end, 0, 1);
    let many = study(folder.path(), "", warm_up, end, 0, runs);
    let set = [
        "people_per_agent=1600".to_owned(),
        "start=\"2023-12-01\"".to_owned(),
        format!("end=\"{end}\""),
        format!("warm_up_days={warm_up}"),
    ];
    let scenario = scenario::load(REFERENCE.as_ref(), &set).expect("the reference").scenario;
    let pool = crate::pool(1);
    let simulate_all = || {
        for replication in 1..runs {
            black_box(simulate(&scenario, RunKey::new(1, replication), &|| ()));
        }
    };
    let [one, all, bare] = shortest(
        size.pick(3, 1),
        [&mut || time(|| sweep(&none, 1)).0, &mut || time(|| sweep(&many, 1)).0, &mut || {
            pool.install(|| time(simulate_all).0)
        }],
    );
    let each = (all - one - bare) * 1e3 / f64::from(runs - 1);
    verdict(size, "scheduling and storing, milliseconds a run", each, Goal::AtMost(1.0, None));
}

/// Clock ticks of processor time of processes that have ended and were started here.
fn processor_ticks() -> Option<u64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = stat.rsplit(')').next()?.split_whitespace().collect();
    Some(fields.get(13)?.parse::<u64>().ok()? + fields.get(14)?.parse::<u64>().ok()?)
}

/// Ticks a second of what the system tells: Linux says 100 everywhere.
const TICKS: f64 = 100.0;

/// A sweep of many small families on one thread and on two; and whether both work to the end where families are few.
pub fn two_threads(size: Size) {
    let folder = tempfile::tempdir().expect("a folder for a while");
    let policy = format!("{POLICY:?}");
    let end = size.pick("2024-03-31", "2024-01-02");
    let warm_up = size.pick(180, 10);
    let many = study(folder.path(), &policy, warm_up, end, size.pick(36, 2), 1);
    let [one, two] = shortest(
        size.pick(2, 1),
        [&mut || time(|| sweep(&many, 1)).0, &mut || time(|| sweep(&many, 2)).0],
    );
    let goal = Goal::AtLeast(1.85, None);
    verdict(size, "two threads on 36 families of two runs, times as fast", one / two, goal);
    let few = study(folder.path(), &policy, warm_up, end, size.pick(12, 2), 1);
    let idle = || {
        let before = processor_ticks()?;
        let (seconds, ()) = time(|| sweep(&few, 2));
        Some(100.0 - 50.0 * (processor_ticks()? - before) as f64 / TICKS / seconds)
    };
    let Some(idle) = idle() else { return println!("idle threads: this system does not say it") };
    let goal = Goal::AtMost(5.0, None);
    verdict(size, "12 families of two runs, percent of two threads idle", idle, goal);
}
