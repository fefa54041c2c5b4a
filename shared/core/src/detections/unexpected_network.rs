//! An actor does what it is expected to do, from somewhere else.

use super::{Context, Detection, Judge, Verdict};
use crate::access::{Access, Call};
use crate::policy::Standing;
use crate::severity::Severity;

pub(super) const DETECTION: Detection = Detection {
    id: "unexpected-network",
    title: "Unexpected network",
    fires_when: "an actor does what it is expected to do, or tries to, but from another VPC endpoint, address, account or region than its line says",
    severity: "high",
    techniques: &["T1078.004"],
    why: "Credentials of a service work from anywhere: used from elsewhere, they have most likely left the machine that they were made for.",
    first_steps: &[
        "See whose address or endpoint it is, and since when calls come from there.",
        "If it is none of yours, revoke the sessions of the role or deactivate the keys of the user now.",
        "Find out how the credentials left: instance metadata, a leaked file, a log.",
        "If the service moved, change its line in the policy.",
    ],
    judge: Judge::Access(judge),
};

fn judge(_: &Call<'_>, _: &Access<'_>, context: &Context<'_>) -> Option<Verdict> {
    let Standing::OtherNetwork(line, why) = &context.standing else { return None };
    let reason = format!("not where policy line {} says: {why}", line.line);
    let remedy = Some(format!("Add where it comes from to line {} of the policy.", line.line));
    Some(Verdict { remedy, ..Verdict::new(Severity::High, reason) })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, check};

    const POLICY: &str = r"
version: 1
tables:
  - table: orders
    expected:
      - user: alice
        cidrs: [198.51.100.0/24]
      - user: bob
        effects: [read]
        regions: [us-*]
";

    #[test]
    fn expected_actions_from_elsewhere_are_told() {
        let orders = r#"{"tableName":"orders"}"#;
        check(
            super::DETECTION.id,
            POLICY,
            &[
                Case::new("the network", "GetItem", orders).from("198.51.100.7"),
                Case::new("another", "GetItem", orders)
                    .from("203.0.113.7")
                    .fires("high")
                    .because("not where policy line 6 says: from 203.0.113.7, expected 198.51.100.0/24"),
                Case::new("tried from another", "GetItem", orders)
                    .from("203.0.113.7")
                    .error("AccessDenied")
                    .fires("medium"),
                Case::new("another region", "GetItem", orders).by("bob").fires("high"),
                Case::new("another action, too", "DeleteItem", orders).by("bob"),
                Case::new("a stranger", "GetItem", orders).by("mallory").from("203.0.113.7"),
            ],
        );
    }
}
