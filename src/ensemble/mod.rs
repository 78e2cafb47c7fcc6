//! Scenarios × replications → runs, in parallel.
