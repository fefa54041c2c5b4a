//! Input that is made to break its reader: it is refused in plain words or told as what it is, what stands beside it is
//! read, and memory stays within a bound that follows from the limits, whatever the input's size. None of it is ever whole
//! in memory.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod made;

use std::io::BufRead;
use std::thread;

use allocation_counter::measure;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use made::{IDENTITY, Made, record};
use serde_json::json;
use tablewarden_core::access::{Access, Call};
use tablewarden_core::audit::Audit;
use tablewarden_core::delivery::{self, Parcel};
use tablewarden_core::detections::Context;
use tablewarden_core::finding::Origin;
use tablewarden_core::log_file::Limits;
use tablewarden_core::place::Place;
use tablewarden_core::policy::Policy;
use tablewarden_core::ports::{Observer, Reject};
use tablewarden_testkit::gzip;

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

/// What reading a file may take: the largest entry and a chunk of 128 KiB, twice while the buffer grows, and half a MiB for
/// the decompressor and the audit itself.
fn room(limits: Limits) -> u64 {
    2 * (limits.entry as u64 + 128 * KIB) + 512 * KIB
}

/// What came of a file.
struct Outcome {
    error: String,
    read: u64,
    relevant: u64,
    /// How many rejects were told, and the first few of them.
    rejects: u64,
    said: Vec<String>,
    /// The detections that found something.
    found: Vec<&'static str>,
    /// The most bytes that were allocated at a time.
    peak: u64,
}

#[derive(Default)]
struct Heard {
    rejects: u64,
    said: Vec<String>,
}

impl Observer for Heard {
    fn rejected(&mut self, reject: &Reject<'_>) {
        self.rejects += 1;
        if self.said.len() < 3 {
            self.said.push(format!("{}: {}", reject.index, reject.detail));
        }
    }

