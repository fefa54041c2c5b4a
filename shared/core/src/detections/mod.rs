//! Detections: reasons to speak up. One file each, named after its id, with its tests.
//!
//! A new one is a file here, a line in its section's list below, and scenarios that fire it and that just do not.

mod access_denied;
mod backup_deleted;
mod bulk_deletion;
mod bulk_read;
mod bulk_write;
mod config_noncompliant;
mod control;
mod cross_account_access;
mod data;
mod dax_changed;
mod deletion_protection_off;
mod denied_burst;
mod detection;
mod encryption_key_changed;
mod event_selectors;
mod exfiltration;
mod first_access;
mod full_scan;
mod guardduty_finding;
mod human_access;
mod insights_disabled;
mod item_deletion;
mod judge;
mod key_endangered;
mod log_bucket_tampered;
mod outside_window;
mod page;
mod pipeline_tampered;
mod pitr_off;
mod recovery_destruction;
mod replica_changed;
mod resource_policy_changed;
mod root_access;
mod section;
mod selectors_narrowed;
mod stream_opened;
mod stream_read;
mod table_created;
mod table_deleted;
mod table_exported;
mod table_imported;
mod table_restored;
mod table_updated;
mod tags_changed;
mod trail_stopped;
mod ttl_changed;
mod unexpected_action;
mod unexpected_network;
mod unexpected_principal;
mod unreadable_request;
mod watched_access;
mod weighing;

pub use detection::{Chain, Context, Counter, Detection, RuleText, Unit, Verdict, Window};
pub(crate) use detection::{Judge, KeyJudge, stretch};
pub use judge::{Hit, Opinion, explain, judge};
pub(crate) use judge::{hear, hit};
pub(crate) use judge::{is_named, shown_keys, suppression};
pub use page::page;
pub use section::Section;
pub use weighing::Weighing;

const DATA_PLANE: &[&Detection] = &[
    &unexpected_principal::DETECTION,
    &unexpected_action::DETECTION,
    &unexpected_network::DETECTION,
    &outside_window::DETECTION,
    &item_deletion::DETECTION,
    &bulk_deletion::DETECTION,
    &bulk_write::DETECTION,
    &full_scan::DETECTION,
    &bulk_read::DETECTION,
    &access_denied::DETECTION,
    &denied_burst::DETECTION,
    &root_access::DETECTION,
    &cross_account_access::DETECTION,
    &stream_read::DETECTION,
    &human_access::DETECTION,
    &watched_access::DETECTION,
    &first_access::DETECTION,
    &unreadable_request::DETECTION,
];

const CONTROL_PLANE: &[&Detection] = &[
    &table_created::DETECTION,
    &table_updated::DETECTION,
    &table_deleted::DETECTION,
    &deletion_protection_off::DETECTION,
    &pitr_off::DETECTION,
    &backup_deleted::DETECTION,
    &ttl_changed::DETECTION,
    &table_exported::DETECTION,
    &table_restored::DETECTION,
    &table_imported::DETECTION,
    &replica_changed::DETECTION,
    &stream_opened::DETECTION,
    &resource_policy_changed::DETECTION,
    &encryption_key_changed::DETECTION,
    &key_endangered::DETECTION,
    &tags_changed::DETECTION,
    &insights_disabled::DETECTION,
    &dax_changed::DETECTION,
];

const BLINDFOLDS: &[&Detection] = &[
    &trail_stopped::DETECTION,
    &selectors_narrowed::DETECTION,
    &log_bucket_tampered::DETECTION,
    &pipeline_tampered::DETECTION,
];

const CHAINS: &[&Detection] = &[&recovery_destruction::DETECTION, &exfiltration::DETECTION];

const FROM_OTHERS: &[&Detection] = &[&guardduty_finding::DETECTION, &config_noncompliant::DETECTION];

/// Every detection, in the order of the catalogue.
pub const ALL: [&Detection; LEN] = all();

const LEN: usize = DATA_PLANE.len() + CONTROL_PLANE.len() + BLINDFOLDS.len() + CHAINS.len() + FROM_OTHERS.len();

#[expect(clippy::indexing_slicing, reason = "an index out of bounds does not compile here")]
const fn all() -> [&'static Detection; LEN] {
    let sections = [DATA_PLANE, CONTROL_PLANE, BLINDFOLDS, CHAINS, FROM_OTHERS];
    let mut all = [DATA_PLANE[0]; LEN];
    let (mut section, mut next) = (0, 0);
    while section < sections.len() {
        let mut within = 0;
        while within < sections[section].len() {
            all[next] = sections[section][within];
            within += 1;
            next += 1;
        }
        section += 1;
    }
    all
}

#[cfg(test)]
mod testing;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policy;
    use crate::severity::Severity;

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

    #[test]
    fn what_people_read_is_complete_and_well_formed() {
        for detection in ALL {
            let Detection { id, title, fires_when, severity, techniques, why, first_steps, .. } = detection;
            let words = std::iter::once(severity).chain([title, fires_when]);
            for phrase in words {
                assert!(!phrase.is_empty() && !phrase.ends_with('.'), "{id}: {phrase}");
            }
            assert!(title.starts_with(char::is_uppercase), "{id}: {title}");
            assert!(first_steps.len() >= 2, "{id}: {first_steps:?}");
            for sentence in std::iter::once(why).chain(*first_steps) {
                assert!(sentence.starts_with(char::is_uppercase) && sentence.ends_with('.'), "{id}: {sentence}");
            }
            // It goes into the cells of tables.
            for text in [title, fires_when, severity, why].into_iter().chain(*first_steps) {
                assert!(!text.contains(['|', '\n']) && !text.contains("  "), "{id}: {text}");
            }
            assert!(Severity::ALL.iter().any(|step| severity.contains(step.as_str())), "{id}: {severity}");
            for technique in *techniques {
                assert!(is_technique(technique), "{id}: {technique}");
            }
        }
    }

    /// `T1562` or `T1562.008`.
    fn is_technique(text: &str) -> bool {
        let digits = |text: &str, count| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
        let (technique, sub) = text.split_once('.').map_or((text, None), |(technique, sub)| (technique, Some(sub)));
        technique.strip_prefix('T').is_some_and(|number| digits(number, 4)) && sub.is_none_or(|sub| digits(sub, 3))
    }

    #[test]
    fn only_attack_ids_pass_for_techniques() {
        for (text, want) in [("T1530", true), ("T1562.008", true), ("T156", false), ("1530", false), ("T1562.8", false)]
        {
            assert_eq!(is_technique(text), want, "{text}");
        }
    }

    #[test]
    fn the_lines_of_policy_that_are_shown_are_valid() {
        for detection in ALL {
            let yaml = format!("version: 1\n{}", detection.policy_lines());
            assert!(Policy::parse("policy.yaml", &yaml).is_ok(), "{yaml}");
        }
        let page = page();
        let (_, shown) = page.split_once("```yaml\n").unwrap();
        Policy::parse("policy.yaml", shown.split("```").next().unwrap()).unwrap();
    }

    #[test]
    fn each_section_holds_its_detections_and_all_of_them_are_in_one() {
        let by_section: Vec<&str> =
            Section::ALL.iter().flat_map(|section| section.detections()).map(|detection| detection.id).collect();
        assert_eq!(by_section, ALL.map(|detection| detection.id));
        for detection in Section::Chains.detections() {
            let chain = detection.chain().unwrap();
            for step in chain.first.iter().chain(chain.steps) {
                assert!(by_section.contains(step), "{}: {step}", detection.id);
            }
        }
    }
}
