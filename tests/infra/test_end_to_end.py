"""Both stacks do what the documentation says, by what their template made alone."""

import end_to_end
from end_to_end import Stack


def test_log_that_comes_half_an_hour_late_sets_the_alarm_off(stack: Stack) -> None:
    end_to_end.late_log_sets_the_alarm_off(stack)


def test_log_object_becomes_an_alert_metrics_and_an_archived_finding(stack: Stack) -> None:
    end_to_end.log_object_becomes_alert_metrics_and_archive(stack)


def test_event_on_the_bus_becomes_an_alert(stack: Stack) -> None:
    end_to_end.event_becomes_alert(stack)


def test_alert_reaches_the_topic_for_chat(stack: Stack) -> None:
    end_to_end.alert_reaches_chat(stack)


def test_alarms_on_what_was_found_look_back_over_late_logs(stack: Stack) -> None:
    """Metrics that bear the event's time are half an hour late, and the emulator's alarms are coarser than CloudWatch's."""
    late = 0
    for alarm in stack.emulator.client("cloudwatch").describe_alarms()["MetricAlarms"]:
        if alarm.get("MetricName") in ("Findings", "ItemsDeleted", "Denials"):
            late += 1
            assert alarm["Period"] * alarm["EvaluationPeriods"] >= 30 * 60 + alarm["Period"], alarm["AlarmName"]
            assert alarm["DatapointsToAlarm"] == 1, alarm["AlarmName"]
            assert alarm["TreatMissingData"] == "notBreaching", alarm["AlarmName"]
    assert late == 4
