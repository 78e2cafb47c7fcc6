//! What an archive says of itself for repositories and readers: RO-Crate metadata and a citation.
//!
//! RO-Crate 1.1 (Sefton et al. 2021, doi:10.5281/zenodo.4541002), Citation File Format 1.2.0. Date and author are those that the user
//! gives: the same folder and options give the same bytes.

use serde_json::{Value, json};

use study::store::verify::Manifest;
use study::store::{self, File};

/// The program that made the results, as both texts name it.
const PROGRAM: &str = "#crackdown";

/// What the citation says.
#[derive(Debug, Default, clap::Args)]
pub struct Cited {
    /// Who publishes the results, for the citation
    #[arg(long, value_name = "NAME")]
    author: Option<String>,
    /// Date of publication, for the citation; RO-Crate wants one
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date)]
    date: Option<String>,
    /// Licence of the results, for the citation: an SPDX name such as CC-BY-4.0, or an address
    #[arg(long, value_name = "LICENCE")]
    license: Option<String>,
}

/// A date as it is written.
fn date(text: &str) -> Result<String, String> {
    let day: Result<jiff::civil::Date, _> = text.parse();
    day.map(|day| day.to_string()).map_err(|_| "write a date such as 2026-01-31".to_owned())
}

impl Cited {
    /// What the metadata of an archive say.
    pub fn of(metadata: &[u8]) -> Cited {
        let all: Value = serde_json::from_slice(metadata).unwrap_or_default();
        let graph = all["@graph"].as_array().map_or(&[][..], Vec::as_slice);
        let text = |id: &str, field: &str| {
            let one = graph.iter().find(|one| one["@id"] == id)?;
            one[field].as_str().map(str::to_owned)
        };
        Cited {
            author: text("#author", "name"),
            date: text("./", "datePublished"),
            license: text("./", "license"),
        }
    }
}

/// `ro-crate-metadata.json` and `CITATION.cff`.
pub fn files(args: &Cited, manifest: &Manifest, title: &str) -> [File; 2] {
    let mut text = serde_json::to_string_pretty(&ro_crate(args, manifest, title)).expect("values");
    text.push('\n');
    [
        store::file("ro-crate-metadata.json", text),
        store::file("CITATION.cff", citation(args, manifest, title)),
    ]
}

fn ro_crate(args: &Cited, manifest: &Manifest, title: &str) -> Value {
    let names: Vec<String> = manifest.files.keys().map(|name| format!("results/{name}")).collect();
    let parts: Vec<Value> = names
        .iter()
        .map(|name| json!(name))
        .chain([json!("RECORD.md")])
        .map(|id| json!({"@id": id}))
        .collect();
    let mut root = json!({
        "@id": "./", "@type": "Dataset", "name": title,
        "description": format!(
            "Simulated results of crackdown, {}; a model's answers, no observations", manifest.kind.in_words()
        ),
        "identifier": format!("blake3:{}", manifest.hash),
        "hasPart": parts,
        "mentions": [{"@id": "#made"}],
    });
    let optional = [("datePublished", &args.date), ("license", &args.license)];
    for (field, text) in optional.into_iter().filter_map(|(f, text)| Some((f, text.as_ref()?))) {
        root[field] = json!(text);
    }
    let mut graph = vec![
        json!({
            "@id": "ro-crate-metadata.json", "@type": "CreativeWork", "about": {"@id": "./"},
            "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
        }),
        Value::Null,
        json!({
            "@id": PROGRAM, "@type": "SoftwareApplication", "name": "crackdown",
            "version": manifest.version, "softwareVersion": manifest.model_version.map(|n| format!("model {n}")),
        }),
        json!({
            "@id": "#made", "@type": "CreateAction", "name": "The runs and what was computed from them",
            "instrument": {"@id": PROGRAM}, "description": manifest.repeat, "result": {"@id": "./"},
        }),
        json!({"@id": "RECORD.md", "@type": "File", "encodingFormat": "text/markdown"}),
    ];
    if let Some(author) = &args.author {
        root["author"] = json!({"@id": "#author"});
        graph.push(json!({"@id": "#author", "@type": "Person", "name": author}));
    }
    graph[1] = root;
    for (name, listed) in names.iter().zip(manifest.files.values()) {
        graph.push(json!({
            "@id": name, "@type": "File", "contentSize": listed.bytes.to_string(), "identifier": format!("blake3:{}", listed.blake3),
        }));
    }
    json!({"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": graph})
}

fn citation(args: &Cited, manifest: &Manifest, title: &str) -> String {
    let text = |text: &str| serde_json::to_string(text).expect("a text");
    let author = args.author.as_deref().unwrap_or("crackdown contributors");
    let mut lines = vec![
        "cff-version: 1.2.0".to_owned(),
        "message: If you use these results, please cite them as below.".to_owned(),
        "type: dataset".to_owned(),
        format!("title: {}", text(title)),
        "authors:".to_owned(),
        format!("  - name: {}", text(author)),
    ];
    lines.extend(args.date.iter().map(|date| format!("date-released: {}", text(date))));
    lines.extend(args.license.iter().map(|licence| format!("license: {}", text(licence))));
    lines.extend([
        "identifiers:".to_owned(),
        "  - type: other".to_owned(),
        format!("    value: {}", text(&format!("blake3:{}", manifest.hash))),
        "    description: fingerprint of results/manifest.json".to_owned(),
        "references:".to_owned(),
        "  - type: software".to_owned(),
        "    title: crackdown".to_owned(),
        "    authors:".to_owned(),
        "      - name: crackdown contributors".to_owned(),
        format!("    version: {}", text(&manifest.version)),
        format!(
            "    notes: {}",
            text(&format!("model version {}", manifest.model_version.unwrap_or_default()))
        ),
    ]);
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_manifest_is_part_of_the_crate_and_the_author_is_cited() {
        let folder = tempfile::tempdir().unwrap();
        let text = r#"{"program": "crackdown", "version": "0.1.0", "model_version": 6, "seed": 1, "replications": 2,
            "files": {"a.csv": {"bytes": 3, "blake3": "0000000000000000000000000000000000000000000000000000000000000000"}}}"#;
        std::fs::write(folder.path().join("manifest.json"), text).unwrap();
        let manifest = Manifest::read(folder.path()).unwrap();
        let args = Cited {
            author: Some("A. \"B\"".to_owned()),
            date: Some("2026-01-02".to_owned()),
            license: None,
        };
        let [metadata, citation] = files(&args, &manifest, "Two policies");
        assert_eq!(Cited::of(&metadata.bytes).author, args.author);
        let metadata: Value = serde_json::from_slice(&metadata.bytes).unwrap();
        let graph = metadata["@graph"].as_array().unwrap();
        let root = graph.iter().find(|one| one["@id"] == "./").unwrap();
        let part = &root["hasPart"][0]["@id"];
        assert_eq!((part, &root["datePublished"]), (&json!("results/a.csv"), &json!("2026-01-02")));
        assert!(graph.iter().any(|one| one["@id"] == *part && one["contentSize"] == "3"));
        let citation = String::from_utf8(citation.bytes).unwrap();
        assert!(citation.contains(r#"- name: "A. \"B\"""#) && citation.contains("date-released"));
    }
}
