# The alarms. Each says what it means, what to do first, and where docs/runbook.md says the rest.

locals {
  # What callers did is counted at the time of the call, which a log file tells of up to half an hour later: such an alarm looks
  # back an hour, and one bad period in it is enough. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
  looks_back = { period = 300, periods = 12, missing = "notBreaching" }
  at_once    = { period = 300, periods = 1, missing = "notBreaching" }

  finding_alarms = { for severity in var.finding_alarm_severities : "findings-${severity}" => merge(local.looks_back, {
    namespace  = var.metrics_namespace
    metric     = "Findings"
    dimensions = { Severity = severity }
    statistic  = "Sum"
    threshold  = 1
    description = join(" ", [
      "Something of severity ${severity} was found in the last hour.",
      "First: read the alerts in the mail of ${var.name}-alerts, or run the saved query ${var.name}-actor-history for whom they name.",
      "Next: docs/runbook.md#findings",
    ])
  }) }

  caller_alarms = {
    item-deletions = merge(local.looks_back, {
      namespace  = var.metrics_namespace
      metric     = "ItemsDeleted"
      dimensions = {}
      statistic  = "Sum"
      threshold  = var.item_deletions_threshold
      description = join(" ", [
        "${var.item_deletions_threshold} or more items were deleted within five minutes, by whomever, expected or not.",
        "First: see on the dashboard ${var.name} which table it was, and run the saved query ${var.name}-deletions-by-principal.",
        "If nobody meant it, revoke the actor's sessions and restore the table beside the old one. Next: docs/runbook.md#item-deletions",
      ])
    })
    denials = merge(local.looks_back, {
      namespace  = var.metrics_namespace
      metric     = "Denials"
      dimensions = {}
      statistic  = "Sum"
      threshold  = var.denials_threshold
      description = join(" ", [
        "${var.denials_threshold} or more calls were denied within five minutes: a deployment with too few permissions, or somebody who tries what a key opens.",
        "First: run the saved query ${var.name}-denied-calls. One actor on many tables is the second case: revoke its sessions.",
        "Next: docs/runbook.md#denials",
      ])
    })
  }

  queue_alarms = {
    for key, queue in {
      logs-dead-letters = {
        name = "${var.name}-logs-dead-letters"
        what = "Log objects could not be audited in five attempts: what they tell of has not been looked at."
        do   = "find \"message failed\" in the log of ${var.name}-trail-log, mend the cause, and bring them back with make redrive within 14 days."
      }
      events-dead-letters = {
        name = "${var.name}-events-dead-letters"
        what = "Events could not be handed to ${var.name}-ddl-event, or it failed on them: these changes of tables are told only when their log file comes."
        do   = "read a message's attributes, which say why EventBridge gave up, and the function's log."
      }
      } : key => merge(local.at_once, {
        namespace   = "AWS/SQS"
        metric      = "ApproximateNumberOfMessagesVisible"
        dimensions  = { QueueName = queue.name }
        statistic   = "Maximum"
        threshold   = 1
        description = "${queue.what} First: ${queue.do} Next: docs/runbook.md#dead-letters"
    })
  }

  age_alarm = {
    message-age = merge(local.at_once, {
      namespace  = "AWS/SQS"
      metric     = "ApproximateAgeOfOldestMessage"
      dimensions = { QueueName = "${var.name}-logs" }
      statistic  = "Maximum"
      threshold  = 60 * var.message_age_minutes
      description = join(" ", [
        "A log object has waited for ${var.message_age_minutes} minutes: alerts are late by as much.",
        "First: see on the dashboard ${var.name} whether ${var.name}-trail-log fails, is throttled, or has more to do than max_concurrency lets it.",
        "Next: docs/runbook.md#message-age",
      ])
    })
  }

  function_alarms = merge([for function, timeout in { trail-log = var.timeout_seconds, ddl-event = local.ddl_event_timeout_seconds } : {
    "${function}-errors" = merge(local.at_once, {
      namespace  = "AWS/Lambda"
      metric     = "Errors"
      dimensions = { FunctionName = "${var.name}-${function}" }
      statistic  = "Sum"
      threshold  = 1
      description = join(" ", [
        "${var.name}-${function} ended with an error. Its input comes again, and goes to the dead letters if it goes on.",
        "First: read the last ERROR in its log; \"cannot start\" is a setting, the policy or the rules. Next: docs/runbook.md#function-errors",
      ])
    })
    "${function}-throttles" = merge(local.at_once, {
      namespace  = "AWS/Lambda"
      metric     = "Throttles"
      dimensions = { FunctionName = "${var.name}-${function}" }
      statistic  = "Sum"
      threshold  = 1
      description = join(" ", [
        "${var.name}-${function} was not started for want of concurrency. Its input comes again, later.",
        "First: see which function of the account uses it up, or raise the account's quota or reserved_concurrency. Next: docs/runbook.md#function-throttles",
      ])
    })
    "${function}-duration" = merge(local.at_once, {
      namespace  = "AWS/Lambda"
      metric     = "Duration"
      dimensions = { FunctionName = "${var.name}-${function}" }
      statistic  = "Maximum"
      threshold  = floor(0.8 * 1000 * timeout)
      description = join(" ", [
        "${var.name}-${function} ran for four fifths of its ${timeout} seconds: it stops in time and hands back the rest, which comes again.",
        "First: give it more memory_mb, which is more processor, or a smaller batch_size. Next: docs/runbook.md#function-duration",
      ])
    })
  }]...)

  pipeline_alarms = { for key, alarm in {
    records-rejected = {
      metric = "RecordsRejected"
      text   = "Records of a log file could not be read: what they tell of is not known. First: find \"record rejected\" in the functions' logs, which names bucket, key and place."
    }
    objects-failed = {
      metric = "ObjectsFailed"
      text   = "A log object could not be read to its end. It is tried again, and goes to the dead letters after five attempts. First: find \"message failed\" in the log of ${var.name}-trail-log; often a permission on the bucket or its key is missing."
    }
    alerts-failed = {
      metric = "AlertsFailed"
      text   = "Alerts could not be published: nobody was told of them yet. Their messages come again. First: find \"alert not published\" in the functions' logs; it says who was to be told of what, and why it failed."
    }
    state-failures = {
      metric = "StateFailures"
      text   = "The table ${var.name}-state could not be read or written: alerts may come twice, and bursts over several files are not seen as one. First: see whether it is throttled, and whether somebody changed it, its key or the functions' roles."
    }
    policy-rejected = {
      metric = "PolicyRejected"
      text   = "The new version of the policy is refused, and the last good one is in force. First: run tablewarden policy check on it, and put back a version that passes."
    }
    policy-unread = {
      metric = "PolicyReadFailures"
      text   = "The policy object could not be asked for: the version that the functions have stays in force, however old. First: see whether S3 throttles or fails, in the functions' logs. It matters when it goes on."
    }
    } : key => merge(local.at_once, {
      namespace   = var.metrics_namespace
      metric      = alarm.metric
      dimensions  = {}
      statistic   = "Sum"
      threshold   = 1
      description = "${alarm.text} Next: docs/runbook.md#${key}"
  }) }

  backfill_alarms = { for key in ["backfill-failed"] : key => merge(local.at_once, {
    namespace  = "AWS/States"
    metric     = "ExecutionsFailed"
    dimensions = { StateMachineArn = local.backfill_machine_arn }
    statistic  = "Sum"
    threshold  = 1
    description = join(" ", [
      "A backfill stopped: more than one batch in twenty of a prefix failed, so that something is wrong with all of them.",
      "First: read the error of a batch in the console of Step Functions, or in the log of ${var.name}-backfill, mend it, and redrive the execution.",
      "Next: docs/runbook.md#backfill-failed",
    ])
  }) if var.backfill }

  metric_alarms = var.alarms ? merge(
    local.finding_alarms,
    local.caller_alarms,
    local.queue_alarms,
    local.age_alarm,
    local.function_alarms,
    local.pipeline_alarms,
    local.backfill_alarms,
  ) : {}
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.metric_alarms

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.description
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = each.value.threshold
  period              = each.value.period
  evaluation_periods  = each.value.periods
  datapoints_to_alarm = 1
  treat_missing_data  = each.value.missing
  alarm_actions       = [aws_sns_topic.operations.arn]
}

