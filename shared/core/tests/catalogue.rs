//! Holds the page of detections to the catalogue that it is written from.

use std::fs;
use std::path::Path;

use tablewarden_core::detections;

/// Set to `1`, it writes the page anew.
const BLESS: &str = "TABLEWARDEN_BLESS";

#[test]
fn the_page_of_detections_says_what_the_catalogue_says() {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/detections.md"));
    if std::env::var(BLESS).as_deref() == Ok("1") {
        fs::write(path, detections::page()).unwrap();
    }
    let page = fs::read_to_string(path).unwrap();
    assert!(
        page == detections::page(),
        "docs/detections.md is old: {BLESS}=1 cargo test -p tablewarden-core --test catalogue"
    );
}
