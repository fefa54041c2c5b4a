//! What a suppression is for where that is no table: a trail, a bucket, a key.

use super::arn::ArnPattern;
use super::error::Wrong;
use super::pattern::Pattern;
use crate::arn::Arn;

/// A resource by its ARN or by its name, with or without wildcards.
#[derive(Debug, Clone)]
pub(super) enum ResourceSpec {
    Arn(ArnPattern),
    Name(Pattern),
}

const EXPECTED: &str = "a name, or arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE; `*` for any run of characters";

impl ResourceSpec {
    /// Wildcards alone are refused: they name nothing.
    pub(super) fn parse(text: &str) -> Result<Self, Wrong> {
        let names_nothing = text.strip_prefix("arn:").unwrap_or(text).bytes().all(|byte| b"*:".contains(&byte));
        if names_nothing || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Wrong::new(format!("`{text}` names no resource"), EXPECTED));
        }
        if text.starts_with("arn:") {
            return ArnPattern::parse(text).map(Self::Arn);
        }
        Ok(Self::Name(Pattern::new(text)))
    }

    /// Whether it names what a finding is about, by the ARN or, of a bucket and what has no ARN, the bare name. A name is meant
    /// in the given account, whatever kind of resource it is.
    pub(super) fn matches(&self, resource: &str, home: &str) -> bool {
        match (self, Arn::parse(resource)) {
            (Self::Arn(pattern), Some(_)) => pattern.matches(resource),
            (Self::Arn(pattern), None) => pattern.names("s3", resource),
            (Self::Name(pattern), None) => pattern.matches(resource),
            (Self::Name(pattern), Some(arn)) => {
                let behind_kind = arn.resource.split_once([':', '/']).map(|(_, name)| name);
                (arn.account.is_empty() || arn.account == home)
                    && [Some(arn.resource), behind_kind].into_iter().flatten().any(|name| pattern.matches(name))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_goes_by_its_arn_or_by_its_name_in_the_account() {
        let trail = "arn:aws:cloudtrail:eu-west-1:111122223333:trail/main";
        let others = "arn:aws:cloudtrail:eu-west-1:444455556666:trail/main";
        let alias = "arn:aws:kms:eu-west-1:111122223333:alias/orders";
        let alarm = "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:quiet";
        let cases = [
            (trail, trail, true),
            (trail, others, false),
            ("arn:aws:cloudtrail:*:111122223333:trail/*", trail, true),
            ("arn:aws:cloudtrail:*:111122223333:trail/ma", trail, false),
            ("main", trail, true),
            ("main", others, false),
            ("m*", trail, true),
            ("trail/main", trail, true),
            ("mai", trail, false),
            ("alias/orders", alias, true),
            ("orders", alias, true),
            ("quiet", alarm, true),
            ("acme-logs", "acme-logs", true),
            ("acme-logs", "acme-logs-2", false),
            ("arn:aws:s3:::acme-logs", "acme-logs", true),
            ("arn:aws:s3:::acme-*", "acme-logs", true),
            ("arn:aws:sqs:*:111122223333:acme-logs", "acme-logs", false),
        ];
        for (spec, resource, want) in cases {
            let parsed = ResourceSpec::parse(spec).unwrap_or_else(|wrong| panic!("{}", wrong.message));
            assert_eq!(parsed.matches(resource, "111122223333"), want, "{spec} of {resource}");
        }
    }

    #[test]
    fn what_names_no_resource_is_refused() {
        for text in ["", "*", "**", "arn:*:*:*:*:*", "my trail", "arn:aws:cloudtrail", "arn:aws:sqs:*:1111:x"] {
            assert!(ResourceSpec::parse(text).is_err(), "{text}");
        }
    }
}
