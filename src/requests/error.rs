//! Field errors of several verbs.
