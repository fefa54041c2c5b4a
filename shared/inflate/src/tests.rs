//! What both implementations are held to.

use std::io::Write as _;

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::member::{Inflate, Member, State};
use crate::{WITHHELD, zlib_rs};

/// What became of a member.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Outcome {
    given: Vec<u8>,
    /// Of a damaged one it is not known: who looks ahead has used more where more came at once.
    used: usize,
    end: End,
}

/// Damage has no name here: zlib-rs forgets it where output came with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Sound,
    Damaged,
    Truncated,
}

/// Bytes around the output, to see that they stay as they are.
const GUARD: [u8; 64] = [0xa5; 64];

/// Inflates a member, given and asked for so many bytes at a time, over and over.
fn inflate<D: Inflate>(member: &mut Member<D>, bytes: &[u8], ins: &[usize], outs: &[usize]) -> Outcome {
    member.reset();
    let mut buffer = vec![0; outs.iter().max().unwrap() + 2 * GUARD.len()];
    let (mut ins, mut outs) = (ins.iter().cycle(), outs.iter().cycle());
    let mut outcome = Outcome { given: Vec::new(), used: 0, end: End::Truncated };
    loop {
        let end = bytes.len().min(outcome.used + ins.next().unwrap());
        let input = &bytes[outcome.used..end];
        let out = *outs.next().unwrap();
        let (before, rest) = buffer.split_at_mut(GUARD.len());
        let (room, after) = rest.split_at_mut(out);
        before.copy_from_slice(&GUARD);
        after[..GUARD.len()].copy_from_slice(&GUARD);
        let step = member.inflate(input, room);
        assert!(before == GUARD && after.starts_with(&GUARD), "written beside the output");
        outcome.used += step.used;
        outcome.given.extend(&room[..step.written]);
        match step.state {
            State::More if step.used == 0 && step.written == 0 => {
                assert!(input.is_empty(), "{} bytes were left", input.len());
                return outcome;
            }
            State::More => {}
            State::End => {
                outcome.end = End::Sound;
                return outcome;
            }
            State::Damage(_) => {
                outcome.end = End::Damaged;
                outcome.used = 0;
                return outcome;
            }
        }
    }
}

/// All at once.
const WHOLE: &[usize] = &[1 << 20];

/// Both, each with memory that it goes on using.
#[derive(Default)]
struct Both {
    portable: Member<zlib_rs::Deflate>,
    #[cfg(all(feature = "isal", target_arch = "x86_64"))]
    fast: Member<crate::isal::Deflate>,
}

impl Both {
    /// What became of a member with each, however it came.
    fn inflate(&mut self, bytes: &[u8], sizes: &[(&[usize], &[usize])]) -> Vec<Outcome> {
        let whole = |most, inflate: &mut dyn FnMut(&[usize], &[usize]) -> Outcome| {
            let whole = inflate(WHOLE, WHOLE);
            for (ins, outs) in sizes {
                let same = inflate(ins, outs);
                assert_eq!((same.end, same.used), (whole.end, whole.used), "{ins:?} {outs:?}");
                let (less, more) = if same.given < whole.given { (&same, &whole) } else { (&whole, &same) };
                assert!(more.given.starts_with(&less.given), "{ins:?} {outs:?}");
                let differ = more.given.len() - less.given.len();
                assert!(differ <= if whole.end == End::Damaged { most } else { 0 }, "{ins:?} {outs:?}: {differ}");
            }
            whole
        };
        vec![
            whole(0, &mut |ins, outs| inflate(&mut self.portable, bytes, ins, outs)),
            #[cfg(all(feature = "isal", target_arch = "x86_64"))]
            whole(WITHHELD, &mut |ins, outs| inflate(&mut self.fast, bytes, ins, outs)),
        ]
    }
}

const ONE_BY_ONE: [(&[usize], &[usize]); 4] = [(&[1], &[1]), (&[1], WHOLE), (WHOLE, &[1]), (&[3, 1, 7], &[2, 5])];

