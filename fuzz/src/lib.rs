//! What the fuzz targets call: the checks that the tests of the core hold a corpus to.

#[path = "../../shared/core/tests/checks/mod.rs"]
pub mod checks;
