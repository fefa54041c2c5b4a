# The bucket that the new trail writes into.

locals {
  log_bucket     = var.create_trail ? aws_s3_bucket.logs[0].id : var.existing_log_bucket
  log_bucket_arn = "arn:${local.partition}:s3:::${var.create_trail ? "${var.name}-logs-${local.bucket_suffix}" : var.existing_log_bucket}"
  log_prefix     = var.existing_log_prefix == "" ? "AWSLogs/" : "${var.existing_log_prefix}/AWSLogs/"

  # Where CloudTrail writes: an organisation's trail writes below its id, and below the account's own too.
  trail_folders = compact(["AWSLogs/${local.account}", var.organization_id == "" ? "" : "AWSLogs/${var.organization_id}"])

  # What is said of each bucket: TLS, and no version of it that is out of use.
  tls_only = { for bucket in ["logs", "findings", "config"] : bucket => [
    {
      Sid       = "TlsOnly"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource = [
        "arn:${local.partition}:s3:::${var.name}-${bucket}-${local.bucket_suffix}",
        "arn:${local.partition}:s3:::${var.name}-${bucket}-${local.bucket_suffix}/*",
      ]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    },
    {
      Sid       = "NoOldTls"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource = [
        "arn:${local.partition}:s3:::${var.name}-${bucket}-${local.bucket_suffix}",
        "arn:${local.partition}:s3:::${var.name}-${bucket}-${local.bucket_suffix}/*",
      ]
      Condition = { NumericLessThan = { "s3:TlsVersion" = "1.2" } }
    },
  ] }
}

resource "aws_s3_bucket" "logs" {
  #checkov:skip=CKV_AWS_18:Who reads this bucket is for a trail with data events of S3 to tell; access logs would need a further bucket, which has none either
  #checkov:skip=CKV_AWS_144:A copy in another region doubles what is kept; CloudTrail's digests prove what is there, and Object Lock keeps it
  count = var.create_trail ? 1 : 0

  bucket              = "${var.name}-logs-${local.bucket_suffix}"
  object_lock_enabled = var.object_lock_days > 0
}

resource "aws_s3_bucket_public_access_block" "logs" {
  count = var.create_trail ? 1 : 0

  bucket                  = aws_s3_bucket.logs[0].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "logs" {
  count = var.create_trail ? 1 : 0

  bucket = aws_s3_bucket.logs[0].id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_versioning" "logs" {
  count = var.create_trail ? 1 : 0

  bucket = aws_s3_bucket.logs[0].id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "logs" {
  count = var.create_trail ? 1 : 0

  bucket = aws_s3_bucket.logs[0].id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = local.key_arn
    }
  }
}

resource "aws_s3_bucket_object_lock_configuration" "logs" {
  count = var.create_trail && var.object_lock_days > 0 ? 1 : 0

  bucket = aws_s3_bucket.logs[0].id

  rule {
    default_retention {
      mode = "GOVERNANCE"
      days = var.object_lock_days
    }
  }

  depends_on = [aws_s3_bucket_versioning.logs]
}

resource "aws_s3_bucket_lifecycle_configuration" "logs" {
  count = var.create_trail ? 1 : 0

  bucket = aws_s3_bucket.logs[0].id

  rule {
    id     = "expire"
    status = "Enabled"

    filter {}

    expiration {
      days = var.log_retention_days
    }
    noncurrent_version_expiration {
      noncurrent_days = 30
    }
    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  depends_on = [aws_s3_bucket_versioning.logs]
}

# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
resource "aws_s3_bucket_policy" "logs" {
  count = var.create_trail ? 1 : 0

  bucket = aws_s3_bucket.logs[0].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        {
          Sid       = "CloudTrailLooksWhoseBucketItIs"
          Effect    = "Allow"
          Principal = { Service = "cloudtrail.amazonaws.com" }
          Action    = "s3:GetBucketAcl"
          Resource  = local.log_bucket_arn
          Condition = { StringEquals = { "aws:SourceArn" = local.trail_arn } }
        },
        {
          Sid       = "CloudTrailWrites"
          Effect    = "Allow"
          Principal = { Service = "cloudtrail.amazonaws.com" }
          Action    = "s3:PutObject"
          Resource  = [for folder in local.trail_folders : "${local.log_bucket_arn}/${folder}/*"]
          Condition = {
            StringEquals = {
              "aws:SourceArn" = local.trail_arn
              "s3:x-amz-acl"  = "bucket-owner-full-control"
            }
          }
        },
      ],
      local.tls_only["logs"],
    )
  })

  depends_on = [aws_s3_bucket_public_access_block.logs]
}
