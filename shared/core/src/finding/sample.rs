//! A few of many values: memory stays flat, and the order they came in does not show.

use std::collections::BTreeSet;

/// The smallest `KEPT` of the values that were added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample<T, const KEPT: usize = 8> {
    kept: BTreeSet<T>,
    more: bool,
}

impl<T, const KEPT: usize> Default for Sample<T, KEPT> {
    fn default() -> Self {
        Self { kept: BTreeSet::new(), more: false }
    }
}

impl<T: Ord, const KEPT: usize> Sample<T, KEPT> {
    /// Adds a value.
    pub fn add(&mut self, value: T) {
        self.kept.insert(value);
        if self.kept.len() > KEPT {
            self.kept.pop_last();
            self.more = true;
        }
    }

    /// Adds a value that is not owned yet, and makes it so only where it is new.
    pub fn add_ref<Q>(&mut self, value: &Q)
    where
        T: std::borrow::Borrow<Q>,
        Q: Ord + ToOwned<Owned = T> + ?Sized,
    {
        if !self.kept.contains(value) {
            self.add(value.to_owned());
        }
    }

    /// Adds what another sample holds.
    pub fn merge(&mut self, other: &Self)
    where
        T: Clone,
    {
        self.more |= other.more;
        for value in &other.kept {
            if !self.kept.contains(value) {
                self.add(value.clone());
            }
        }
    }

    /// Whether a value was kept.
    pub fn contains(&self, value: &T) -> bool {
        self.kept.contains(value)
    }

    /// The values, the smallest first.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.kept.iter()
    }

    /// The smallest value.
    pub fn first(&self) -> Option<&T> {
        self.kept.first()
    }

    /// Whether there were more values than were kept.
    pub fn has_more(&self) -> bool {
        self.more
    }

    /// Whether nothing was added.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_adding_does_not_show() {
        let (mut up, mut down): (Sample<i32>, Sample<i32>) = Default::default();
        (0..100).for_each(|n| up.add(n));
        (0..100).rev().for_each(|n| down.add(n));
        assert_eq!(up, down);
        assert_eq!(up.iter().copied().collect::<Vec<_>>(), (0..8).collect::<Vec<_>>());
        assert!(up.has_more());
    }
}
