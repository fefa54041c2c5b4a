//! IAM's wildcards: `*` for any run of characters, `?` for any one.
//!
//! "IAM JSON policy elements: Resource",
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>.

use crate::arn::Arn;

/// Whether a pattern covers all of a text. `same` says which characters are the same.
fn covers(pattern: &str, text: &str, same: fn(char, char) -> bool) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut at, mut seen) = (0, 0);
    // Where to go on when the run that the last `*` covers has to be one character longer.
    let mut retry = None;
    while let Some(&found) = text.get(seen) {
        match (pattern.get(at), retry) {
            (Some('*'), _) => {
                at += 1;
                retry = Some((at, seen));
            }
            (Some(&wanted), _) if wanted == '?' || same(wanted, found) => {
                at += 1;
                seen += 1;
            }
            (_, Some((after_star, from))) => {
                at = after_star;
                seen = from + 1;
                retry = Some((after_star, seen));
            }
            (_, None) => return false,
        }
    }
    pattern.iter().skip(at).all(|&rest| rest == '*')
}

/// Whether an action of a policy, such as `dynamodb:Get*`, covers one. Actions have no case.
pub(super) fn covers_action(pattern: &str, action: &str) -> bool {
    covers(pattern, action, |a, b| a.eq_ignore_ascii_case(&b))
}

/// Whether a resource of a policy covers an ARN: each field by itself, so that no `*` reaches over a colon into the next.
///
/// A policy variable, `${aws:PrincipalTag/team}`, counts as `*`: whom it means is known to AWS alone.
pub(super) fn covers_arn(pattern: &str, arn: &str) -> bool {
    if pattern == "*" {
        return true;
    }
    let pattern = without_variables(pattern);
    let (Some(wanted), Some(found)) = (Arn::parse(&pattern), Arn::parse(arn)) else { return false };
    let fields =
        |Arn { partition, service, region, account, resource }| [partition, service, region, account, resource];
    fields(wanted).iter().zip(fields(found)).all(|(wanted, found)| covers(wanted, found, |a, b| a == b))
}

fn without_variables(pattern: &str) -> String {
    let mut parts = pattern.split("${");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain.push('*');
        plain.push_str(part.split_once('}').map_or("", |(_, rest)| rest));
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_cover_what_iam_says() {
        let cases = [
            ("dynamodb:GetItem", "dynamodb:GetItem", true),
            ("DynamoDB:getitem", "dynamodb:GetItem", true),
            ("dynamodb:*", "dynamodb:GetItem", true),
            ("*", "dynamodb:GetItem", true),
            ("dynamodb:*Item", "dynamodb:GetItem", true),
            ("dynamodb:*Item", "dynamodb:GetItems", false),
            ("dynamodb:Get?tem", "dynamodb:GetItem", true),
            ("dynamodb:Get?Item", "dynamodb:GetItem", false),
            ("dynamodb:*et*te*", "dynamodb:GetItem", true),
            ("dynamodb:", "dynamodb:GetItem", false),
            ("s3:*", "dynamodb:GetItem", false),
            ("", "", true),
        ];
        for (pattern, action, want) in cases {
            assert_eq!(covers_action(pattern, action), want, "{pattern} {action}");
        }
    }

    #[test]
    fn an_arn_is_covered_field_by_field() {
        let index = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders/index/by-date";
        let stream = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders/stream/2026-01-01T00:00:00.000";
        let cases = [
            ("*", index, true),
            ("arn:aws:dynamodb:*:*:table/orders*", index, true),
            ("arn:aws:dynamodb:*:*:table/orders", index, false),
            ("arn:aws:dynamodb:*:111122223333:table/*/index/*", index, true),
            ("arn:aws:dynamodb:*:444455556666:table/*", index, false),
            ("arn:aws:dynamodb:*", index, false),
            ("arn:aws:dynamodb:eu-west-?:*:table/Orders*", index, false),
            ("arn:aws:dynamodb:eu-west-?:*:table/${aws:PrincipalTag/table}/index/*", index, true),
            ("arn:aws:dynamodb:*:*:table/orders/stream/*", stream, true),
            ("*", "*", true),
            ("arn:aws:dynamodb:*:*:table/*", "*", false),
        ];
        for (pattern, arn, want) in cases {
            assert_eq!(covers_arn(pattern, arn), want, "{pattern} {arn}");
        }
    }
}
