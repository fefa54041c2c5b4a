//! KMS keys by one name, whichever way a record names them.
//!
//! "Key identifiers (`KeyId`)", <https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id>.

use crate::access::{Access, Call};
use crate::operation::Service;
use crate::table::partition_of_region;

/// The ARN of a key or of an alias.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct KeyName(String);

impl KeyName {
    /// A key by its ARN, its id or an alias; the last two mean something of this account and region. `None` for what is
    /// neither.
    pub(super) fn new(name: &str, account: &str, region: &str) -> Option<Self> {
        let is_short = |text: &str| !text.is_empty() && name.len() <= 2048;
        let here = |resource: &str| format!("arn:{}:kms:{region}:{account}:{resource}", partition_of_region(region));
        let arn = match name.strip_prefix("arn:") {
            Some(rest) => {
                rest.split(':').nth(1).filter(|service| *service == "kms")?;
                name.to_owned()
            }
            None if name.starts_with("alias/") => here(name),
            None => here(&format!("key/{name}")),
        };
        is_short(name).then_some(Self(arn))
    }

    /// The key that a call of KMS is about.
    pub(super) fn of(call: &Call<'_>, access: &Access<'_>) -> Option<Self> {
        let resource = access.resource.as_ref().filter(|resource| resource.service == Service::Kms)?;
        let (account, region) = call.account_and_region(access);
        Self::new(&resource.name, account, region)
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn is_alias(&self) -> bool {
        self.0.splitn(6, ':').nth(5).is_some_and(|resource| resource.starts_with("alias/"))
    }

    /// Its account and region.
    pub(super) fn home(&self) -> Option<(&str, &str)> {
        let mut fields = self.0.splitn(6, ':').skip(3);
        let (region, account) = (fields.next()?, fields.next()?);
        Some((account, region))
    }
}
