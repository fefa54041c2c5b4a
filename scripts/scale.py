#!/usr/bin/env python3
"""What a terabyte of logs a day asks of SQS, Lambda and the purse: a simulation of one day, as the tables of docs/scale.md.

Usage: scale.py            simulates (a minute) and prints the tables
       scale.py --write    writes them into docs/scale.md
       scale.py --check    fails where docs/scale.md has others than this program and cost.py made; simulates nothing

Log objects come as CloudTrail delivers them; a queue hands them to invocations as Lambda does; what an invocation takes follows
from what scripts/cost.py has measured. The same seed makes the same day.
"""

import hashlib
import heapq
import math
import random
import re
import sys
from collections import deque
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import cost

PAGE = Path(__file__).parent.parent / "docs" / "scale.md"
MARKS = ("<!-- scale {digest} -->", "<!-- end of the scale -->")

DAY = 86_400
INTERVAL = 300  # CloudTrail writes what happened in about five minutes
LARGEST = 50e6  # of a log object, decompressed: what busy regions are seen to reach
PIECE = 6e6  # and their middle, where a source makes several in an interval
BURST = (10 * 3600, 11 * 3600, 3.0)  # a job that trebles everything for an hour
STOP = (15 * 3600, 15.5 * 3600, 120)  # nothing is delivered for half an hour, then all of it within two minutes

# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
FIRST_POLLERS = 5
MORE_POLLERS = 300 / 60  # a second, while messages wait
MOST_POLLERS = 1250

BATCH, WINDOW = 10, 5  # the templates' defaults

BACKFILL_BATCH, BACKFILL_AT_A_TIME = 100, 20  # infra/backfill.asl.json
TRANSITIONS_A_BATCH = 3  # the batch's start, its one state, its end


@dataclass(frozen=True)
class Mix:
    """An organisation's day of logs."""

    name: str
    what: str
    gb: float  # a day, decompressed
    accounts: int
    regions: int
    skew: float  # of the sources: the standard deviation of the logarithm of what one makes
    gzip: float
    cpu_seconds_per_gb: float
    tables: int
    memory_mb: int
    concurrency: int  # what docs/scale.md recommends for it


MIXES = [
    Mix("MIXED", "5 % DynamoDB", 1000, 100, 17, 2.2, 11, cost.CPU_SECONDS_PER_GB_OF_MIXED, 200, 256, 10),
    Mix("DDB", "data events alone", 1000, 20, 3, 1.5, cost.GZIP_RATIO, cost.CPU_SECONDS_PER_GB, 200, 256, 10),
    Mix("DDB x 10", "data events alone", 10_000, 40, 3, 1.5, cost.GZIP_RATIO, cost.CPU_SECONDS_PER_GB, 400, 512, 20),
    Mix("quiet", "many small files", 10, 300, 17, 1.6, 8, cost.CPU_SECONDS_PER_GB_OF_MIXED, 50, 256, 10),
]


def objects(mix: Mix, seed: int = 7) -> list[tuple[float, float]]:
    """The log objects of a day: when each is announced, in seconds, and its size decompressed, in bytes; in order."""
    dice = random.Random(seed)
    weights = [dice.lognormvariate(0, mix.skew) for _ in range(mix.accounts * mix.regions)]
    curve = [load(at + INTERVAL / 2) for at in range(0, DAY, INTERVAL)]
    scale = mix.gb * 1e9 / sum(weights) / sum(curve)
    made = []
    for weight in weights:
        phase = dice.uniform(0, INTERVAL)
        for slot, factor in enumerate(curve):
            size = scale * weight * factor * dice.lognormvariate(-0.125, 0.5)
            # Less than a record is none, now and then.
            if size < cost.BYTES_PER_EVENT and dice.random() * cost.BYTES_PER_EVENT > size:
                continue
            size = max(size, cost.BYTES_PER_EVENT)
            # Delivered within five minutes of the interval's end, what belongs together within one.
            at = (slot + 1) * INTERVAL + phase
            while size > 0:
                piece = min(dice.lognormvariate(math.log(PIECE) - 0.5, 1), LARGEST, size)
                if size - piece < 100e3:
                    piece = size
                made.append((held_up((at + dice.uniform(0, 60)) % DAY, dice), piece))
                size -= piece
    made.sort()
    return made


def load(at: float) -> float:
    """How much more than in the middle of the day happens at a second of it."""
    curve = 1 + 0.6 * math.sin(2 * math.pi * (at / DAY - 0.3))
    begins, ends, times = BURST
    return curve * (times if begins <= at < ends else 1)


def held_up(at: float, dice: random.Random) -> float:
    begins, ends, within = STOP
    return ends + dice.uniform(0, within) if begins <= at < ends else at


