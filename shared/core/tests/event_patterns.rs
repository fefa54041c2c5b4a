//! Holds what the EventBridge rules ask for to the calls that are audited.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;
use tablewarden_core::operation::{Calls, Plane, Service, lookup};

/// Data events: they come by the log file alone, as the events of items do.
const DATA_EVENTS_OF_S3: [&str; 4] = ["DeleteObject", "DeleteObjects", "PutObjectLegalHold", "PutObjectRetention"];

/// What stands in `infra/event-patterns`: the sources, the names, and whether all names but these are asked for.
struct Pattern {
    sources: BTreeSet<String>,
    names: BTreeSet<String>,
    but: bool,
}

fn pattern(file: &str) -> Pattern {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../infra/event-patterns")).join(file);
    let pattern: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let strings = |value: &Value| -> BTreeSet<String> {
        value.as_array().unwrap().iter().map(|item| item.as_str().unwrap().to_owned()).collect()
    };
    let detail = &pattern["detail"];
    let but = &detail["eventName"][0]["anything-but"];
    let names = strings(if but.is_null() { &detail["eventName"] } else { but });
    Pattern { sources: strings(&detail["eventSource"]), names, but: !but.is_null() }
}

#[test]
fn the_rules_of_the_control_plane_ask_for_every_call_that_is_audited_and_no_other() {
    let patterns = ["control-plane.json", "control-plane-guards.json", "control-plane-pipeline.json"].map(pattern);
    for service in Service::ALL {
        let of_it: Vec<&Pattern> =
            patterns.iter().filter(|pattern| pattern.sources.contains(service.source())).collect();
        let [pattern] = of_it.as_slice() else { panic!("{} is in {} patterns", service.source(), of_it.len()) };
        match service.calls() {
            Calls::All => {
                assert!(pattern.but, "{}: every call but those of data", service.source());
                for name in &pattern.names {
                    assert_eq!(lookup(service, name, None).plane, Plane::Data, "{name}");
                }
            }
            Calls::Only(names) => {
                assert!(!pattern.but);
                for name in names {
                    let data = service == Service::S3 && DATA_EVENTS_OF_S3.contains(name);
                    assert_ne!(pattern.names.contains(*name), data, "{name} of {}", service.source());
                }
            }
        }
    }
    for pattern in patterns.iter().filter(|pattern| !pattern.but) {
        let sources = pattern.sources.iter().map(|source| Service::of_source(source).unwrap());
        let audited: BTreeSet<&str> = sources
            .flat_map(|service| match service.calls() {
                Calls::Only(names) => names,
                Calls::All => &[],
            })
            .copied()
            .collect();
        for name in &pattern.names {
            assert!(audited.contains(name.as_str()), "{name} is not audited");
        }
    }
}

#[test]
fn the_rule_of_data_events_asks_for_what_the_control_plane_leaves_out() {
    let (control, data) = (pattern("control-plane.json"), pattern("data-events.json"));
    assert!(!data.but && data.names == control.names);
    assert!(data.names.contains("GetItem") && data.sources.contains(Service::Streams.source()));
}
