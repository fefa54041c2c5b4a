//! A call that is repeated costs no allocation: memory and time go with what is new.

use std::sync::Arc;

use allocation_counter::measure;
use tablewarden_core::access::{Access, Call};
use tablewarden_core::audit::Audit;
use tablewarden_core::finding::Origin;
use tablewarden_core::log_file::Limits;
use tablewarden_core::place::Place;
use tablewarden_core::policy::Policy;
use tablewarden_core::ports::{Observer, Reject};

const POLICY: &str = "version: 1
tables:
  - table: orders
    expected:
      - {role: app/orders-api, cidrs: [10.0.0.0/8]}
";

struct Counts;

impl Observer for Counts {
    fn rejected(&mut self, reject: &Reject<'_>) {
        unreachable!("{reject:?}");
    }

    fn number(&mut self, _: &Call<'_>, _: &Access<'_>) -> Option<usize> {
        Some(0)
    }
}

/// A record of an expected call, of which the id, the time, the address and the key are its own.
fn record(number: usize, source: &str, name: &str) -> String {
    let identity = r#"{"type":"AssumedRole","principalId":"AROAEXAMPLE:session","arn":"arn:aws:sts::111122223333:assumed-role/orders-api/session","accountId":"111122223333","accessKeyId":"ASIAEXAMPLE","sessionContext":{"sessionIssuer":{"type":"Role","principalId":"AROAEXAMPLE","arn":"arn:aws:iam::111122223333:role/app/orders-api","accountId":"111122223333","userName":"orders-api"},"attributes":{"creationDate":"2026-03-02T00:00:00Z","mfaAuthenticated":"false"}}}"#;
    let second = number % 60;
    format!(
        r#"{{"eventVersion":"1.11","userIdentity":{identity},"eventTime":"2026-03-02T09:15:{second:02}Z","eventSource":"{source}","eventName":"{name}","awsRegion":"eu-west-1","sourceIPAddress":"10.1.2.{second}","userAgent":"app","requestParameters":{{"tableName":"orders","key":{{"orderId":"o-{number}"}}}},"responseElements":null,"requestID":"R{number}","eventID":"1f0c4a3e-7b52-4b8e-9d55-{number:012}","readOnly":true,"resources":[{{"accountId":"111122223333","type":"AWS::DynamoDB::Table","ARN":"arn:aws:dynamodb:eu-west-1:111122223333:table/orders"}}],"eventType":"AwsApiCall","managementEvent":false,"recipientAccountId":"111122223333","vpcEndpointId":"vpce-1","vpcEndpointAccountId":"111122223333","eventCategory":"Data"}}"#
    )
}

#[test]
fn in_the_steady_state_no_record_allocates() {
    const RECORDS: usize = 20_000;
    let policy = Arc::new(Policy::parse("policy.yaml", POLICY).unwrap());
    for (source, name, relevant) in [
        ("dynamodb.amazonaws.com", "GetItem", true),
        ("dynamodb.amazonaws.com", "PutItem", true),
        ("ec2.amazonaws.com", "RunInstances", false),
        ("kms.amazonaws.com", "Decrypt", false),
    ] {
        let mut audit = Audit::new(Some(policy.clone()), "2026-03-02T10:00:00Z".parse().unwrap(), Limits::default());
        let place = Place::File("test".to_owned());
        let origin = Origin { place: &place, message: 0 };
        let records: Vec<String> = (0..2 * RECORDS).map(|number| record(number, source, name)).collect();
        let (first, then) = records.split_at(RECORDS);
        let mut all = |records: &[String]| {
            for record in records {
                audit.event(record.as_bytes(), origin, &mut Counts);
            }
        };
        all(first);
        let steady = measure(|| all(then));
        let tally = audit.take_tally();
        assert_eq!((tally.records_read, tally.records_relevant > 0), (2 * RECORDS as u64, relevant), "{source} {name}");
        assert_eq!(audit.into_findings().len(), 0, "{source} {name}");
        // The ids of events are kept, and what keeps them grows by doubling.
        assert!(steady.count_total <= 4, "{source} {name}: {} allocations", steady.count_total);
    }
}
