"""CloudTrail's records, as the tests tell their story with them."""

import gzip
import json
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from emulator import ACCOUNT, REGION

Record = dict[str, Any]

EVENTS = Path(__file__).parents[2] / "events"


def data_event(caller: str, operation: str, table: str, ago: timedelta, number: int = 0) -> Record:
    """A call of the data plane on one item of a table, by a role, that long ago."""
    role = f"arn:aws:iam::{ACCOUNT}:role/{caller}"
    return {
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "AssumedRole",
            "principalId": f"AROAEXAMPLE5ORDERSAPI:{caller}-7c9f",
            "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{caller}/{caller}-7c9f",
            "accountId": ACCOUNT,
            "accessKeyId": "ASIAEXAMPLE3ORDERSAP",
            "sessionContext": {
                "sessionIssuer": {
                    "type": "Role",
                    "principalId": "AROAEXAMPLE5ORDERSAPI",
                    "arn": role,
                    "accountId": ACCOUNT,
                    "userName": caller,
                },
                "attributes": {"creationDate": time(ago + timedelta(minutes=5)), "mfaAuthenticated": "false"},
            },
        },
        "eventTime": time(ago),
        "eventSource": "dynamodb.amazonaws.com",
        "eventName": operation,
        "awsRegion": REGION,
        "sourceIPAddress": "198.51.100.24",
        "userAgent": "aws-sdk-rust/1.3.9 os/linux lang/rust/1.88.0",
        "requestParameters": {"tableName": table, "key": {"id": f"i-{number}"}},
        "responseElements": None,
        "requestID": f"7V2KQ9M4T8EXAMPLEREQUESTIDOFDYNAMODB{number:020}",
        "eventID": str(uuid.uuid4()),
        "readOnly": operation in ("GetItem", "Query", "Scan"),
        "resources": [
            {
                "accountId": ACCOUNT,
                "type": "AWS::DynamoDB::Table",
                "ARN": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{table}",
            }
        ],
        "eventType": "AwsApiCall",
        "apiVersion": "2012-08-10",
        "managementEvent": False,
        "recipientAccountId": ACCOUNT,
        "eventCategory": "Data",
    }


def deleted_table(table: str) -> Record:
    """The deletion of a table, just now."""
    sample = (EVENTS / "deliveries" / "eventbridge-api-call.json").read_text()
    # The sample's table and account; the rest of it is as good now as then.
    record = json.loads(sample.replace("orders-archive", table).replace("111122223333", ACCOUNT))["detail"]
    return record | {"eventTime": time(timedelta()), "eventID": str(uuid.uuid4()), "awsRegion": REGION}


def log_file(records: list[Record]) -> bytes:
    """A log object as CloudTrail writes it."""
    return gzip.compress(json.dumps({"Records": records}).encode())


def key(name: str) -> str:
    """Where CloudTrail puts a log object of now."""
    now = datetime.now(UTC)
    folder = f"AWSLogs/{ACCOUNT}/CloudTrail/{REGION}/{now:%Y/%m/%d}"
    return f"{folder}/{ACCOUNT}_CloudTrail_{REGION}_{now:%Y%m%dT%H%MZ}_{name}.json.gz"


def time(ago: timedelta) -> str:
    return f"{datetime.now(UTC) - ago:%Y-%m-%dT%H:%M:%SZ}"
