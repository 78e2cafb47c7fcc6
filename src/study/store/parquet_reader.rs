//! Parquet files, this program's and others': a column of a row group at a time.
//!
//! Deliberately absent: what columns mean.

use std::cell::Cell;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use ::parquet::basic::{ConvertedType, LogicalType, Type as Kind};
use ::parquet::column::reader::get_typed_column_reader;
use ::parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FloatType, Int32Type, Int64Type,
};
use ::parquet::file::metadata::ParquetMetaData;
use ::parquet::file::reader::{FileReader, RowGroupReader, SerializedFileReader};
use ::parquet::schema::types::ColumnDescriptor;
use jiff::civil::Date;

use super::parquet::days_of;
use super::table::Values;
use scenario::files;
use world::text::printable;

/// Values of a column as they are stored; `None` where there is none.
#[derive(Clone, Debug, PartialEq)]
pub enum Stored {
    /// Words.
    Text(Vec<Option<String>>),
    /// Whether something is so.
    Truth(Vec<Option<bool>>),
    /// Whole numbers, and days from 1970-01-01 on.
    Whole(Vec<Option<i64>>),
    /// Numbers.
    Number(Vec<Option<f64>>),
}

impl Stored {
    /// The words.
    ///
    /// # Errors
    /// If it holds something else.
    pub fn texts(self) -> Result<Vec<Option<String>>, String> {
        match self {
            Stored::Text(values) => Ok(values),
            _ => Err("a column holds no words".to_owned()),
        }
    }

    /// The whole numbers.
    ///
    /// # Errors
    /// If it holds something else.
    pub fn whole(self) -> Result<Vec<Option<i64>>, String> {
        match self {
            Stored::Whole(values) => Ok(values),
            _ => Err("a column holds no whole numbers".to_owned()),
        }
    }

    /// The numbers.
    ///
    /// # Errors
    /// If it holds something else.
    pub fn numbers(self) -> Result<Vec<Option<f64>>, String> {
        match self {
            Stored::Number(values) => Ok(values),
            _ => Err("a column holds no numbers".to_owned()),
        }
    }
}

impl From<&Values> for Stored {
    fn from(values: &Values) -> Stored {
        let day = |date: &Option<Date>| date.map(|date| i64::from(days_of(date)));
        match values {
            Values::Text(values) => {
                Stored::Text(values.iter().map(|it| it.as_deref().map(str::to_owned)).collect())
            }
            Values::Truth(values) => Stored::Truth(values.clone()),
            Values::Date(values) => Stored::Whole(values.iter().map(day).collect()),
            Values::Index(values) => {
                Stored::Whole(values.iter().map(|index| index.map(i64::from)).collect())
            }
            Values::Whole(values) => Stored::Whole(values.clone()),
            Values::Number(values) | Values::Exact(values) => Stored::Number(values.clone()),
        }
    }
}

/// An open file.
pub struct ParquetReader {
    reader: SerializedFileReader<File>,
}

