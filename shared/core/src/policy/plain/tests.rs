//! Holds what is read here to what `serde_saphyr` reads.

use proptest::prelude::*;

use super::super::file::File;
use super::read;

/// Policies of any kind, with everything that the format has in them.
fn policies() -> Vec<&'static str> {
    let page = include_str!("../../../../../docs/policy.md");
    let examples = page.split("```yaml\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    examples.filter(|yaml| yaml.contains("version: 1")).chain([WRITTEN]).collect()
}

/// As `learn` writes them, and people.
const WRITTEN: &str = r#"# yaml-language-server: $schema=policy.schema.json
version: 1
# Für jede Tabelle – mit „Umlauten“.
accounts:  # give them names that people know
  "111122223333": "111122223333"  # 184570 calls
  '444455556666': a name  # with spaces
approved: {regions: [eu-*], accounts: [], buckets: ["a-b", c]}
pipeline:
  log-buckets:
  - acme-cloudtrail
  resources: [arn:aws:sns:eu-west-1:111122223333:alerts, "arn:aws:sqs:*:111122223333:*"]
  deployer:
  - role: ci/deploy

detections:
  table-updated: off
  bulk-read: {items: 10, calls: "20"}
tables:
  - table: carts  # 12540 calls
    owner: shop-team@example.com
    keys: 'hash'
    detections:
      bulk-deletion: {items: 290}  # 141 by role/app/carts-api at 2026-03-10T12:25:00Z
    expected:
      - role: app/carts-api
        actions: [BatchWriteItem, DeleteItem, "GetItem*"]
        vpc-endpoints: [vpce-0c4f1d7e2a9b83f56]
      - {permission-set: DataEngineer, cidrs: [203.0.113.0/24, "2001:db8::/32"]}
      - user: reports
        windows:
          - days: [mon, tue]
            from: "08:00"
            to: "24:00"
            zone: Europe/Berlin
        until: 2026-12-31
        reason: it's late, and a#b: is no comment
  - table: arn:aws:dynamodb:eu-west-1:111122223333:table/orders
    expected: []
suppressions:
  - detection: table-updated
    until: 2026-12-31
    reason: "quoted: # still text"
"#;

#[test]
fn usual_policies_are_read_here() {
    let page = policies();
    let read_here = page.iter().filter(|yaml| read(yaml).is_ok()).count();
    assert!(read(&WRITTEN.replace("b: is", "b is")).is_ok());
    assert!(read_here * 4 >= page.len() * 3, "{read_here} of {}", page.len());
}

/// What was read here is what is read there: values and places.
fn holds(yaml: &str) -> bool {
    let Ok(file) = read(yaml) else { return false };
    match serde_saphyr::from_str::<File>(yaml) {
        Ok(other) => assert_eq!(format!("{file:#?}"), format!("{other:#?}"), "{yaml}"),
        Err(error) => panic!("{error}\n{yaml}"),
    }
    true
}

#[test]
fn what_is_read_here_is_what_the_yaml_reader_reads() {
    for yaml in policies() {
        holds(yaml);
    }
    assert!(holds(&WRITTEN.replace("b: is", "b is")));
}

/// What has a meaning in YAML, somewhere.
const PIECES: [&str; 60] = [
    " ", "  ", "\n", "\n  ", ":", ": ", " :", " #", "#", "\"", "'", "''", "\\", "[", "]", "{", "}", ",", ", ", "- ",
    "-", "\n- ", "&a ", "*a", "!t ", "!!str ", "|", ">", "|\n", "? ", "null", "~", "ü", "\t", "\r\n", "---\n", "...\n",
    "%", "@", "`", "0x1", "0b1", "1_0", "<<: ", "<<", ".", "+", "$", "off", "on", "true", "No", ".inf", "é",
    "\u{2028}", "=", "role: ", "[]", "{}", "\n\n",
];

/// A policy with some of its characters replaced by pieces.
fn altered() -> impl Strategy<Value = String> {
    let policies: Vec<String> = policies().into_iter().map(|yaml| yaml.replace("b: is", "b is")).collect();
    let edits =
        prop::collection::vec((any::<prop::sample::Index>(), 0..4_usize, prop::sample::select(&PIECES[..])), 0..4);
    (prop::sample::select(policies), edits).prop_map(|(mut yaml, edits)| {
        for (at, length, piece) in edits {
            let chars: Vec<usize> = yaml.char_indices().map(|(offset, _)| offset).chain([yaml.len()]).collect();
            let from = at.index(chars.len());
            let to = (from + length).min(chars.len() - 1);
            yaml.replace_range(chars[from]..chars[to], piece);
        }
        yaml
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases * 8, ..ProptestConfig::default() })]

    #[test]
    fn altered_policies_read_here_are_what_the_yaml_reader_reads(yaml in altered()) {
        holds(&yaml);
    }
}
