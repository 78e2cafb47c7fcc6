//! Parquet files, this program's and others': a column of a row group at a time.
//!
//! Deliberately absent: what columns mean.

use std::cell::Cell;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use ::parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type as Kind};
use ::parquet::column::reader::get_typed_column_reader;
use ::parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FixedLenByteArrayType, FloatType,
    Int32Type, Int64Type,
};
use ::parquet::file::metadata::ParquetMetaData;
use ::parquet::file::reader::{FileReader, RowGroupReader, SerializedFileReader};
use ::parquet::schema::types::ColumnDescriptor;
use jiff::civil::Date;

use super::parquet::days_of;
use super::table::ColumnValues;
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
    pub fn texts(self) -> Result<Vec<Option<String>>, String> {
        match self {
            Stored::Text(values) => Ok(values),
            _ => Err("a column holds no words".to_owned()),
        }
    }

    /// The whole numbers.
    pub fn whole(self) -> Result<Vec<Option<i64>>, String> {
        match self {
            Stored::Whole(values) => Ok(values),
            _ => Err("a column holds no whole numbers".to_owned()),
        }
    }

    /// The numbers.
    pub fn numbers(self) -> Result<Vec<Option<f64>>, String> {
        match self {
            Stored::Number(values) => Ok(values),
            _ => Err("a column holds no numbers".to_owned()),
        }
    }
}

impl From<&ColumnValues> for Stored {
    fn from(values: &ColumnValues) -> Stored {
        let day = |date: &Option<Date>| date.map(|date| i64::from(days_of(date)));
        match values {
            ColumnValues::Text(values) => {
                Stored::Text(values.iter().map(|it| it.as_deref().map(str::to_owned)).collect())
            }
            ColumnValues::Truth(values) => Stored::Truth(values.clone()),
            ColumnValues::Date(values) => Stored::Whole(values.iter().map(day).collect()),
            ColumnValues::Index(values) => {
                Stored::Whole(values.iter().map(|index| index.map(i64::from)).collect())
            }
            ColumnValues::Whole(values) => Stored::Whole(values.clone()),
            ColumnValues::Number(values) | ColumnValues::Exact(values) => {
                Stored::Number(values.clone())
            }
        }
    }
}

/// An open file.
pub struct ParquetReader {
    reader: SerializedFileReader<File>,
}

