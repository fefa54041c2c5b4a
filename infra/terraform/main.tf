# What everything else stands on: where this is, what the settings come to, and the key.

data "aws_partition" "current" {}

data "aws_region" "current" {}

# The settings that must fit together are looked at here, before anything is made.
data "aws_caller_identity" "current" {
  lifecycle {
    precondition {
      condition     = var.create_trail == (var.existing_log_bucket == "")
      error_message = "Either create_trail = true and no existing_log_bucket, or create_trail = false and the name of one."
    }
    precondition {
      condition     = var.announcement != "s3" || var.create_trail
      error_message = "announcement = \"s3\" would replace the notifications that the existing bucket has: choose \"eventbridge\" or \"sns\"."
    }
    precondition {
      condition     = (var.announcement == "sns") == (var.existing_sns_topic_arn != "")
      error_message = "announcement = \"sns\" goes with existing_sns_topic_arn, and no other does."
    }
    precondition {
      condition     = var.announcement != "sns" || !var.create_trail
      error_message = "announcement = \"sns\" is for the topic of an existing bucket: with a new trail choose \"s3\" or \"eventbridge\"."
    }
    precondition {
      condition     = !var.create_trail || (var.existing_log_prefix == "" && var.existing_log_kms_key_arn == "")
      error_message = "existing_log_prefix and existing_log_kms_key_arn are about an existing bucket: set create_trail = false."
    }
    precondition {
      condition     = var.create_trail || (var.organization_id == "" && length(var.watched_table_arns) == 0 && var.object_lock_days == 0)
      error_message = "organization_id, watched_table_arns and object_lock_days are about a new trail and its bucket: they need create_trail = true."
    }
    precondition {
      condition     = var.object_lock_days == 0 || var.log_retention_days > var.object_lock_days
      error_message = "log_retention_days must be more than object_lock_days: what is locked can't be deleted."
    }
    precondition {
      condition     = var.policy == "" || var.policy_file == ""
      error_message = "The policy is either an object or in the zip (policy), or a file on this machine (policy_file): not both."
    }
    precondition {
      condition     = var.policy_file == "" || try(fileexists(var.policy_file), false)
      error_message = "policy_file: there is no such file."
    }
    precondition {
      condition     = var.policy_kms_key_arn == "" || startswith(var.policy, "s3://") || startswith(var.rules, "s3://")
      error_message = "policy_kms_key_arn is the key of the bucket that policy or rules names: one of them must be s3://BUCKET/KEY."
    }
    precondition {
      condition     = fileexists(local.zips["trail-log"]) && fileexists(local.zips["ddl-event"])
      error_message = "The functions' zips are not there: run make build, or set trail_log_zip and ddl_event_zip."
    }
    precondition {
      condition     = var.batch_size <= 10 || var.batch_window_seconds >= 1
      error_message = "A batch_size above 10 needs a batch_window_seconds of at least 1."
    }
    precondition {
      condition     = var.batch_window_seconds < 5 * var.timeout_seconds
      error_message = "batch_window_seconds must be less than five times timeout_seconds: a message that waits is hidden already."
    }
    precondition {
      condition     = var.reserved_concurrency == -1 || var.reserved_concurrency >= var.max_concurrency
      error_message = "reserved_concurrency must be at least max_concurrency, or the queue's messages are throttled into the dead letters."
    }
    precondition {
      condition     = !var.backfill || var.archive
      error_message = "backfill tells nobody what it finds: it needs archive = true."
    }
    precondition {
      condition     = !var.alarms || length(var.busy_tables) == length(distinct(var.busy_tables))
      error_message = "busy_tables: each table once."
    }
  }
}

