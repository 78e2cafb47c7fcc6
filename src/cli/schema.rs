//! `crackdown schema`: the JSON Schema of policy files in JSON, for editors that complete and check while one types.
//!
//! It is made from the parameters' documentation, as `params` and `check` are. `check` has the last word: what several values say
//! together no schema holds.

use serde_json::{Map, Value, json};

use super::simulate::{Refusal, print};
use scenario::{Parameter, ParameterKind, parameters};

/// Nothing to choose.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  crackdown schema > crackdown.schema.json\n\n\
    In VS Code, settings.json: \"json.schemas\": [{\"fileMatch\": [\"policies/*.json\"], \"url\": \"./crackdown.schema.json\"}]")]
pub struct SchemaArgs {}

/// Prints the schema.
pub fn run(_: &SchemaArgs) -> Result<(), Refusal> {
    print(&super::simulate::json(&schema()));
    Ok(())
}

fn schema() -> Value {
    let mut root = Map::new();
    for parameter in parameters() {
        let of = value(&parameter);
        // A path with points, or groups within groups.
        nested(&mut root, &parameter.path, &of);
        root.insert(parameter.path, of);
    }
    for (field, meaning) in [
        ("extends", "Scenario that this one lies over: a file, or the name of a shipped one"),
        ("name", "Name of the policy in results"),
        ("title", "Title of the policy in tables and figures"),
    ] {
        root.insert(field.to_owned(), json!({"type": "string", "description": meaning}));
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A policy of crackdown in JSON",
        "type": "object",
        "properties": root,
        // Campaigns and interventions have names of the reader's choice.
        "patternProperties": {"^policy\\.(campaigns|interventions)\\.": {}},
        "additionalProperties": false,
    })
}

/// Puts the value of a path into groups within groups.
fn nested(group: &mut Map<String, Value>, path: &str, of: &Value) {
    let Some((first, rest)) = path.split_once('.') else {
        group.insert(path.to_owned(), of.clone());
        return;
    };
    let inner = group
        .entry(first)
        .or_insert_with(|| json!({"type": "object", "properties": {}}))
        .get_mut("properties")
        .and_then(Value::as_object_mut);
    if let Some(inner) = inner {
        nested(inner, rest, of);
    }
}

/// What a parameter may be: a value, or values by date.
fn value(parameter: &Parameter) -> Value {
    let mut one = match &parameter.kind {
        ParameterKind::Number => json!({"type": "number"}),
        ParameterKind::Whole => json!({"type": "integer"}),
        ParameterKind::Text => json!({"type": "string"}),
        ParameterKind::Date => json!({"type": "string", "format": "date"}),
        // Some words take a number or a list: Largest(5), names of banks.
        ParameterKind::Choice(words) => {
            json!({"anyOf": [{"enum": words}, {"type": "string", "pattern": "\\("}, {"type": "array"}]})
        }
        ParameterKind::List(_) => json!({"type": "array"}),
        ParameterKind::Map(_) => json!({"type": "object"}),
    };
    if matches!(parameter.kind, ParameterKind::Number | ParameterKind::Whole) {
        match parameter.allowed.low {
            Some(low) if low == f64::MIN_POSITIVE => one["exclusiveMinimum"] = json!(0),
            Some(low) => one["minimum"] = json!(low),
            None => {}
        }
        if let Some(high) = parameter.allowed.high {
            one["maximum"] = json!(high);
        }
    }
    let mut all = match parameter.by_date {
        true => json!({"anyOf": [one, {"type": "object", "additionalProperties": one}]}),
        false => one,
    };
    let Parameter { meaning, unit, default, .. } = parameter;
    all["description"] = json!(format!("{meaning} Unit: {unit}. In the reference: {default}"));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lever_has_its_bounds_under_its_path_and_in_its_group() {
        let schema = schema();
        let lever = &schema["properties"]["policy.auto_block.bank_share"];
        assert_eq!(lever["anyOf"][0], json!({"type": "number", "minimum": 0.0, "maximum": 1.0}));
        assert_eq!(lever["anyOf"][1]["additionalProperties"]["maximum"], 1.0);
        let groups = &schema["properties"]["policy"]["properties"]["auto_block"]["properties"];
        assert_eq!(groups["bank_share"], *lever);
        assert!(lever["description"].as_str().unwrap().contains("Unit: share."));
    }
}
