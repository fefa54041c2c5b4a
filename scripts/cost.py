#!/usr/bin/env python3
"""What Tablewarden costs a month, as the tables of docs/cost.md.

Usage: cost.py            prints the tables
       cost.py --write    writes them into docs/cost.md
       cost.py --check    fails where docs/cost.md has others
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).parent.parent / "docs" / "cost.md"
MARKS = ("<!-- costs -->", "<!-- end of the costs -->")

# Measured: see "What was measured" in docs/cost.md.
BYTES_PER_EVENT = 1636  # decompressed, in the generator's day of an application
GZIP_RATIO = 10.3
CPU_SECONDS_PER_GB = 0.80  # of a whole core, over decompressed log objects, data events alone
CPU_SECONDS_PER_GB_OF_MIXED = 0.55  # where one record in twenty is DynamoDB's
CPU_SECONDS_PER_INVOCATION = 0.004  # without what the objects take
VCPU_MB = 1769  # the memory at which Lambda gives a function one whole core
# Assumed: what is waited for in turn.
WAITING_SECONDS_PER_INVOCATION = 0.1  # SNS, DynamoDB and CloudWatch
WAITING_SECONDS_PER_OBJECT = 0.025  # S3's first byte

# USD, US East (N. Virginia), list prices without free tiers and discounts.
LAMBDA_GB_SECOND = 0.0000166667
LAMBDA_REQUEST = 0.20e-6
S3_GET = 0.40e-6
S3_PUT = 5.0e-6  # and a page of a listing
S3_GB_MONTH = 0.023
SQS_REQUEST = 0.40e-6
KMS_REQUEST = 0.03 / 10_000
KMS_KEY = 1.0
DYNAMODB_READ = 0.125e-6
DYNAMODB_WRITE = 0.625e-6
PUT_METRIC_DATA = 0.01 / 1000
METRIC = 0.30
ALARM = 0.10
DASHBOARD = 3.0
LOGS_GB = 0.50
CLOUDTRAIL_DATA_EVENT = 0.10 / 100_000
LAKE_GB = 0.75
STATE_TRANSITION = 25.0e-6

MEMORY_MB = 256
ALARMS = 20
POLLS = 5 * 3 * 60 * 24 * 30  # five pollers that wait 20 seconds each, when nothing comes
METRICS_OF_THE_RUN = 18
METRICS_OF_A_TABLE = 6


@dataclass
class Case:
    """A size of installation, a month long."""

    name: str
    what: str
    events: float
    sources: int  # accounts times regions, each with a log object every five minutes at least
    tables: int  # entries of the policy

    @property
    def gb(self) -> float:
        return self.events * BYTES_PER_EVENT / 1e9

    @property
    def objects(self) -> float:
        return max(self.sources * 12 * 24 * 30, self.events / 5000)


CASES = [
    Case("small", "5 M events, 1 account, 10 tables", 5e6, 2, 10),
    Case("medium", "200 M events, 5 accounts, 50 tables", 200e6, 15, 50),
    Case("large", "5,000 M events, 100 accounts, 200 tables", 5e9, 400, 200),
]


def trail(case: Case) -> dict[str, float]:
    """What the logs cost, whoever reads them."""
    return {
        "CloudTrail data events": case.events * CLOUDTRAIL_DATA_EVENT,
        "S3, a month's logs": case.gb / GZIP_RATIO * S3_GB_MONTH,
    }


def tablewarden(case: Case) -> dict[str, float]:
    """What Tablewarden adds."""
    return month(Load(case.gb, case.objects, case.objects / 2, case.tables))


@dataclass
class Load:
    """What Tablewarden has to do in a month."""

    gb: float  # of logs, decompressed
    objects: float
    invocations: float
    tables: int
    cpu_seconds_per_gb: float = CPU_SECONDS_PER_GB
    memory_mb: int = MEMORY_MB


def month(load: Load) -> dict[str, float]:
    """What that costs. What the processor does costs the same at any memory: Lambda gives it by memory."""
    waiting = load.invocations * WAITING_SECONDS_PER_INVOCATION + load.objects * WAITING_SECONDS_PER_OBJECT
    core = VCPU_MB / 1024 * LAMBDA_GB_SECOND
    return {
        "Lambda, audit": load.gb * load.cpu_seconds_per_gb * core,
        "Lambda, the rest": load.invocations * (CPU_SECONDS_PER_INVOCATION * core + LAMBDA_REQUEST)
        + waiting * load.memory_mb / 1024 * LAMBDA_GB_SECOND,
        "S3, SQS, KMS": load.objects * (S3_GET + 3 * SQS_REQUEST + 2 * KMS_REQUEST) + POLLS * SQS_REQUEST,
        "DynamoDB": load.invocations * (2 * DYNAMODB_READ + 4 * DYNAMODB_WRITE),
        "function logs": load.invocations * 1000 / 1e9 * LOGS_GB,
        "PutMetricData": load.invocations * PUT_METRIC_DATA,
        "metrics": METRIC * (METRICS_OF_THE_RUN + METRICS_OF_A_TABLE * load.tables),
        "alarms, dashboard, key": ALARM * ALARMS + DASHBOARD + KMS_KEY,
    }


def others(case: Case) -> dict[str, float]:
    """What others cost, on top of CloudTrail's data events."""
    return {
        "metric filters: CloudTrail to CloudWatch Logs": case.gb * LOGS_GB,
        "CloudTrail Lake, one year kept, queries apart": case.gb * LAKE_GB,
    }