@dataclass
class Result:
    """What a day came to. Times are seconds."""

    objects: int = 0
    invocations: int = 0
    busy: list[tuple[float, int]] = field(default_factory=list)  # from when on, how many invocations run
    told: list[float] = field(default_factory=list)  # from announcement to the end of the invocation
    waited: float = 0  # the longest that a message was in the queue
    in_flight: int = 0  # messages at most
    longest: float = 0  # invocation
    peak_invocations: int = 0  # begun in a second
    peak_objects: int = 0  # read in a second

    def concurrency(self, share: float) -> int:
        """How many invocations run at most in this share of the day."""
        spans = sorted((count, later - at) for (at, count), (later, _) in pairwise(self.busy))
        left = share * sum(span for _, span in spans)
        for count, span in spans:
            left -= span
            if left <= 0:
                return count
        return spans[-1][0]

    def hours_at(self, limit: int) -> float:
        return sum(later - at for (at, count), (later, _) in pairwise(self.busy) if count >= limit) / 3600


def simulate(mix: Mix, day: list[tuple[float, float]], limit: int, speed: float = 1.0) -> Result:
    """The queue and the invocations of a day, at most `limit` at a time, on a processor of this speed.

    A poller that is free takes messages until it has a batch, or the window is over; one whose invocation ends takes what waits.
    """
    share = min(1.0, mix.memory_mb / cost.VCPU_MB) * speed
    fixed = cost.CPU_SECONDS_PER_INVOCATION / share + cost.WAITING_SECONDS_PER_INVOCATION
    a_byte = mix.cpu_seconds_per_gb / 1e9 / share
    result = Result(objects=len(day), busy=[(0.0, 0)])
    waiting: deque[tuple[float, float]] = deque()
    filling: list[list[tuple[float, float]]] = []  # batches that pollers fill, none full
    events: list[tuple[float, int, int, list[tuple[float, float]]]] = []  # windows and invocations that end
    running, in_flight, number, following = 0, 0, 0, 0
    pollers, looked = float(min(FIRST_POLLERS, limit)), 0.0
    begun: dict[int, int] = {}
    read: dict[int, int] = {}

    def invoke(at: float, batch: list[tuple[float, float]]) -> None:
        nonlocal running, number
        running += 1
        number += 1
        takes = fixed + len(batch) * cost.WAITING_SECONDS_PER_OBJECT + a_byte * sum(size for _, size in batch)
        result.invocations += 1
        result.longest = max(result.longest, takes)
        result.busy.append((at, running))
        result.told.extend(at + takes - came for came, _ in batch)
        begun[int(at)] = begun.get(int(at), 0) + 1
        read[int(at)] = read.get(int(at), 0) + len(batch)
        heapq.heappush(events, (at + takes, 1, number, batch))

    def take(at: float, message: tuple[float, float]) -> None:
        """A poller takes a message: into the batch that has waited longest, or a new one."""
        nonlocal in_flight, number
        in_flight += 1
        result.in_flight = max(result.in_flight, in_flight)
        result.waited = max(result.waited, at - message[0])
        if running + len(filling) < int(pollers):
            number += 1
            batch = [message]
            filling.append(batch)
            heapq.heappush(events, (at + WINDOW, 0, number, batch))
        else:
            batch = filling[number % len(filling)]
            batch.append(message)
        if len(batch) == BATCH:
            filling[:] = [one for one in filling if one is not batch]
            invoke(at, batch)

    while following < len(day) or events:
        if events and (following == len(day) or events[0][0] <= day[following][0]):
            at, ended, _, batch = heapq.heappop(events)
            if ended:
                running -= 1
                in_flight -= len(batch)
                result.busy.append((at, running))
            elif any(one is batch for one in filling):
                filling[:] = [one for one in filling if one is not batch]
                invoke(at, batch)
        else:
            at = day[following][0]
            waiting.append(day[following])
            following += 1
        # More pollers while messages wait, the first ones again after a quiet minute.
        if waiting and running + len(filling) >= int(pollers):
            pollers = min(pollers + (at - looked) * MORE_POLLERS, limit)
        elif running == 0 and not waiting:
            pollers = float(min(FIRST_POLLERS, limit))
        looked = at
        while waiting and (filling or running + len(filling) < int(pollers)):
            take(at, waiting.popleft())
    result.told.sort()
    result.peak_invocations, result.peak_objects = max(begun.values()), max(read.values())
    return result


