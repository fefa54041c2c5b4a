//! Keys of items as they may be shown.

use std::fmt::{self, Write as _};

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use thiserror::Error;

use super::{Policy, TablePolicy};
use crate::access::ItemKey;

/// How the keys of items are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum KeyDisplay {
    /// Not at all.
    #[default]
    Redact,
    /// As a keyed hash, the same for the same item.
    Hash,
    /// As they are.
    Show,
}

/// The secret behind the hashes of keys. Without it, whoever guesses a key could tell its hash.
#[derive(Clone, PartialEq, Eq)]
pub struct KeySecret(Vec<u8>);

/// The secret is too short to be one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("expected a secret of at least {} bytes, found {found}", KeySecret::MIN_BYTES)]
pub struct ShortSecret {
    /// How many bytes it has.
    pub found: usize,
}

/// A policy asks for hashes and there is no secret to make them with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the policy shows keys as hashes (`keys: hash`), and there is no secret to make them with")]
pub struct NoSecret;

impl KeySecret {
    /// The fewest bytes that a secret may have.
    pub const MIN_BYTES: usize = 16;

    /// The secret of these bytes.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Result<Self, ShortSecret> {
        let bytes = bytes.into();
        if bytes.len() < Self::MIN_BYTES { Err(ShortSecret { found: bytes.len() }) } else { Ok(Self(bytes)) }
    }

    /// `hash:` and the first 16 hexadecimal digits of HMAC-SHA256.
    fn hash(&self, key: &ItemKey<'_>) -> Option<String> {
        // HMAC takes a secret of any length.
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        mac.update(key.0.as_bytes());
        let mut shown = "hash:".to_owned();
        for byte in mac.finalize().into_bytes().iter().take(8) {
            // Writing to a string does not fail.
            let _ = write!(shown, "{byte:02x}");
        }
        Some(shown)
    }
}

impl fmt::Debug for KeySecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeySecret(redacted)")
    }
}

impl Policy {
    /// The policy with the secret for its hashes; an error where it asks for them and there is none.
    pub fn with_key_secret(self, secret: Option<KeySecret>) -> Result<Self, NoSecret> {
        if secret.is_none() && self.needs_key_secret() {
            Err(NoSecret)
        } else {
            Ok(Self { key_secret: secret, ..self })
        }
    }

    /// Whether the policy shows the keys of some table as hashes.
    pub fn needs_key_secret(&self) -> bool {
        self.tables.iter().any(|table| table.keys == KeyDisplay::Hash)
    }

    /// The key of an item as it may be shown; `None` where the table's entry, or its absence, says to redact it, or where
    /// there is no secret for its hash.
    pub fn shown_key(&self, table: Option<&TablePolicy>, key: &ItemKey<'_>) -> Option<String> {
        match table.map(|table| table.keys).unwrap_or_default() {
            KeyDisplay::Redact => None,
            KeyDisplay::Hash => self.key_secret.as_ref()?.hash(key),
            KeyDisplay::Show => Some(key.0.clone().into_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::TableId;

    const POLICY: &str = "version: 1
tables:
  - {table: customers, keys: hash}
  - {table: products, keys: show}
  - {table: orders, keys: redact}
  - table: carts
";

    fn shown(secret: &str, table: &str, key: &str) -> Option<String> {
        let secret = (!secret.is_empty()).then(|| KeySecret::new(secret).unwrap());
        let policy = Policy::parse("policy.yaml", POLICY).unwrap();
        let policy = Policy { key_secret: secret, ..policy };
        let (partition, account, region) = ("aws".into(), "111122223333".into(), "eu-west-1".into());
        let table = TableId { partition, account, region, name: table.into() };
        policy.shown_key(policy.table(&table), &ItemKey(key.into()))
    }

    #[test]
    fn a_key_is_shown_as_its_table_says_and_else_not_at_all() {
        let (secret, key) = ("0123456789abcdef", r#"{"pk":"a"}"#);
        // HMAC-SHA256 as `openssl dgst -sha256 -hmac` tells it
        assert_eq!(shown(secret, "customers", key).as_deref(), Some("hash:b188442be2138cff"));
        assert_eq!(shown(secret, "products", key).as_deref(), Some(key));
        for table in ["orders", "carts", "unlisted"] {
            assert_eq!(shown(secret, table, key), None, "{table}");
        }
        assert_eq!(shown("", "customers", key), None);
    }

    #[test]
    fn a_hash_follows_the_item_and_the_secret() {
        let hash = |secret, key| shown(secret, "customers", key);
        let first = hash("0123456789abcdef", "a");
        assert_eq!(first, hash("0123456789abcdef", "a"));
        assert_ne!(first, hash("0123456789abcdef", "b"));
        assert_ne!(first, hash("0123456789abcdeF", "a"));
    }

    #[test]
    fn hashes_without_a_secret_and_short_secrets_are_refused_and_none_is_written_out() {
        let policy = || Policy::parse("policy.yaml", POLICY).unwrap();
        assert_eq!(policy().with_key_secret(None).err(), Some(NoSecret));
        let secret = KeySecret::new("0123456789abcdef").unwrap();
        assert_eq!(format!("{secret:?}"), "KeySecret(redacted)");
        assert!(!format!("{:?}", policy().with_key_secret(Some(secret)).unwrap()).contains("0123"));
        let error = KeySecret::new("0123456789abcde").unwrap_err().to_string();
        assert_eq!(error, "expected a secret of at least 16 bytes, found 15");
        assert!(Policy::default().with_key_secret(None).is_ok());
    }
}
