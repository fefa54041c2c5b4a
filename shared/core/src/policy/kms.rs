//! KMS keys, which go by three names: "Key identifiers (`KeyId`)",
//! <https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id>.

use super::arn::ArnPattern;
use super::error::Wrong;
use super::pattern::Pattern;
use crate::arn::Arn;
use crate::kms_key::KmsKey;

const EXPECTED: &str = "a key's ARN, with `*` in any part, its id, or alias/NAME";

/// The text, where it names keys: an ARN with wildcards, an id, `alias/NAME`.
pub(super) fn check_key(text: &str) -> Result<String, Wrong> {
    let wrong = || Wrong::new(format!("`{text}` does not name a KMS key"), EXPECTED);
    let right = if text.starts_with("arn:") {
        let names_kind = |arn: Arn<'_>| ["key/", "alias/", "*"].into_iter().any(|kind| arn.resource.starts_with(kind));
        Arn::parse(text).is_some_and(names_kind) && ArnPattern::parse(text)?.is_of_service("kms")
    } else if let Some(name) = text.strip_prefix("alias/") {
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"/_-*".contains(&b))
    } else {
        // A UUID, for multi-Region keys behind `mrk-` and without hyphens.
        text.len() >= 32 && text.bytes().all(|b| b.is_ascii_hexdigit() || b"-mrk".contains(&b))
    };
    if right { Ok(text.to_owned()) } else { Err(wrong()) }
}

/// The same, without aliases: calls such as `DisableKey` take none, so that an entry with an alias would never match one.
pub(super) fn check_dependency(text: &str) -> Result<String, Wrong> {
    let key = check_key(text)?;
    let resource = Arn::parse(&key).map_or(key.as_str(), |arn| arn.resource);
    if resource.starts_with("alias/") {
        return Err(Wrong::new(
            format!("`{text}` is an alias"),
            "the key's ARN; calls that endanger it do not name the alias",
        ));
    }
    Ok(key)
}

/// Whether an entry that [`check_key`] took names a key. An entry without ARN means a key of the home account, in whichever
/// region: an alias of the same name in another account is another key.
pub(super) fn names_key(entry: &str, key: &KmsKey, home: &str) -> bool {
    if let Ok(arn) = ArnPattern::parse(entry) {
        return arn.matches(key.as_str());
    }
    let Some(Arn { resource, .. }) = Arn::parse(key.as_str()).filter(|arn| arn.account == home) else {
        return false;
    };
    match resource.strip_prefix("key/") {
        Some(id) => id == entry,
        None => Pattern::new(entry).matches(resource),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";
    const ARN: &str = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    const OTHERS: &str = "arn:aws:kms:eu-west-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab";

    #[test]
    fn an_entry_names_a_key_by_whichever_of_its_names() {
        let cases = [
            (ARN, ARN, true),
            (ARN, ID, true),
            (OTHERS, ID, false),
            (OTHERS, OTHERS, true),
            (ID, ARN, true),
            (ID, ID, true),
            (ID, OTHERS, false),
            ("arn:aws:kms:eu-west-1:111122223333:key/*", ARN, true),
            ("arn:aws:kms:eu-west-1:111122223333:key/*", ID, true),
            ("arn:aws:kms:eu-west-1:444455556666:key/*", ARN, false),
            ("arn:aws:kms:eu-west-1:444455556666:key/*", ID, false),
            ("arn:aws:kms:us-east-1:111122223333:key/*", ID, false),
            ("arn:aws:kms:*:*:alias/orders", "alias/orders", true),
            ("arn:aws:kms:*:444455556666:alias/orders", "alias/orders", false),
            ("arn:aws:kms:*:*:alias/orders", ID, false),
            ("alias/orders", "alias/orders", true),
            ("alias/orders", "arn:aws:kms:eu-west-1:111122223333:alias/orders", true),
            ("alias/orders", "arn:aws:kms:us-east-1:111122223333:alias/orders", true),
            ("alias/orders", "arn:aws:kms:eu-west-1:444455556666:alias/orders", false),
            ("alias/orders", "alias/orders-old", false),
            ("alias/shop-*", "alias/shop-orders", true),
            ("alias/*", ARN, false),
            ("alias/orders", ARN, false),
        ];
        for (entry, key, want) in cases {
            assert_eq!(check_key(entry).map_err(|wrong| wrong.message), Ok(entry.to_owned()));
            let named = KmsKey::new(key, "111122223333", "eu-west-1").unwrap();
            assert_eq!(names_key(entry, &named, "111122223333"), want, "{entry} of {key}");
        }
    }

    #[test]
    fn a_bare_name_in_a_call_from_another_account_is_no_key_of_ours() {
        for name in ["alias/orders", ID] {
            let theirs = KmsKey::new(name, "444455556666", "eu-west-1").unwrap();
            assert!(!names_key(name, &theirs, "111122223333"), "{name}");
        }
    }

    #[test]
    fn what_names_no_key_is_refused() {
        for text in ["orders", "alias/", "arn:aws:s3:::orders", "arn:aws:kms:eu-west-1:111122223333:orders", "*", ""] {
            assert!(check_key(text).is_err(), "{text}");
            assert!(check_dependency(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_table_depends_on_keys_and_not_on_aliases() {
        for text in ["alias/orders", "arn:aws:kms:eu-west-1:111122223333:alias/orders", "arn:aws:kms:*:*:alias/*"] {
            let wrong = check_dependency(text).unwrap_err();
            assert_eq!(wrong.expected, "the key's ARN; calls that endanger it do not name the alias", "{text}");
        }
        for text in [ARN, ID, "arn:aws:kms:*:111122223333:key/*", "arn:aws:kms:*:111122223333:*"] {
            assert!(check_dependency(text).is_ok(), "{text}");
        }
    }
}
