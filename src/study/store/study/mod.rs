//! The store of a study: finished runs of any number, never made twice, the same bytes wherever they were made.
//!
//! A run is a row: the kept measures, found by an address that follows from what determines it (`plan`). While a shard is
//! made, each finished run is a line of its `journal`; a finished shard is one Parquet part; a [`mod@merge`] makes one file of
//! all, in canonical order, through a `spool` on disk. `scan` looks up what is there, `reader` reads merged runs.
//!
//! Names and numbers in a row say only where to look first: after an edit of the study its rows are found by address.
//!
//! Deliberately absent: running anything, statistics but the number of replications that precision needs.

mod days;
mod failures;
mod former;
pub mod journal;
pub mod merge;
mod place;
pub mod plan;
mod precision;
pub mod reader;
mod results;
mod row;
mod rows;
mod scan;
mod spool;
mod table;

pub use days::RecordFolder;
pub use failures::failures_without_rows;
pub use journal::Journal;
pub use merge::{Merged, Merging, finish_shard, head, merge};
pub use place::{Label, Lock, RowSource, SourceKind, StudyFolder};
pub use plan::{Addresses, Bits, Fingerprint, KeptData, Plan, Readings, Shard};
pub use precision::PrecisionStage;
pub use reader::MergedRuns;
pub(in crate::store) use results::Together;
pub use results::{put_files, write_results};
pub use row::{Row, RunEnd};
pub use rows::{Rows, RowsMade};
pub use scan::{Progress, ScannedFile, Scope, look, same_version};
pub use table::runs;
