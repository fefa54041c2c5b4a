"""What a deployed stack has to do, whichever template brought it up: everything goes through what that template made."""

import gzip
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from emulator import ACCOUNT, REGION, Emulator
from records import Record, data_event, deleted_table, key, log_file

NAMESPACE = "Tablewarden"

T = TypeVar("T")


@dataclass(frozen=True)
class Stack:
    """A deployed stack, and what its template says of it."""

    emulator: Emulator
    name: str
    outputs: dict[str, str]

    @property
    def log_bucket(self) -> str:
        return self.outputs["log_bucket"]

    @property
    def archive_bucket(self) -> str:
        return self.outputs["findings_bucket"]

    def queue(self, name: str) -> str:
        """The URL of one of its queues."""
        return self.emulator.client("sqs").get_queue_url(QueueName=f"{self.name}-{name}")["QueueUrl"]

    def deliver(self, name: str, records: list[Record]) -> str:
        """Puts a log object where CloudTrail does; gives its key."""
        where = key(name)
        self.emulator.client("s3").put_object(Bucket=self.log_bucket, Key=where, Body=log_file(records))
        return where

    def announce(self, record: Record) -> None:
        """Puts an API call on the event bus, as AWS does."""
        service = record["eventSource"].removesuffix(".amazonaws.com")
        entry = {"Source": f"aws.{service}", "DetailType": "AWS API Call via CloudTrail", "Detail": json.dumps(record)}
        answer = self.emulator.client("events").put_events(Entries=[entry])
        assert answer["FailedEntryCount"] == 0, answer

    def told(self, fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Waits for an alert in the queue for machines: the first one that fits. Others are taken out too."""
        client, url = self.emulator.client("sqs"), self.queue("alerts")
        seen = []

        def look() -> dict[str, Any] | None:
            answer = client.receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"])
            for message in answer.get("Messages", []):
                client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                alert = json.loads(message["Body"])
                attributes = {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}
                seen.append(alert | {"attributes": attributes})
            return next((alert for alert in seen if fits(alert)), None)

        return eventually("the alert", look, lambda: f"told: {seen}\n{self.emulator.log()[-5000:]}")

    def metric(self, name: str, **dimensions: str) -> float:
        """The sum of a metric over the last three hours."""
        now = datetime.now(UTC)
        answer = self.emulator.client("cloudwatch").get_metric_statistics(
            Namespace=NAMESPACE,
            MetricName=name,
            Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
            StartTime=now - timedelta(hours=3),
            EndTime=now + timedelta(hours=1),
            Period=3600,
            Statistics=["Sum"],
        )
        return sum(point["Sum"] for point in answer["Datapoints"])

    def alarm(self, name: str) -> dict[str, Any]:
        """One of its alarms, as it is now."""
        found = self.emulator.client("cloudwatch").describe_alarms(AlarmNames=[f"{self.name}-{name}"])["MetricAlarms"]
        assert len(found) == 1, f"no alarm {self.name}-{name}"
        return found[0]

    def log_lines(self, function: str) -> list[dict[str, Any]]:
        """The JSON lines that a function wrote, those of Lambda itself left out."""
        client, group = self.emulator.client("logs"), f"/aws/lambda/{self.name}-{function}"
        pages = client.get_paginator("filter_log_events").paginate(logGroupName=group)
        lines = [event["message"].strip() for page in pages for event in page["events"]]
        return [json.loads(line) for line in lines if line.startswith("{")]

    @contextmanager
    def listening(self, topic: str) -> Iterator[Callable[[], list[dict[str, Any]]]]:
        """Listens to a topic while it lasts, with a queue of its own: gives what to ask for the messages so far."""
        sqs, sns = self.emulator.client("sqs"), self.emulator.client("sns")
        url = sqs.create_queue(QueueName=f"listener-{topic}")["QueueUrl"]
        subscription = sns.subscribe(
            TopicArn=f"arn:aws:sns:{REGION}:{ACCOUNT}:{self.name}-{topic}",
            Protocol="sqs",
            Endpoint=f"arn:aws:sqs:{REGION}:{ACCOUNT}:listener-{topic}",
            ReturnSubscriptionArn=True,
        )["SubscriptionArn"]
        heard: list[dict[str, Any]] = []

        def messages() -> list[dict[str, Any]]:
            answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
            for message in answer.get("Messages", []):
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                heard.append(json.loads(message["Body"]))
            return heard

        try:
            yield messages
        finally:
            sns.unsubscribe(SubscriptionArn=subscription)
            sqs.delete_queue(QueueUrl=url)


def eventually(what: str, look: Callable[[], T | None], otherwise: Callable[[], str], seconds: float = 60) -> T:
    """Looks again and again until there is something. The time is there to end a test that fails, it proves nothing."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come: {otherwise()}")
        time.sleep(0.2)