locals {
  account   = data.aws_caller_identity.current.account_id
  region    = data.aws_region.current.id
  partition = data.aws_partition.current.partition

  # What stands before the name in ARNs that policies must know before the resource is there.
  in_region = { for service in ["cloudtrail", "cloudwatch", "events", "lambda", "logs", "sns", "sqs", "states"] :
    service => "arn:${local.partition}:${service}:${local.region}:${local.account}"
  }
  trail_arn = "${local.in_region["cloudtrail"]}:trail/${var.name}-trail"

  # Bucket names are shared by all accounts of AWS.
  bucket_suffix = "${local.account}-${local.region}"

  key_arn = var.kms_key_arn == "" ? aws_kms_key.this[0].arn : var.kms_key_arn

  queues = concat(
    ["${var.name}-logs", "${var.name}-logs-dead-letters", "${var.name}-events-dead-letters"],
    [for queue in ["${var.name}-alerts", "${var.name}-alerts-dead-letters"] : queue if var.machine_queue],
  )
  queue_arns = [for queue in local.queues : "${local.in_region["sqs"]}:${queue}"]

  backfill_log_group = "/aws/vendedlogs/states/${var.name}-backfill"
  log_groups         = concat([for function in local.functions : "/aws/lambda/${var.name}-${function}"], [for group in [local.backfill_log_group] : group if var.backfill])
  log_group_arns     = [for group in local.log_groups : "${local.in_region["logs"]}:log-group:${group}"]
}

# --- The key --------------------------------------------------------------------------------------------------------------

locals {
  # Which service uses the key, for what. Each may only for what is ours: SQS, SNS and CloudWatch Logs say in the encryption
  # context which queue, topic or log group a call to KMS is about, CloudTrail by its source which trail.
  key_uses = concat(
    [for action in ["kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext"] : {
      Sid       = "CloudTrailEncrypts${trimprefix(action, "kms:")}"
      Principal = { Service = "cloudtrail.amazonaws.com" }
      Action    = action
      # Not by the encryption context: with a bucket key, that names the bucket.
      # https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
      Condition = { StringEquals = { "aws:SourceArn" = local.trail_arn } }
    } if var.create_trail],
    # The bucket has a bucket key: CloudTrail decrypts once, to try the trail's settings.
    [for action in ["kms:Decrypt", "kms:DescribeKey"] : {
      Sid       = "CloudTrailTries${trimprefix(action, "kms:")}"
      Principal = { Service = "cloudtrail.amazonaws.com" }
      Action    = action
      Condition = { StringEquals = { "aws:SourceArn" = local.trail_arn } }
    } if var.create_trail],
    [for use in setproduct(local.queue_senders, ["kms:GenerateDataKey", "kms:Decrypt"]) : {
      Sid       = "${use[0]}SendsToQueues${trimprefix(use[1], "kms:")}"
      Principal = { Service = "${use[0]}.amazonaws.com" }
      Action    = use[1]
      Condition = { StringEquals = { "kms:EncryptionContext:aws:sqs:arn" = local.queue_arns } }
    }],
    [for action in ["kms:GenerateDataKey", "kms:Decrypt"] : {
      Sid       = "AlarmsPublish${trimprefix(action, "kms:")}"
      Principal = { Service = "cloudwatch.amazonaws.com" }
      Action    = action
      Condition = { StringEquals = { "kms:EncryptionContext:aws:sns:topicArn" = "${local.in_region["sns"]}:${var.name}-operations" } }
    }],
    [for action in ["kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext"] : {
      Sid       = "LogGroups${trimprefix(action, "kms:")}"
      Principal = { Service = "logs.${local.region}.${data.aws_partition.current.dns_suffix}" }
      Action    = action
      Condition = { ArnEquals = { "kms:EncryptionContext:aws:logs:arn" = local.log_group_arns } }
    }],
  )

  # Who may write into an encrypted queue, beside the functions' roles.
  queue_senders = distinct(concat([{ s3 = "s3", eventbridge = "events", sns = "sns" }[var.announcement], "events"], var.machine_queue ? ["sns"] : []))

  key_policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      # The one statement without a condition: the account's IAM policies decide, the functions' among them. In a key's policy
      # "*" is this key. https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
      [{
        Sid       = "TheAccountDecides"
        Effect    = "Allow"
        Principal = { AWS = "arn:${local.partition}:iam::${local.account}:root" }
        Action    = "kms:*"
        Resource  = "*"
      }],
      [for use in local.key_uses : merge({ Effect = "Allow", Resource = "*" }, use)],
    )
  })
}

resource "aws_kms_key" "this" {
  count = var.kms_key_arn == "" ? 1 : 0

  description             = "${var.name}: log files, queues, topics, state, findings and logs of the functions"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = local.key_policy
}

resource "aws_kms_alias" "this" {
  count = var.kms_key_arn == "" ? 1 : 0

  name          = "alias/${var.name}"
  target_key_id = aws_kms_key.this[0].key_id
}
