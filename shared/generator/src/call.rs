//! What was called, apart from who called it.

use serde_json::{Value, json};

use crate::record::Resource;
use crate::{ACCOUNT, REGION};

pub(crate) const DYNAMODB: &str = "dynamodb.amazonaws.com";

/// One call of an API.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// The service's `eventSource`.
    pub(crate) source: &'static str,
    pub(crate) name: &'static str,
    pub(crate) params: Value,
    pub(crate) response: Value,
    pub(crate) resources: Vec<Resource>,
    pub(crate) read_only: bool,
    /// Whether it is a data event.
    pub(crate) data: bool,
    pub(crate) failure: Option<Failure>,
}

/// Why a call came to nothing.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) code: &'static str,
    pub(crate) message: String,
    /// Whether the record lists no resources, as of a table that is not there.
    pub(crate) bare: bool,
}

impl Call {
    /// A data event of DynamoDB.
    pub(crate) fn data(name: &'static str, read_only: bool, tables: &[&str], params: Value) -> Self {
        let resources = tables.iter().map(|name| of_table(name)).collect();
        Self { data: true, read_only, resources, ..Self::of(DYNAMODB, name, params) }
    }

    /// A management event of DynamoDB about a table.
    pub(crate) fn control(name: &'static str, read_only: bool, table: &str, params: Value) -> Self {
        Self { read_only, resources: vec![of_table(table)], ..Self::of(DYNAMODB, name, params) }
    }

    /// A management event that changes something, and that lists no resources.
    pub(crate) fn of(source: &'static str, name: &'static str, params: Value) -> Self {
        let response = Value::Null;
        Self { source, name, params, response, resources: Vec::new(), read_only: false, data: false, failure: None }
    }

    /// The name of the service in host names and IAM actions.
    pub(crate) fn service(&self) -> &'static str {
        self.source.strip_suffix(".amazonaws.com").unwrap_or(self.source)
    }

    /// The same, with an answer.
    pub(crate) fn answered(self, response: Value) -> Self {
        Self { response, ..self }
    }

    /// The same, but it came to nothing.
    pub(crate) fn failed(self, code: &'static str, message: impl Into<String>) -> Self {
        let failure = Failure { code, message: message.into(), bare: false };
        Self { response: Value::Null, failure: Some(failure), ..self }
    }

    /// The same on a table that is not there.
    pub(crate) fn not_found(self) -> Self {
        let message = "Requested resource not found".to_owned();
        let failure = Failure { code: "ResourceNotFoundException", message, bare: true };
        Self { response: Value::Null, failure: Some(failure), ..self }
    }

    /// The same, refused to a caller of this ARN.
    pub(crate) fn denied(self, caller: &str) -> Self {
        let on = self.resources.first().map_or("*", |resource| &resource.arn);
        let action = format!("{}:{}", self.service(), self.name);
        let message = format!(
            "User: {caller} is not authorized to perform: {action} on resource: {on} because no identity-based policy \
             allows the {action} action"
        );
        self.failed("AccessDenied", message)
    }
}

/// The key that encrypts the application's tables.
pub(crate) fn key_arn() -> String {
    format!("arn:aws:kms:{REGION}:{ACCOUNT}:key/7b3f0c52-6a41-4e0d-8d27-95c1f2a4e6b8")
}

/// The ARN of a table of the application.
pub(crate) fn table_arn(name: &str) -> String {
    format!("arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{name}")
}

/// The answer of calls that create or change a table, as far as anybody reads it.
pub(crate) fn described(table: &str, status: &str) -> Value {
    json!({
        "tableDescription": {
            "tableName": table,
            "tableArn": table_arn(table),
            "tableStatus": status,
            "tableSizeBytes": 18_446_112,
            "itemCount": 91_204,
            "deletionProtectionEnabled": false,
            "sSEDescription": {"status": "ENABLED", "sSEType": "KMS", "kMSMasterKeyArn": key_arn()},
        },
    })
}

fn of_table(name: &str) -> Resource {
    Resource { account_id: ACCOUNT, kind: "AWS::DynamoDB::Table", arn: table_arn(name) }
}
