//! A DAX cluster, or what it is made with, is changed.

use super::control::name;
use super::{Context, Detection, Judge, Verdict};
use crate::access::{Access, Call};
use crate::operation::Service;
use crate::severity::Severity;

pub(super) const DETECTION: Detection = Detection {
    id: "dax-changed",
    title: "DAX changed",
    fires_when: "a DAX cluster, parameter group or subnet group is created, changed or deleted",
    severity: "low",
    techniques: &[],
    why: "A DAX cluster reads tables with a role of its own and serves items from its cache, and CloudTrail shows none of those reads.",
    first_steps: &[
        "Compare the change with the deployments of that time.",
        "See which role the cluster reads tables with, and which subnets and security groups can reach it.",
        "Delete a cluster that nobody knows, and look for who connected to it in the flow logs of its subnets.",
    ],
    judge: Judge::Access(judge),
};

fn judge(call: &Call<'_>, _: &Access<'_>, context: &Context<'_>) -> Option<Verdict> {
    let api = call.record.event_name();
    // All others change something, or are new and may.
    // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB_Accelerator_(DAX).html
    let reads = ["Describe", "List"].iter().any(|verb| api.starts_with(verb));
    if call.operation.service != Service::Dax || reads || context.standing.is_expected() {
        return None;
    }
    let asked = |name| call.params.text(&[name]);
    let named = ["clusterName", "parameterGroupName", "subnetGroupName", "resourceName"].into_iter().find_map(asked);
    let what = named.map_or("something that the record does not name".to_owned(), name);
    let role = asked("iamRoleArn").map_or(String::new(), |role| format!(", which reads tables as {}", name(role)));
    Some(Verdict::new(Severity::Low, format!("{api} of {what}{role}")))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, check};
    use crate::operation::Service;

    #[test]
    fn changes_are_told_and_looks_are_not() {
        let cases = [
            (
                "CreateCluster",
                r#"{"clusterName":"carts","iamRoleArn":"arn:aws:iam::111122223333:role/dax"}"#,
                "CreateCluster of carts, which reads tables as arn:aws:iam::111122223333:role/dax",
            ),
            ("DeleteCluster", r#"{"clusterName":"carts"}"#, "DeleteCluster of carts"),
            ("RebootNode", r#"{"clusterName":"carts","nodeId":"carts-a"}"#, "RebootNode of carts"),
            ("UpdateParameterGroup", r#"{"parameterGroupName":"short"}"#, "UpdateParameterGroup of short"),
            ("CreateSubnetGroup", r#"{"subnetGroupName":"private"}"#, "CreateSubnetGroup of private"),
            ("MeltCluster", "null", "MeltCluster of something that the record does not name"),
        ];
        for (name, params, reason) in cases {
            let case = Case::new("changed", name, params).to(Service::Dax).fires("low").because(reason);
            check(super::DETECTION.id, "", &[case]);
        }
        check(
            super::DETECTION.id,
            "",
            &[
                Case::new("denied", "DeleteCluster", r#"{"clusterName":"carts"}"#)
                    .to(Service::Dax)
                    .error("AccessDenied")
                    .fires("informational"),
                Case::new("described", "DescribeClusters", "null").to(Service::Dax),
                Case::new("its tags", "ListTags", "null").to(Service::Dax),
                Case::new("no DAX", "CreateTable", r#"{"tableName":"carts"}"#),
            ],
        );
    }
}
