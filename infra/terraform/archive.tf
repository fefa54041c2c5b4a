# The archive of findings: see docs/archive.md of the repository.

locals {
  archive_prefix = "findings"
}

resource "aws_s3_bucket" "findings" {
  #checkov:skip=CKV_AWS_18:Findings are read by Athena, whose queries CloudTrail tells of; access logs would need a further bucket, which has none either
  #checkov:skip=CKV_AWS_144:Findings can be made again from the logs: tablewarden replay
  #checkov:skip=CKV2_AWS_62:Nothing waits for objects here: who wants each alert subscribes to the topic
  count = var.archive ? 1 : 0

  bucket = "${var.name}-findings-${local.bucket_suffix}"
}

resource "aws_s3_bucket_public_access_block" "findings" {
  count = var.archive ? 1 : 0

  bucket                  = aws_s3_bucket.findings[0].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "findings" {
  count = var.archive ? 1 : 0

  bucket = aws_s3_bucket.findings[0].id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_versioning" "findings" {
  count = var.archive ? 1 : 0

  bucket = aws_s3_bucket.findings[0].id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "findings" {
  count = var.archive ? 1 : 0

  bucket = aws_s3_bucket.findings[0].id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = local.key_arn
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "findings" {
  count = var.archive ? 1 : 0

  bucket = aws_s3_bucket.findings[0].id

  rule {
    id     = "expire"
    status = "Enabled"

    filter {}

    expiration {
      days = var.archive_retention_days
    }
    noncurrent_version_expiration {
      noncurrent_days = 30
    }
    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  depends_on = [aws_s3_bucket_versioning.findings]
}

resource "aws_s3_bucket_policy" "findings" {
  count = var.archive ? 1 : 0

  bucket = aws_s3_bucket.findings[0].id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = local.tls_only["findings"]
  })

  depends_on = [aws_s3_bucket_public_access_block.findings]
}
