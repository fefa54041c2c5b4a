//! Pages of the AWS console, for links that people follow.

/// The console's host for a region; `None` for what is no region.
///
/// Source: "AWS Management Console endpoints", <https://docs.aws.amazon.com/general/latest/gr/mc.html>.
pub(crate) fn host(region: &str) -> Option<String> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if region.is_empty() || region.len() > 32 || !region.bytes().all(plain) {
        return None;
    }
    Some(match crate::table::partition_of_region(region) {
        "aws-cn" => format!("{region}.console.amazonaws.cn"),
        "aws-us-gov" => format!("{region}.console.amazonaws-us-gov.com"),
        _ => format!("{region}.console.aws.amazon.com"),
    })
}

/// Whether a name can stand in a link as it is.
pub(crate) fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 128
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_region_and_a_plain_name_make_a_link() {
        let cases = [
            ("eu-west-1", Some("eu-west-1.console.aws.amazon.com")),
            ("cn-north-1", Some("cn-north-1.console.amazonaws.cn")),
            ("us-gov-west-1", Some("us-gov-west-1.console.amazonaws-us-gov.com")),
            ("evil.example.com/", None),
            ("", None),
        ];
        for (region, want) in cases {
            assert_eq!(host(region).as_deref(), want, "{region}");
        }
        for (name, want) in [("dynamodb-pitr_1", true), ("", false), ("a b", false), ("a#b", false), ("a/b", false)] {
            assert_eq!(is_plain(name), want, "{name}");
        }
    }
}
