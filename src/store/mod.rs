//! The result folder.
