//! What a PartiQL statement does, to which table, and whether it names the key.
//!
//! CloudTrail logs statements with the literals of non-key attributes replaced by `***(Redacted)`, which is no valid
//! PartiQL: so this reads the tokens it needs and takes any string. Grammar: "PartiQL - a SQL-compatible query language
//! for Amazon DynamoDB", <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.html>.

mod condition;
mod literal;
mod tokens;

use super::Effect;
use condition::Condition;
pub use condition::Keyed;
pub use literal::{Attribute, Literal};
use tokens::{Token, Tokens};

/// The verb of a statement and what it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement<'a> {
    /// Read, write or delete.
    pub effect: Effect,
    /// A table's name or ARN, without the index that may follow.
    pub table: &'a str,
    /// The index that follows the table's name.
    pub index: Option<&'a str>,
    /// Whether it names the items by their keys. A `SELECT` that does not reads the whole table.
    pub keyed: Keyed,
    /// The key of the one item that a statement other than `SELECT` is about; empty where it is not told in full.
    pub key: Vec<Attribute<'a>>,
}

/// A key is made of a partition key and at most one sort key:
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.CoreComponents.html>.
const LONGEST_KEY: usize = 2;

/// Reads a statement; `None` where its verb or table cannot be told.
///
/// `EXISTS(SELECT …)`, the condition of a transaction, is a read.
pub fn parse(statement: &str) -> Option<Statement<'_>> {
    let mut tokens = Tokens { rest: statement };
    let verb = tokens.next()?;
    let effect = if verb.is("SELECT") {
        tokens.skip_past("FROM")?;
        Effect::Read
    } else if verb.is("EXISTS") {
        tokens.skip_past("SELECT")?;
        tokens.skip_past("FROM")?;
        Effect::Read
    } else if verb.is("INSERT") {
        tokens.next_if(|token| token.is("INTO"))?;
        Effect::Write
    } else if verb.is("UPDATE") {
        Effect::Write
    } else if verb.is("DELETE") {
        tokens.next_if(|token| token.is("FROM"))?;
        Effect::Delete
    } else {
        return None;
    };
    let table = tokens.next()?.name()?;
    let index = match tokens.next_if(|token| token == Token::Mark('.')) {
        Some(_) => Some(tokens.next()?.name()?),
        None => None,
    };
    let Condition { keyed, equal } = if verb.is("INSERT") {
        // An item is inserted with its key.
        Condition { keyed: Keyed::Yes, equal: literal::inserted(tokens) }
    } else if find_where(&mut tokens, verb) {
        condition::read(tokens)
    } else {
        Condition::default()
    };
    let is_key = equal.len() <= LONGEST_KEY && equal.iter().all(|(_, literal)| *literal != Literal::Parameter);
    let key = if is_key && !verb.is("SELECT") { equal } else { Vec::new() };
    Some(Statement { effect, table, index, keyed, key })
}

/// Moves past the `WHERE` that belongs to the statement; `false` where there is none.
fn find_where(tokens: &mut Tokens<'_>, verb: Token<'_>) -> bool {
    if verb.is("UPDATE") {
        return tokens.skip_past("WHERE").is_some();
    }
    // Between the table and `WHERE` there may be an alias; a second table or a join is for no one table's key.
    let is_name = |token: Token<'_>| token.name().is_some() && !token.is("WHERE");
    if tokens.next_if(|token| token.is("AS")).is_some() && tokens.next_if(is_name).is_none() {
        return false;
    }
    tokens.next_if(is_name);
    tokens.next_if(|token| token.is("WHERE")).is_some()
}

#[cfg(test)]
mod tests;
