//! What the forms of records have in common, as a tree.
//!
//! Records have long parts in common and differ in short ones. So an edge is a text that records have in common, and at each
//! node something is left out. A record is of a form where its bytes follow a path to its end, byte for byte. Which edge they
//! may follow is a search among sorted texts: what is left out depends on nothing but what stands before it, so of the texts
//! that leave a node none is the beginning of another.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use foldhash::fast::RandomState;

use super::outline::{Hole, Met, Outline};
use crate::record::Cursor;

/// About how many bytes a node takes beside its text.
const NODE_BYTES: usize = 160;

/// A path to the end of records: the number of its last node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::audit) struct Path(usize);

/// The paths of records that were met.
#[derive(Debug, Clone)]
pub(super) struct Paths {
    nodes: Vec<Node>,
    /// What records have in common: many edges have the same text.
    texts: HashSet<Arc<[u8]>, RandomState>,
    bytes: usize,
}

#[derive(Debug, Clone, Default)]
struct Node {
    /// What is left out here; `None` at the end of records.
    hole: Option<Hole>,
    /// The texts that come then, sorted, and the nodes behind them.
    edges: Vec<(Arc<[u8]>, usize)>,
    /// How many bytes all of the texts begin with.
    common: usize,
    /// What comes behind that in each: see [`word`].
    words: Vec<u64>,
}

impl Default for Paths {
    fn default() -> Self {
        Self { nodes: vec![Node::default()], texts: HashSet::default(), bytes: 0 }
    }
}

impl Paths {
    /// The path that the record at the beginning of these bytes follows, what it leaves out, and how long the record is.
    pub(super) fn find(&self, bytes: &[u8]) -> Option<(Path, Outline, usize)> {
        let (mut met, mut cursor) = (Met::default(), Cursor::new(bytes));
        let mut node = self.nodes.first()?;
        loop {
            let (text, to) = node.edge(cursor.rest())?;
            cursor.pass(text.len());
            node = self.nodes.get(*to)?;
            let Some(hole) = node.hole else { return Some((Path(*to), met.outline()?, cursor.at())) };
            met.take(hole, &mut cursor)?;
        }
    }

    /// The path of a record of which this is left out.
    pub(super) fn pave(&mut self, json: &[u8], holes: &[(Hole, Range<usize>)]) -> Option<Path> {
        let (mut node, mut from) = (0, 0);
        for (hole, at) in holes {
            node = self.step(node, json.get(from..at.start)?, Some(*hole))?;
            from = at.end;
        }
        self.step(node, json.get(from..)?, None).map(Path)
    }

    /// The node behind a text, a new one where there is none.
    fn step(&mut self, from: usize, text: &[u8], hole: Option<Hole>) -> Option<usize> {
        let new = self.nodes.len();
        let edges = &mut self.nodes.get_mut(from)?.edges;
        match edges.binary_search_by(|(other, _)| other.as_ref().cmp(text)) {
            Ok(at) => {
                let to = edges.get(at)?.1;
                (self.nodes.get(to)?.hole == hole).then_some(to)
            }
            Err(at) => {
                let known = self.texts.get(text).cloned();
                let text = known.unwrap_or_else(|| {
                    let new: Arc<[u8]> = text.into();
                    self.texts.insert(new.clone());
                    self.bytes += new.len();
                    new
                });
                edges.insert(at, (text, new));
                self.nodes.get_mut(from)?.sort_words();
                self.nodes.push(Node { hole, ..Node::default() });
                self.bytes += NODE_BYTES;
                Some(new)
            }
        }
    }

    /// About how much memory they take, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }
}

impl Node {
    /// The edge of which the text stands at the beginning of these bytes: if there is one, it is the last of those that are
    /// no greater.
    #[inline]
    fn edge(&self, bytes: &[u8]) -> Option<&(Arc<[u8]>, usize)> {
        let edge = match self.edges.as_slice() {
            [only] => only,
            edges => {
                let word = word(bytes.get(self.common..)?);
                let ahead = self.words.partition_point(|other| *other <= word);
                // Texts may go on to be the same behind the word.
                let same = self.words.get(..ahead)?.iter().rev().take_while(|other| **other == word).count();
                let known = edges.get(..ahead)?;
                let greater = known.iter().rev().take(same).take_while(|(text, _)| text.as_ref() > bytes).count();
                known.get(ahead.checked_sub(greater + 1)?)?
            }
        };
        bytes.starts_with(&edge.0).then_some(edge)
    }