impl ParquetReader {
    /// Opens a file and reads what it says of itself.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub fn open(path: &Path) -> Result<ParquetReader, String> {
        let file = files::open(path).map_err(|error| files::why(&error))?;
        let reader = unbroken(|| SerializedFileReader::new(file))?
            .map_err(|error| format!("it is not a Parquet file ({})", text(error)))?;
        let read = ParquetReader { reader };
        read.within_bounds()?;
        Ok(read)
    }

    /// Whether what the file says of its size can be held: a few bytes may stand for any number of values.
    fn within_bounds(&self) -> Result<(), String> {
        let groups = self.about().row_groups();
        let columns = || groups.iter().flat_map(|group| group.columns());
        let values = columns().map(|column| column.num_values());
        let rows = groups.iter().map(|group| group.num_rows());
        let fits = |number: i64| (0..=MOST_VALUES).contains(&number);
        if let Some(number) = values.chain(rows).find(|number| !fits(*number)) {
            return Err(format!(
                "a column has {number} values in a row group; at most {MOST_VALUES} are read"
            ));
        }
        let large = |bytes: &i64| !(0..=MOST_UNPACKED).contains(bytes);
        match columns().map(|column| column.uncompressed_size()).find(large) {
            Some(bytes) => Err(format!(
                "a column unpacks to {} MB in a row group; at most {} MB are read",
                bytes / 1_000_000,
                MOST_UNPACKED / 1_000_000
            )),
            None => Ok(()),
        }
    }

    /// What it says of itself.
    #[must_use]
    pub fn about(&self) -> &ParquetMetaData {
        self.reader.metadata()
    }

    /// An entry of the file's own list.
    #[must_use]
    pub fn entry(&self, name: &str) -> Option<&str> {
        let entries = self.about().file_metadata().key_value_metadata();
        entries.into_iter().flatten().find(|entry| entry.key == name)?.value.as_deref()
    }

    /// Names of the columns; of one inside another the whole path.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let columns = self.about().file_metadata().schema_descr().columns();
        columns.iter().map(|column| column.path().string()).collect()
    }

    /// Whether there is a column of this name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.place(name).is_some()
    }

    /// Whether a column is part of another, such as a list.
    #[must_use]
    pub fn is_nested(&self, place: usize) -> bool {
        let columns = self.about().file_metadata().schema_descr().columns();
        columns[place].path().parts().len() > 1
    }

    fn place(&self, name: &str) -> Option<usize> {
        let columns = self.about().file_metadata().schema_descr().columns();
        columns.iter().position(|column| column.path().parts()[0] == name)
    }

    /// Number of row groups.
    #[must_use]
    pub fn groups(&self) -> usize {
        self.about().num_row_groups()
    }

    /// Rows of a group.
    #[must_use]
    pub fn rows(&self, group: usize) -> usize {
        usize::try_from(self.about().row_group(group).num_rows()).unwrap_or(0)
    }

    /// A column of a row group, by its place; of lists all that they hold, one after another.
    ///
    /// # Errors
    /// If it cannot be read, or holds neither numbers nor words.
    pub fn column(&self, group: usize, place: usize) -> Result<Stored, String> {
        unbroken(|| self.stored(group, place))?
    }

    fn stored(&self, group: usize, place: usize) -> Result<Stored, String> {
        let open = self.reader.get_row_group(group).map_err(text)?;
        let about = self.about().file_metadata().schema_descr().column(place);
        let meaning = meaning(&about)?;
        Ok(match (about.physical_type(), meaning) {
            (Kind::BYTE_ARRAY, _) => {
                // The same word may stand in every row at no cost to the file.
                let total = Cell::new(0_i64);
                let words = |bytes: ByteArray| {
                    total.set(total.get().saturating_add(bytes.len() as i64));
                    if total.get() > MOST_UNPACKED {
                        return Err("holds more text than can be read".to_owned());
                    }
                    bytes.as_utf8().map(str::to_owned).map_err(text)
                };
                Stored::Text(read::<ByteArrayType, _>(&*open, place, &about, words)?)
            }
            (Kind::BOOLEAN, _) => Stored::Truth(read::<BoolType, _>(&*open, place, &about, Ok)?),
            (Kind::INT32, signed) => {
                let of = |value: i32| {
                    Ok(if signed { i64::from(value) } else { i64::from(value as u32) })
                };
                Stored::Whole(read::<Int32Type, _>(&*open, place, &about, of)?)
            }
            (Kind::INT64, true) => Stored::Whole(read::<Int64Type, _>(&*open, place, &about, Ok)?),
            (Kind::INT64, false) => {
                let of = |value: i64| Ok(value as u64 as f64);
                Stored::Number(read::<Int64Type, _>(&*open, place, &about, of)?)
            }
            (Kind::FLOAT, _) => {
                let of = |value: f32| Ok(f64::from(value));
                Stored::Number(read::<FloatType, _>(&*open, place, &about, of)?)
            }
            (Kind::DOUBLE, _) => Stored::Number(read::<DoubleType, _>(&*open, place, &about, Ok)?),
            (other, _) => return Err(format!("holds {other}; numbers and texts are wanted")),
        })
    }

    /// The column of this name in a row group.
    ///
    /// # Errors
    /// If it is not there or cannot be read.
    pub fn named(&self, group: usize, name: &str) -> Result<Stored, String> {
        let place = self.place(name).ok_or_else(|| format!("the column {name} is missing"))?;
        self.column(group, place).map_err(|why| format!("the column {name} {why}"))
    }
}

