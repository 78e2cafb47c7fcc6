//! `--shard K/M` and `--shard auto/M`: which part of the runs this process makes.

use std::str::FromStr;

use super::simulate::{Refusal, usage};
use study::store::study::Shard;
use world::text::printable;

/// Variables in which engines say the number of a task, and what has to be added to count from 1.
const ENGINES: [(&str, &str, u32); 3] = [
    // First, since HyperQueue may run inside a task of Slurm.
    ("HyperQueue", "HQ_TASK_ID", 0),
    ("Slurm", "SLURM_ARRAY_TASK_ID", 0),
    ("Kubernetes", "JOB_COMPLETION_INDEX", 1),
];

/// Shards at most. Unit: shards. Source: judgement: files in a folder.
const MOST: u32 = 1_000_000;

/// A shard as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShardAsked {
    /// Its number, if the engine does not say it.
    number: Option<u32>,
    /// How many there are.
    of: u32,
}

impl FromStr for ShardAsked {
    type Err = String;

    fn from_str(text: &str) -> Result<ShardAsked, String> {
        let wrong = || "write K/M with K from 1 to M, such as 3/8, or auto/M".to_owned();
        let (number, of) = text.split_once('/').ok_or_else(wrong)?;
        let of: u32 = of.parse().map_err(|_| wrong())?;
        if !(1..=MOST).contains(&of) {
            return Err(format!("there can be 1 to {MOST} shards"));
        }
        let number = match number {
            "auto" => None,
            number => Some(number.parse().map_err(|_| wrong())?),
        };
        match number {
            Some(number) if !(1..=of).contains(&number) => Err(wrong()),
            _ => Ok(ShardAsked { number, of }),
        }
    }
}

impl ShardAsked {
    /// The shard, by the variable of the engine that started this process if it was left to it.
    ///
    /// # Errors
    /// If no engine says a number, or one that is none of the shards.
    pub fn here(self) -> Result<Shard, Refusal> {
        let said = |name: &str| Some(printable(&std::env::var(name).ok()?).into_owned());
        self.settle(&said).map_err(usage)
    }

    /// The shard, by the engine's variable if it was left to it.
    ///
    /// # Errors
    /// If no engine says a number, or one that is none of the shards.
    fn settle(self, variable: &dyn Fn(&str) -> Option<String>) -> Result<Shard, String> {
        if let Some(number) = self.number {
            return Ok(Shard { number, of: self.of });
        }
        let said = ENGINES.iter().find_map(|(_, name, add)| Some((name, variable(name)?, add)));
        let (name, text, add) = said.ok_or_else(|| {
            let all = ENGINES.map(|(engine, name, _)| format!("{name} ({engine})"));
            format!(
                "--shard auto/{}: none of {} is set; this is for tasks that an engine starts, else write K/{}",
                self.of,
                all.join(", "),
                self.of
            )
        })?;
        let number = text.parse::<u32>().ok().and_then(|number| number.checked_add(*add));
        let number = number.filter(|number| (1..=self.of).contains(number));
        let number = number.ok_or_else(|| {
            format!(
                "--shard auto/{}: {name} is `{text}`, which is none of the shards {} to {}",
                self.of,
                1 - add,
                self.of - add
            )
        })?;
        Ok(Shard { number, of: self.of })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settled(text: &str, name: &str, value: &str) -> Result<Shard, String> {
        let asked: ShardAsked = text.parse()?;
        asked.settle(&|variable| (variable == name).then(|| value.to_owned()))
    }

    #[test]
    fn the_number_is_written_or_said_by_the_engine() {
        let shard = |number| Ok(Shard { number, of: 4 });
        assert_eq!(settled("3/4", "", ""), shard(3));
        assert_eq!(settled("auto/4", "SLURM_ARRAY_TASK_ID", "4"), shard(4));
        assert_eq!(settled("auto/4", "HQ_TASK_ID", "1"), shard(1));
        assert_eq!(settled("auto/4", "JOB_COMPLETION_INDEX", "0"), shard(1));
        assert_eq!(settled("auto/4", "JOB_COMPLETION_INDEX", "3"), shard(4));
    }

    #[test]
    fn a_number_that_is_no_shard_is_refused_in_words() {
        for text in ["0/4", "5/4", "x/4", "4", "1/0", "1/", "/4", "-1/4"] {
            assert!(text.parse::<ShardAsked>().is_err(), "{text}");
        }
        let none = settled("auto/4", "", "").unwrap_err();
        for (_, name, _) in ENGINES {
            assert!(none.contains(name), "{none}");
        }
        for (name, value) in [
            ("SLURM_ARRAY_TASK_ID", "0"),
            ("SLURM_ARRAY_TASK_ID", "5"),
            ("JOB_COMPLETION_INDEX", "4"),
            ("HQ_TASK_ID", "4294967295"),
            ("HQ_TASK_ID", "one"),
        ] {
            assert!(settled("auto/4", name, value).unwrap_err().contains(name));
        }
    }
}
