//! From the names in a request to full table ids.

use std::borrow::Cow;
use std::collections::HashMap;

use indexmap::IndexMap;
use serde_json::value::RawValue;
use serde_json_borrow::Value;

use super::home::Home;
use super::{Outcome, TablePart};
use crate::actor::Actor;
use crate::arn::Arn;
use crate::operation::Service;
use crate::record::Record;
use crate::table::{TableArn, TableId};

/// A table, and the part of it that is meant.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Target<'a> {
    pub(super) table: TableId<'a>,
    pub(super) part: Option<TablePart<'a>>,
}

/// What a record says about where its tables stand.
pub(super) struct Tables<'a> {
    /// The tables among the record's `resources`, each once, with the part of it that is listed.
    listed: IndexMap<TableId<'a>, Option<TablePart<'a>>>,
    /// Those of them that a bare name may mean.
    by_name: HashMap<Cow<'a, str>, TableId<'a>>,
    /// What else is among the `resources`.
    others: Vec<&'a str>,
    /// Where a bare name belongs.
    pub(super) home: Home<'a>,
    /// The ARN that a denial's message names.
    denied: Option<&'a str>,
    /// Why there may be more tables among the `resources`.
    unreadable: Option<&'static str>,
}

impl<'a> Tables<'a> {
    pub(super) fn of(record: &'a Record<'a>, actor: &'a Actor<'a>, outcome: Outcome) -> Self {
        let home = Home::of(record, actor);
        let mut listed = IndexMap::new();
        let mut by_name = HashMap::new();
        let (arns, unreadable) = resource_arns(record.resources);
        let mut others = Vec::new();
        for arn in arns {
            let Some(Target { table, part }) = parse_arn(arn) else {
                others.push(arn);
                continue;
            };
            // Of two tables of one name, the caller's own is the one that it can name so.
            if table.account == home.account && table.region == home.region || !by_name.contains_key(&table.name) {
                by_name.insert(table.name.clone(), table.clone());
            }
            let known: &mut Option<TablePart<'_>> = listed.entry(table).or_default();
            *known = known.take().or(part);
        }
        let denied = record.error_message.text().filter(|_| outcome == Outcome::Denied).and_then(arn_in_denial);
        Self { listed, by_name, others, home, denied, unreadable }
    }

    /// The table behind a name or an ARN of a request; `None` for a text that can be neither.
    ///
    /// A name has at most 255 characters and an ARN 1,024; a call that fails for that reason is logged all the same, with
    /// whatever its caller wrote:
    /// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeTable.html>.
    /// No table is called `*`, which stands for all of them.
    pub(super) fn resolve(&self, name_or_arn: &'a str) -> Option<Target<'a>> {
        if let Some(arn) = TableArn::parse(name_or_arn) {
            return usable(arn, name_or_arn);
        }
        if matches!(name_or_arn, "" | "*") || name_or_arn.len() > 255 {
            return None;
        }
        let table = match self.by_name.get(name_or_arn) {
            Some(table) => table.clone(),
            None => TableId {
                partition: self.home.partition().into(),
                account: self.home.account.into(),
                region: self.home.region.into(),
                name: name_or_arn.into(),
            },
        };
        Some(Target { table, part: None })
    }

    /// The table and part behind a path such as `orders/index/by-date`.
    pub(super) fn resolve_path(&self, path: &'a str) -> Option<Target<'a>> {
        let (table, part) = path.split_once('/').map_or((path, None), |(table, part)| (table, Some(part)));
        Some(Target { part: part.and_then(TablePart::of_path), ..self.resolve(table)? })
    }

    /// The first ARN of a service that the record lists or a denial names, and that is of no table.
    pub(super) fn other(&self, service: Service) -> Option<&'a str> {
        let of_service = |arn: &&&str| Arn::parse(arn).is_some_and(|arn| arn.service == service.in_arns());
        self.others.iter().chain(&self.denied).find(of_service).copied()
    }

    /// The part of a table that the record lists.
    pub(super) fn part_of(&self, table: &TableId<'a>) -> Option<TablePart<'a>> {
        self.listed.get(table).cloned().flatten()
    }

    /// The table to fall back on where the request names none.
    pub(super) fn first(&self) -> Option<Target<'a>> {
        self.all().next()
    }

    /// Why the record may list more tables than are known.
    pub(super) fn unreadable(&self) -> Option<&'static str> {
        self.unreadable
    }

    /// Every table that the record lists.
    pub(super) fn listed(&self) -> impl Iterator<Item = Target<'a>> + '_ {
        self.listed.iter().map(|(table, part)| Target { table: table.clone(), part: part.clone() })
    }

    /// Every table that the record lists, or the one a denial is about.
    pub(super) fn all(&self) -> impl Iterator<Item = Target<'a>> + '_ {
        let denied = self.denied.filter(|_| self.listed.is_empty()).and_then(parse_arn);
        self.listed().chain(denied)
    }
}

/// What an ARN points to, unless it is of no table.
pub(super) fn parse_arn(arn: &str) -> Option<Target<'_>> {
    usable(TableArn::parse(arn)?, arn)
}

/// What an ARN points to that is no longer than DynamoDB allows and that means one table.
fn usable<'a>(parsed: TableArn<'a>, arn: &str) -> Option<Target<'a>> {
    let TableArn { table, part } = parsed;
    let part = part.and_then(TablePart::of_path);
    (arn.len() <= 1024 && table.name != "*").then_some(Target { table, part })
}

/// The ARNs of `resources`, and why there may be more of them. Each element is read by itself, so that an odd one hides no
/// other.
fn resource_arns(raw: Option<&str>) -> (Vec<&str>, Option<&'static str>) {
    const UNREADABLE: Option<&str> = Some("resources that cannot be read in full");
    let Some(raw) = raw else { return (Vec::new(), None) };
    let Ok(elements) = serde_json::from_str::<Vec<&RawValue>>(raw) else { return (Vec::new(), UNREADABLE) };
    let (mut arns, mut unreadable) = (Vec::new(), None);
    for element in elements {
        match serde_json::from_str::<Value<'_>>(element.get()) {
            Ok(Value::Null) => {}
            // Some resources have an `ARNPrefix` in its place.
            Ok(Value::Object(fields)) => {
                for (_, arn) in fields.iter().filter(|(name, _)| name.eq_ignore_ascii_case("arn")) {
                    match arn {
                        Value::Null => {}
                        Value::Str(Cow::Borrowed(arn)) => arns.push(*arn),
                        // An ARN that was written with escapes is none of AWS's.
                        _ => unreadable = UNREADABLE,
                    }
                }
            }
            _ => unreadable = UNREADABLE,
        }
    }
    (arns, unreadable)
}

/// `User: … is not authorized to perform: dynamodb:Scan on resource: ARN because …`: AWS's own words, which name the table
/// where a denied call comes without parameters. For a call such as `ListTables` they name all tables, `table/*`, so none.
fn arn_in_denial(message: &str) -> Option<&str> {
    let (_, rest) = message.split_once(" on resource: ")?;
    rest.split([' ', '\n', '\t']).next().filter(|arn| arn.len() <= 2048)
}