# --- Silence --------------------------------------------------------------------------------------------------------------

resource "aws_cloudwatch_metric_alarm" "silent" {
  count = var.alarms ? 1 : 0

  alarm_name = "${var.name}-silent"
  alarm_description = join(" ", [
    "No log object was audited for ${var.silent_hours} hours: a trail writes some every few minutes. It rings once after the first deployment too.",
    "First: ask whether the trail logs (aws cloudtrail get-trail-status), then whether the bucket still announces, then whether ${var.name}-trail-log runs.",
    "Until it does, nothing that is done to items is seen. Next: docs/runbook.md#silent",
  ])
  namespace           = var.metrics_namespace
  metric_name         = "ObjectsDone"
  statistic           = "Sum"
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  period              = 3600
  evaluation_periods  = var.silent_hours
  datapoints_to_alarm = var.silent_hours
  treat_missing_data  = "breaching"
  alarm_actions       = [aws_sns_topic.operations.arn]
}

resource "aws_cloudwatch_metric_alarm" "trail_silent" {
  for_each = var.alarms ? toset(var.busy_tables) : []

  alarm_name = "${var.name}-trail-silent-${each.key}"
  alarm_description = join(" ", [
    "Nothing was logged of the busy table ${each.key} for ${var.silent_hours} hours: the trail may no longer log its data events.",
    "First: read the trail's selectors (aws cloudtrail get-event-selectors), and ask the table's owner whether the application is down.",
    "Next: docs/runbook.md#trail-silent",
  ])
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  evaluation_periods  = var.silent_hours
  datapoints_to_alarm = var.silent_hours
  treat_missing_data  = "breaching"
  alarm_actions       = [aws_sns_topic.operations.arn]

  # An alarm can't search for metrics, so each effect is named.
  metric_query {
    id          = "accesses"
    expression  = "SUM(METRICS())"
    label       = "Accesses of ${each.key}"
    return_data = true
  }
  dynamic "metric_query" {
    for_each = ["read", "write", "delete"]

    content {
      id = metric_query.value

      metric {
        namespace   = var.metrics_namespace
        metric_name = "Accesses"
        dimensions  = { Table = each.key, Effect = metric_query.value }
        stat        = "Sum"
        period      = 3600
      }
    }
  }
}
