//! ARNs with wildcards.

use super::error::Wrong;
use super::pattern::Pattern;
use super::table_spec::check_account;
use crate::arn::Arn;

/// An ARN with `*` in any part.
#[derive(Debug, Clone)]
pub(super) struct ArnPattern {
    partition: Pattern,
    service: Pattern,
    region: Pattern,
    account: Pattern,
    resource: Pattern,
}

const EXPECTED: &str = "arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE, with `*` in any part";

impl ArnPattern {
    pub(super) fn parse(text: &str) -> Result<Self, Wrong> {
        let wrong = || Wrong::new(format!("`{text}` is not an ARN"), EXPECTED);
        let Arn { partition, service, region, account, resource } = Arn::parse(text).ok_or_else(wrong)?;
        let graphic = text.bytes().all(|b| b.is_ascii_graphic());
        if !graphic || [partition, service, resource].into_iter().any(str::is_empty) {
            return Err(wrong());
        }
        if !account.is_empty() {
            check_account(account)?;
        }
        Ok(Self {
            partition: Pattern::new(partition),
            service: Pattern::new(service),
            region: Pattern::new(region),
            account: Pattern::new(account),
            resource: Pattern::new(resource),
        })
    }

    /// Whether it covers an ARN.
    pub(super) fn matches(&self, arn: &str) -> bool {
        Arn::parse(arn).is_some_and(|arn| self.matches_scope(&arn) && self.resource.matches(arn.resource))
    }

    /// Whether it covers an ARN, or one that this ARN's resource is a part of: an alias of a function, a subscription to a
    /// topic, a stream of a table.
    pub(super) fn holds(&self, arn: &str) -> bool {
        let Some(Arn { resource, .. }) = Arn::parse(arn).filter(|arn| self.matches_scope(arn)) else { return false };
        let ends = resource.match_indices([':', '/']).map(|(end, _)| end).chain([resource.len()]);
        ends.filter_map(|end| resource.get(..end)).any(|part| self.resource.matches(part))
    }

    /// Whether it covers the resource of a service, whatever its account and region, by the name that is unique there: what
    /// stands behind the kind of resource, where ARNs of the service say the kind.
    pub(super) fn names(&self, service: &str, name: &str) -> bool {
        let behind_kind = self.resource.as_str().split_once([':', '/']).map(|(_, name)| Pattern::new(name));
        self.service.matches(service)
            && (self.resource.matches(name) || behind_kind.is_some_and(|pattern| pattern.matches(name)))
    }

    pub(super) fn is_of_service(&self, service: &str) -> bool {
        self.service.as_str() == service
    }

    fn matches_scope(&self, arn: &Arn<'_>) -> bool {
        self.partition.matches(arn.partition)
            && self.service.matches(arn.service)
            && self.region.matches(arn.region)
            && self.account.matches(arn.account)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> ArnPattern {
        ArnPattern::parse(text).unwrap_or_else(|wrong| panic!("{}", wrong.message))
    }

    #[test]
    fn a_pattern_covers_arns_and_what_belongs_to_them() {
        let cases = [
            ("arn:aws:sqs:*:111122223333:tablewarden-*", "arn:aws:sqs:eu-west-1:111122223333:tablewarden-logs", true),
            ("arn:aws:sqs:*:111122223333:tablewarden-*", "arn:aws:sqs:eu-west-1:444455556666:tablewarden-logs", false),
            ("arn:aws:sqs:*:111122223333:tablewarden-*", "arn:aws:sns:eu-west-1:111122223333:tablewarden-logs", false),
            ("arn:aws:sns:*:*:alerts", "arn:aws:sns:eu-west-1:111122223333:alerts:0e2b7c1e", true),
            ("arn:aws:sns:*:*:alerts", "arn:aws:sns:eu-west-1:111122223333:alerts-of-others", false),
            ("arn:aws:lambda:*:*:function:audit", "arn:aws:lambda:eu-west-1:111122223333:function:audit:live", true),
            ("arn:aws:lambda:*:*:function:audit", "arn:aws:lambda:eu-west-1:111122223333:function:auditor", false),
            ("arn:aws:s3:::logs", "arn:aws:s3:::logs", true),
            ("arn:aws:s3:::logs", "arn:aws:s3:::logs/AWSLogs/file", true),
            ("arn:aws:s3:::logs", "logs", false),
        ];
        for (text, arn, want) in cases {
            assert_eq!(pattern(text).holds(arn), want, "{text} of {arn}");
        }
        assert!(!pattern("arn:aws:sns:*:*:alerts").matches("arn:aws:sns:eu-west-1:111122223333:alerts:0e2b7c1e"));
    }

    #[test]
    fn a_bare_name_is_what_stands_behind_the_kind() {
        let cases = [
            ("arn:aws:sqs:*:111122223333:tablewarden-*", "sqs", "tablewarden-logs", true),
            ("arn:aws:sqs:*:111122223333:tablewarden-*", "sns", "tablewarden-logs", false),
            ("arn:aws:lambda:*:*:function:tablewarden-*", "lambda", "tablewarden-trail-log", true),
            ("arn:aws:events:*:*:rule/tablewarden", "events", "tablewarden", true),
            ("arn:aws:events:*:*:rule/tablewarden", "events", "rule", false),
            ("arn:aws:cloudwatch:*:*:alarm:tablewarden-*", "cloudwatch", "tablewarden-errors", true),
            ("arn:aws:*:*:111122223333:*", "sqs", "anything", true),
        ];
        for (text, service, name, want) in cases {
            assert_eq!(pattern(text).names(service, name), want, "{text} of {service} {name}");
        }
    }

    #[test]
    fn what_is_no_arn_is_refused() {
        for text in [
            "tablewarden",
            "arn:aws:sqs",
            "arn:aws::eu-west-1:111122223333:x",
            "arn:aws:sqs:*:1111:x",
            "arn:aws:sqs:*:*:a b",
        ] {
            assert!(ArnPattern::parse(text).is_err(), "{text}");
        }
    }
}