def simulated() -> str:
    """The tables of what was simulated."""
    days = {mix.name: objects(mix) for mix in MIXES}
    free = {mix.name: simulate(mix, days[mix.name], MOST_POLLERS) for mix in MIXES}
    held = {mix.name: simulate(mix, days[mix.name], mix.concurrency) for mix in MIXES}
    slow = {mix.name: simulate(mix, days[mix.name], mix.concurrency, speed=0.5) for mix in MIXES}

    def row(name: str, cell: object) -> str:
        return f"| {name} | " + " | ".join(str(cell(mix)) for mix in MIXES) + " |"  # type: ignore[operator]

    def sizes(mix: Mix) -> list[float]:
        return sorted(size for _, size in days[mix.name])

    bills = {mix.name: cost.month(load_of(mix, held[mix.name])) for mix in MIXES}
    lines = [
        "| a day | " + " | ".join(mix.name for mix in MIXES) + " |",
        "|---" * (len(MIXES) + 1) + "|",
        row("logs", lambda mix: f"{mix.what}; {mix.accounts} accounts, {mix.regions} regions"),
        row("decompressed, gzip", lambda mix: f"{mix.gb:,.0f} GB, {mix.gb / mix.gzip:,.1f} GB"),
        row("events", lambda mix: f"{mix.gb * 1e9 / cost.BYTES_PER_EVENT / 1e6:,.0f} M"),
        row("log objects", lambda mix: f"{len(days[mix.name]):,}"),
        row("their size: half below, 99 % below, largest", lambda mix: spread(sizes(mix))),
        row("objects in the busiest second (S3: 5,500 reads a prefix)", lambda mix: f"{free[mix.name].peak_objects:,}"),
        row("**settings**: `memory_mb`, `max_concurrency`", lambda mix: f"{mix.memory_mb}, {mix.concurrency}"),
        row(
            "invocations at a time without a limit: half of the day, 99 %, most",
            lambda mix: ", ".join(str(free[mix.name].concurrency(share)) for share in (0.5, 0.99, 1.0)),
        ),
        row("hours at the limit set", lambda mix: f"{held[mix.name].hours_at(mix.concurrency):.1f}"),
        row("from announcement to told: half, 99 %", lambda mix: f"{told(held, mix, 0.5)}, {told(held, mix, 0.99)}"),
        row(
            "the oldest message, after deliveries stopped for half an hour", lambda mix: seconds(held[mix.name].waited)
        ),
        row("the same on a processor half as fast", lambda mix: seconds(slow[mix.name].waited)),
        row("longest invocation", lambda mix: seconds(held[mix.name].longest)),
        row("messages in flight at most (quota 120,000)", lambda mix: f"{held[mix.name].in_flight:,}"),
        row("invocations", lambda mix: f"{held[mix.name].invocations:,}"),
        row("`PutMetricData` in the busiest second (quota 500)", lambda mix: f"{held[mix.name].peak_invocations:,}"),
        row("writes to the state table in it (at once: 4,000)", lambda mix: f"{4 * held[mix.name].peak_invocations:,}"),
        "",
        "| USD a month | " + " | ".join(mix.name for mix in MIXES) + " |",
        "|---" * (len(MIXES) + 1) + "|",
        *(row(name, lambda mix, name=name: cost.dollars(bills[mix.name][name])) for name in bills[MIXES[0].name]),
        row("**all**", lambda mix: f"**{cost.dollars(sum(bills[mix.name].values()))}**"),
        row(
            "CloudTrail's data events, for comparison",
            lambda mix: cost.dollars(trail(mix)) if mix.name.startswith("DDB") else "-",
        ),
        "",
        "A terabyte of history, decompressed, once:",
        "",
        "| backfill | " + " | ".join(mix.name for mix in MIXES) + " |",
        "|---" * (len(MIXES) + 1) + "|",
        row("days of such logs", lambda mix: f"{1000 / mix.gb:g}"),
        row("objects, batches", lambda mix: "{:,.0f}, {:,.0f}".format(*history(mix, days[mix.name])[:2])),
        row("hours, twenty batches at a time", lambda mix: f"{history(mix, days[mix.name])[2]:.1f}"),
        row("USD", lambda mix: cost.dollars(sum(history(mix, days[mix.name])[3].values()))),
        row("of that Lambda", lambda mix: cost.dollars(history(mix, days[mix.name])[3]["Lambda"])),
        row("Step Functions", lambda mix: cost.dollars(history(mix, days[mix.name])[3]["Step Functions"])),
        row("S3 and KMS", lambda mix: cost.dollars(history(mix, days[mix.name])[3]["S3 and KMS"])),
    ]
    return "\n".join(lines)


def load_of(mix: Mix, result: Result) -> cost.Load:
    """What a month of such days asks for."""
    return cost.Load(
        gb=30 * mix.gb,
        objects=30 * result.objects,
        invocations=30 * result.invocations,
        tables=mix.tables,
        cpu_seconds_per_gb=mix.cpu_seconds_per_gb,
        memory_mb=mix.memory_mb,
    )


