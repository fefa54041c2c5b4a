//! Records, the files that hold them, and the command that reads these.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use assert_cmd::Command;
use assert_cmd::assert::Assert;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use tempfile::TempDir;

/// A folder that is gone after the test.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new<const N: usize>(files: [(&str, &[u8]); N]) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        for (path, bytes) in files {
            folder.write(path, bytes);
        }
        folder
    }

    pub(crate) fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// `tablewarden`, run in the folder.
    pub(crate) fn run(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tablewarden"));
        command.current_dir(self.path()).args(args);
        command
    }

    /// `tablewarden replay`, run in the folder.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        self.run(&[&["replay"], args].concat())
    }

    pub(crate) fn replay(&self, args: &[&str]) -> Assert {
        self.command(args).assert()
    }
}

/// A call of `DynamoDB` by an IAM user, with an event id that ends in these digits.
pub(crate) fn record(id: u32, event_name: &str, user: &str, table: &str) -> Value {
    json!({
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "IAMUser",
            "principalId": "AIDAEXAMPLEUSER00001",
            "arn": format!("arn:aws:iam::111122223333:user/{user}"),
            "accountId": "111122223333",
            "userName": user,
        },
        "eventTime": format!("2026-03-02T09:15:{:02}Z", id % 60),
        "eventSource": "dynamodb.amazonaws.com",
        "eventName": event_name,
        "awsRegion": "eu-west-1",
        "sourceIPAddress": "203.0.113.24",
        "userAgent": "aws-cli/2.27.0",
        "requestParameters": { "tableName": table, "key": { "pk": "redacted" } },
        "responseElements": null,
        "eventID": format!("1f0c4a3e-7b52-4b8e-9d55-{id:012}"),
        "readOnly": false,
        "resources": [{
            "accountId": "111122223333",
            "type": "AWS::DynamoDB::Table",
            "ARN": format!("arn:aws:dynamodb:eu-west-1:111122223333:table/{table}"),
        }],
        "eventType": "AwsApiCall",
        "managementEvent": false,
        "eventCategory": "Data",
        "recipientAccountId": "111122223333",
    })
}

pub(crate) fn deletion(id: u32) -> Value {
    record(id, "DeleteItem", "intern", "orders")
}

pub(crate) fn quiet(id: u32) -> Value {
    record(id, "GetItem", "intern", "orders")
}

/// A CloudTrail log file.
pub(crate) fn log(records: &[Value]) -> Vec<u8> {
    json!({ "Records": records }).to_string().into_bytes()
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn stdout(run: &Assert) -> String {
    String::from_utf8(run.get_output().stdout.clone()).unwrap()
}

pub(crate) fn stderr(run: &Assert) -> String {
    String::from_utf8(run.get_output().stderr.clone()).unwrap()
}

/// The findings that `--format ndjson` printed.
pub(crate) fn findings(run: &Assert) -> Vec<Value> {
    stdout(run).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}
