//! Whether an object in a trail's bucket is a log file, or which of its siblings, by its key.
//!
//! A key is read by its segments, never by what it contains: a prefix may be called `CloudTrail-Digest` and still stand
//! before logs. The names are those of
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html> and
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html>.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::SkipReason;
use super::error::KeyFault;
use crate::arn::is_account_id;

/// Reads a decoded key: `[PREFIX/]AWSLogs/[o-ORG/]ACCOUNT/CloudTrail/REGION/YYYY/MM/DD/FILE.json[.gz]` is a log, and the
/// error is the reason why an object of another name is not to be read.
///
/// `FILE` need not be what CloudTrail would call it: that a log was copied or restored is no reason to leave it unread.
pub fn parse(key: &str) -> Result<(), SkipReason> {
    let segments: Vec<&str> = key.split('/').collect();
    // The prefix can have a segment of the same name, so the last one that makes sense counts.
    segments
        .iter()
        .enumerate()
        .rev()
        .filter(|(_, segment)| **segment == "AWSLogs")
        .find_map(|(at, _)| segments.get(at + 1..).and_then(parse_behind_aws_logs))
        .unwrap_or(Err(SkipReason::NotCloudTrail))
}

/// Decodes a key as S3's notifications write it: `+` is a space, `%XX` a byte, the bytes are UTF-8.
pub(super) fn decode_form(key: &str) -> Result<String, KeyFault> {
    let hex = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_hexdigit);
    // The decoder leaves a stray % as it is. Then the object would be looked for under a name it does not have.
    let stray = key.split('%').skip(1).map(str::as_bytes).any(|rest| !hex(rest.first()) || !hex(rest.get(1)));
    if stray {
        return Err(KeyFault::Percent);
    }
    let spaced = key.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8().map(Cow::into_owned).map_err(|_| KeyFault::NotUtf8)
}

/// `None` where the segments do not belong to a trail at all.
fn parse_behind_aws_logs(segments: &[&str]) -> Option<Result<(), SkipReason>> {
    let segments = match segments {
        [organization, rest @ ..] if is_organization(organization) => rest,
        _ => segments,
    };
    match segments {
        [account, kind, rest @ ..] if is_account_id(account) => match *kind {
            "CloudTrail" => is_log(rest).then_some(Ok(())),
            "CloudTrail-Digest" => Some(Err(SkipReason::Digest)),
            "CloudTrail-Insight" => Some(Err(SkipReason::Insight)),
            "CloudTrail-NetworkActivity" => Some(Err(SkipReason::NetworkActivity)),
            "CloudTrail-Aggregated" => Some(Err(SkipReason::Aggregated)),
            _ => None,
        },
        _ => None,
    }
}

fn is_log(segments: &[&str]) -> bool {
    matches!(segments, [region, year, month, day, file]
        if is_region(region)
            && is_digits(year, 4) && is_digits(month, 2) && is_digits(day, 2)
            && [".json.gz", ".json"].iter().any(|end| file.ends_with(end)))
}

