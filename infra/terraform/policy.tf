# A policy from a file on this machine: a bucket of its own, from which the functions read it.

locals {
  policy_key = "policy.yaml"
}

resource "aws_s3_bucket" "config" {
  #checkov:skip=CKV_AWS_18:What the policy says is no secret to those who may read this account; changes of it are in the log of those who deploy
  #checkov:skip=CKV_AWS_144:The policy is in the repository that it is deployed from
  #checkov:skip=CKV2_AWS_62:The functions look for a new version by themselves
  count = var.policy_file != "" ? 1 : 0

  bucket = "${var.name}-config-${local.bucket_suffix}"
}

resource "aws_s3_bucket_public_access_block" "config" {
  count = var.policy_file != "" ? 1 : 0

  bucket                  = aws_s3_bucket.config[0].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "config" {
  count = var.policy_file != "" ? 1 : 0

  bucket = aws_s3_bucket.config[0].id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_versioning" "config" {
  count = var.policy_file != "" ? 1 : 0

  bucket = aws_s3_bucket.config[0].id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "config" {
  count = var.policy_file != "" ? 1 : 0

  bucket = aws_s3_bucket.config[0].id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = local.key_arn
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "config" {
  count = var.policy_file != "" ? 1 : 0

  bucket = aws_s3_bucket.config[0].id

  rule {
    id     = "expire"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days = 30
    }
    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  depends_on = [aws_s3_bucket_versioning.config]
}

resource "aws_s3_bucket_policy" "config" {
  count = var.policy_file != "" ? 1 : 0

  bucket = aws_s3_bucket.config[0].id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = local.tls_only["config"]
  })

  depends_on = [aws_s3_bucket_public_access_block.config]
}

resource "aws_s3_object" "policy" {
  count = var.policy_file != "" ? 1 : 0

  bucket       = aws_s3_bucket.config[0].id
  key          = local.policy_key
  source       = var.policy_file
  source_hash  = try(filemd5(var.policy_file), null)
  content_type = "application/yaml"

  # Encrypted as the bucket says, and there for the functions' first start.
  depends_on = [aws_s3_bucket_server_side_encryption_configuration.config, aws_s3_bucket_versioning.config]
}
