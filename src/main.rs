//! Parse the arguments, run one command.

fn main() {}
