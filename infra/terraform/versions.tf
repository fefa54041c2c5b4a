terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source = "hashicorp/aws"
      # 5.100 is what the tests run; Contributor Insights rules came late in the fifth major version.
      version = ">= 5.100, < 7.0"
    }
  }
}
