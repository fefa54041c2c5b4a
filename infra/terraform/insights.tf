# Views on the functions' logs, which stand in ../queries and ../contributor-insights, for every template.

resource "aws_cloudwatch_query_definition" "this" {
  for_each = var.insights_queries ? toset([for file in fileset("${path.module}/../queries", "*.logs") : trimsuffix(file, ".logs")]) : []

  name            = "${var.name}-${each.key}"
  log_group_names = [for function in ["trail-log", "ddl-event"] : aws_cloudwatch_log_group.function[function].name]
  query_string    = trimspace(file("${path.module}/../queries/${each.key}.logs"))
}

resource "aws_cloudwatch_contributor_insight_rule" "this" {
  for_each = var.contributor_insights ? toset([for file in fileset("${path.module}/../contributor-insights", "*.json") : trimsuffix(file, ".json")]) : []

  rule_name       = "${var.name}-${each.key}"
  rule_state      = "ENABLED"
  rule_definition = jsonencode(jsondecode(templatefile("${path.module}/../contributor-insights/${each.key}.json", { name = var.name })))

  # A rule on a log group that is not there is refused.
  depends_on = [aws_cloudwatch_log_group.function]
}

# The keys that a watched table is asked for most, by Contributor Insights for DynamoDB.
resource "aws_dynamodb_contributor_insights" "table" {
  for_each = toset(var.table_contributor_insights)

  table_name = each.key
}
