//! What is an entry of a file that was read to its end.

use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::log_file::arbitrary_json::{Writer, text, value};

fn seen(json: &str) -> Vec<Seen> {
    let (seen, result) = read_all(json.as_bytes(), Limits::default());
    result.unwrap_or_else(|error| panic!("{json:?}: {error}"));
    seen
}

fn elements(json: &str) -> Vec<String> {
    seen(json)
        .into_iter()
        .enumerate()
        .map(|(n, entry)| match entry {
            Seen::Element(index, text) if index == n as u64 => text,
            other => panic!("{json:?}: {other:?}"),
        })
        .collect()
}

#[test]
fn elements_of_record_arrays_are_entries() {
    let cases: [(&str, &[&str]); 22] = [
        (r#"{"Records":[{"a":1},{"b":2}]}"#, &[r#"{"a":1}"#, r#"{"b":2}"#]),
        (r#"{"Events":[{"a":1}]}"#, &[r#"{"a":1}"#]),
        (r#"[{"a":1},{"b":2}]"#, &[r#"{"a":1}"#, r#"{"b":2}"#]),
        ("\u{feff}{\"Records\":[1]}", &["1"]),
        // White space, key order
        (" \r\n{ \"x\" : 1 ,\t\"Records\" : [ { } , [ ] ] , \"y\" : { \"Records\" : [ 5 ] } } \n", &["{ }", "[ ]"]),
        (r#"{"x":"Records","y":["Records"],"Records":[1]}"#, &["1"]),
        (r#"{"x":{"Records":[7]},"Records":[1]}"#, &["1"]),
        (r#"{"":0,"Record":[7],"Recordss":[8],"records":[9],"Records":[1]}"#, &["1"]),
        // Escaped keys
        (r#"{"\u0052ecords":[1]}"#, &["1"]),
        (r#"{"\u0052\u0065\u0063\u006f\u0072\u0064\u0073":[1]}"#, &["1"]),
        (r#"{"Records\u0000":[7],"Event\u0073":[1]}"#, &["1"]),
        // Strings
        (
            r#"[{"a":"}]"},{"b":"\"}"},{"c\\":"\\"},"]"]"#,
            &[r#"{"a":"}]"}"#, r#"{"b":"\"}"}"#, r#"{"c\\":"\\"}"#, r#""]""#],
        ),
        (r#"["\\\"","\\"]"#, &[r#""\\\"""#, r#""\\""#]),
        // Every kind of element
        ("[1, -2.5e+3 ,true,null , \"x\",[],{}]", &["1", "-2.5e+3", "true", "null", "\"x\"", "[]", "{}"]),
        // Empty
        (r#"{"Records":[]}"#, &[]),
        ("[ ]", &[]),
        // Several arrays
        (r#"{"Records":[1],"Events":[2],"Records":[3]}"#, &["1", "2", "3"]),
        (r#"{"Records":null,"Records":[3]}"#, &["3"]),
        ("{\"Records\":[1]}{\"Records\":[2]}\n[3]", &["1", "2", "3"]),
        // Broken inside: for the parser to reject
        (r#"[{"a" 1},{,},{"a":}]"#, &[r#"{"a" 1}"#, "{,}", r#"{"a":}"#]),
        ("[{\"a\":\"line\nbreak\"},\"line\nbreak\",nul]", &["{\"a\":\"line\nbreak\"}", "\"line\nbreak\"", "nul"]),
        ("[{\"a\":1\n{\"b\":2}}]", &["{\"a\":1\n{\"b\":2}}"]),
    ];
    for (json, expected) in cases {
        assert_eq!(elements(json), expected, "{json}");
    }
}

#[test]
fn other_top_level_values_are_documents() {
    let cases: [(&str, &[&str]); 14] = [
        ("{}", &["{}"]),
        (" {\"a\":1} ", &["{\"a\":1}"]),
        ("{\"a\":1}\n{\"b\":2}\r\n", &["{\"a\":1}", "{\"b\":2}"]),
        ("{\"a\":1}{\"b\":{}}", &["{\"a\":1}", "{\"b\":{}}"]),
        ("1 \"x\"null\n-2.5", &["1", "\"x\"", "null", "-2.5"]),
        (r#"{"Records":null}"#, &[r#"{"Records":null}"#]),
        (r#"{"Records":{"a":[]}}"#, &[r#"{"Records":{"a":[]}}"#]),
        (r#"{"Records":"[]"}"#, &[r#"{"Records":"[]"}"#]),
        (r#"{"detail":{"Records":[1]}}"#, &[r#"{"detail":{"Records":[1]}}"#]),
        ("{\"x\":[\n{\"a\":1},\n{\"b\":2}\n],\"y\":\n{}\n}", &["{\"x\":[\n{\"a\":1},\n{\"b\":2}\n],\"y\":\n{}\n}"]),
        // Broken inside: for the parser to reject
        (r#"{"a" 1,"Records":[1]}"#, &[r#"{"a" 1,"Records":[1]}"#]),
        (r#"{"a":1,}"#, &[r#"{"a":1,}"#]),
        (r#"{"a":1 {"b":2}}{}"#, &[r#"{"a":1 {"b":2}}"#, "{}"]),
        (r#"{"a":tru}"#, &[r#"{"a":tru}"#]),
    ];
    for (json, expected) in cases {
        let expected: Vec<_> =
            expected.iter().enumerate().map(|(n, text)| Seen::Document(n as u64, (*text).to_owned())).collect();
        assert_eq!(seen(json), expected, "{json}");
    }
}

#[test]
fn too_large_entries_are_passed_over_and_reported() {
    let long = "x".repeat(30);
    let cases = [
        (
            format!(r#"{{"Records":["1","{long}",{{"a":"{long}"}},"2"]}}"#),
            vec![
                Seen::Element(0, "\"1\"".to_owned()),
                Seen::Oversized(1, 16, 32),
                Seen::Oversized(2, 49, 38),
                Seen::Element(3, "\"2\"".to_owned()),
            ],
        ),
        (
            format!("{{\"a\":\"{long}\"}}\n{{\"b\":1}}"),
            vec![Seen::Oversized(0, 0, 38), Seen::Document(1, "{\"b\":1}".to_owned())],
        ),
        // Exactly as large as allowed, and what stands before the array does not count
        (
            format!("{{\"a\":\"{long}\",\"Records\":[\"{}\"]}}", "x".repeat(18)),
            vec![Seen::Element(0, format!("\"{}\"", "x".repeat(18)))],
        ),
        (format!("{{\"a\":1\n{{\"b\":\"{long}\"}}"), vec![Seen::Garbled(0, 0, 7), Seen::Oversized(1, 7, 38)]),
    ];
    for (json, expected) in cases {
        for sizes in [&[1_usize] as &[_], &[7], &[1000]] {
            let limits = Limits { entry: 20, ..Limits::default() };
            let (seen, result) = read_all(Trickle::new(json.as_bytes(), sizes), limits);
            assert_eq!(seen, expected, "{json}");
            assert_eq!(result.unwrap().entries, expected.len() as u64);
        }
    }
}

#[test]
fn deep_nesting_costs_no_stack() {
    let deep = format!("{}{}", "[".repeat(1_000_000), "]".repeat(1_000_000));
    assert_eq!(elements(&format!("[{deep},1]")), [deep.as_str(), "1"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn elements_are_what_a_parser_reads(
        before in prop::collection::vec((text(), value()), 0..3),
        records in prop::collection::vec(value(), 0..12),
        after in prop::collection::vec((text(), value()), 0..3),
        dice in prop::collection::vec(any::<u8>(), 1..64),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..4),
        sizes in prop::collection::vec(1_usize..200, 1..8),
        packed in any::<bool>(),
    ) {
        let mut writer = Writer::new(&dice);
        let whole = ("Records".to_owned(), Value::Array(records.clone()));
        let members = before.iter().chain([&whole]).chain(&after);
        writer.object(members.map(|(key, value)| (key, value)));
        let json = writer.out;

        let mut bytes = json.clone().into_bytes();
        if packed {
            let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(bytes.len())).collect();
            cuts.extend([0, bytes.len()]);
            cuts.sort_unstable();
            bytes = cuts.windows(2).flat_map(|range| gzip(&bytes[range[0]..range[1]])).collect();
        }
        let mut read_back = Vec::new();
        let summary = read(Trickle::new(&bytes, &sizes), Limits::default(), |entry: Entry<'_>| match entry {
            Entry::Element { index, json } => {
                assert_eq!(index, read_back.len() as u64);
                assert_eq!(json, json.trim_ascii());
                read_back.push(serde_json::from_slice::<Value>(json).unwrap());
            }
            other => panic!("{other:?}"),
        }).unwrap();
        prop_assert_eq!(&read_back, &records, "{}", json);
        prop_assert_eq!(summary.entries, records.len() as u64);
    }

    #[test]
    fn values_one_after_the_other_are_documents(
        values in prop::collection::vec(prop::collection::vec((text(), value()), 0..4), 1..8),
        dice in prop::collection::vec(any::<u8>(), 1..64),
        sizes in prop::collection::vec(1_usize..200, 1..8),
    ) {
        let mut expected = Vec::new();
        let mut whole = String::new();
        for (n, members) in values.iter().enumerate() {
            let mut writer = Writer::new(&dice[n % dice.len()..]);
            writer.object(members.iter().map(|(key, value)| (key, value)));
            expected.push(Seen::Document(n as u64, writer.out.clone()));
            whole.push_str(&writer.out);
            writer.out.clear();
            writer.space();
            whole.push_str(&writer.out);
        }
        let (seen, result) = read_all(Trickle::new(whole.as_bytes(), &sizes), Limits::default());
        result.unwrap();
        prop_assert_eq!(seen, expected);
    }
}
