//! The guide by topic, in the language of now: `src/guide/*.md`, in Russian and Kazakh `src/guide/ru` and `src/guide/kk`.

use crate::language::current;

/// A topic of the guide.
pub struct Topic {
    /// Its name, in every language.
    pub name: &'static str,
    /// What it is about, a key of the catalogue.
    pub about: &'static str,
    /// Its text in Markdown, in the order of [`Language::ALL`](crate::language::Language::ALL).
    pub texts: [&'static str; 3],
}

macro_rules! topics {
    ($($name:literal: $about:literal,)*) => {
        /// Topics in the order of use.
        pub const TOPICS: &[Topic] = &[$(Topic {
            name: $name,
            about: $about,
            texts: [
                include_str!(concat!("../guide/", $name, ".md")),
                include_str!(concat!("../guide/ru/", $name, ".md")),
                include_str!(concat!("../guide/kk/", $name, ".md")),
            ],
        }),*];
    };
}

topics! {
    "policies": "policy files, dates, campaigns, interventions",
    "results": "what a result folder holds, in R, Python and Excel",
    "uncertainty": "chance, what is not known, the days that count",
    "why": "explain, attribute, dose",
    "studies": "many plausible worlds, on a laptop or a cluster",
    "deciding": "where a policy fails, what to find out first",
    "calibration": "which parameters are known, and which matter",
    "optimising": "the best mix under limits, and what it takes to reach an aim",
    "forecasting": "years to come, new figures, costs and benefits in tenge",
    "methods": "formulas and sources of effects, intervals, calibration, sensitivity",
    "validation": "whether it repeats what happened elsewhere",
    "limits": "what the model cannot tell",
    "commands": "all commands and exit codes",
    "glossary": "the words that this program uses",
}

impl Topic {
    /// The topic of a name.
    pub fn of(name: &str) -> Option<&'static Topic> {
        TOPICS.iter().find(|topic| topic.name == name)
    }

    /// Its text in the language of now.
    pub fn text(&self) -> &'static str {
        self.texts[current() as usize]
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::language::Language;
    use crate::speech::knows;

    /// What a translation may not change: blocks of commands, code, numbers, headings, rows of tables, where links lead.
    fn kept(text: &str) -> BTreeMap<&'static str, Vec<String>> {
        let mut found: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
        let mut keep = |what, part: &str| found.entry(what).or_default().push(part.to_owned());
        let mut prose = String::new();
        let mut block = false;
        for line in text.lines() {
            let fence = line.starts_with("```");
            block ^= fence;
            if block || fence || line.starts_with("    ") {
                keep("lines of code", line);
                continue;
            }
            if line.starts_with(['#', '|']) {
                let signs: String = line.chars().filter(|sign| "#|".contains(*sign)).collect();
                keep("headings and rows", &signs);
            }
            prose += line;
            prose.push('\n');
        }
        // Code in backticks may go on in the next line.
        let (mut plain, mut code) = (String::new(), Vec::new());
        for (number, part) in prose.split('`').enumerate() {
            if number % 2 == 1 {
                code.push(part.split_whitespace().collect::<Vec<_>>().join(" "));
                plain.push('`');
            } else {
                plain += part;
            }
        }
        for part in plain.split("](").skip(1) {
            keep("links", part.split(')').next().unwrap_or(""));
        }
        code.sort();
        found.insert("code", code);
        // 1,338 and 1 338 are one number, 0.5 and 0,5 too.
        let signs: Vec<char> = plain.chars().collect();
        let mut numbers: Vec<String> = vec![String::new()];
        for (at, sign) in signs.iter().enumerate() {
            let digit = |place: usize| signs.get(place).is_some_and(char::is_ascii_digit);
            let thousands = digit(at + 1) && digit(at + 2) && digit(at + 3) && !digit(at + 4);
            match sign {
                '0'..='9' => numbers.last_mut().unwrap().push(*sign),
                ',' | ' ' | '\u{a0}' if at > 0 && digit(at - 1) && thousands => {}
                '.' | ',' if at > 0 && digit(at - 1) && digit(at + 1) => {
                    numbers.last_mut().unwrap().push('.');
                }
                _ => numbers.push(String::new()),
            }
        }
        numbers.retain(|number| !number.is_empty());
        numbers.sort();
        found.insert("numbers", numbers);
        found
    }

    #[test]
    fn every_language_says_the_same_commands_code_numbers_and_tables() {
        for topic in TOPICS {
            assert!(knows(topic.about), "{}: {}", topic.name, topic.about);
            let english = kept(topic.texts[0]);
            for language in Language::ALL {
                let text = topic.texts[language as usize];
                let other = kept(text);
                for (what, parts) in &english {
                    let name = format!("{what} of {} in {}", topic.name, language.code());
                    assert_eq!(other.get(what), Some(parts), "{name}");
                }
                assert_eq!(other.len(), english.len(), "{} in {}", topic.name, language.code());
                let long = text.lines().find(|line| line.chars().count() > 120);
                assert_eq!(long, None, "{} in {}: over 120 columns", topic.name, language.code());
            }
        }
    }

    #[test]
    fn a_changed_number_or_command_is_found() {
        let text = "# A\n\nAbout 1,338 of `x`, [more](y.md).\n\n```sh\ncrackdown a\n```\n";
        assert_eq!(kept(text), kept(&text.replace("1,338", "1 338")));
        for (from, to) in [("1,338", "1,339"), ("`x`", "`z`"), ("y.md", "z.md"), ("n a", "n b")] {
            assert_ne!(kept(text), kept(&text.replace(from, to)), "{from}");
        }
    }
}
