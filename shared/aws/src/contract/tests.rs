//! Holds `schema/contract.json` to the code, and the lists in the code to what the code does.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{env, fs};

use serde_json::{Value, json};
use tablewarden_core::tally::METRICS;

use super::*;
use crate::{archive, cloudwatch, dynamodb, logged, policy, rules, s3, settings, sns, telemetry};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// The calls, by the file of `src` that declares them.
fn declared() -> BTreeMap<&'static str, &'static [Call]> {
    BTreeMap::from([
        ("archive", archive::CALLS),
        ("cloudwatch", cloudwatch::CALLS),
        ("dynamodb", dynamodb::CALLS),
        ("policy", policy::CALLS),
        ("rules", rules::CALLS),
        ("s3", s3::CALLS),
        ("sns", sns::CALLS),
    ])
}

fn names(functions: &[Function]) -> Vec<&'static str> {
    functions.iter().map(|function| function.as_str()).collect()
}

fn contract() -> Value {
    let settings = settings::SETTINGS.iter().map(
        |setting| json!({ "name": setting.name, "required": setting.required, "functions": names(setting.functions) }),
    );
    let log_level = json!({ "name": telemetry::LOG_LEVEL, "required": false, "functions": names(BOTH) });
    let metrics = METRICS.iter().map(|metric| {
        let unit = cloudwatch::unit(metric.unit);
        json!({ "name": metric.name, "dimensions": metric.dimensions, "unit": unit.as_str() })
    });
    let calls = BOTH.iter().flat_map(|function| {
        declared().into_values().flatten().filter(|call| call.functions.contains(function)).map(|call| {
            json!({ "function": function.as_str(), "action": call.action, "resource": call.resource, "when": call.when })
        })
    });
    json!({
        "settings": settings.chain([log_level]).collect::<Vec<_>>(),
        "metrics": metrics.collect::<Vec<_>>(),
        "calls": calls.collect::<Vec<_>>(),
        "log_lines": { "messages": logged::MESSAGES, "fields": logged::FIELDS },
    })
}

/// `TABLEWARDEN_BLESS=1` writes it anew.
#[test]
fn the_file_is_what_the_code_says() {
    let file = Path::new(ROOT).join("schema/contract.json");
    let now = format!("{:#}\n", contract());
    if env::var("TABLEWARDEN_BLESS").is_ok_and(|value| value == "1") {
        fs::write(&file, &now).unwrap();
    }
    assert!(fs::read_to_string(&file).unwrap() == now, "run with TABLEWARDEN_BLESS=1 and look at the difference");
}

/// Each file of this crate as it runs, without its tests and without white space, by its name.
fn sources() -> BTreeMap<String, String> {
    let files = fs::read_dir(Path::new(ROOT).join("shared/aws/src")).unwrap();
    let paths = files.map(|file| file.unwrap().path()).filter(|path| path.is_file());
    let stem = |path: &PathBuf| path.file_stem().unwrap().to_str().unwrap().to_owned();
    paths.map(|path| (stem(&path), code(&fs::read_to_string(path).unwrap()))).collect()
}

fn code(text: &str) -> String {
    let run = text.split("#[cfg(test)]").next().unwrap();
    let lines = run.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.flat_map(|line| line.chars().filter(|c| !c.is_whitespace())).collect()
}

/// The actions that code calls: operations are methods of a client, and take nothing.
fn actions(code: &str) -> BTreeSet<String> {
    let service = |client: &str| format!("aws_sdk_{client}::Client");
    let Some(service) = ["cloudwatch", "dynamodb", "s3", "sns"].into_iter().find(|name| code.contains(&service(name)))
    else {
        return BTreeSet::new();
    };
    let methods = code.split("client.").skip(1).filter_map(|rest| rest.split_once("()")).map(|(name, _)| name);
    let operations =
        methods.filter(|name| *name != "clone" && name.chars().all(|c| c == '_' || c.is_ascii_lowercase()));
    let pascal = |name: &str| -> String { name.split('_').map(|word| word[..1].to_uppercase() + &word[1..]).collect() };
    operations.map(|name| format!("{service}:{}", pascal(name))).collect()
}

#[test]
fn operations_are_found_however_they_are_written() {
    let text =
        "use aws_sdk_s3::Client;\nlet a = self\n    .client // as it was given\n    .put_object()\n    .bucket(b);
// client.delete_bucket()
let b = client.get_object();\nlet c = self.client.clone();\n#[cfg(test)]\nlet d = client.list_buckets();";
    assert_eq!(
        actions(&code(&text.replace(" // as it was given", ""))),
        ["s3:GetObject", "s3:PutObject"].map(String::from).into()
    );
}

#[test]
fn every_call_of_aws_is_declared_and_every_declared_call_is_made() {
    let declared = declared();
    let mut called = BTreeSet::new();
    for (file, code) in sources() {
        // A client that is made and used at once would be overlooked.
        assert!(!code.contains("Client::new(config)."), "{file}");
        assert_eq!(code.contains("pubconstCALLS"), declared.contains_key(file.as_str()), "{file}");
        let actions = actions(&code);
        // Those who have it read objects declare which.
        let is_declared = declared.contains_key(file.as_str()) || file == "object";
        assert!(actions.is_empty() || is_declared, "{file} calls {actions:?}");
        called.extend(actions);
    }
    let of_all: BTreeSet<String> =
        declared.values().flat_map(|calls| calls.iter()).map(|call| call.action.to_owned()).collect();
    assert_eq!(called, of_all);
}

#[test]
fn calls_are_declared_for_the_functions_that_have_the_adapter() {
    for (file, calls) in declared() {
        let uses = |function: &&Function| {
            let main = Path::new(ROOT).join("functions").join(function.as_str()).join("src/main.rs");
            let main = fs::read_to_string(main).unwrap();
            // These are in hand of what both functions start with.
            let starts = ["dynamodb", "policy", "rules"].contains(&file) && main.contains("start().await?");
            starts || main.contains(&format!("tablewarden_aws::{file}::"))
        };
        let want: Vec<Function> = BOTH.iter().filter(uses).copied().collect();
        for call in calls {
            assert_eq!(call.functions, want, "{} of {file}", call.action);
        }
    }
}

#[test]
fn a_call_that_depends_on_a_setting_names_one() {
    let known: Vec<&str> = settings::SETTINGS.iter().map(|setting| setting.name).collect();
    for call in declared().into_values().flatten() {
        assert!(call.when.is_none_or(|name| known.contains(&name)), "{call:?}");
    }
}