    fn sort_words(&mut self) {
        let texts = || self.edges.iter().map(|(text, _)| text.as_ref());
        let (Some(first), Some(last)) = (texts().next(), texts().next_back()) else { return };
        self.common = first.iter().zip(last).take_while(|(one, other)| one == other).count();
        self.words = texts().map(|text| word(text.get(self.common..).unwrap_or_default())).collect();
    }
}

/// The first eight bytes as a number that is sorted as they are. Where there are fewer, zeros take their place.
#[inline]
fn word(bytes: &[u8]) -> u64 {
    match bytes.first_chunk() {
        Some(word) => u64::from_be_bytes(*word),
        None => bytes.iter().zip((0..8).rev()).fold(0, |word, (byte, place)| word | (u64::from(*byte) << (8 * place))),
    }
}

#[cfg(test)]
mod tests {
    use fastrand::Rng;

    use super::super::cut::Cuts;
    use super::*;

    fn record(table: &str, key: &str, tail: &str) -> String {
        format!(
            r#"{{"userIdentity":{{}},"eventTime":"2026-03-02T09:15:00Z","sourceIPAddress":"203.0.113.7","userAgent":"x","requestParameters":{{"tableName":"{table}","key":{{"id":"{key}"}}}},"requestID":"r","eventID":"1f0c4a3e-7b52-4b8e-9d55-0a6f3c2b1d4e","tail":"{tail}"}}"#
        )
    }

    fn pave(paths: &mut Paths, json: &str) -> Path {
        let mut cuts = Cuts::default();
        cuts.of(json.as_bytes()).unwrap();
        paths.pave(json.as_bytes(), &cuts.holes).unwrap()
    }

    #[test]
    fn each_record_follows_the_path_of_its_like_and_no_other() {
        let mut rng = Rng::with_seed(3);
        // Names that begin alike, and of which some are the beginning of others.
        let name =
            |rng: &mut Rng| (0..rng.usize(0..14)).map(|_| if rng.u8(..4) == 0 { 'b' } else { 'a' }).collect::<String>();
        let mut paths = Paths::default();
        let mut known: Vec<((String, String), Path)> = Vec::new();
        for _ in 0..2000 {
            let like @ (table, tail) = &(name(&mut rng), name(&mut rng));
            let json = record(table, &name(&mut rng), tail);
            let expected = known.iter().find(|(other, _)| other == like).map(|(_, path)| *path);
            let found = paths.find(format!("{json},{{}}").as_bytes()).map(|(path, _, len)| (path, len));
            assert_eq!(found, expected.map(|path| (path, json.len())), "{json}");
            let path = pave(&mut paths, &json);
            assert!(expected.is_none_or(|expected| expected == path));
            if expected.is_none() {
                assert!(known.iter().all(|(_, other)| *other != path));
                known.push((like.clone(), path));
            }
        }
        assert!(known.len() > 200);
    }

    #[test]
    fn a_record_that_is_not_all_there_is_not_found() {
        let mut paths = Paths::default();
        let json = record("orders", "1", "x");
        pave(&mut paths, &json);
        assert!((0..json.len()).all(|len| paths.find(&json.as_bytes()[..len]).is_none()));
        assert!(paths.find(json.as_bytes()).is_some());
    }

    #[test]
    fn texts_that_records_have_in_common_are_kept_once() {
        let mut paths = Paths::default();
        let tail = "x".repeat(1000);
        for number in 0..100 {
            pave(&mut paths, &record(&format!("table-{number}"), "1", &tail));
        }
        assert!(paths.bytes() < 100 * tail.len(), "{}", paths.bytes());
    }
}
