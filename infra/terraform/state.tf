# What the functions remember between invocations: see docs/state.md of the repository.

locals {
  state_table_arn = "arn:${local.partition}:dynamodb:${local.region}:${local.account}:table/${var.name}-state"
}

resource "aws_dynamodb_table" "state" {
  #checkov:skip=CKV_AWS_28:It holds what was told in the last days; without it the functions start anew and tell things twice, which a restore would not change
  #checkov:skip=CKV2_AWS_16:On demand: there is nothing to scale
  name         = "${var.name}-state"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "partition"
  range_key    = "sort"

  attribute {
    name = "partition"
    type = "S"
  }
  attribute {
    name = "sort"
    type = "S"
  }

  ttl {
    attribute_name = "expires"
    enabled        = true
  }
  server_side_encryption {
    enabled     = true
    kms_key_arn = local.key_arn
  }
}