fn is_organization(segment: &str) -> bool {
    segment.strip_prefix("o-").is_some_and(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

fn is_region(segment: &str) -> bool {
    !segment.is_empty()
        && segment.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

fn is_digits(segment: &str, length: usize) -> bool {
    segment.len() == length && segment.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "111122223333_CloudTrail_eu-west-1_20260302T0915Z_Qx7mT2vLk9PzR4aB.json.gz";

    #[test]
    fn logs_are_known_under_every_prefix_and_organisation() {
        let day = "CloudTrail/eu-west-1/2026/03/02";
        let cases = [
            format!("AWSLogs/111122223333/{day}/{FILE}"),
            format!("a/prefix of/any depth/AWSLogs/111122223333/{day}/{FILE}"),
            format!("AWSLogs/o-exampleorgid/111122223333/{day}/{FILE}"),
            // Control Tower's landing zone: the prefix is the organisation's id.
            format!("o-exampleorgid/AWSLogs/o-exampleorgid/111122223333/{day}/{FILE}"),
            format!("o-exampleorgid/AWSLogs/111122223333/{day}/{FILE}"),
            format!("AWSLogs/AWSLogs/111122223333/{day}/{FILE}"),
            format!("CloudTrail-Digest/AWSLogs/111122223333/{day}/{FILE}"),
            format!("AWSLogs/444455556666/CloudTrail-Digest/AWSLogs/111122223333/{day}/{FILE}"),
            format!("AWSLogs/444455556666/CloudTrail-Insight/copy/AWSLogs/111122223333/{day}/{FILE}"),
            format!("/AWSLogs/111122223333/{day}/{FILE}"),
        ];
        for key in cases {
            assert_eq!(parse(&key), Ok(()), "{key}");
        }
    }

    #[test]
    fn a_file_that_was_renamed_is_still_a_log() {
        for file in [
            "111122223333_CloudTrail_eu-west-1_20260302T0915Z_Qx7mT2vLk9PzR4aB.json",
            "restored.json.gz",
            "111122223333_CloudTrail_eu-west-1_20261302T0915Z_Qx7mT2vLk9PzR4aB.json.gz",
        ] {
            let key = format!("AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/02/{file}");
            assert_eq!(parse(&key), Ok(()), "{key}");
        }
    }

    #[test]
    fn siblings_and_foreign_objects_are_told_apart_from_logs() {
        use SkipReason::{Aggregated, Digest, Insight, NetworkActivity, NotCloudTrail};
        let cases = [
            (
                "AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2026/03/02/\
                 111122223333_CloudTrail-Digest_eu-west-1_trail_eu-west-1_20260302T091500Z.json.gz",
                Digest,
            ),
            ("AWSLogs/o-exampleorgid/111122223333/CloudTrail-Digest/", Digest),
            ("p/AWSLogs/111122223333/CloudTrail-Insight/eu-west-1/2026/03/02/a.json.gz", Insight),
            ("AWSLogs/111122223333/CloudTrail-NetworkActivity/eu-west-1/2026/03/02/a.json.gz", NetworkActivity),
            ("AWSLogs/111122223333/CloudTrail-Aggregated/eu-west-1/2026/03/02/a.json.gz", Aggregated),
            // The name of the folder a log would be in, at the wrong place of a digest's key.
            ("CloudTrail/AWSLogs/111122223333/CloudTrail-Digest/CloudTrail/2026/03/02/a.json.gz", Digest),
            ("AWSLogs/111122223333/", NotCloudTrail),
            ("AWSLogs/111122223333/CloudTrail/", NotCloudTrail),
            ("AWSLogs/111122223333/CloudTrail/CloudTrail validation message.", NotCloudTrail),
            ("AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/02/", NotCloudTrail),
            ("AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/02/notes.txt", NotCloudTrail),
            ("AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/02/more/a.json.gz", NotCloudTrail),
            ("AWSLogs/111122223333/CloudTrailish/eu-west-1/2026/03/02/a.json.gz", NotCloudTrail),
            ("AWSLogs/111122223333/vpcflowlogs/eu-west-1/2026/03/02/a.log.gz", NotCloudTrail),
            ("AWSLogs/111122223333/Config/eu-west-1/2026/3/2/ConfigHistory/a.json.gz", NotCloudTrail),
            ("AWSLogs/11112222333/CloudTrail/eu-west-1/2026/03/02/a.json.gz", NotCloudTrail),
            ("AWSLogs/1111222２3333/CloudTrail/eu-west-1/2026/03/02/a.json.gz", NotCloudTrail),
            ("AWSLogs/o-/111122223333/CloudTrail/eu-west-1/2026/03/02/a.json.gz", NotCloudTrail),
            ("MyAWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/02/a.json.gz", NotCloudTrail),
            ("exports/orders.json.gz", NotCloudTrail),
            ("", NotCloudTrail),
        ];
        for (key, reason) in cases {
            assert_eq!(parse(key), Err(reason), "{key}");
        }
    }

    #[test]
    fn form_encoding_is_undone_or_refused() {
        let cases = [
            ("a+b/c", Ok("a b/c")),
            ("a%2Bb%2fc", Ok("a+b/c")),
            ("caf%C3%A9/%25", Ok("café/%")),
            ("already café", Ok("already café")),
            ("a%2", Err(KeyFault::Percent)),
            ("100%", Err(KeyFault::Percent)),
            ("a%zz", Err(KeyFault::Percent)),
            ("a%+1", Err(KeyFault::Percent)),
            ("a%é", Err(KeyFault::Percent)),
            ("a%FF", Err(KeyFault::NotUtf8)),
        ];
        for (written, expected) in cases {
            assert_eq!(decode_form(written), expected.map(str::to_owned), "{written}");
        }
    }
}
