//! The tags of a table are changed whose access they decide.

use serde_json_borrow::Value;

use super::control::name;
use super::{Context, Detection, Judge, Verdict};
use crate::access::{Access, Call, field};
use crate::severity::Severity;

pub(super) const DETECTION: Detection = Detection {
    id: "tags-changed",
    title: "Tags changed",
    fires_when: "tags are set on or taken from a table of which the policy says that its tags decide who has access",
    severity: "low",
    techniques: &["T1098"],
    why: "Where policies of IAM grant by `aws:ResourceTag`, a new tag on a table is a new door to its items, and no policy shows it.",
    first_steps: &[
        "Find the policies of IAM with a condition on `aws:ResourceTag` and one of the tags, and see whom they let in now.",
        "Ask the owner of the table whether the tags were meant to change; if not, put the old ones back.",
        "Look for reads of the table from the moment of the change on.",
    ],
    judge: Judge::Access(judge),
};

fn judge(call: &Call<'_>, _: &Access<'_>, context: &Context<'_>) -> Option<Verdict> {
    let table = context.table.filter(|table| table.access_by_tags && !context.standing.is_expected())?;
    let (verb, tags) = match call.record.event_name() {
        "TagResource" => ("sets", set(call)),
        "UntagResource" => ("takes away", taken(call)),
        _ => return None,
    };
    let tags = if tags.is_empty() { "tags that the record does not tell".to_owned() } else { tags.join(", ") };
    let reason = format!(
        "{} {verb} {tags}, and tags decide who has access (policy line {})",
        call.record.event_name(),
        table.line
    );
    Some(Verdict::new(Severity::Low, reason))
}

/// How many tags are told: a table has at most 50, and a request that is refused as many as its caller likes.
const MOST: usize = 20;

/// `tags` of `TagResource`: a list of `{"key": …, "value": …}`.
///
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TagResource.html>
fn set(call: &Call<'_>) -> Vec<String> {
    let text = |tag, of| field(tag, of).and_then(Value::as_str);
    let tag = |tag| Some(format!("{}={}", name(text(tag, "key")?), name(text(tag, "value").unwrap_or_default())));
    call.params.list(&["tags"]).iter().filter_map(tag).take(MOST).collect()
}

/// `tagKeys` of `UntagResource`.
///
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UntagResource.html>
fn taken(call: &Call<'_>) -> Vec<String> {
    call.params.list(&["tagKeys"]).iter().filter_map(Value::as_str).map(name).take(MOST).collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, check};

    const POLICY: &str = r"
version: 1
tables:
  - table: orders
    access-by-tags: true
    expected: [{user: deployer, effects: [admin]}]
  - table: carts
";

    #[test]
    fn tags_matter_where_they_decide_who_has_access() {
        let params = |table: &str, more: &str| {
            format!(r#"{{"resourceArn":"arn:aws:dynamodb:eu-west-1:111122223333:table/{table}"{more}}}"#)
        };
        let tags = r#","tags":[{"key":"access","value":"contractors"},{"key":"team"}]"#;
        let keys = r#","tagKeys":["access","team"]"#;
        check(
            super::DETECTION.id,
            POLICY,
            &[
                Case::new("set", "TagResource", &params("orders", tags)).fires("low").because(
                    "TagResource sets access=contractors, team=, and tags decide who has access (policy line 4)",
                ),
                Case::new("taken away", "UntagResource", &params("orders", keys)).fires("low").because(
                    "UntagResource takes away access, team, and tags decide who has access (policy line 4)",
                ),
                Case::new("of many lines", "UntagResource", &params("orders", r#","tagKeys":["a\nb"]"#)).fires("low").because(
                    r"UntagResource takes away a\nb, and tags decide who has access (policy line 4)",
                ),
                Case::new("not told which", "UntagResource", &params("orders", "")).fires("low").because(
                    "UntagResource takes away tags that the record does not tell, and tags decide who has access (policy line 4)",
                ),
                Case::new("denied", "TagResource", &params("orders", tags)).error("AccessDenied").fires("informational"),
                Case::new("expected", "TagResource", &params("orders", tags)).by("deployer"),
                Case::new("tags decide nothing", "TagResource", &params("carts", tags)),
                Case::new("looked at", "ListTagsOfResource", &params("orders", "")),
            ],
        );
        check(super::DETECTION.id, "", &[Case::new("no policy", "TagResource", &params("orders", tags))]);
    }
}
