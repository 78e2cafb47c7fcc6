//! Unit values as a file, and `benefits.csv`.

use std::path::Path;
use std::sync::LazyLock;

use super::imported::{read_table, read_text};
use super::table::{Table, UNIT_OF_ROW, with_columns};
use super::{File, table_file};
use crate::comparison::Comparison;
use crate::comparison::benefits::{Benefit, BenefitItem, UnitValue, item};
use model::MEASURES;
use scenario::Findings;
use scenario::finding::nearest;
use scenario::study::{Fault, InputEntry, InputTable};

/// The project's own values, as their file is.
const OURS: &str = include_str!("../../../scenarios/unit_values.csv");
/// Columns that a file needs.
const COLUMNS: [&str; 7] = ["item", "title", "value", "low", "high", "unit", "source"];

/// The project's own values, `scenarios/unit_values.csv`.
pub fn our_unit_values() -> &'static [UnitValue] {
    static VALUES: LazyLock<Vec<UnitValue>> = LazyLock::new(|| {
        let table = read_text(OURS.into()).and_then(|table| values(&table));
        table.unwrap_or_else(|faults| panic!("scenarios/unit_values.csv: {faults:?}"))
    });
    &VALUES
}

/// Reads an analyst's own values: a table with the columns of ours.
pub fn read_unit_values(path: &Path) -> Result<Vec<UnitValue>, Findings> {
    let table = read_table(path).and_then(|table| values(&table));
    table.map_err(|faults| Findings::of_faults(path, faults))
}

fn values(table: &InputTable) -> Result<Vec<UnitValue>, Vec<Fault>> {
    let missing: Vec<Fault> = COLUMNS
        .iter()
        .filter(|name| table.column(name).is_none())
        .map(|name| {
            let why = format!("it has no column `{name}`");
            Fault::new(why, format!("columns are {}", COLUMNS.join(", ")))
        })
        .collect();
    if !missing.is_empty() {
        return Err(missing);
    }
    let (mut found, mut faults) = (Vec::<UnitValue>::new(), Vec::new());
    for row in 0..table.rows {
        let entry = |name: &str| {
            table.column(name).map_or(&InputEntry::Empty, |column| &column.entries[row])
        };
        let text = |name: &str| entry(name).written().unwrap_or_default();
        let number = |name: &str| match entry(name) {
            InputEntry::Number(number) if number.is_finite() => Some(*number),
            _ => None,
        };
        let mut wrong = |why: String, hint: String| {
            faults.push(Fault::new(format!("row {}: {why}", row + 1), hint));
        };
        let [written, title, source] = ["item", "title", "source"].map(text);
        let measures = item(&written);
        if let Err(name) = &measures {
            let names = MEASURES.iter().map(|measure| measure.name);
            let near = nearest(name, names).map(|near| format!("did you mean `{near}`?"));
            let all = "an item is a measure of effects.csv, or `one - other`".to_owned();
            wrong(format!("no measure is called `{name}`"), near.unwrap_or(all));
        }
        let numbers = ["value", "low", "high"].map(number);
        if numbers.iter().any(Option::is_none) {
            wrong("`value`, `low` and `high` are numbers".to_owned(), "write 0.5".to_owned());
        }
        if source.is_empty() {
            wrong("`source` is empty".to_owned(), "where it stands, or assumption".to_owned());
        }
        let (Ok(measures), [Some(value), Some(low), Some(high)]) = (measures, numbers) else {
            continue;
        };
        if !(low <= value && value <= high) {
            wrong(format!("{value} is not between {low} and {high}"), String::new());
        }
        if found.iter().any(|other| other.measures == measures) {
            wrong(
                format!("`{written}` stands twice"),
                "each item has one row, or it would be counted twice".to_owned(),
            );
        }
        found.push(UnitValue { item: written, measures, title, value, range: (low, high), source });
    }
    if found.is_empty() && faults.is_empty() {
        faults.push(Fault::new("it has no rows".to_owned(), String::new()));
    }
    if faults.is_empty() { Ok(found) } else { Err(faults) }
}

/// `benefits.csv`.
pub fn benefits_file(
    comparison: &Comparison,
    values: &[UnitValue],
    benefits: &[Benefit],
) -> Result<File, String> {
    let rows: Vec<(&Benefit, &BenefitItem)> =
        benefits.iter().flat_map(|one| one.lines.iter().map(move |line| (one, line))).collect();
    let value = |row: &(&Benefit, &BenefitItem)| &values[row.1.item];
    const NET: &str = "95 % interval of that, at the stated unit values (chance only, or chance and unknown parameters, as the comparison says)";
    const CHANGE: &str = "95 % interval of that (chance only, or chance and unknown parameters, as the comparison says)";
    let about = "Costs and benefits of each policy in tenge over the days that count, item by item";
    let table = with_columns!(Table::of("benefits", about, &rows), row =>
        text "policy", "name", "Policy" => comparison.policies()[row.0.policy].name.clone();
        text "item", "name", "Measure, or one less others" => value(row).item.clone();
        text "title", "text", "The item in words" => value(row).title.clone();
        number "change", UNIT_OF_ROW, "Policy minus baseline" => row.1.change.as_ref().map(|it| it.mean);
        interval ["change_low", "change_high"], UNIT_OF_ROW, CHANGE => row.1.change.as_ref()?.interval;
        number "unit_value", "KZT per unit", "What a unit is worth; costs and harm are negative" => value(row).value;
        number "worth", "KZT", "Change times unit value" => row.1.worth;
        number "threshold", "KZT per unit", "Unit value at which the policy's net benefit is zero, all others as they are" => row.1.threshold;
        truth "turns", "yes or no", "Whether that lies between low and high of the unit value" => row.1.turns(values);
        number "net", "KZT", "Net benefit of the policy: sum of its items" => row.0.net.as_ref().map(|it| it.mean);
        interval ["net_low", "net_high"], "KZT", NET => row.0.net.as_ref()?.interval;
        text "source", "text", "Where the unit value stands" => value(row).source.clone();
    ).table();
    table_file(&table)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_values_are_read_and_a_wrong_table_is_told() {
        assert!(our_unit_values().len() > 8);
        let read = |text: &str| values(&read_text(text.into()).unwrap());
        let head = "item,title,value,low,high,unit,source\n";
        let faults = read(&format!(
            "{head}agency_cots,A,-1,-2,0,KZT,assumption\ntax_received,T,3,0,1,KZT,\ntax_received,T,1,1,1,KZT,x\n"
        ));
        let told: Vec<String> =
            faults.unwrap_err().iter().map(|it| format!("{} {}", it.why, it.hint)).collect();
        assert!(told[0].contains("did you mean `agency_cost`?"), "{told:?}");
        assert!(told.iter().any(|it| it.contains("`source` is empty")));
        assert!(told.iter().any(|it| it.contains("3 is not between 0 and 1")));
        assert!(told.iter().any(|it| it.contains("row 3: `tax_received` stands twice")));
        assert!(read("item,value\n").is_err());
    }
}
