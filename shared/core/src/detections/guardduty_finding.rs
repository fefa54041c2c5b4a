//! GuardDuty found something about DynamoDB, or about somebody who works with it.

use super::{Context, Detection, Judge, Verdict};
use crate::relayed::{Claim, Relayed, Reporter};
use crate::tally::Skip;

pub(super) static DETECTION: Detection = Detection {
    id: "guardduty-finding",
    title: "GuardDuty finding",
    fires_when: "GuardDuty publishes a finding that speaks of DynamoDB, or of a principal that a line of `expected` names",
    severity: "GuardDuty's own: informational, low, medium, high or critical, whatever the table's sensitivity",
    techniques: &[],
    why: "GuardDuty holds what principals do against what they usually do and against known attackers, which no policy says.",
    first_steps: &[
        "Open the finding in GuardDuty, and look at the calls and the address it tells of.",
        "Ask the owner of the principal whether it was them; where it was not, take its credentials away: deactivate the access key, or revoke the sessions of the role.",
        "Look at what else the same principal did to tables since the finding was first seen.",
    ],
    judge: Judge::Relayed(Reporter::GuardDuty, judge),
};

fn judge(relayed: &Relayed, context: &Context<'_>) -> Result<Verdict, Skip> {
    let Claim::Threat { severity, is_about_dynamodb } = relayed.claim else { return Err(Skip::Unrelated) };
    let names = |policy: &crate::policy::Policy| relayed.actors.iter().any(|actor| policy.expects_anywhere(actor));
    let because = if is_about_dynamodb || !relayed.tables.is_empty() {
        "it speaks of DynamoDB"
    } else if context.policy.is_some_and(names) {
        "it is about a principal that the policy names"
    } else {
        return Err(Skip::Unrelated);
    };
    let reason = format!("GuardDuty says: {}; {because}", linkless(relayed.original.title.trim_end_matches('.')));
    // GuardDuty weighed it knowing nothing of the table; what it shows and what is told here should not differ.
    Ok(Verdict { sensitivity_weighs: false, ..Verdict::new(severity, reason) })
}

/// A mail program makes a link of a URL, even of one that is part of an attacker's name.
fn linkless(text: &str) -> String {
    text.replace("://", "[://]")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detections::testing::hear;
    use crate::severity::Severity;

    const POLICY: &str = "version: 1
tables:
  - table: orders
    expected:
      - {role: app/reports}
      - {user: alice}
      - {role: 'arn:aws:iam::444455556666:role/partner'}
      - {permission-set: DataEngineer}
";

    /// A finding about a call, by this role or user.
    fn finding(service: &str, user_type: &str, name: &str, severity: f64) -> String {
        serde_json::json!({
            "accountId": "111122223333", "region": "eu-west-1", "id": "1ab92989eaf0e742df4a014d5171419a", "severity": severity,
            "type": "Exfiltration:IAMUser/AnomalousBehavior", "updatedAt": "2026-03-02T09:20:00.000Z", "title": "http://a",
            "resource": {"resourceType": "AccessKey", "accessKeyDetails": {"userType": user_type, "userName": name}},
            "service": {"action": {"awsApiCallAction": {"serviceName": service, "api": "Query"}}},
        })
        .to_string()
    }

    #[test]
    fn it_speaks_up_of_dynamodb_and_of_those_whom_the_policy_names() {
        let (dynamodb, other) = ("dynamodb.amazonaws.com", "s3.amazonaws.com");
        let cases = [
            (dynamodb, "AssumedRole", "anybody", true),
            (other, "AssumedRole", "anybody", false),
            // GuardDuty tells no path.
            (other, "AssumedRole", "reports", true),
            (other, "IAMUser", "alice", true),
            (other, "IAMUser", "reports", false),
            // It is the partner's role that the policy names.
            (other, "AssumedRole", "partner", false),
            (other, "AssumedRole", "AWSReservedSSO_DataEngineer_0123456789abcdef", true),
            (other, "AssumedRole", "AWSReservedSSO_Billing_0123456789abcdef", false),
            (other, "Root", "", false),
        ];
        for (service, user_type, name, speaks) in cases {
            let said = hear(Reporter::GuardDuty, &finding(service, user_type, name, 5.0), Some(POLICY));
            assert_eq!(said.is_ok(), speaks, "{service} {user_type} {name}: {said:?}");
        }
        // Where no policy names anybody, only DynamoDB counts.
        assert_eq!(hear(Reporter::GuardDuty, &finding(other, "IAMUser", "alice", 5.0), None), Err(Skip::Unrelated));
    }

    #[test]
    fn the_severity_is_theirs_unless_the_policy_sets_one() {
        let severities = [
            (0.5, Severity::Informational),
            (1.0, Severity::Low),
            (3.9, Severity::Low),
            (4.0, Severity::Medium),
            (6.9, Severity::Medium),
            (7.0, Severity::High),
            (8.9, Severity::High),
            (9.0, Severity::Critical),
            (10.0, Severity::Critical),
        ];
        for (number, severity) in severities {
            let finding = finding("dynamodb.amazonaws.com", "IAMUser", "bob", number);
            assert_eq!(hear(Reporter::GuardDuty, &finding, Some(POLICY)).unwrap(), [severity], "{number}");
            let set = "version: 1\ndetections:\n  guardduty-finding: {severity: low}\n";
            assert_eq!(hear(Reporter::GuardDuty, &finding, Some(set)).unwrap(), [Severity::Low], "{number}");
            let off = "version: 1\ndetections:\n  guardduty-finding: off\n";
            assert_eq!(hear(Reporter::GuardDuty, &finding, Some(off)).unwrap(), [], "{number}");
        }
    }

    #[test]
    fn a_kind_of_finding_and_an_actor_can_be_suppressed() {
        let finding = finding("dynamodb.amazonaws.com", "IAMUser", "bob", 5.0);
        let cases = [
            ("resource: Exfiltration:IAMUser/AnomalousBehavior", true),
            ("resource: Exfiltration:*", true),
            ("resource: Discovery:*", false),
            ("user: bob", true),
            ("user: alice", false),
            ("table: orders", false),
        ];
        for (line, suppressed) in cases {
            let policy = format!(
                "version: 1\nsuppressions:\n  - {{detection: guardduty-finding, '{}', until: 2026-12-31, reason: test}}\n",
                line.replace(": ", "': '")
            );
            let told = hear(Reporter::GuardDuty, &finding, Some(&policy)).unwrap();
            assert_eq!(told.is_empty(), suppressed, "{line}");
        }
    }

    #[test]
    fn what_is_in_a_title_makes_no_link() {
        assert_eq!(linkless("see https://evil.example.com"), "see https[://]evil.example.com");
    }
}