impl ParquetReader {
    /// Opens a file and reads what it says of itself.
    pub fn open(path: &Path) -> Result<ParquetReader, String> {
        let file = files::open(path).map_err(|error| files::why(&error))?;
        let reader = unbroken(|| SerializedFileReader::new(file))
            .map_err(|why| format!("it {why}"))?
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
    pub fn about(&self) -> &ParquetMetaData {
        self.reader.metadata()
    }

    /// An entry of the file's own list.
    pub fn entry(&self, name: &str) -> Option<&str> {
        let entries = self.about().file_metadata().key_value_metadata();
        entries.into_iter().flatten().find(|entry| entry.key == name)?.value.as_deref()
    }

    /// Names of the columns; of one inside another the whole path.
    pub fn names(&self) -> Vec<String> {
        let columns = self.about().file_metadata().schema_descr().columns();
        columns.iter().map(|column| column.path().string()).collect()
    }

    /// Whether there is a column of this name.
    pub fn has(&self, name: &str) -> bool {
        self.place(name).is_some()
    }

    /// Whether a column is part of another, such as a list.
    pub fn is_nested(&self, place: usize) -> bool {
        let columns = self.about().file_metadata().schema_descr().columns();
        columns[place].path().parts().len() > 1
    }

    fn place(&self, name: &str) -> Option<usize> {
        let columns = self.about().file_metadata().schema_descr().columns();
        columns.iter().position(|column| column.path().parts()[0] == name)
    }

    /// Number of row groups.
    pub fn groups(&self) -> usize {
        self.about().num_row_groups()
    }

    /// Rows of a group.
    pub fn rows(&self, group: usize) -> usize {
        usize::try_from(self.about().row_group(group).num_rows()).unwrap_or(0)
    }

    /// A column of a row group, by its place; of lists all that they hold, one after another.
    pub fn column(&self, group: usize, place: usize) -> Result<Stored, String> {
        unbroken(|| self.stored(group, place))?
    }

    fn stored(&self, group: usize, place: usize) -> Result<Stored, String> {
        let open = self.reader.get_row_group(group).map_err(damaged)?;
        let about = self.about().file_metadata().schema_descr().column(place);
        let meaning = meaning(&about).map_err(|what| format!("holds {what}"))?;
        macro_rules! read {
            ($kind:ident of $stored:ty, $of:expr) => {
                Stored::$kind(read::<$stored, _>(&*open, place, &about, $of)?)
            };
        }
        // The same word may stand in every row at no cost to the file.
        let total = Cell::new(0_i64);
        let words = |bytes: ByteArray| {
            total.set(total.get().saturating_add(bytes.len() as i64));
            if total.get() > MOST_UNPACKED {
                return Err("holds more text than can be read".to_owned());
            }
            bytes.as_utf8().map(str::to_owned).map_err(damaged)
        };
        use Meaning::{Decimal, Half, Moment, Unsigned};
        Ok(match (about.physical_type(), meaning) {
            (Kind::INT32, Decimal(scale)) => {
                read!(Number of Int32Type, |n| decimal(n.into(), scale))
            }
            (Kind::INT64, Decimal(scale)) => {
                read!(Number of Int64Type, |n| decimal(n.into(), scale))
            }
            (Kind::BYTE_ARRAY, Decimal(scale)) => {
                read!(Number of ByteArrayType, |bytes| decimal(whole(bytes.data())?, scale))
            }
            (Kind::FIXED_LEN_BYTE_ARRAY, Decimal(scale)) => {
                read!(Number of FixedLenByteArrayType, |bytes| decimal(whole(bytes.data())?, scale))
            }
            (Kind::FIXED_LEN_BYTE_ARRAY, Half) => {
                read!(Number of FixedLenByteArrayType, |bytes| half(bytes.data()))
            }
            (Kind::BYTE_ARRAY, _) => read!(Text of ByteArrayType, words),
            (Kind::BOOLEAN, _) => read!(Truth of BoolType, Ok),
            (Kind::INT32, Unsigned) => read!(Whole of Int32Type, |n| Ok(i64::from(n as u32))),
            (Kind::INT32, _) => read!(Whole of Int32Type, |n| Ok(i64::from(n))),
            (Kind::INT64, Unsigned) => read!(Number of Int64Type, |n| Ok(n as u64 as f64)),
            (Kind::INT64, Moment(day)) => read!(Whole of Int64Type, |n| match n.rem_euclid(day) {
                0 => Ok(n / day),
                _ => Err("holds times of day".to_owned()),
            }),
            (Kind::INT64, _) => read!(Whole of Int64Type, Ok),
            (Kind::FLOAT, _) => read!(Number of FloatType, |n| Ok(f64::from(n))),
            (Kind::DOUBLE, _) => read!(Number of DoubleType, Ok),
            (other, _) => return Err(format!("holds {other}; numbers and texts are wanted")),
        })
    }

    /// What a column holds that is neither number nor text.
    pub fn holds(&self, place: usize) -> Result<(), &'static str> {
        match meaning(&self.about().file_metadata().schema_descr().column(place))? {
            Meaning::Moment(_) => Err("dates"),
            _ => Ok(()),
        }
    }

    /// The column of this name in a row group.
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
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| "is damaged".to_owned())
}

/// What stored bytes mean.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Meaning {
    /// What their kind says.
    Plain,
    /// Whole numbers without a sign.
    Unsigned,
    /// Whole numbers with so many digits behind the point.
    Decimal(i32),
    /// Numbers of two bytes.
    Half,
    /// Days as moments, of which a day has so many.
    Moment(i64),
}

/// What a column means; in words what it holds that is neither number nor text.
fn meaning(about: &ColumnDescriptor) -> Result<Meaning, &'static str> {
    use ConvertedType as Old;
    let physical = about.physical_type();
    match (about.logical_type_ref(), about.converted_type()) {
        (Some(LogicalType::Integer(of)), _) if !of.is_signed => Ok(Meaning::Unsigned),
        (Some(LogicalType::Integer(_)), _) => Ok(Meaning::Plain),
        (Some(LogicalType::Decimal(of)), _) => Ok(Meaning::Decimal(of.scale)),
        (Some(LogicalType::Float16), _) => Ok(Meaning::Half),
        (Some(LogicalType::String | LogicalType::Enum | LogicalType::Json), _) => {
            Ok(Meaning::Plain)
        }
        (Some(LogicalType::Date), _) => Ok(Meaning::Plain),
        // A column without any value has no kind.
        (Some(LogicalType::Unknown), _) => Ok(Meaning::Plain),
        (Some(LogicalType::Timestamp(of)), _) => Ok(Meaning::Moment(match of.unit {
            TimeUnit::MILLIS => 86_400_000,
            TimeUnit::MICROS => 86_400_000_000,
            _ => 86_400_000_000_000,
        })),
        (Some(_), _) => Err("neither numbers nor texts"),
        (None, Old::DECIMAL) => Ok(Meaning::Decimal(about.type_scale())),
        (None, Old::UINT_8 | Old::UINT_16 | Old::UINT_32 | Old::UINT_64) => Ok(Meaning::Unsigned),
        (None, Old::INT_8 | Old::INT_16 | Old::INT_32 | Old::INT_64) => Ok(Meaning::Plain),
        (None, Old::UTF8 | Old::ENUM | Old::JSON | Old::DATE) => Ok(Meaning::Plain),
        (None, Old::NONE) if physical == Kind::BYTE_ARRAY => Err("bytes"),
        (None, Old::NONE) if physical == Kind::FIXED_LEN_BYTE_ARRAY => Err("bytes"),
        (None, Old::NONE) if physical == Kind::INT96 => Err("dates with a time of day"),
        (None, Old::NONE) => Ok(Meaning::Plain),
        (None, _) => Err("neither numbers nor texts"),
    }
}

