#!/usr/bin/env python3
"""Starts a backfill: the log objects of some days, of all accounts and regions in the bucket, go through Tablewarden once more.

Usage: backfill.py [--name NAME] [--prefix PREFIX] --from 2026-01-01 --to 2026-01-31
       backfill.py [--name NAME] --prefix PREFIX

NAME is the deployment's (tablewarden), which must have backfill switched on. PREFIX is where to look for accounts (AWSLogs/), or
without days exactly what is read: a folder, or a single object. docs/scale.md says what becomes of what is found.
"""

import argparse
import json
import re
import sys
import uuid
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import boto3

# Where a trail writes the logs of one region of one account, and the folders on the way there.
REGION = re.compile(r"(.*/)?AWSLogs/(o-[a-z0-9]+/)?[0-9]{12}/CloudTrail/[a-z0-9-]+/")
ON_THE_WAY = re.compile(r"(.*/)?AWSLogs/((o-[a-z0-9]+/)?([0-9]{12}/(CloudTrail/)?)?)?")

# An execution has 25,000 events of history, and takes some ten of them for each prefix.
# https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
MOST_PREFIXES = 1000


class Bucket:
    """The folders of a bucket."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._client = boto3.client("s3")

    def folders(self, prefix: str) -> list[str]:
        """What a folder holds of folders."""
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=prefix, Delimiter="/")
        return [common["Prefix"] for page in pages for common in page.get("CommonPrefixes", [])]

    def regions(self, prefix: str) -> Iterator[str]:
        """The folders of all regions of all accounts below a prefix."""
        if REGION.fullmatch(prefix):
            yield prefix
            return
        for folder in self.folders(prefix):
            if REGION.fullmatch(folder) or ON_THE_WAY.fullmatch(folder):
                yield from self.regions(folder)

    def spans(self, region: str, first: date, last: date) -> Iterator[str]:
        """The folders of a region between two days, both included: a month's, where all of it is meant, else the days'."""
        for year in self.folders(region):
            if not first.year <= number(year) <= last.year:
                continue
            for month in self.folders(year):
                begins = date(number(year), number(month), 1)
                ends = begins.replace(day=monthrange(begins.year, begins.month)[1])
                if first <= begins and ends <= last:
                    yield month
                elif begins <= last and first <= ends:
                    days = ((begins.replace(day=number(day)), day) for day in self.folders(month))
                    yield from (folder for day, folder in days if first <= day <= last)


def number(folder: str) -> int:
    """What a folder of a year, a month or a day is called."""
    return int(folder.rstrip("/").rsplit("/", 1)[-1])


def machine(name: str) -> tuple[str, str]:
    """The state machine of a deployment, and the bucket that it reads."""
    client = boto3.client("stepfunctions")
    pages = client.get_paginator("list_state_machines").paginate()
    found = [one for page in pages for one in page["stateMachines"] if one["name"] == f"{name}-backfill"]
    if not found:
        sys.exit(
            f"There is no state machine {name}-backfill here: deploy with backfill = true, or say NAME and AWS_REGION."
        )
    arn = found[0]["stateMachineArn"]
    definition = json.loads(client.describe_state_machine(stateMachineArn=arn)["definition"])
    return arn, next(reader["Parameters"]["Bucket"] for reader in readers(definition))


def readers(definition: Any) -> Iterator[dict[str, Any]]:
    """The readers of items in a definition."""
    if isinstance(definition, dict):
        if "ItemReader" in definition:
            yield definition["ItemReader"]
        for inner in definition.values():
            yield from readers(inner)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", default="tablewarden")
    parser.add_argument("--prefix", default="")
    parser.add_argument("--from", dest="first", type=date.fromisoformat)
    parser.add_argument("--to", dest="last", type=date.fromisoformat)
    asked = parser.parse_args()
    if asked.first is None and asked.last is None:
        if not asked.prefix:
            parser.error("say which days (FROM=2026-01-01 TO=2026-01-31), or which PREFIX")
    elif asked.first is None:
        parser.error("say from which day on: FROM=2026-01-01")

    arn, bucket = machine(asked.name)
    if asked.first is None:
        prefixes = [asked.prefix]
    else:
        last = asked.last or date.today() - timedelta(days=1)
        inside = Bucket(bucket)
        regions = inside.regions(asked.prefix or "AWSLogs/")
        prefixes = [span for region in regions for span in inside.spans(region, asked.first, last)]
    if not prefixes:
        sys.exit(f"There are no log objects of these days in s3://{bucket}/{asked.prefix or 'AWSLogs/'}.")
    if len(prefixes) > MOST_PREFIXES:
        sys.exit(
            f"{len(prefixes)} folders are more than {MOST_PREFIXES}: take less days, or the PREFIX of one account."
        )

    started = boto3.client("stepfunctions").start_execution(
        stateMachineArn=arn, name=f"backfill-{uuid.uuid4()}", input=json.dumps({"prefixes": prefixes})
    )
    print(f"{len(prefixes)} folders of s3://{bucket}, from {prefixes[0]} to {prefixes[-1]}")
    print(started["executionArn"])


if __name__ == "__main__":
    main()
