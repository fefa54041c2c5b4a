//! KMS keys, which go by three names: "Key identifiers (`KeyId`)",
//! <https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id>.

use std::borrow::Cow;

use super::arn::ArnPattern;
use super::error::Wrong;
use super::pattern::Pattern;

const EXPECTED: &str = "a key's ARN, with `*` in any part, its id, or alias/NAME";

/// The text, where it names keys: an ARN with wildcards, an id, `alias/NAME`.
pub(super) fn check_key(text: &str) -> Result<String, Wrong> {
    let wrong = || Wrong::new(format!("`{text}` does not name a KMS key"), EXPECTED);
    let right = if text.starts_with("arn:") {
        let resource = text.splitn(6, ':').nth(5).unwrap_or_default();
        let kind = ["key/", "alias/"].into_iter().any(|kind| resource.starts_with(kind)) || resource.starts_with('*');
        kind && ArnPattern::parse(text)?.is_of_service("kms")
    } else if let Some(name) = text.strip_prefix("alias/") {
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"/_-*".contains(&b))
    } else {
        // A UUID, for multi-Region keys behind `mrk-` and without hyphens.
        text.len() >= 32 && text.bytes().all(|b| b.is_ascii_hexdigit() || b"-mrk".contains(&b))
    };
    if right { Ok(text.to_owned()) } else { Err(wrong()) }
}

/// Whether an entry that [`check_key`] took names a key, which calls name by ARN, id or alias. An id or alias without ARN is
/// one of the caller's own account and region: KMS takes no others so.
pub(super) fn names_key(entry: &str, key: &str) -> bool {
    let resource = match key.splitn(6, ':').nth(5) {
        Some(resource) => Cow::Borrowed(resource),
        None if key.starts_with("alias/") => Cow::Borrowed(key),
        None => Cow::Owned(format!("key/{key}")),
    };
    match ArnPattern::parse(entry) {
        Ok(arn) if key.starts_with("arn:") => arn.matches(key),
        Ok(arn) => arn.matches_resource(&resource),
        Err(_) if entry.starts_with("alias/") => Pattern::new(entry).matches(&resource),
        Err(_) => resource.strip_prefix("key/") == Some(entry),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";
    const ARN: &str = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

    #[test]
    fn an_entry_names_a_key_by_whichever_of_its_names() {
        let cases = [
            (ARN, ARN, true),
            (ARN, ID, true),
            (ID, ARN, true),
            (ID, ID, true),
            ("arn:aws:kms:eu-west-1:111122223333:key/*", ARN, true),
            ("arn:aws:kms:eu-west-1:444455556666:key/*", ARN, false),
            ("arn:aws:kms:*:*:alias/orders", "alias/orders", true),
            ("arn:aws:kms:*:*:alias/orders", ID, false),
            ("alias/orders", "alias/orders", true),
            ("alias/orders", "arn:aws:kms:eu-west-1:111122223333:alias/orders", true),
            ("alias/orders", "alias/orders-old", false),
            ("alias/shop-*", "alias/shop-orders", true),
            ("alias/orders", ARN, false),
        ];
        for (entry, key, want) in cases {
            assert_eq!(check_key(entry).map_err(|wrong| wrong.message), Ok(entry.to_owned()));
            assert_eq!(names_key(entry, key), want, "{entry} of {key}");
        }
    }

    #[test]
    fn what_names_no_key_is_refused() {
        for text in ["orders", "alias/", "arn:aws:s3:::orders", "arn:aws:kms:eu-west-1:111122223333:orders", "*", ""] {
            assert!(check_key(text).is_err(), "{text}");
        }
    }
}