/// A number with so many digits behind the point, as its text says it.
fn decimal(digits: i128, scale: i32) -> Result<f64, String> {
    format!("{digits}e-{scale}").parse().map_err(text)
}

/// A whole number of any length, the highest byte first.
fn whole(mut bytes: &[u8]) -> Result<i128, String> {
    let sign = if bytes.first().is_some_and(|byte| *byte >= 0x80) { -1 } else { 0 };
    // Some writers keep room for numbers of 76 digits.
    while bytes.len() > 16 {
        if i128::from(bytes[0] as i8) != sign || (bytes[1] >= 0x80) != (sign < 0) {
            return Err("holds numbers of more than 38 digits".to_owned());
        }
        bytes = &bytes[1..];
    }
    Ok(bytes.iter().fold(sign, |number, byte| number << 8 | i128::from(*byte)))
}

/// A number of two bytes, the lowest first: a bit of sign, 5 of exponent and 10 of fraction.
fn half(bytes: &[u8]) -> Result<f64, String> {
    let &[low, high] = bytes else { return Err("holds numbers of a strange length".to_owned()) };
    let bits = u16::from_le_bytes([low, high]);
    let (exponent, fraction) = (u64::from(bits >> 10 & 31), u64::from(bits & 1023));
    // The same number in eight bytes, whose exponents begin 1008 later.
    let wide = |exponent: u64| f64::from_bits(exponent << 52 | fraction << 42);
    let size = match exponent {
        0 => wide(1009) - f64::from_bits(1009 << 52),
        31 => wide(2047),
        _ => wide(exponent + 1008),
    };
    Ok(if bits >> 15 == 1 { -size } else { size })
}

fn read<D: DataType, V>(
    group: &dyn RowGroupReader,
    place: usize,
    about: &ColumnDescriptor,
    of: impl Fn(D::T) -> Result<V, String>,
) -> Result<Vec<Option<V>>, String> {
    let mut reader = get_typed_column_reader::<D>(group.get_column_reader(place).map_err(damaged)?);
    let (mut levels, mut repeats, mut values) = (Vec::new(), Vec::new(), Vec::new());
    let rows = usize::try_from(group.metadata().num_rows()).map_err(text)?;
    let mut found = 0;
    while found < rows {
        let (records, ..) = reader
            .read_records(rows - found, Some(&mut levels), Some(&mut repeats), &mut values)
            .map_err(damaged)?;
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

/// What the library says, without its own name before; it may repeat what it found.
fn text(error: impl std::fmt::Display) -> String {
    let said = error.to_string();
    printable(said.strip_prefix("Parquet error: ").unwrap_or(&said)).into_owned()
}

fn damaged(error: impl std::fmt::Display) -> String {
    format!("is damaged ({})", text(error))
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
        // What the library calls itself is nobody's business.
        std::fs::write(&path, b"PAR1 and nothing that follows PAR1").unwrap();
        let why = ParquetReader::open(&path).err().unwrap();
        assert!(
            why.starts_with("it is not a Parquet file (") && !why.contains("Parquet error"),
            "{why}"
        );
    }

    #[test]
    fn decimals_and_numbers_of_two_bytes_are_what_their_text_says() {
        assert_eq!(decimal(600, 3), Ok(0.6));
        assert_eq!(decimal(-65, 2), Ok(-0.65));
        assert_eq!((whole(&[1, 0]), whole(&[0xff, 0xfe]), whole(&[])), (Ok(256), Ok(-2), Ok(0)));
        let mut wide = [0xff; 25];
        wide[24] = 0xfe;
        assert_eq!(whole(&wide), Ok(-2));
        wide[0] = 1;
        assert!(whole(&wide).is_err());
        let bits = [(0x3c00_u16, 1.0), (0xc000, -2.0), (0x3800, 0.5), (1, 5.960464477539063e-8)];
        for (bits, number) in bits {
            assert_eq!(half(&bits.to_le_bytes()), Ok(number));
        }
        assert!(half(&[0, 0x7c]).unwrap().is_infinite() && half(&[1, 0x7c]).unwrap().is_nan());
    }
}
