# The trail: management events and data events of DynamoDB, of all regions, into the log bucket.

locals {
  # One selector for each kind of resource: a trail has no other way to say "or".
  # https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AdvancedFieldSelector.html
  watches_all = length(var.watched_table_arns) == 0
  data_event_selectors = {
    "Items of tables" = {
      type = "AWS::DynamoDB::Table"
      # Without the functions' own table: each finding writes to it, and would be billed as an event again.
      arn_not_equals  = local.watches_all ? [local.state_table_arn] : null
      arn_equals      = local.watches_all ? null : var.watched_table_arns
      arn_starts_with = null
    }
    "Reads of streams" = {
      type            = "AWS::DynamoDB::Stream"
      arn_not_equals  = null
      arn_equals      = null
      arn_starts_with = local.watches_all ? null : [for arn in var.watched_table_arns : "${arn}/stream/"]
    }
  }
}

resource "aws_cloudtrail" "this" {
  #checkov:skip=CKV_AWS_252:Log objects are announced by the bucket, which tells each once and in plain form
  #checkov:skip=CKV2_AWS_10:The log files are what is read; CloudWatch Logs would hold every event a second time, and its price for taking them in is higher than all else here
  count = var.create_trail ? 1 : 0

  name                          = "${var.name}-trail"
  s3_bucket_name                = aws_s3_bucket.logs[0].id
  kms_key_id                    = local.key_arn
  is_multi_region_trail         = true
  is_organization_trail         = var.organization_id != ""
  include_global_service_events = true
  enable_log_file_validation    = true

  advanced_event_selector {
    name = "Management events"

    field_selector {
      field  = "eventCategory"
      equals = ["Management"]
    }
  }

  dynamic "advanced_event_selector" {
    for_each = local.data_event_selectors

    content {
      name = advanced_event_selector.key

      field_selector {
        field  = "eventCategory"
        equals = ["Data"]
      }
      field_selector {
        field  = "resources.type"
        equals = [advanced_event_selector.value.type]
      }
      dynamic "field_selector" {
        for_each = anytrue([for arns in [
          advanced_event_selector.value.arn_equals,
          advanced_event_selector.value.arn_not_equals,
          advanced_event_selector.value.arn_starts_with,
        ] : arns != null]) ? [advanced_event_selector.value] : []

        content {
          field       = "resources.ARN"
          equals      = field_selector.value.arn_equals
          not_equals  = field_selector.value.arn_not_equals
          starts_with = field_selector.value.arn_starts_with
        }
      }
      dynamic "field_selector" {
        for_each = var.log_read_events ? [] : ["false"]

        content {
          field  = "readOnly"
          equals = [field_selector.value]
        }
      }
    }
  }

  depends_on = [aws_s3_bucket_policy.logs]
}
