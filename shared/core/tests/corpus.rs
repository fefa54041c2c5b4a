//! Holds the readers of what others write to the corpus that fuzzing starts from, and to damaged copies of it: the short
//! form of `make fuzz`.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail by panicking")]
#![expect(clippy::print_stderr, reason = "a failure tells its input")]

#[expect(unreachable_pub, reason = "the fuzz targets call them too")]
mod checks;

use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;

use fastrand::Rng;

const FUZZ: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz");

/// Checks each file of a target's corpus as it is, and then copies that are damaged, the same ones in each run.
fn hold(target: &str, copies: usize, check: fn(&[u8])) {
    let seeds = seeds(target);
    let words = words(target);
    for (name, bytes) in &seeds {
        held(name, bytes, check);
    }
    let mut random = Rng::with_seed(20_260_302);
    for number in 0..copies {
        let (name, bytes) = &seeds[number % seeds.len()];
        let mut damaged = bytes.clone();
        for _ in 0..random.usize(1..=4) {
            let (_, other) = &seeds[random.usize(..seeds.len())];
            damage(&mut damaged, other, &words, &mut random);
        }
        held(name, &damaged, check);
    }
}

/// Tells which input it was; it belongs in the corpus then.
fn held(name: &str, bytes: &[u8], check: fn(&[u8])) {
    if let Err(failure) = panic::catch_unwind(AssertUnwindSafe(|| check(bytes))) {
        eprintln!("made from {name}: {}", bytes.escape_ascii());
        panic::resume_unwind(failure);
    }
}

fn seeds(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(FUZZ).join("seeds").join(target);
    let mut seeds: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap()))
        .collect();
    seeds.sort();
    assert!(seeds.len() >= 10, "{target} has {} seeds", seeds.len());
    seeds
}

/// The words of a target's dictionary: in it, each stands on a line of its own, in quotes.
fn words(target: &str) -> Vec<String> {
    let dictionary = fs::read_to_string(Path::new(FUZZ).join("dictionaries").join(format!("{target}.dict"))).unwrap();
    let quoted = dictionary.lines().filter_map(|line| line.strip_prefix('"')?.strip_suffix('"'));
    let escapes = [("\\x0A", "\n"), ("\\x09", "\t"), ("\\\"", "\""), ("\\\\", "\\")];
    quoted.map(|word| escapes.iter().fold(word.to_owned(), |word, (from, to)| word.replace(from, to))).collect()
}

/// Damages bytes in one of the ways that fuzzers do.
fn damage(bytes: &mut Vec<u8>, other: &[u8], words: &[String], random: &mut Rng) {
    let at = random.usize(..=bytes.len());
    let end = (at + random.usize(1..=32)).min(bytes.len());
    match random.u8(..8) {
        0 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << random.u8(..8);
            }
        }
        1 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte = random.u8(..);
            }
        }
        2 => bytes.truncate(at),
        3 => drop(bytes.drain(at..end)),
        4 => {
            let again = bytes[at..end].repeat(random.usize(1..=40));
            bytes.splice(at..at, again);
        }
        5 => {
            let from = random.usize(..=other.len());
            let part = &other[from..(from + random.usize(1..=200)).min(other.len())];
            bytes.splice(at..end, part.iter().copied());
        }
        6 => bytes.insert(at, *random.choice(br#"{}[]",:\'()*- "#).unwrap()),
        _ => {
            let word = &words[random.usize(..words.len())];
            bytes.splice(at..(at + word.len()).min(bytes.len()), word.bytes());
        }
    }
}

#[test]
fn any_delivery_body_is_opened_or_refused_in_a_line() {
    hold("delivery", 20_000, checks::delivery::check);
}

#[test]
fn any_log_file_is_split_the_same_however_it_comes() {
    hold("log_file", 20_000, checks::log_file::check);
}

#[test]
fn any_record_is_judged_passed_over_or_rejected() {
    hold("record", 20_000, checks::record::check);
}

#[test]
fn any_statement_is_taken() {
    hold("partiql", 20_000, checks::partiql::check);
}

#[test]
fn any_policy_is_compiled_or_refused_with_a_place() {
    hold("policy", 5_000, checks::policy::check);
}
