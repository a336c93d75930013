//! Field errors that several operations on batches report.
