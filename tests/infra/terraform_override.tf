# Lies beside an example's files as emulator_override.tf while it is tested. Where the emulator is says AWS_ENDPOINT_URL, and
# any AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY will do.

provider "aws" {
  # The emulator has one host name for all buckets.
  s3_use_path_style           = true
  skip_credentials_validation = true
  skip_metadata_api_check     = true
}
