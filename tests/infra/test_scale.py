"""The simulation behind docs/scale.md: nothing gets lost in it, limits hold, and the same seed makes the same day."""

import sys
from dataclasses import replace

import pytest
from conftest import REPOSITORY

sys.path.insert(0, str(REPOSITORY / "scripts"))

import cost
import scale

SMALL = replace(scale.MIXES[1], gb=20, accounts=3, regions=2)


@pytest.fixture(scope="module")
def day() -> list[tuple[float, float]]:
    return scale.objects(SMALL)


def test_day_has_the_bytes_it_was_asked_for_and_is_the_same_again(day: list[tuple[float, float]]) -> None:
    assert scale.objects(SMALL) == day
    assert scale.objects(SMALL, seed=8) != day
    assert sum(size for _, size in day) == pytest.approx(SMALL.gb * 1e9, rel=0.1)
    assert max(size for _, size in day) < scale.LARGEST + 100e3
    begins, ends, within = scale.STOP
    assert not [at for at, _ in day if begins <= at < ends]
    after = sum(ends <= at < ends + within for at, _ in day)
    assert after > 5 * sum(ends + within <= at < ends + 2 * within for at, _ in day)


@pytest.mark.parametrize("limit", [2, 10, scale.MOST_POLLERS])
def test_every_object_is_told_and_no_more_run_than_may(day: list[tuple[float, float]], limit: int) -> None:
    result = scale.simulate(SMALL, day, limit)
    assert len(result.told) == result.objects == len(day)
    assert max(count for _, count in result.busy) <= limit
    assert result.busy[-1][1] == 0
    assert len(day) / scale.BATCH <= result.invocations <= len(day)
    # It takes at least what reading one object does.
    assert result.told[0] > cost.WAITING_SECONDS_PER_INVOCATION + cost.WAITING_SECONDS_PER_OBJECT


def test_less_processor_makes_messages_wait(day: list[tuple[float, float]]) -> None:
    waited = [scale.simulate(SMALL, day, 2, speed).waited for speed in (1, 0.2)]
    assert waited[0] * 2 < waited[1]


def test_page_is_known_to_be_changed_and_formatting_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    tables = "| a |"
    before = scale.digest(tables)
    assert scale.digest("| b |") != before
    monkeypatch.setattr(scale.Path, "read_text", lambda _: "f(1,\n  2,\n)")
    spread = scale.digest(tables)
    monkeypatch.setattr(scale.Path, "read_text", lambda _: "f(1, 2)")
    assert scale.digest(tables) == spread != before