def late_log_sets_the_alarm_off(stack: Stack) -> None:
    """A log object that comes half an hour after the calls in it sets the alarm off, and the operations are told.

    Nothing else may have set it off before, so it comes first.
    """
    assert stack.alarm("findings-high")["StateValue"] != "ALARM"
    with stack.listening("operations") as messages:
        late = timedelta(minutes=30)
        stack.deliver("late", [data_event("app/late", "GetItem", "orders", late)])
        stack.told(lambda alert: "app/late" in alert["actor"])

        def told() -> dict[str, Any] | None:
            bodies = [json.loads(message["Message"]) for message in messages()]
            return next((body for body in bodies if body["AlarmName"] == f"{stack.name}-findings-high"), None)

        message = eventually("the alarm", told, lambda: str(stack.alarm("findings-high")))
    assert message["NewStateValue"] == "ALARM"
    assert "runbook" in message["AlarmDescription"]


def log_object_becomes_alert_metrics_and_archive(stack: Stack) -> None:
    """A log object goes through the bucket, the queue and the function to an alert, metrics and the archive."""
    minutes = timedelta(minutes=10)
    records = [data_event("app/stranger", "DeleteItem", "baskets", minutes, number) for number in range(3)]
    read = stack.metric("RecordsRead")
    where = stack.deliver("stranger", records)

    alert = stack.told(lambda alert: "app/stranger" in alert["actor"])

    assert alert["table"] == "baskets"
    assert alert["attributes"]["severity"] == alert["severity"]
    findings = alert["findings"]
    assert [f"s3://{stack.log_bucket}/{where}"] in [finding["places"] for finding in findings], findings
    assert {record["eventID"] for record in records} >= set(findings[0]["event_ids"])

    def measured() -> bool:
        return stack.metric("RecordsRead") - read >= len(records)

    eventually("the metrics", measured, lambda: stack.emulator.log()[-5000:])
    assert stack.metric("ItemsDeleted") >= 3
    assert stack.metric("Findings", Severity=alert["severity"]) >= 1

    ids = {finding["id"] for finding in findings}

    def archived() -> bool:
        return ids <= archived_ids(stack)

    eventually("the findings in the archive", archived, lambda: f"{ids} of {archived_ids(stack)}")


def event_becomes_alert(stack: Stack) -> None:
    """A deletion of a table goes through EventBridge's rule and the other function to an alert."""
    record = deleted_table("gone")
    stack.announce(record)
    alert = stack.told(lambda alert: alert["table"] == "gone")
    assert record["eventID"] in alert["findings"][0]["event_ids"]


def alert_reaches_chat(stack: Stack) -> None:
    """An alert goes to the topic for chat too, in the schema of Amazon Q Developer's custom notifications.

    https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html
    """
    with stack.listening("chat") as messages:
        stack.deliver("chat", [data_event("app/chat", "DeleteItem", "chat", timedelta(minutes=10))])

        def heard() -> list[dict[str, Any]]:
            return [json.loads(message["Message"]) for message in messages()]

        (notification,) = eventually("the notification", heard, lambda: stack.emulator.log()[-5000:])
    assert notification["version"] == "1.0"
    assert notification["source"] == "custom"
    assert "app/chat" in notification["content"]["description"]


def archived_ids(stack: Stack) -> set[str]:
    """The ids of all findings in the archive."""
    client = stack.emulator.client("s3")
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=stack.archive_bucket, Prefix="findings/")
    ids = set()
    for page in pages:
        for item in page.get("Contents", []):
            body = client.get_object(Bucket=stack.archive_bucket, Key=item["Key"])["Body"].read()
            ids |= set(found_ids(body))
    return ids


def found_ids(body: bytes) -> Iterator[str]:
    text = gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body
    for line in text.splitlines():
        yield json.loads(line)["finding_info"]["uid"]