fn crc(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum()
}

fn deflated(text: &[u8], level: u32) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::new(level));
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

/// The header with these optional parts.
fn header(extra: Option<&[u8]>, name: Option<&[u8]>, comment: Option<&[u8]>, checked: bool) -> Vec<u8> {
    let flags = u8::from(extra.is_some()) << 2
        | u8::from(name.is_some()) << 3
        | u8::from(comment.is_some()) << 4
        | u8::from(checked) << 1;
    let mut header = vec![0x1f, 0x8b, 8, flags, 1, 2, 3, 4, 0, 255];
    if let Some(extra) = extra {
        header.extend(u16::try_from(extra.len()).unwrap().to_le_bytes());
        header.extend(extra);
    }
    for text in [name, comment].into_iter().flatten() {
        header.extend(text);
        header.push(0);
    }
    if checked {
        let crc = crc(&header).to_le_bytes();
        header.extend(&crc[..2]);
    }
    header
}

fn member(header: &[u8], deflated: &[u8], text: &[u8]) -> Vec<u8> {
    let size = u32::try_from(text.len()).unwrap();
    [header, deflated, &crc(text).to_le_bytes(), &size.to_le_bytes()].concat()
}

fn plain_header() -> Vec<u8> {
    header(None, None, None, false)
}

/// Small members of every kind of block, and what is in them.
fn members() -> Vec<(&'static str, Vec<u8>, Vec<u8>)> {
    let record = br#"{"eventVersion":"1.08","eventSource":"dynamodb.amazonaws.com","eventName":"GetItem"},"#;
    let dynamic: Vec<u8> = (1..9_u32).flat_map(|n| record.iter().step_by(n as usize).copied()).collect();
    let checked = header(Some(b"ab\0c"), Some(b"name"), Some(b"comment"), true);
    let stored: Vec<u8> = deflated(b"stored", 0);
    let mut two_blocks = stored.clone();
    two_blocks[0] &= !1;
    two_blocks.extend(deflated(b"stored and fixed", 9));
    vec![
        ("empty", member(&plain_header(), &deflated(b"", 6), b""), vec![]),
        ("empty, stored", member(&plain_header(), &[1, 0, 0, 0xff, 0xff], b""), vec![]),
        ("stored", member(&plain_header(), &stored, b"stored"), b"stored".to_vec()),
        (
            "fixed",
            member(&checked, &deflated(b"fixed fixed fixed!", 6), b"fixed fixed fixed!"),
            b"fixed fixed fixed!".to_vec(),
        ),
        ("dynamic", member(&checked, &deflated(&dynamic, 9), &dynamic), dynamic),
        (
            "two blocks",
            member(&plain_header(), &two_blocks, b"storedstored and fixed"),
            b"storedstored and fixed".to_vec(),
        ),
    ]
}

#[test]
fn members_of_every_kind_come_out_whole_and_no_byte_after_them_is_used() {
    let mut both = Both::default();
    for (name, packed, text) in members() {
        for after in [&[] as &[u8], &[0; 20], &packed] {
            let bytes = [&packed, after].concat();
            for outcome in both.inflate(&bytes, &ONE_BY_ONE) {
                assert_eq!(outcome, Outcome { given: text.clone(), used: packed.len(), end: End::Sound }, "{name}");
            }
        }
    }
}

#[test]
fn kinds_of_blocks_are_those_that_their_names_say() {
    let kind = |text: &[u8], level| deflated(text, level)[0] >> 1 & 3;
    assert_eq!(kind(b"stored", 0), 0);
    assert_eq!(kind(b"fixed fixed fixed!", 6), 1);
    let (_, packed, _) = &members()[4];
    assert_eq!(packed[header(Some(b"ab\0c"), Some(b"name"), Some(b"comment"), true).len()] >> 1 & 3, 2);
}

