# The widgets stand in ../dashboard.json, for every template.

resource "aws_cloudwatch_dashboard" "this" {
  count = var.dashboard ? 1 : 0

  dashboard_name = var.name
  dashboard_body = jsonencode(jsondecode(templatefile("${path.module}/../dashboard.json", {
    name      = var.name
    region    = local.region
    namespace = var.metrics_namespace
  })))
}
