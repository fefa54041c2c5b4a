//! The attributes that a request names, in its expressions and lists.
//!
//! "Using expressions in DynamoDB",
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.html>. Values stand in expressions as
//! placeholders, `:value`, so that nothing of an item is told.

use std::collections::BTreeSet;

use serde_json_borrow::Value;

use crate::access::Call;

/// The top-level attributes that a call names; `None` where it may touch others, or its form does not tell.
pub(super) fn named(call: &Call<'_>) -> Option<BTreeSet<String>> {
    let expressions: &[&str] = match call.record.event_name() {
        // Without a projection, all attributes are returned.
        "GetItem" | "Scan" => &["projectionExpression"],
        "Query" => &["projectionExpression", "keyConditionExpression"],
        "UpdateItem" => &["updateExpression"],
        "PutItem" => &[],
        _ => return None,
    };
    let mut names = BTreeSet::new();
    for expression in expressions {
        names.extend(in_expression(call, call.params.text(&[expression])?)?);
    }
    for optional in ["filterExpression", "conditionExpression"] {
        if let Some(expression) = call.params.text(&[optional]) {
            names.extend(in_expression(call, expression)?);
        }
    }
    if let Some(Value::Object(key)) = call.params.get("key") {
        names.extend(key.iter().map(|(name, _)| name.to_owned()));
    }
    if call.record.event_name() == "PutItem" {
        // Documented as `item`, seen as `items`: the names of the attributes.
        let written = call.params.get("items").or_else(|| call.params.get("item"))?;
        for name in written.as_array()? {
            names.insert(name.as_str()?.to_owned());
        }
    }
    Some(names)
}

/// The words of the expressions' language, none of which can be an attribute's name as it stands.
///
/// "Reserved words in DynamoDB",
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ReservedWords.html>, and the functions in "Condition and
/// filter expressions" and "Using update expressions".
const WORDS: [&str; 18] = [
    "ADD",
    "AND",
    "BETWEEN",
    "DELETE",
    "IN",
    "NOT",
    "OR",
    "REMOVE",
    "SET",
    "attribute_exists",
    "attribute_not_exists",
    "attribute_type",
    "begins_with",
    "contains",
    "if_not_exists",
    "list_append",
    "size",
    "SIZE",
];

/// The top-level attributes in an expression; `None` where a `#name` stands for something that is not told.
fn in_expression(call: &Call<'_>, expression: &str) -> Option<BTreeSet<String>> {
    let is_word = |c: char| c.is_alphanumeric() || "_#:-.[]".contains(c);
    let mut names = BTreeSet::new();
    for token in expression.split(|c: char| !is_word(c)) {
        let name = token.split(['.', '[']).next().unwrap_or_default();
        let is_keyword = WORDS.iter().any(|word| word.eq_ignore_ascii_case(name));
        if name.starts_with(|c: char| c.is_alphabetic() || c == '_') && !is_keyword {
            names.insert(name.to_owned());
        } else if name.starts_with('#') {
            let Some(Value::Object(aliases)) = call.params.get("expressionAttributeNames") else { return None };
            // Aliases have a case, other than the fields of a request.
            let (_, meant) = aliases.iter().find(|(alias, _)| *alias == name)?;
            names.insert(meant.as_str()?.to_owned());
        }
    }
    Some(names)
}
