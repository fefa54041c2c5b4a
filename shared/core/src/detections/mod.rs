//! Detections: reasons to speak up. One file each, named after its id, with its tests.
//!
//! A new one is a file here, a line in [`ALL`], and scenarios that fire it and that just do not.

mod access_denied;
mod detection;
mod item_deletion;
mod judge;
mod table_created;
mod table_deleted;
mod table_updated;
mod unexpected_principal;
mod unreadable_request;

pub(crate) use detection::Judge;
pub use detection::{Chain, Context, Counter, Detection, Unit, Verdict, Window};
pub use judge::{Hit, judge};

/// Every detection, in the order of the catalogue.
pub const ALL: &[&Detection] = &[
    // Data plane
    &unexpected_principal::DETECTION,
    &item_deletion::DETECTION,
    &access_denied::DETECTION,
    &unreadable_request::DETECTION,
    // Control plane
    &table_created::DETECTION,
    &table_updated::DETECTION,
    &table_deleted::DETECTION,
    // Blindfolds
    // Chains
];

#[cfg(test)]
mod testing;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_kebab_case_and_the_names_of_their_files() {
        let mut ids: Vec<&str> = ALL.iter().map(|detection| detection.id).collect();
        for id in &ids {
            assert!(id.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{id}");
            let file = format!("{}/src/detections/{}.rs", env!("CARGO_MANIFEST_DIR"), id.replace('-', "_"));
            assert!(std::path::Path::new(&file).exists(), "{file}");
        }
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), ALL.len());
    }
}
