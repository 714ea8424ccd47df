//! The hengjian command.
fn main() {}
