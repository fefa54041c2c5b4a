//! What a PartiQL statement does, and to which table.
//!
//! CloudTrail logs statements with the literals of non-key attributes replaced by `***(Redacted)`, which is no valid
//! PartiQL: so this reads the tokens it needs and takes any string. Grammar: "PartiQL - a SQL-compatible query language
//! for Amazon DynamoDB", <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.html>.

use super::Effect;

/// The verb of a statement and the table it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement<'a> {
    /// Read, write or delete.
    pub effect: Effect,
    /// A table's name or ARN, without the index that may follow.
    pub table: &'a str,
}

/// Reads a statement; `None` where its verb or table cannot be told.
///
/// `EXISTS(SELECT …)`, the condition of a transaction, is a read.
pub fn parse(statement: &str) -> Option<Statement<'_>> {
    let mut tokens = Tokens { rest: statement };
    let verb = tokens.word()?;
    let is = |word: &str, keyword: &str| word.eq_ignore_ascii_case(keyword);
    let effect = if is(verb, "SELECT") {
        tokens.skip_past("FROM")?;
        Effect::Read
    } else if is(verb, "EXISTS") {
        tokens.skip_past("SELECT")?;
        tokens.skip_past("FROM")?;
        Effect::Read
    } else if is(verb, "INSERT") {
        is(tokens.word()?, "INTO").then_some(Effect::Write)?
    } else if is(verb, "UPDATE") {
        Effect::Write
    } else if is(verb, "DELETE") {
        is(tokens.word()?, "FROM").then_some(Effect::Delete)?
    } else {
        return None;
    };
    let table = match tokens.next()? {
        Token::Word(name) => name,
        // A doubled quote is allowed by the grammar, and by the rules of no table's name.
        Token::Quoted { quote: '"', text } if !text.contains('"') => text,
        Token::Quoted { .. } | Token::Mark => return None,
    };
    (!table.is_empty()).then_some(Statement { effect, table })
}

enum Token<'a> {
    /// A keyword, a bare name, or anything else that stands between white space and marks.
    Word(&'a str),
    /// Between `"` (a name) or `'` (a string), as written: a doubled quote does not end it.
    Quoted { quote: char, text: &'a str },
    /// Any other character.
    Mark,
}

struct Tokens<'a> {
    rest: &'a str,
}

impl<'a> Tokens<'a> {
    fn next(&mut self) -> Option<Token<'a>> {
        self.skip_comments()?;
        let first = self.rest.chars().next()?;
        match first {
            '"' | '\'' => self.quoted(first),
            // A literal of Ion could hold anything, and none is needed before a table's name.
            '`' => None,
            _ if is_word(first) => {
                let (word, _) = self.rest.split_at(self.rest.find(|c| !is_word(c)).unwrap_or(self.rest.len()));
                // A comment may follow a word without a space between.
                let word = word.split_once("--").map_or(word, |(word, _)| word);
                self.rest = self.rest.get(word.len()..)?;
                Some(Token::Word(word))
            }
            _ => {
                self.rest = self.rest.get(first.len_utf8()..)?;
                Some(Token::Mark)
            }
        }
    }

    /// Passes over white space and comments; `None` where one does not end.
    fn skip_comments(&mut self) -> Option<()> {
        loop {
            self.rest = self.rest.trim_start();
            self.rest = if let Some(comment) = self.rest.strip_prefix("--") {
                comment.split_once(['\n', '\r']).map_or("", |(_, rest)| rest)
            } else if let Some(comment) = self.rest.strip_prefix("/*") {
                comment.split_once("*/")?.1
            } else {
                return Some(());
            };
        }
    }

    fn word(&mut self) -> Option<&'a str> {
        match self.next()? {
            Token::Word(word) => Some(word),
            Token::Quoted { .. } | Token::Mark => None,
        }
    }

    /// Moves past a keyword, over everything before it.
    fn skip_past(&mut self, keyword: &str) -> Option<()> {
        loop {
            if let Token::Word(word) = self.next()?
                && word.eq_ignore_ascii_case(keyword)
            {
                return Some(());
            }
        }
    }

    /// The rest up to the closing quote; `None` where there is none.
    fn quoted(&mut self, quote: char) -> Option<Token<'a>> {
        let body = self.rest.get(1..)?;
        let mut marks = body.match_indices(quote).map(|(at, _)| at).peekable();
        while let Some(at) = marks.next() {
            if marks.next_if_eq(&(at + 1)).is_none() {
                let text = body.get(..at)?;
                self.rest = body.get(at + 1..)?;
                return Some(Token::Quoted { quote, text });
            }
        }
        None
    }
}