def dollars(amount: float) -> str:
    return f"{amount:,.2f}" if amount < 100 else f"{amount:,.0f}"


def table(rows: list[tuple[str, list[str]]]) -> list[str]:
    head = ["USD a month", *(f"{case.name}" for case in CASES)]
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    return lines + [f"| {name} | " + " | ".join(cells) + " |" for name, cells in rows]


def section(of: Callable[[Case], dict[str, float]]) -> list[tuple[str, list[str]]]:
    columns = [of(case) for case in CASES]
    return [(name, [dollars(column[name]) for column in columns]) for name in columns[0]]


def total(of: Callable[[Case], dict[str, float]]) -> list[str]:
    return [f"**{dollars(sum(of(case).values()))}**" for case in CASES]


def tables() -> str:
    sizes = [
        ("", [case.what for case in CASES]),
        ("GB of logs, decompressed", [f"{case.gb:,.0f}" for case in CASES]),
        ("log objects", [f"{case.objects:,.0f}" for case in CASES]),
    ]
    lines = table(
        sizes
        + section(tablewarden)
        + [("**Tablewarden**", total(tablewarden))]
        + [("a million events", [dollars(sum(tablewarden(case).values()) / case.events * 1e6) for case in CASES])]
        + [("a GB", [dollars(sum(tablewarden(case).values()) / case.gb) for case in CASES])]
        + [("a GB, without metrics, alarms, dashboard and key", [dollars(variable(case) / case.gb) for case in CASES])]
    )
    lines += ["", "The trail itself, whoever reads it:", ""]
    lines += table([*section(trail), ("**Trail**", total(trail))])
    lines += ["", "In place of Tablewarden:", ""]
    lines += table(section(others))
    return "\n".join(lines)


def variable(case: Case) -> float:
    costs = tablewarden(case)
    return sum(costs.values()) - costs["metrics"] - costs["alarms, dashboard, key"]


def main() -> int:
    page = PAGE.read_text() if PAGE.exists() else ""
    written = f"{MARKS[0]}\n{tables()}\n{MARKS[1]}"
    match sys.argv[1:]:
        case []:
            print(tables())
        case ["--check"]:
            if written not in page:
                print("docs/cost.md is not what scripts/cost.py says: run scripts/cost.py --write", file=sys.stderr)
                return 1
        case ["--write"]:
            before, _, rest = page.partition(MARKS[0])
            _, _, after = rest.partition(MARKS[1])
            PAGE.write_text(before + written + after)
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
