//! Where the bare names in a record belong.

use crate::actor::Actor;
use crate::operation::Service;
use crate::record::Record;
use crate::table::partition_of_region;

/// The account and region that a bare name means something of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Home<'a> {
    pub(super) account: &'a str,
    pub(super) region: &'a str,
}

impl<'a> Home<'a> {
    /// The account is the caller's, so the one that got the record: what is another account's has to be named by its ARN.
    pub(super) fn of(record: &'a Record<'a>, actor: &'a Actor<'a>) -> Self {
        let account = record.recipient_account_id.text().or(actor.account.as_deref()).unwrap_or("unknown");
        Self { account, region: record.region() }
    }

    /// The partition of its region.
    pub(super) fn partition(self) -> &'static str {
        partition_of_region(self.region)
    }

    /// The ARN of something here, such as `key/ID`.
    pub(super) fn arn(self, service: Service, resource: &str) -> String {
        let Self { account, region } = self;
        format!("arn:{}:{}:{region}:{account}:{resource}", self.partition(), service.in_arns())
    }
}
