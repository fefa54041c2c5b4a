//! KMS keys by one name, whichever way a record names them.
//!
//! "Key identifiers (`KeyId`)", <https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id>.

use crate::access::{Access, Call};
use crate::arn::Arn;
use crate::operation::Service;
use crate::table::partition_of_region;

/// The ARN of a key or of an alias.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KmsKey(String);

/// The longest name that is looked at, in bytes: no ARN is longer.
const LONGEST: usize = 2048;

impl KmsKey {
    /// A key by its ARN, its id or an alias; the last two mean something of this account and region. `None` for what is
    /// neither.
    pub fn new(name: &str, account: &str, region: &str) -> Option<Self> {
        if name.is_empty() || name.len() > LONGEST {
            return None;
        }
        let here = |resource: &str| format!("arn:{}:kms:{region}:{account}:{resource}", partition_of_region(region));
        let arn = if name.starts_with("arn:") {
            Arn::parse(name).filter(|arn| arn.service == "kms")?;
            name.to_owned()
        } else if name.starts_with("alias/") {
            here(name)
        } else {
            here(&format!("key/{name}"))
        };
        Some(Self(arn))
    }

    /// The key that a call of KMS is about.
    pub(crate) fn of(call: &Call<'_>, access: &Access<'_>) -> Option<Self> {
        let resource = access.resource.as_ref().filter(|resource| resource.service == Service::Kms)?;
        let (account, region) = call.account_and_region(access);
        Self::new(&resource.name, account, region)
    }

    /// Its ARN.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is an alias, which may be pointed to another key.
    pub fn is_alias(&self) -> bool {
        self.parts().is_some_and(|arn| arn.resource.starts_with("alias/"))
    }

    /// Its account and region.
    pub fn home(&self) -> Option<(&str, &str)> {
        self.parts().map(|arn| (arn.account, arn.region))
    }

    fn parts(&self) -> Option<Arn<'_>> {
        Arn::parse(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_name_is_one_of_the_account_and_region() {
        let cases = [
            ("alias/orders", Some("arn:aws:kms:eu-west-1:111122223333:alias/orders")),
            ("1234abcd", Some("arn:aws:kms:eu-west-1:111122223333:key/1234abcd")),
            ("arn:aws:kms:us-east-1:444455556666:key/1", Some("arn:aws:kms:us-east-1:444455556666:key/1")),
            ("arn:aws:s3:::orders", None),
            ("arn:aws:kms", None),
            ("", None),
        ];
        for (name, want) in cases {
            let key = KmsKey::new(name, "111122223333", "eu-west-1");
            assert_eq!(key.as_ref().map(KmsKey::as_str), want, "{name}");
        }
    }
}