/// Values of a column in a row group at most. Unit: values. Source: what is held in memory at a time; Status: assumption.
const MOST_VALUES: i64 = 20_000_000;

/// Size of a column in a row group at most. Unit: bytes. Source: as for its values; Status: assumption.
const MOST_UNPACKED: i64 = 500_000_000;

/// Does what the library may answer with a panic where a file is damaged.
fn unbroken<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| "it is damaged".to_owned())
}

/// Whether whole numbers have a sign.
fn meaning(about: &ColumnDescriptor) -> Result<bool, String> {
    let other = |what: String| Err(format!("holds {what}; numbers and texts are wanted"));
    match (about.logical_type_ref(), about.converted_type()) {
        (Some(LogicalType::Integer(of)), _) => Ok(of.is_signed),
        (Some(LogicalType::String | LogicalType::Enum | LogicalType::Date), _) => Ok(true),
        (Some(what), _) => other(format!("{what:?}")),
        (None, ConvertedType::UINT_8 | ConvertedType::UINT_16) => Ok(false),
        (None, ConvertedType::UINT_32 | ConvertedType::UINT_64) => Ok(false),
        (None, ConvertedType::INT_8 | ConvertedType::INT_16) => Ok(true),
        (None, ConvertedType::INT_32 | ConvertedType::INT_64) => Ok(true),
        (None, ConvertedType::UTF8 | ConvertedType::ENUM | ConvertedType::DATE) => Ok(true),
        (None, ConvertedType::NONE) if about.physical_type() == Kind::BYTE_ARRAY => {
            other("bytes".to_owned())
        }
        (None, ConvertedType::NONE) => Ok(true),
        (None, what) => other(what.to_string()),
    }
}

fn read<D: DataType, V>(
    group: &dyn RowGroupReader,
    place: usize,
    about: &ColumnDescriptor,
    of: impl Fn(D::T) -> Result<V, String>,
) -> Result<Vec<Option<V>>, String> {
    let mut reader = get_typed_column_reader::<D>(group.get_column_reader(place).map_err(text)?);
    let (mut levels, mut repeats, mut values) = (Vec::new(), Vec::new(), Vec::new());
    let rows = usize::try_from(group.metadata().num_rows()).map_err(text)?;
    let mut found = 0;
    while found < rows {
        let (records, ..) = reader
            .read_records(rows - found, Some(&mut levels), Some(&mut repeats), &mut values)
            .map_err(text)?;
        if records == 0 {
            return Err("lacks rows".to_owned());
        }
        found += records;
    }
    let most = about.max_def_level();
    if most == 0 {
        return values.into_iter().map(|value| of(value).map(Some)).collect();
    }
    // Below this level a list has no place for a value at all.
    let least = if about.max_rep_level() == 0 { 0 } else { most - 1 };
    let mut values = values.into_iter();
    let places = levels.into_iter().filter(|level| *level >= least);
    places
        .map(|level| match level == most {
            true => values.next().ok_or("lacks values".to_owned()).and_then(&of).map(Some),
            false => Ok(None),
        })
        .collect()
}

/// What the library says; it may repeat what it found.
fn text(error: impl std::fmt::Display) -> String {
    printable(&error.to_string()).into_owned()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use ::parquet::file::properties::WriterProperties;
    use ::parquet::file::writer::SerializedFileWriter;
    use ::parquet::schema::parser::parse_message_type;

    use super::*;

    #[test]
    fn a_few_bytes_do_not_stand_for_more_values_than_can_be_held() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("many.parquet");
        let schema = Arc::new(parse_message_type("message m { required boolean a; }").unwrap());
        let properties = Arc::new(WriterProperties::builder().build());
        let file = File::create(&path).unwrap();
        let mut writer = SerializedFileWriter::new(file, schema, properties).unwrap();
        let mut group = writer.next_row_group().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        let values = vec![true; 1_000_000];
        for _ in 0..21 {
            column.typed::<BoolType>().write_batch(&values, None, None).unwrap();
        }
        column.close().unwrap();
        group.close().unwrap();
        writer.close().unwrap();
        let why = ParquetReader::open(&path).err().unwrap();
        assert!(why.contains("21000000 values") && why.contains("at most 20000000"), "{why}");
    }
}
