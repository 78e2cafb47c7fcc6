//! Simulates one replication of the reference and prints turnover by class, month by month.
//!
//! `cargo run --release --example one_run`

use std::error::Error;

use world::record::{Flow, RunKey};
use world::units::Class;

/// Days of a row.
const MONTH: usize = 30;

fn main() -> Result<(), Box<dyn Error>> {
    let small = ["people_per_agent=1000".to_owned()];
    let resolved = scenario::load("scenarios/kazakhstan.ron".as_ref(), &small)?;
    let record = model::simulate(&resolved.scenario, RunKey::new(1, 0), &|| ());
    println!(
        "{:>10}  {}",
        "from day",
        Class::ALL.iter().map(|class| format!("{:>20}", class.key())).collect::<String>()
    );
    for from in (0..record.days).step_by(MONTH) {
        let days = from..record.days.min(from + MONTH);
        let billions = |class: &Class| {
            let kzt: i64 = days.clone().map(|day| record.by_class(Flow::Traded, day, *class)).sum();
            format!("{:>20.1}", kzt as f64 / 1e9)
        };
        println!("{from:>10}  {}", Class::ALL.iter().map(billions).collect::<String>());
    }
    Ok(())
}