/// DynamoDB's table names are of letters, digits, `_`, `-` and `.`; a bare `.` in PartiQL stands before an index, whose
/// name is quoted, so a dot ends the word there.
fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn verb_and_table_are_found_in_any_spelling() {
        use Effect::{Delete, Read, Write};
        let cases = [
            (r#"SELECT * FROM "orders" WHERE pk = ?"#, Some((Read, "orders"))),
            (r#"select a, b from "orders"."by-date" where c='x'"#, Some((Read, "orders"))),
            ("SELECT a FROM orders", Some((Read, "orders"))),
            ("  SELECT\n*\tFROM\n\"orders\"", Some((Read, "orders"))),
            (r#"SELECT "from", 'FROM' FROM "orders""#, Some((Read, "orders"))),
            (r#"SELECT size("x") FROM "shop.orders_v2""#, Some((Read, "shop.orders_v2"))),
            (r#"INSERT INTO "orders" VALUE {'pk': 'a', 'v': ***(Redacted)}"#, Some((Write, "orders"))),
            (r"insert  into orders value {}", Some((Write, "orders"))),
            (r#"UPDATE "orders" SET a=***(Redacted) WHERE pk='x'"#, Some((Write, "orders"))),
            (r#"DELETE FROM "orders" WHERE pk='x'"#, Some((Delete, "orders"))),
            (r#"Delete From "orders""#, Some((Delete, "orders"))),
            (
                r#"-- cleaning up
               DELETE FROM "orders" WHERE pk='x'"#,
                Some((Delete, "orders")),
            ),
            (
                r#"DELETE FROM "arn:aws:dynamodb:eu-west-1:444455556666:table/orders" WHERE pk='x'"#,
                Some((Delete, "arn:aws:dynamodb:eu-west-1:444455556666:table/orders")),
            ),
            (r#"EXISTS(SELECT * FROM "orders" WHERE pk='x')"#, Some((Read, "orders"))),
            (r#"SELECT * FROM "a""b""#, None),
            (r#"SELECT "a""FROM" FROM "b""#, Some((Read, "b"))),
            (r#"DELETE "orders""#, None),
            (r"DELETE FROM 'orders'", None),
            // What stands in a comment is no part of the statement, wherever it begins.
            ("SELECT a-- FROM decoy\nFROM \"orders\"", Some((Read, "orders"))),
            (r#"SELECT /* FROM decoy */ * FROM "orders""#, Some((Read, "orders"))),
            (r#"SELECT a/* FROM decoy -- */FROM/**/"orders""#, Some((Read, "orders"))),
            ("SELECT a -- /*\nFROM orders -- */ FROM decoy", Some((Read, "orders"))),
            (r"SELECT * /* FROM decoy", None),
            // Nor is what stands in a literal of Ion.
            (r#"SELECT `'` FROM "orders" WHERE a = `' FROM decoy`"#, None),
            (r#"DELETE FROM "orders"#, None),
            (r#"DELETE FROM """#, None),
            ("DROP TABLE orders", None),
            ("SELECT", None),
            ("", None),
            ("***(Redacted)", None),
        ];
        for (statement, want) in cases {
            let got = parse(statement);
            assert_eq!(got.as_ref().map(|s| (s.effect, s.table)), want, "{statement}");
        }
    }

    proptest! {
        #[test]
        fn any_string_is_taken(statement in ".*") {
            parse(&statement);
        }

        #[test]
        fn any_ending_of_a_statement_is_taken(tail in r#"(["'*\-(a-z .]|FROM|SELECT|\n)*"#) {
            for verb in ["SELECT ", "DELETE FROM ", "EXISTS(", "INSERT INTO ", "UPDATE "] {
                parse(&format!("{verb}{tail}"));
            }
        }
    }
}
