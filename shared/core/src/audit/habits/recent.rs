//! What was met lately, by its bytes, in bounded memory.

use foldhash::fast::RandomState;
use indexmap::IndexMap;

type Generation<V> = IndexMap<Box<[u8]>, V, RandomState>;

/// What was met lately. Once so many came, those that were not met since as many came before are forgotten.
#[derive(Debug)]
pub(super) struct Recent<V> {
    current: Generation<V>,
    previous: Generation<V>,
    most: usize,
}

impl<V> Recent<V> {
    /// Keeps at most twice as many.
    pub(super) fn new(most: usize) -> Self {
        Self { current: Generation::default(), previous: Generation::default(), most }
    }

    /// Where it is, until something else is met.
    pub(super) fn find(&mut self, bytes: &[u8]) -> Option<usize> {
        if let Some(index) = self.current.get_index_of(bytes) {
            return Some(index);
        }
        let (_, bytes, value) = self.previous.swap_remove_full(bytes)?;
        Some(self.put(bytes, value))
    }

    /// What was [found](Self::find) there.
    pub(super) fn at(&self, index: usize) -> Option<&V> {
        self.current.get_index(index).map(|(_, value)| value)
    }

    /// Notes what something is.
    pub(super) fn insert(&mut self, bytes: &[u8], value: V) {
        self.previous.swap_remove(bytes);
        self.put(bytes.into(), value);
    }

    fn put(&mut self, bytes: Box<[u8]>, value: V) -> usize {
        if self.current.len() >= self.most {
            self.previous = std::mem::take(&mut self.current);
        }
        self.current.insert_full(bytes, value).0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_met_again_stays_and_memory_is_flat() {
        let mut recent = Recent::new(10);
        for number in 0..100_u8 {
            recent.insert(&[number], number);
            let first = recent.find(&[0]).unwrap();
            assert_eq!(recent.at(first), Some(&0));
            assert!(recent.current.len() + recent.previous.len() <= 20);
        }
        assert_eq!((recent.find(&[98]).is_some(), recent.find(&[50])), (true, None));
        recent.insert(&[0], 7);
        let first = recent.find(&[0]).unwrap();
        assert_eq!(recent.at(first), Some(&7));
    }
}