def trail(mix: Mix) -> float:
    """What CloudTrail asks for a month of data events."""
    return 30 * mix.gb * 1e9 / cost.BYTES_PER_EVENT * cost.CLOUDTRAIL_DATA_EVENT


def history(mix: Mix, day: list[tuple[float, float]]) -> tuple[float, float, float, dict[str, float]]:
    """A terabyte of such logs through the state machine: objects, batches, hours, dollars by what for."""
    count = len(day) * 1000 / mix.gb
    batches = count / BACKFILL_BATCH
    share = min(1.0, mix.memory_mb / cost.VCPU_MB)
    cpu = 1000 * mix.cpu_seconds_per_gb + batches * cost.CPU_SECONDS_PER_INVOCATION
    waiting = count * cost.WAITING_SECONDS_PER_OBJECT + batches * cost.WAITING_SECONDS_PER_INVOCATION
    gb_seconds = cpu * cost.VCPU_MB / 1024 + waiting * mix.memory_mb / 1024
    dollars = {
        "Lambda": gb_seconds * cost.LAMBDA_GB_SECOND + batches * cost.LAMBDA_REQUEST,
        "Step Functions": batches * TRANSITIONS_A_BATCH * cost.STATE_TRANSITION,
        "S3 and KMS": count * (cost.S3_GET + cost.KMS_REQUEST) + (count / 1000 + 2 * batches) * cost.S3_PUT,
    }
    return count, batches, (cpu / share + waiting) / BACKFILL_AT_A_TIME / 3600, dollars


def grows() -> str:
    """What one more of each thing costs."""
    core = cost.VCPU_MB / 1024 * cost.LAMBDA_GB_SECOND
    nothing = cost.month(cost.Load(0, 0, 0, 0))

    def more(**load: float) -> float:
        return sum(
            cost.month(cost.Load(**({"gb": 0, "objects": 0, "invocations": 0, "tables": 0} | load))).values()
        ) - sum(  # type: ignore[arg-type]
            nothing.values()
        )

    events = cost.BYTES_PER_EVENT  # GB of a thousand million
    rows = [
        ("a thousand million events of DynamoDB", cost.CPU_SECONDS_PER_GB * events * core),
        ("a thousand million other events", cost.CPU_SECONDS_PER_GB_OF_MIXED * events * core),
        ("a million log objects, ten in an invocation", more(objects=1e6, invocations=1e5)),
        ("a million log objects, each by itself", more(objects=1e6, invocations=1e6)),
        ("a table in the policy, a month", more(tables=1)),
    ]
    return "\n".join(
        ["| one more | USD |", "|---|---|", *(f"| {what} | {cost.dollars(amount)} |" for what, amount in rows)]
    )


def told(results: dict[str, Result], mix: Mix, share: float) -> str:
    times = results[mix.name].told
    return seconds(times[min(len(times) - 1, int(share * len(times)))])


def spread(sizes: list[float]) -> str:
    return ", ".join(size(sizes[min(len(sizes) - 1, int(share * len(sizes)))]) for share in (0.5, 0.99, 1))


def size(amount: float) -> str:
    return f"{amount / 1e6:.1f} MB" if amount >= 1e6 else f"{amount / 1e3:.1f} KB"


def seconds(time: float) -> str:
    return f"{time / 60:.0f} min" if time >= 600 else f"{time:.0f} s" if time >= 10 else f"{time:.1f} s"


def digest(tables: str) -> str:
    """What stands before the tables: that of them, and of the programs that make them."""
    programs = [Path(__file__), Path(cost.__file__)]
    # However they are formatted.
    parts = [re.sub(r"\s+|,(?=\s*[)\]}])", "", path.read_text()) for path in programs] + [tables]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def main() -> int:
    page = PAGE.read_text() if PAGE.exists() else ""
    found = re.search(r"<!-- scale ([0-9a-f]*) -->\n(.*?)\n" + MARKS[1], page, re.S)
    match sys.argv[1:]:
        case ["--check"]:
            if not found or found[1] != digest(found[2]):
                print("docs/scale.md is not what scripts/scale.py makes: run scripts/scale.py --write", file=sys.stderr)
                return 1
        case [] | ["--write"]:
            tables = f"{simulated()}\n\n{grows()}"
            if sys.argv[1:] and found:
                marked = f"{MARKS[0].format(digest=digest(tables))}\n{tables}\n{MARKS[1]}"
                PAGE.write_text(page[: found.start()] + marked + page[found.end() :])
            else:
                print(tables)
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