/// ISA-L may decode three symbols at a time, and gives none of them before it has all.
const AT_ONCE: usize = 2;

#[test]
fn member_cut_anywhere_is_truncated_after_what_it_held() {
    let mut both = Both::default();
    for (name, packed, text) in members() {
        for end in 0..packed.len() {
            let outcomes = both.inflate(&packed[..end], &ONE_BY_ONE);
            let most = outcomes[0].given.len();
            for outcome in outcomes {
                assert_eq!((outcome.end, outcome.used), (End::Truncated, end), "{name} {end}");
                assert!(text.starts_with(&outcome.given), "{name} {end}");
                assert!(outcome.given.len() + AT_ONCE >= most, "{name} {end}: {} of {most}", outcome.given.len());
            }
        }
        let without_trailer = both.inflate(&packed[..packed.len() - 8], &ONE_BY_ONE);
        assert!(without_trailer.iter().all(|outcome| outcome.given == text), "{name}");
    }
}

#[test]
fn damage_to_any_bit_is_told_by_both_or_changes_nothing() {
    let mut both = Both::default();
    for (name, packed, text) in members() {
        for bit in 0..packed.len() * 8 {
            let mut bytes = packed.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            agree(&both.inflate(&bytes, &ONE_BY_ONE), &text, &format!("{name}, bit {bit}"));
        }
    }
}

/// What must hold of a damaged member, by the first, which is strict, and the second.
fn agree(outcomes: &[Outcome], text: &[u8], name: &str) {
    let [strict, others @ ..] = outcomes else { unreachable!() };
    for outcome in outcomes {
        if outcome.end == End::Sound {
            assert!(outcome.given == text, "{name}");
        }
    }
    for outcome in others {
        if strict.end == End::Sound {
            assert!(outcome == strict, "{name}: {:?} after {}", outcome.end, outcome.given.len());
        }
        let common = outcome.given.len().min(strict.given.len());
        assert!(outcome.given[..common] == strict.given[..common], "{name}");
        assert!(outcome.given.len() + WITHHELD >= strict.given.len(), "{name}");
    }
}

#[test]
fn damage_to_header_and_trailer_is_named() {
    let packed = |flags: u8| vec![0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 0];
    let (_, sound, _) = &members()[3];
    let with = |at: usize, byte: u8| {
        let mut bytes = sound.clone();
        bytes[at] ^= byte;
        bytes
    };
    let header_len = header(Some(b"ab\0c"), Some(b"name"), Some(b"comment"), true).len();
    let len = sound.len();
    let cases = [
        (b"\x1f\x8c".to_vec(), "incorrect header check"),
        (vec![0x1f, 0x8b, 7, 0], "unknown compression method"),
        (packed(1 << 5), "unknown header flags set"),
        (with(header_len - 1, 1), "header crc mismatch"),
        (with(5, 1), "header crc mismatch"),
        (with(len - 8, 1), "incorrect data check"),
        (with(len - 5, 1), "incorrect data check"),
        (with(len - 4, 1), "incorrect length check"),
        (with(len - 1, 1), "incorrect length check"),
    ];
    for (bytes, damage) in cases {
        let mut portable = Member::<zlib_rs::Deflate>::default();
        let states = [
            portable.inflate(&bytes, &mut [0; 100]).state,
            #[cfg(all(feature = "isal", target_arch = "x86_64"))]
            Member::<crate::isal::Deflate>::default().inflate(&bytes, &mut [0; 100]).state,
        ];
        for state in states {
            assert_eq!(state, State::Damage(damage.into()));
        }
        assert!(
            Both::default().inflate(&bytes, &ONE_BY_ONE).iter().all(|outcome| outcome.end == End::Damaged),
            "{damage}"
        );
    }
}

