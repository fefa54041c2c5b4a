//! The keys of a top-level object, as far as they name an array of records.

use memchr::memchr;

/// `Records` takes 42 bytes if each letter is written as `\uXXXX`.
const LONGEST: usize = 42;

/// The key of the member that is being read, as far as it can matter.
pub(super) struct Key {
    bytes: [u8; LONGEST],
    /// How many bytes the key has; more than fit if it is another one.
    len: usize,
}

impl Key {
    pub(super) fn new() -> Self {
        Self { bytes: [0; LONGEST], len: 0 }
    }

    pub(super) fn clear(&mut self) {
        self.len = 0;
    }

    pub(super) fn push(&mut self, more: &[u8]) {
        if let Some(free) = self.bytes.get_mut(self.len..) {
            free.iter_mut().zip(more).for_each(|(to, from)| *to = *from);
        }
        self.len = self.len.saturating_add(more.len());
    }

    /// Whether its array holds records.
    pub(super) fn names_array(&self) -> bool {
        let Some(raw) = self.bytes.get(..self.len) else { return false };
        match raw {
            b"Records" | b"Events" => true,
            _ if memchr(b'\\', raw).is_none() => false,
            _ => {
                let quoted = [b"\"", raw, b"\""].concat();
                serde_json::from_slice::<String>(&quoted).is_ok_and(|key| key == "Records" || key == "Events")
            }
        }
    }
}
