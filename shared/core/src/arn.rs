//! ARNs, taken apart, and the account ids that stand in them.
//!
//! "Amazon Resource Names (ARNs)", <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>.

/// `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`. Region and account may be empty, and a resource may hold colons. What the
/// parts hold is not checked: they may be patterns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arn<'a> {
    /// `aws`, `aws-cn` or `aws-us-gov`.
    pub partition: &'a str,
    /// The service's word in ARNs, such as `dynamodb`.
    pub service: &'a str,
    /// Such as `eu-west-1`; empty for what has none.
    pub region: &'a str,
    /// 12 digits, `aws`, or empty.
    pub account: &'a str,
    /// All that stands behind the account, such as `table/orders`.
    pub resource: &'a str,
}

impl<'a> Arn<'a> {
    /// The parts of an ARN; `None` for what has not all of them.
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        if parts.next()? != "arn" {
            return None;
        }
        let (partition, service) = (parts.next()?, parts.next()?);
        let (region, account, resource) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Self { partition, service, region, account, resource })
    }
}

/// Whether a text is an account id: 12 digits.
pub fn is_account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_is_taken_apart_where_it_has_all_its_parts() {
        let cases = [
            (
                "arn:aws:sns:eu-west-1:111122223333:alerts:0e2b7c1e",
                Some(["aws", "sns", "eu-west-1", "111122223333", "alerts:0e2b7c1e"]),
            ),
            ("arn:aws:s3:::acme/AWSLogs", Some(["aws", "s3", "", "", "acme/AWSLogs"])),
            ("arn:aws:s3::acme", None),
            ("aws:s3:::acme:arn", None),
            ("orders", None),
            ("", None),
        ];
        for (text, want) in cases {
            let parts =
                |Arn { partition, service, region, account, resource }| [partition, service, region, account, resource];
            assert_eq!(Arn::parse(text).map(parts), want, "{text}");
        }
    }

    #[test]
    fn an_account_id_is_twelve_digits() {
        for (text, want) in [("111122223333", true), ("11112222333", false), ("11112222333x", false), ("", false)] {
            assert_eq!(is_account_id(text), want, "{text}");
        }
    }
}
