//! What is given of files that are damaged, and what is said of them.

use proptest::prelude::*;

use super::*;
use crate::log_file::arbitrary_json::value;

const RECORDS: &str = r#"{"Records":[{"a":"}"},{"b":[1,2]},{"c":"\""}]}"#;

fn records() -> Vec<Seen> {
    [r#"{"a":"}"}"#, r#"{"b":[1,2]}"#, r#"{"c":"\""}"#]
        .iter()
        .zip(0..)
        .map(|(text, n)| Seen::Element(n, (*text).to_owned()))
        .collect()
}

#[test]
fn error_comes_after_what_was_readable_and_says_where() {
    let packed = gzip(RECORDS.as_bytes());
    let end = packed.len();
    let with = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = packed.clone();
        change(&mut bytes);
        bytes
    };
    let plain = |text: &str| text.as_bytes().to_vec();
    let cases: Vec<(Vec<u8>, usize, &str)> = vec![
        (vec![], 0, "the file is empty"),
        (plain(" \n"), 0, "the file is empty"),
        (gzip(b""), 0, "the file is empty"),
        (
            with(&|bytes| bytes[end - 8] ^= 1),
            3,
            "corrupt gzip data (incorrect data check) at byte 46 of the text, byte 59 of the file, after 3 entries",
        ),
        (
            with(&|bytes| bytes[end - 1] ^= 1),
            3,
            "corrupt gzip data (incorrect length check) at byte 46 of the text, byte 63 of the file, after 3 entries",
        ),
        (
            with(&|bytes| bytes.truncate(end - 1)),
            3,
            "the file ends in the middle of its gzip data, at byte 46 of the text, byte 62 of the file, after 3 entries",
        ),
        (
            with(&|bytes| bytes.truncate(5)),
            0,
            "the file ends in the middle of its gzip data, at byte 0 of the text, byte 5 of the file, after 0 entries",
        ),
        (
            with(&|bytes| bytes[1] = 0),
            0,
            "corrupt gzip data (incorrect header check) at byte 0 of the text, byte 2 of the file, after 0 entries",
        ),
        (
            with(&|bytes| bytes.extend(b"\0\0x")),
            3,
            "corrupt gzip data (bytes after the last member that are no gzip) at byte 46 of the text, byte 65 of the file, after 3 entries",
        ),
        (
            plain(r#"{"Records":[{"a":"}"},{"b":[1,2]},{"c":"\""}"#),
            3,
            "the file ends in the middle of a JSON value, at byte 44 of the text, byte 44 of the file, after 3 entries",
        ),
        (
            plain(r#"{"Records":[{"a":"}"},{"b":[1,2]},{"c":"\""}]"#),
            3,
            "the file ends in the middle of a JSON value, at byte 45 of the text, byte 45 of the file, after 3 entries",
        ),
        (
            plain(r#"{"Records":[{"a":"}"},{"b":[1"#),
            1,
            "the file ends in the middle of a JSON value, at byte 29 of the text, byte 29 of the file, after 1 entries",
        ),
        (
            plain(r#"{"Records":[{"a":"}"},{"b":[1}}]}"#),
            1,
            "broken JSON (brackets that do not match) at byte 29 of the text, byte 33 of the file, after 1 entries",
        ),
        (
            plain(r#"{"Records":[{"a":"}"} {"b":[1]}]}"#),
            1,
            "broken JSON (no comma between records) at byte 22 of the text, byte 33 of the file, after 1 entries",
        ),
        (
            plain(r#"{"Records":[{"a":"}"},]}"#),
            1,
            "broken JSON (no record where one should be) at byte 22 of the text, byte 24 of the file, after 1 entries",
        ),
        (
            plain("[,]"),
            0,
            "broken JSON (no record where one should be) at byte 1 of the text, byte 3 of the file, after 0 entries",
        ),
    ];
    for (bytes, given, expected) in cases {
        for sizes in [&[1_usize] as &[_], &[1000]] {
            let (seen, result) = read_all(Trickle::new(&bytes, sizes), Limits::default());
            let error = result.unwrap_err();
            assert_eq!(seen, records()[..given], "{expected}");
            if sizes == [1000] {
                assert_eq!(error.to_string(), expected);
            }
            assert!(!matches!(error, LogFileError::Io { .. }), "{expected}");
        }
    }
}

#[test]
fn bytes_held_by_the_decompressor_are_given_before_the_damage() {
    let text = [b'a'; 1000];
    let packed = gzip(&text);
    let mut source = Inflater::new(&packed[..packed.len() - 8]);
    let mut given = 0;
    while matches!(source.fill(&mut [0]), Ok(1)) {
        given += 1;
    }
    assert_eq!(given, text.len());
}

#[test]
fn zeros_after_the_last_member_are_no_damage() {
    for members in [vec![RECORDS], RECORDS.split_inclusive(',').collect()] {
        let mut bytes: Vec<u8> = members.iter().flat_map(|member| gzip(member.as_bytes())).collect();
        bytes.extend([0; 1000]);
        let (seen, result) = read_all(bytes.as_slice(), Limits::default());
        assert_eq!(seen, records());
        assert_eq!(result.unwrap().entries, 3);
    }
}

#[test]
fn input_that_fails_is_told_from_damage() {
    struct Failing(io::ErrorKind);
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(self.0.into())
        }
    }
    // The same kinds that a decompressor's adapter uses for damage.
    for kind in [io::ErrorKind::InvalidInput, io::ErrorKind::InvalidData, io::ErrorKind::UnexpectedEof] {
        for (bytes, given) in [(gzip(RECORDS.as_bytes()), 3), (RECORDS.as_bytes().to_vec(), 3), (vec![], 0)] {
            let (seen, result) = read_all(io::BufReader::new(bytes.chain(Failing(kind))), Limits::default());
            let error = result.unwrap_err();
            assert!(matches!(error, LogFileError::Io { .. }), "{error:?}");
            assert_eq!(seen, records()[..given]);
        }
    }
}

#[test]
fn decompressed_bytes_are_capped() {
    let size = RECORDS.len() as u64;
    for (decompressed, given) in [(size, 3), (size - 1, 3), (size - 2, 3), (size - 3, 2), (0, 0)] {
        for bytes in [RECORDS.as_bytes().to_vec(), gzip(RECORDS.as_bytes())] {
            let (seen, result) = read_all(bytes.as_slice(), Limits { decompressed, ..Limits::default() });
            assert_eq!(seen, records()[..given], "{decompressed}");
            match result {
                Ok(_) => assert_eq!(decompressed, size),
                Err(error) => assert!(matches!(error, LogFileError::TooLarge { limit, .. } if limit == decompressed)),
            }
        }
    }
}

#[test]
fn cut_lines_do_not_take_the_next_ones_with_them() {
    let document = |index, text: &str| Seen::Document(index, text.to_owned());
    let lines: [(&str, u64); 20] = [
        ("{", 2),
        ("{\"a", 4),
        ("{\"a\\", 5),
        ("{\"a\"", 5),
        ("{\"a\":1", 7),
        ("{\"a\":1,", 8),
        ("{\"a\":\"b", 8),
        ("{\"a\":\"b\\", 9),
        ("{\"a\":{\"b\":\"c", 13),
        ("{\"a\":{\"b\":\"c\\", 14),
        ("{\"a\":{\"b\":1", 12),
        ("{\"a\":{\"b\":1,\r", 14),
        ("{\"a\":[1}", 9),
        ("{\"a\":1]}", 9),
        ("\"a", 3),
        ("oops", 5),
        ("tru {\"b\":1}", 12),
        ("}", 2),
        ("]]", 3),
        ("\u{0}\u{feff}", 5),
    ];
    for (line, bytes) in lines {
        let json = format!("{{\"x\":0}}\n{line}\n{{\"y\":1}}\n[2]");
        for sizes in [&[1_usize] as &[_], &[2, 3], &[1000]] {
            let (seen, result) = read_all(Trickle::new(json.as_bytes(), sizes), Limits::default());
            let expected = [
                document(0, "{\"x\":0}"),
                Seen::Garbled(1, 8, bytes),
                document(2, "{\"y\":1}"),
                Seen::Element(3, "2".to_owned()),
            ];
            assert_eq!(seen, expected, "{line}");
            assert!(result.is_ok(), "{line}: {result:?}");
        }
    }
}

#[test]
fn cut_is_told_from_white_space_that_is_longer_than_the_buffer() {
    let limits = Limits { entry: 20, ..Limits::default() };
    for breaks in (3 * CHUNK - 20..3 * CHUNK + 20).chain([10, 100]) {
        let lines = "\n".repeat(breaks);
        let size = breaks as u64 + 6;
        let (seen, _) = read_all(format!("{{\"a\":1{lines}{{\"b\":2}}").as_bytes(), limits);
        assert_eq!(seen, [Seen::Garbled(0, 0, size), Seen::Document(1, "{\"b\":2}".to_owned())], "{breaks}");
        let (seen, _) = read_all(format!("{{\"a\":{lines}{{\"b\":2}}}}").as_bytes(), limits);
        assert_eq!(seen, [Seen::Oversized(0, 0, size + 7)], "{breaks}");
    }
}

#[test]
fn line_after_a_cut_where_a_value_may_stand_is_garbled_too() {
    let (seen, result) = read_all("{\"a\":\n{\"b\":1}\n{\"c\":2}".as_bytes(), Limits::default());
    assert_eq!(seen, [Seen::Garbled(0, 0, 14), Seen::Document(1, "{\"c\":2}".to_owned())]);
    assert!(result.is_ok());
}

#[test]
fn log_file_without_its_end_does_not_take_the_next_one_with_it() {
    let (seen, result) = read_all("{\"Records\":[1]\n{\"Records\":[2],x\n{}".as_bytes(), Limits::default());
    assert_eq!(
        seen,
        [
            Seen::Element(0, "1".to_owned()),
            Seen::Garbled(1, 15, 0),
            Seen::Element(2, "2".to_owned()),
            Seen::Garbled(3, 30, 2),
            Seen::Document(4, "{}".to_owned()),
        ]
    );
    assert!(result.is_ok());
}

#[test]
fn file_that_is_no_json_is_garbled() {
    for bytes in [b"\x89PNG\r\n\x1a\n".as_slice(), b"CloudTrail validation message.", b"\xef\xbb", b"\xef\xbbx"] {
        let (seen, result) = read_all(bytes, Limits::default());
        assert_eq!(seen, [Seen::Garbled(0, 0, bytes.len() as u64)]);
        assert!(result.is_ok());
    }
}

/// Looking back over the empty lines at each of them would not end.
#[test]
fn empty_lines_in_garbled_text_are_passed_without_a_look_back() {
    let lines = 8 << 20;
    let bytes = format!("oops{}{{}}", "\n".repeat(lines));
    let (seen, result) = read_all(bytes.as_bytes(), Limits::default());
    assert_eq!(seen, [Seen::Garbled(0, 0, lines as u64 + 4), Seen::Document(1, "{}".to_owned())]);
    assert!(result.is_ok());
}

#[derive(Debug, Clone)]
enum Mutation {
    Truncate(prop::sample::Index),
    Flip(prop::sample::Index, u8),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    prop_oneof![
        any::<prop::sample::Index>().prop_map(Mutation::Truncate),
        (any::<prop::sample::Index>(), 0_u8..8).prop_map(|(at, bit)| Mutation::Flip(at, bit)),
    ]
}

/// How many bytes of a damaged file have to be given: those that an independent reader gives before it stops, as far as they
/// are the true ones, but for what the inflater may withhold.
fn undamaged(bytes: &[u8], text: &str) -> usize {
    let mut reader = flate2::bufread::MultiGzDecoder::new(bytes);
    // Byte by byte, because it forgets what it inflated in the same call before the damage.
    let mut next = [0];
    let sound = text.bytes().take_while(|byte| matches!(reader.read(&mut next), Ok(1)) && next == [*byte]).count();
    let to_the_end = matches!(reader.read(&mut next), Ok(0));
    if to_the_end { sound } else { sound.saturating_sub(tablewarden_inflate::WITHHELD) }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn entries_before_damage_are_given_as_they_are(
        records in prop::collection::vec(value().prop_map(|value| serde_json::json!({ "v": value }).to_string()), 1..20),
        members in 1_usize..4,
        mutation in mutation(),
        sizes in prop::collection::vec(1_usize..100, 1..8),
    ) {
        let text = format!("{{\"Records\":[{}]}}", records.join(","));
        let mut ends = Vec::new();
        let mut end = "{\"Records\":[".len();
        for record in &records {
            end += record.len();
            ends.push(end);
            end += 1;
        }
        let mut bytes: Vec<u8> = text.as_bytes().chunks(text.len().div_ceil(members)).flat_map(gzip).collect();
        let truncated = matches!(mutation, Mutation::Truncate(_));
        match mutation {
            Mutation::Truncate(at) => bytes.truncate(at.index(bytes.len())),
            Mutation::Flip(at, bit) => {
                let at = at.index(bytes.len());
                bytes[at] ^= 1 << bit;
            }
        }
        let (seen, result) = read_all(Trickle::new(&bytes, &sizes), Limits::default());
        let sound = undamaged(&bytes, &text);
        let sound = ends.iter().take_while(|end| **end <= sound).count();
        let expected: Vec<_> = records.iter().zip(0..).map(|(record, n)| Seen::Element(n, record.clone())).collect();
        prop_assert!(seen.len() >= sound, "{} of {}", seen.len(), sound);
        prop_assert_eq!(&seen[..sound], &expected[..sound]);
        if truncated {
            prop_assert!(result.is_err());
            prop_assert_eq!(&seen[..], &expected[..seen.len()]);
        }
    }

    #[test]
    fn no_bytes_make_it_panic(
        bytes in prop::collection::vec(prop_oneof![
            Just(b'{'), Just(b'}'), Just(b'['), Just(b']'), Just(b'"'), Just(b'\\'), Just(b','), Just(b':'), Just(b'\n'),
            any::<u8>(),
        ], 0..300),
        start in prop_oneof![Just(""), Just("{\"Records\":["), Just("["), Just("\u{1f}\u{8}"), Just("\u{feff}")],
        entry in 0_usize..100,
        sizes in prop::collection::vec(1_usize..100, 1..8),
    ) {
        let bytes = [start.as_bytes(), &bytes].concat();
        let limits = Limits { entry, ..Limits::default() };
        let (whole, _) = read_all(bytes.as_slice(), limits);
        // What is an entry does not hang on how the bytes come.
        let (trickled, _) = read_all(Trickle::new(&bytes, &sizes), limits);
        prop_assert_eq!(whole, trickled);
    }

    #[test]
    fn one_cut_line_costs_at_most_itself_and_the_next(
        values in prop::collection::vec(value(), 3..8),
        which in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
    ) {
        let lines: Vec<_> = values.iter().enumerate().map(|(n, v)| serde_json::json!({ "v": v, "n": n }).to_string()).collect();
        let which = which.index(lines.len() - 2);
        let mut cut = lines.clone();
        let mut at = 1 + at.index(lines[which].len() - 1);
        while !lines[which].is_char_boundary(at) {
            at -= 1;
        }
        cut[which].truncate(at);
        let (seen, result) = read_all(cut.join("\n").as_bytes(), Limits::default());
        let given: Vec<_> = seen.iter().filter_map(|entry| match entry {
            Seen::Document(_, text) => Some(text.as_str()),
            _ => None,
        }).collect();
        let next = usize::from(cut[which].ends_with([':', '[', ',']) && !given.contains(&lines[which + 1].as_str()));
        let expected: Vec<_> = lines[..which].iter().chain(&lines[which + 1 + next..]).map(String::as_str).collect();
        prop_assert!(result.is_ok());
        prop_assert_eq!(given, expected);
        prop_assert_eq!(seen.iter().filter(|entry| matches!(entry, Seen::Garbled(..))).count(), 1);
    }
}