#[test]
fn distance_beyond_the_start_is_damage_also_after_another_member() {
    let (_, long, text) = &members()[4];
    // Fixed codes: 'a', then three bytes from two back, of which there is one.
    let reaching = member(&plain_header(), &[0x4b, 0x04, 0x12, 0x00, 0x00], b"");
    let mut both = Both::default();
    for outcome in both.inflate(long, &[]) {
        assert_eq!(&outcome.given, text);
    }
    for outcome in both.inflate(&reaching, &ONE_BY_ONE) {
        assert_eq!((outcome.given.as_slice(), outcome.end), (b"a".as_slice(), End::Damaged));
    }
}

/// Text that deflates as log files do: pieces that come again, from near and from as far as the format reaches, and noise.
fn text() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => vec(prop_oneof![3 => b' '..b'z', 1 => any::<u8>()], 1..200).prop_map(Piece::New),
        1 => (any::<u8>(), 1_usize..40_000).prop_map(|(byte, len)| Piece::New(vec![byte; len])),
        1 => (any::<u64>(), 1_usize..40_000).prop_map(|(seed, len)| Piece::New(noise(seed, len))),
        6 => (1_usize..33_000, 1_usize..2000).prop_map(|(back, len)| Piece::Again(back, len)),
    ];
    vec(piece, 0..30).prop_map(|pieces| {
        let mut text = Vec::new();
        for piece in pieces {
            match piece {
                Piece::New(bytes) => text.extend(bytes),
                Piece::Again(back, len) => {
                    let from = text.len().saturating_sub(back);
                    text.extend_from_within(from..text.len().min(from + len));
                }
            }
        }
        text
    })
}

#[derive(Debug)]
enum Piece {
    New(Vec<u8>),
    Again(usize, usize),
}

/// Bytes that do not deflate.
fn noise(mut seed: u64, len: usize) -> Vec<u8> {
    let mut next = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        seed.to_be_bytes()[0]
    };
    std::iter::repeat_with(&mut next).take(len).collect()
}

/// Sizes as they come from sockets and buffers, small ones among them.
fn sizes() -> impl Strategy<Value = Vec<usize>> {
    vec(prop_oneof![1_usize..20, 20_usize..2000, 2000_usize..150_000], 1..8)
}

fn part() -> impl Strategy<Value = Option<Vec<u8>>> {
    proptest::option::of(vec(1_u8.., 0..300))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn what_was_packed_comes_out_however_it_comes(
        text in text(),
        level in 0_u32..10,
        (extra, name, comment, checked) in (part(), part(), part(), any::<bool>()),
        after in vec(any::<u8>(), 0..20),
        (ins, outs) in (sizes(), sizes()),
    ) {
        let header = header(extra.as_deref(), name.as_deref(), comment.as_deref(), checked);
        let packed = member(&header, &deflated(&text, level), &text);
        let bytes = [packed.as_slice(), &after].concat();
        for outcome in Both::default().inflate(&bytes, &[(&ins, &outs), (WHOLE, &outs), (&ins, WHOLE)]) {
            prop_assert!(outcome.given == text);
            prop_assert_eq!((outcome.end, outcome.used), (End::Sound, packed.len()));
        }
    }

    #[test]
    fn damaged_members_are_told_by_both(
        text in text(),
        level in 0_u32..10,
        damages in vec((any::<prop::sample::Index>(), any::<u8>()), 1..3),
        (ins, outs) in (sizes(), sizes()),
    ) {
        let mut bytes = member(&plain_header(), &deflated(&text, level), &text);
        for (at, byte) in damages {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        agree(&Both::default().inflate(&bytes, &[(&ins, &outs), (WHOLE, &outs), (&ins, WHOLE)]), &text, "");
    }

    #[test]
    fn no_data_does_more_than_be_damaged(
        first in 0_u8..8,
        data in vec(any::<u8>(), 0..400),
        (ins, outs) in (sizes(), sizes()),
    ) {
        let bytes = [plain_header(), vec![first], data].concat();
        Both::default().inflate(&bytes, &[(&ins, &outs), (&[1], &[1])]);
    }
}