    fn accessed(&mut self, _: &Call<'_>, _: &Access<'_>, _: &Context<'_>) {}
}

fn log_file(limits: Limits, file: impl BufRead) -> Outcome {
    audit(limits, |audit, origin, heard| audit.log_file(file, origin, heard).map_err(|error| error.to_string()))
}

fn any_file(limits: Limits, file: impl BufRead) -> Outcome {
    audit(limits, |audit, origin, heard| audit.any_file(file, origin, heard).map_err(|error| error.to_string()))
}

fn audit(limits: Limits, feed: impl FnOnce(&mut Audit, Origin<'_>, &mut Heard) -> Result<(), String>) -> Outcome {
    let (mut heard, mut outcome) = (Heard::default(), None);
    let allocated = measure(|| {
        let mut audit = Audit::new(None, "2026-03-02T10:00:00Z".parse().unwrap(), limits);
        let place = Place::File("bad".to_owned());
        let read = feed(&mut audit, Origin { place: &place, message: 0 }, &mut heard);
        let tally = audit.take_tally();
        assert!(tally.reconciles(), "{tally:?}");
        let found = audit.into_findings().iter().map(|finding| finding.subject.detection.id).collect::<Vec<_>>();
        outcome = Some((read, tally, found));
    });
    let (read, tally, found) = outcome.unwrap();
    let Heard { rejects, said } = heard;
    let error = read.err().unwrap_or_default();
    Outcome {
        error,
        read: tally.records_read,
        relevant: tally.records_relevant,
        rejects,
        said,
        found,
        peak: allocated.bytes_max,
    }
}

#[test]
fn a_line_of_a_gigabyte_is_told_and_passed_over() {
    let (first, last) = (record(1, "DeleteItem", "{}"), record(2, "DeleteItem", "{}"));
    let start = format!("{{\"Records\":[{first},");
    let log = Made::new().then(&start).then("{\"userAgent\":\"").times("x", GIB).then(&format!("\"}},{last}]}}"));
    let lines = || Made::new().then(&format!("{first}\n"));
    let cases = [
        ("a record", log_file(Limits::default(), log), start.len(), "the limit is 2097152", GIB + 16),
        (
            "a line",
            any_file(Limits::default(), lines().then("{\"a\":\"").times("x", GIB).then(&format!("\"}}\n{last}"))),
            first.len() + 1,
            "the limit is 2097152",
            GIB + 8,
        ),
        (
            "a line that is no JSON",
            any_file(Limits::default(), lines().then("}").times("x", GIB).then(&format!("\n{last}"))),
            first.len() + 1,
            "no JSON",
            GIB + 2,
        ),
    ];
    for (name, outcome, offset, why, bytes) in cases {
        assert_eq!((outcome.error.as_str(), outcome.read, outcome.relevant), ("", 3, 2), "{name}");
        let [said] = outcome.said.as_slice() else { panic!("{name}: {:?}", outcome.said) };
        assert!(said.starts_with("1: ") && said.contains(why), "{name}: {said}");
        assert!(said.contains(&format!("{bytes} bytes from byte {offset} on")), "{name}: {said}");
        assert!(outcome.peak <= room(Limits::default()), "{name}: {} bytes", outcome.peak);
    }
}

#[test]
fn brackets_and_names_of_a_gigabyte_are_passed_over() {
    let good = record(1, "DeleteItem", "{}");
    let key = Made::new().then("{\"").times("k", GIB).then(&format!("\":1,\"Records\":[{good}]}}"));
    let outcome = log_file(Limits::default(), key);
    assert_eq!((outcome.error.as_str(), outcome.read, outcome.relevant), ("", 1, 1));
    assert!(outcome.peak <= room(Limits::default()), "{} bytes", outcome.peak);

    let brackets = Made::new().then(&format!("{{\"Records\":[{good},")).times("[{\"a\":", GIB / 6);
    let outcome = log_file(Limits::default(), brackets);
    assert!(outcome.error.starts_with("the file ends in the middle of a JSON value"), "{}", outcome.error);
    assert_eq!((outcome.read, outcome.relevant), (1, 1));
    assert!(outcome.peak <= room(Limits::default()), "{} bytes", outcome.peak);
}

#[test]
fn a_gzip_bomb_is_stopped_at_the_limit_and_its_records_before_it_are_told() {
    let good = record(1, "DeleteItem", "{}");
    let [large, small] = [512 * MIB, 16 * MIB].map(|decompressed| Limits { decompressed, ..Limits::default() });
    let cases = [
        ("one string", large, "{\"a\":\"", "x"),
        ("white space", small, "", " "),
        ("brackets", small, "", "["),
        ("empty records", small, "", "{},"),
        ("line breaks", small, "{\"a\":\"", "\n"),
    ];
    for (name, limits, then, pattern) in cases {
        let start = gzip(format!("{{\"Records\":[{good},{then}").as_bytes());
        let member = gzip(pattern.repeat(3 << 20).as_bytes());
        assert!(member.len() < (3 << 20) / 50, "{name}: {} bytes are no bomb", member.len());
        let outcome = log_file(limits, Made::new().then_bytes(start).times_bytes(&member, 2000));
        let expected = format!("larger than {} bytes when decompressed", limits.decompressed);
        assert!(outcome.error.starts_with(&expected), "{name}: {}", outcome.error);
        assert_eq!(outcome.relevant, 1, "{name}");
        assert!(outcome.rejects <= 10_000, "{name}: {} lines in the log", outcome.rejects);
        assert!(outcome.peak <= room(limits), "{name}: {} bytes", outcome.peak);
    }
}

#[test]
fn a_bomb_within_a_delivery_costs_no_more_than_what_it_may_inflate_to() {
    // Of a subscription's data, 64 MiB are inflated; a buffer that doubles holds three times that as it grows.
    let limit = 64 * MIB;
    let event = json!({"message": "x".repeat(1000)}).to_string() + ",";
    let [head, tail] = [r#"{"messageType":"DATA_MESSAGE","logGroup":"g","logEvents":["#, r#"{"message":""}]}"#];
    let full = |bytes: u64| format!("{head}{}{tail}", event.repeat(usize::try_from(bytes).unwrap() / event.len()));
    let body = |json: &str| json!({"awslogs": {"data": BASE64_STANDARD.encode(gzip(json.as_bytes()))}}).to_string();
    let (within, beyond) = (body(&full(limit - MIB)), body(&full(limit + MIB)));
    for (body, opens) in [(within, true), (beyond, false)] {
        let mut opened = None;
        let allocated = measure(|| opened = Some(delivery::decode(body.as_bytes())));
        match opened.unwrap() {
            Ok(messages) => assert!(opens && messages[0].parcels.as_ref().unwrap().len() > 60_000),
            Err(error) => assert!(!opens && error.to_string().ends_with("inflates to more than 67108864 bytes")),
        }
        let most = 4 * limit + 4 * body.len() as u64;
        assert!(allocated.bytes_max <= most, "{} of {most} bytes", allocated.bytes_max);
    }
}

#[test]
fn claims_of_sizes_cost_nothing() {
    let good = record(1, "DeleteItem", "{}");
    let packed = gzip(format!("{{\"Records\":[{good}]}}").as_bytes());
    let (head, body) = packed.split_at(10);
    let flagged = |flags| [&head[..3], &[flags], &head[4..]].concat();
    let four_gigabytes = [&packed[..packed.len() - 4], &[0xff; 4]].concat();
    let stored = [head, &[1, 0xff, 0xff, 0, 0], b"{"].concat();
    let cases = [
        ("ISIZE of 4 GB", Made::new().then_bytes(four_gigabytes), "corrupt gzip data (incorrect length check)", 1),
        (
            "an extra field larger than the file",
            Made::new().then_bytes([&flagged(4)[..], &[0xff, 0xff], &body[..20]].concat()),
            "the file ends in the middle of its gzip data",
            0,
        ),
        ("a stored block larger than the file", Made::new().then_bytes(stored), "the file ends in the middle", 0),
        (
            "a file name of a gigabyte",
            Made::new().then_bytes(flagged(8)).times("n", GIB),
            "the file ends in the middle of its gzip data",
            0,
        ),
    ];
    for (name, file, expected, relevant) in cases {
        let outcome = log_file(Limits::default(), file);
        assert!(outcome.error.starts_with(expected), "{name}: {}", outcome.error);
        assert_eq!(outcome.relevant, relevant, "{name}");
        assert!(outcome.peak <= room(Limits { entry: 0, ..Limits::default() }), "{name}: {} bytes", outcome.peak);
    }

    let numbers = r#"{"tableName":"t","limit":1e308,"segment":4294967295,"totalSegments":18446744073709551615}"#;
    let outcome = any_file(Limits::default(), record(1, "Scan", numbers).as_bytes());
    assert_eq!((outcome.read, outcome.relevant), (1, 1));
    assert!(outcome.peak <= room(Limits { entry: 0, ..Limits::default() }), "{} bytes", outcome.peak);

    let object = json!({"key": "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/02/111122223333_CloudTrail_eu-west-1_20260302T0915Z_x.json.gz", "size": u64::MAX});
    let body = json!({"Records": [{"eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": "acme-cloudtrail"}, "object": object}}]});
    let (body, mut opened) = (body.to_string(), None);
    let allocated = measure(|| opened = Some(delivery::decode(body.as_bytes())));
    assert!(matches!(opened.unwrap().unwrap()[0].parcels.as_deref(), Ok([Parcel::Log(_)])));
    assert!(allocated.bytes_max <= 16 * KIB, "{} bytes", allocated.bytes_max);
}

/// Within a stack of a quarter of what a thread has; a function's handler is called from some depth.
#[test]
fn deep_nesting_is_refused_where_it_stands_and_hides_no_call() {
    let within = |test: fn()| thread::Builder::new().stack_size(512 << 10).spawn(test).unwrap().join().unwrap();
    within(|| {
        for [open, close] in [["[", "]"], ["{\"a\":", "}"]] {
            let deep = format!("{}1{}", open.repeat(200_000), close.repeat(200_000));
            // What cannot be read of a call is told.
            let outcome = any_file(Limits::default(), record(1, "BatchWriteItem", &deep).as_bytes());
            assert_eq!((outcome.relevant, outcome.rejects), (1, 0), "{:?}", outcome.said);
            assert!(outcome.found.contains(&"unreadable-request"), "{:?}", outcome.found);
            // In fields that are not needed it costs these alone.
            let good = record(1, "DeleteItem", "{}");
            let with = |field: &str| good.replace("\"awsRegion\"", &format!("\"{field}\":{deep},\"awsRegion\""));
            let fields = ["resources", "responseElements", "errorCode", "unheardOf"].map(|field| (field, with(field)));
            for (field, json) in fields.into_iter().chain([("userIdentity", good.replace(IDENTITY, &deep))]) {
                let outcome = any_file(Limits::default(), json.as_bytes());
                assert_eq!((outcome.relevant, outcome.rejects), (1, 0), "{field}: {:?}", outcome.said);
            }
            // A policy is JSON within a string.
            let policy = json!({"resourceArn": "arn:aws:dynamodb:eu-west-1:111122223333:table/t", "policy": deep});
            let outcome = any_file(Limits::default(), record(1, "PutResourcePolicy", &policy.to_string()).as_bytes());
            assert_eq!((outcome.relevant, outcome.rejects), (1, 0), "{:?}", outcome.said);
            // No record, and no delivery either.
            let outcome = log_file(Limits::default(), format!("{{\"Records\":[{deep}]}}").as_bytes());
            assert_eq!((outcome.read, outcome.rejects), (1, 1));
            assert!(delivery::decode(deep.as_bytes()).is_err());
        }
    });
}

#[test]
fn a_policy_that_is_nested_deeply_is_refused_with_its_place() {
    for [open, close] in [["[", "]"], ["{a: ", "}"]] {
        let yaml = format!("version: 1\ntables: {}1{}\n", open.repeat(100_000), close.repeat(100_000));
        let mut refused = String::new();
        let allocated = measure(|| refused = Policy::parse("policy.yaml", &yaml).unwrap_err().to_string());
        assert!(refused.starts_with("error: the policy is too large or too complex\n --> policy.yaml:2:"), "{refused}");
        // The error quotes its line.
        assert!(allocated.bytes_max <= 16 * yaml.len() as u64, "{} bytes", allocated.bytes_max);
    }
}

#[test]
fn bytes_that_are_no_text_cost_their_string_and_hide_no_call() {
    let with = |from: &str, to: &[u8]| {
        let json = record(1, "DeleteItem", r#"{"tableName":"orders","key":{"pk":"a"}}"#);
        let (before, after) = json.split_once(from).unwrap();
        [b"{\"Records\":[", before.as_bytes(), to, after.as_bytes(), b",", record(2, "Scan", "{}").as_bytes(), b"]}"]
            .concat()
    };
    let cases: [(&str, &[u8], u64); 6] = [
        ("\"orders\"", b"\"\xff\xfe\"", 2),
        ("\"pk\"", b"\"\xc3(\"", 2),
        ("\"key\"", b"\"\xed\xa0\x80\"", 2),
        ("DeleteItem", b"Delete\xf0\x9fItem", 2),
        ("\"eventTime\"", b"\"event\xffTime\"", 1),
        ("\"eventTime\":", b"\xff\"eventTime\":", 1),
    ];
    for (from, to, relevant) in cases {
        let outcome = log_file(Limits::default(), &*with(from, to));
        assert_eq!((outcome.error.as_str(), outcome.read, outcome.relevant), ("", 2, relevant), "{from}");
        assert_eq!(outcome.said.len() as u64, 2 - relevant, "{from}: {:?}", outcome.said);
        assert!(outcome.said.iter().all(|said| said.starts_with("0: ")), "{from}: {:?}", outcome.said);
    }
    let utf_16: Vec<u8> = "\u{feff}{\"Records\":[]}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let outcome = any_file(Limits::default(), &*utf_16);
    assert_eq!(outcome.said, ["0: no JSON in 30 bytes from byte 0 on"]);
}

#[test]
fn a_record_of_six_megabytes_is_told_and_its_neighbours_are_read() {
    let large = record(2, "DeleteItem", &json!({"tableName": "x".repeat(6 << 20)}).to_string());
    let expected = format!("1: {} bytes from byte", large.len());
    let [first, last] = [record(1, "DeleteItem", "{}"), record(3, "DeleteItem", "{}")];
    let file = format!("{{\"Records\":[{first},{large},{last}]}}");
    for file in [file.clone().into_bytes(), gzip(file.as_bytes())] {
        let outcome = log_file(Limits::default(), &*file);
        assert_eq!((outcome.error.as_str(), outcome.read, outcome.relevant), ("", 3, 2));
        assert!(outcome.said.len() == 1 && outcome.said[0].starts_with(&expected), "{:?}", outcome.said);
        assert!(outcome.peak <= room(Limits::default()), "{} bytes", outcome.peak);
    }
}

#[test]
fn a_record_as_large_as_allowed_costs_a_bounded_multiple_of_itself() {
    let list = |one: &dyn Fn(usize) -> String| {
        let mut list = String::new();
        for n in 0.. {
            let next = one(n);
            if list.len() + next.len() + 1000 > Limits::default().entry {
                break;
            }
            list.push_str(&next);
            list.push(',');
        }
        list.truncate(list.len() - 1);
        list
    };
    let cases = [
        ("table names", "BatchGetItem", format!("{{\"requestItems\":[{}]}}", list(&|n| format!("\"t{n}\"")))),
        ("tables", "BatchWriteItem", format!("{{\"requestItems\":{{{}}}}}", list(&|n| format!("\"t{n}\":0")))),
        (
            "operations",
            "TransactWriteItems",
            format!(
                "{{\"requestItems\":[{}]}}",
                list(&|n| format!("{{\"tableName\":\"t{n}\",\"operation\":\"Put\"}}"))
            ),
        ),
        (
            "statements",
            "BatchExecuteStatement",
            format!("{{\"statements\":[{}]}}", list(&|n| format!("\"UPDATE t{n}\""))),
        ),
        ("keys", "BatchGetItem", format!("{{\"requestItems\":{{\"t\":[{}]}}}}", list(&|_| "{\"a\":1}".to_owned()))),
        ("empty lists", "DeleteItem", format!("{{\"tableName\":\"t\",\"x\":[{}]}}", list(&|_| "[]".to_owned()))),
        ("fields", "DeleteItem", format!("{{{}}}", list(&|n| format!("\"{n}\":0")))),
        (
            "a statement",
            "ExecuteStatement",
            format!("{{\"statement\":\"SELECT * FROM t WHERE {}\"}}", list(&|_| "(".to_owned())),
        ),
    ];
    for (name, call, params) in cases {
        let outcome = any_file(Limits::default(), record(1, call, &params).as_bytes());
        assert_eq!((outcome.error.as_str(), outcome.relevant), ("", 1), "{name}: {:?}", outcome.said);
        assert!(
            outcome.peak <= room(Limits::default()) + 128 * Limits::default().entry as u64,
            "{name}: {}",
            outcome.peak
        );
    }
}

#[test]
fn a_million_tiny_records_take_no_more_memory_than_a_few() {
    let million = 1_000_000;
    let broken = Made::new().then("{\"Records\":[").times("{},", million - 1).then("{}]}");
    let outcome = log_file(Limits::default(), broken);
    assert_eq!(outcome.error, "1000000 of its 1000000 entries are no records");
    assert_eq!((outcome.read, outcome.rejects), (million, 10_000));
    assert_eq!(outcome.said[0], "0: no eventSource");
    assert!(outcome.peak <= room(Limits { entry: 0, ..Limits::default() }), "{} bytes", outcome.peak);

    let other = Made::new().times("{\"eventSource\":\"ec2.amazonaws.com\",\"eventName\":\"x\"}\n", million);
    let outcome = any_file(Limits::default(), other);
    assert_eq!((outcome.error.as_str(), outcome.read, outcome.rejects), ("", million, 0));
    assert!(outcome.peak <= room(Limits { entry: 0, ..Limits::default() }), "{} bytes", outcome.peak);
}

#[test]
fn a_flood_of_deletions_by_made_up_names_takes_bounded_memory() {
    let flood = |calls| {
        let call = |n: u64| record(n, "DeleteItem", &format!("{{\"tableName\":\"t{n}\"}}")) + "\n";
        let outcome = any_file(Limits::default(), Made::new().then_each((0..calls).map(call)));
        assert_eq!((outcome.error.as_str(), outcome.relevant), ("", calls));
        outcome.peak
    };
    // The names are folded from the thousandth on, and 40,000 buckets are kept; what still grows is the memory for ids, to
    // half a million.
    let (few, many) = (flood(45_000), flood(90_000));
    assert!(many <= few + few / 8, "{many} bytes after {few}");
}
