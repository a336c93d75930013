//! Storage of photos and proofs: a folder on disk first.
