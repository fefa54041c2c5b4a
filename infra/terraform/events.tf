# What reaches the function ddl-event within seconds. What each rule asks for stands in ../event-patterns: a rule may have 2,048
# characters, so that the calls that are audited are spread over three.

locals {
  event_rules = {
    for name, rule in {
      control-plane          = { on = true, description = "Changes of DynamoDB tables, their backups, streams and caches" }
      control-plane-guards   = { on = true, description = "Changes of what guards tables: keys, trails, backups, buckets, scaling" }
      control-plane-pipeline = { on = true, description = "Changes of what this audit is made of: functions, rules, topics, queues, alarms" }
      # Without what the functions do themselves: their calls to their own table would call them, without end.
      data-events = { on = var.data_event_rule, description = "Calls that touch items, seconds after the call" }
      guardduty   = { on = var.guardduty_rule, description = "Findings of GuardDuty" }
      config      = { on = var.config_rule, description = "Tables that AWS Config finds to comply, or not" }
    } : name => rule.description if rule.on
  }
}

resource "aws_cloudwatch_event_rule" "this" {
  for_each = local.event_rules

  name        = "${var.name}-${each.key}"
  description = each.value
  # Decoded and encoded again: without white space, which counts.
  event_pattern = jsonencode(jsondecode(templatefile("${path.module}/../event-patterns/${each.key}.json", { name = var.name })))
}

resource "aws_cloudwatch_event_target" "this" {
  for_each = aws_cloudwatch_event_rule.this

  rule      = each.value.name
  target_id = "ddl-event"
  arn       = aws_lambda_function.ddl_event.arn

  # The most that EventBridge does: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html
  retry_policy {
    maximum_event_age_in_seconds = 86400
    maximum_retry_attempts       = 185
  }
  dead_letter_config {
    arn = aws_sqs_queue.events_dead_letters.arn
  }
}

resource "aws_lambda_permission" "events" {
  for_each = aws_cloudwatch_event_rule.this

  statement_id  = "Rule-${each.key}"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.ddl_event.function_name
  principal     = "events.amazonaws.com"
  source_arn    = each.value.arn
}

# --- Summaries of what was held back, when nothing else happens ---------------------------------------------------------------

resource "aws_cloudwatch_event_rule" "summaries" {
  name                = "${var.name}-summaries"
  description         = "Time to sum up the alerts that were held back"
  schedule_expression = var.summary_schedule
}

resource "aws_cloudwatch_event_target" "summaries" {
  rule      = aws_cloudwatch_event_rule.summaries.name
  target_id = "ddl-event"
  arn       = aws_lambda_function.ddl_event.arn

  retry_policy {
    maximum_event_age_in_seconds = 86400
    maximum_retry_attempts       = 185
  }
  dead_letter_config {
    arn = aws_sqs_queue.events_dead_letters.arn
  }
}

resource "aws_lambda_permission" "summaries" {
  statement_id  = "Rule-summaries"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.ddl_event.function_name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.summaries.arn
}
