//! Techniques of MITRE ATT&CK, as OCSF names them.

use serde_json::{Value, json};

/// The version of ATT&CK that the names and tactics are of: <https://attack.mitre.org/versions/v16/>.
const VERSION: &str = "16.1";

const COLLECTION: [&str; 2] = ["TA0009", "Collection"];
const DEFENSE_EVASION: [&str; 2] = ["TA0005", "Defense Evasion"];
const DISCOVERY: [&str; 2] = ["TA0007", "Discovery"];
const EXFILTRATION: [&str; 2] = ["TA0010", "Exfiltration"];
const IMPACT: [&str; 2] = ["TA0040", "Impact"];
const INITIAL_ACCESS: [&str; 2] = ["TA0001", "Initial Access"];
const PERSISTENCE: [&str; 2] = ["TA0003", "Persistence"];

/// What the detections are signs of: a technique or sub-technique, its name and its tactic. Of several tactics of one
/// technique it is the one that the detections mean by it.
const KNOWN: &[(&str, &str, [&str; 2])] = &[
    ("T1078", "Valid Accounts", INITIAL_ACCESS),
    ("T1078.004", "Cloud Accounts", INITIAL_ACCESS),
    ("T1098", "Account Manipulation", PERSISTENCE),
    ("T1098.001", "Additional Cloud Credentials", PERSISTENCE),
    ("T1485", "Data Destruction", IMPACT),
    ("T1486", "Data Encrypted for Impact", IMPACT),
    ("T1490", "Inhibit System Recovery", IMPACT),
    ("T1530", "Data from Cloud Storage", COLLECTION),
    ("T1537", "Transfer Data to Cloud Account", EXFILTRATION),
    ("T1562", "Impair Defenses", DEFENSE_EVASION),
    ("T1562.001", "Disable or Modify Tools", DEFENSE_EVASION),
    ("T1562.008", "Disable or Modify Cloud Logs", DEFENSE_EVASION),
    ("T1565", "Data Manipulation", IMPACT),
    ("T1565.001", "Stored Data Manipulation", IMPACT),
    ("T1578", "Modify Cloud Compute Infrastructure", DEFENSE_EVASION),
    ("T1580", "Cloud Infrastructure Discovery", DISCOVERY),
];

/// The `attack` object of a technique, such as `T1562.008`. Of one that only a user's rule names, it has the id alone.
pub(super) fn attack(technique: &str) -> Value {
    let parent = technique.split_once('.').map(|(parent, _)| parent);
    let tactic = known(technique).map(|(_, [uid, name])| json!({ "uid": uid, "name": name }));
    json!({
        "version": tactic.is_some().then_some(VERSION),
        "tactic": tactic,
        "technique": named(parent.unwrap_or(technique)),
        "sub_technique": parent.map(|_| named(technique)),
    })
}

fn named(technique: &str) -> Value {
    json!({ "uid": technique, "name": known(technique).map(|(name, _)| name) })
}

fn known(technique: &str) -> Option<(&'static str, [&'static str; 2])> {
    KNOWN.iter().find(|(id, ..)| *id == technique).map(|&(_, name, tactic)| (name, tactic))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detections;

    #[test]
    fn every_technique_of_the_catalogue_has_its_name_its_parents_and_its_tactic() {
        for detection in detections::ALL {
            for technique in detection.techniques {
                let attack = attack(technique);
                let names = ["tactic", "technique"].map(|field| attack[field]["name"].is_string());
                assert_eq!(names, [true; 2], "{}: {attack}", detection.id);
                assert_eq!(attack["sub_technique"]["name"].is_string(), technique.contains('.'), "{attack}");
            }
        }
    }

    #[test]
    fn a_technique_that_is_not_known_keeps_its_id() {
        let unknown = attack("T1110.003");
        assert_eq!(
            (&unknown["technique"]["uid"], &unknown["sub_technique"]["uid"]),
            (&"T1110".into(), &"T1110.003".into())
        );
        assert!(unknown["tactic"].is_null() && unknown["version"].is_null());
    }
}
