//! `approved` and `pipeline`.

use super::super::approved::{Approved, Pipeline};
use super::super::arn::ArnPattern;
use super::super::error::{Report, Wrong};
use super::super::file;
use super::super::kms::check_key;
use super::super::pattern::Pattern;
use super::{all, principals};
use crate::arn::is_account_id;

pub(super) fn approved(lists: file::Approved, report: &mut Report<'_>) -> Approved {
    Approved {
        accounts: lists.accounts.map(|texts| all(texts, report, account)),
        regions: lists.regions.map(|texts| all(texts, report, region)),
        buckets: lists.buckets.map(|texts| all(texts, report, bucket)),
        keys: lists.keys.map(|texts| all(texts, report, check_key)),
    }
}

pub(super) fn pipeline(lists: file::Pipeline, report: &mut Report<'_>) -> Pipeline {
    let deployer = lists.deployer.into_iter().flatten();
    Pipeline {
        resources: all(lists.resources.unwrap_or_default(), report, ArnPattern::parse),
        log_buckets: all(lists.log_buckets.unwrap_or_default(), report, bucket),
        deployer: deployer
            .filter_map(|mut line| principals::compile(line.value.take_principal(), line.at, report))
            .collect(),
    }
}

pub(super) fn account(text: &str) -> Result<String, Wrong> {
    if is_account_id(text) { Ok(text.to_owned()) } else { Err(Wrong::account(text)) }
}

/// A region's name, or a pattern of names.
pub(super) fn region(text: &str) -> Result<Pattern, Wrong> {
    let letters = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-*".contains(&b));
    if letters && (text.contains('-') || text.contains('*')) {
        Ok(Pattern::new(text))
    } else {
        Err(Wrong::new(format!("`{text}` is no region"), "a name such as `eu-west-1`; `*` for any run of characters"))
    }
}

/// A bucket's name, or a pattern of names. The rules of
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>.
fn bucket(text: &str) -> Result<Pattern, Wrong> {
    let letters = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b".-*".contains(&b));
    if letters && !text.is_empty() && text.len() <= 63 {
        Ok(Pattern::new(text))
    } else {
        Err(Wrong::new(
            format!("`{text}` cannot be a bucket's name"),
            "a name without `s3://`; `*` for any run of characters",
        ))
    }
}
