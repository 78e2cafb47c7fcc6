//! Tables as CSV: UTF-8, a comma between cells, a point in numbers, an empty cell where there is no value.

use std::io::Write;

use super::table::Table;

/// A table as CSV.
pub fn csv(table: &Table) -> Result<Vec<u8>, String> {
    let mut file = CsvFile::new(Vec::new());
    file.push(table)?;
    file.finish()
}

/// A file of CSV whose rows come in pieces, so that never all of them are in memory.
pub struct CsvFile<W: Write> {
    writer: ::csv::Writer<W>,
    begun: bool,
}

impl<W: Write> CsvFile<W> {
    /// An empty file.
    pub fn new(to: W) -> CsvFile<W> {
        CsvFile { writer: ::csv::Writer::from_writer(to), begun: false }
    }

    /// Adds the rows of a piece, and the head before the first.
    ///
    /// # Errors
    /// If the disk refuses, or columns have different lengths.
    pub fn push(&mut self, table: &Table) -> Result<(), String> {
        if !self.begun {
            self.begun = true;
            let heads = table.columns.iter().map(|column| column.name.as_bytes());
            self.writer.write_record(heads).map_err(|error| error.to_string())?;
        }
        for row in 0..table.len() {
            for column in &table.columns {
                let cell = column.values.text(row);
                self.writer.write_field(cell.as_bytes()).map_err(|error| error.to_string())?;
            }
            self.writer.write_record(None::<&[u8]>).map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    /// All that was written.
    pub fn finish(self) -> Result<W, String> {
        self.writer.into_inner().map_err(|error| error.to_string())
    }
}
