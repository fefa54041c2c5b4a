//! Where the values of a YAML text stand, to the byte. The policy's own reader tells where values begin, not where they end.

use granit_parser::{Event, Parser, Span, StructureStyle};

/// A value with its place.
#[derive(Debug)]
pub(super) struct Node {
    /// In bytes; of a block it is the last byte of what stands in it.
    pub(super) start: usize,
    pub(super) end: usize,
    /// From 0, of the first character: of a block list its first dash, of a block map its first key.
    pub(super) column: usize,
    /// From 1.
    pub(super) line: usize,
    pub(super) value: Value,
}

/// What stands there.
#[derive(Debug)]
pub(super) enum Value {
    Scalar(String),
    List {
        is_flow: bool,
        items: Vec<Node>,
    },
    Map {
        is_flow: bool,
        pairs: Vec<(Node, Node)>,
    },
    /// An alias, which shows what stands elsewhere.
    Alias,
}

impl Node {
    /// The value of a field of a map.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        let is_it = |name: &Self| matches!(&name.value, Value::Scalar(name) if name == key);
        match &self.value {
            Value::Map { pairs, .. } => pairs.iter().find(|(name, _)| is_it(name)).map(|(_, value)| value),
            Value::Scalar(_) | Value::List { .. } | Value::Alias => None,
        }
    }

    /// The items of a list.
    pub(super) fn items(&self) -> &[Self] {
        match &self.value {
            Value::List { items, .. } => items,
            Value::Scalar(_) | Value::Map { .. } | Value::Alias => &[],
        }
    }

    fn new(span: Span, value: Value) -> Option<Self> {
        let (start, end) = (span.start.byte_offset()?, span.end.byte_offset()?);
        Some(Self { start, end, column: span.start.col(), line: span.start.line(), value })
    }
}

/// A list or a map that has not ended yet.
struct Open {
    span: Span,
    is_flow: bool,
    is_map: bool,
    children: Vec<Node>,
}

/// The value of the first document; `None` where the text is no YAML.
pub(super) fn parse(yaml: &str) -> Option<Node> {
    let mut open: Vec<Open> = Vec::new();
    for event in Parser::new_from_str(yaml) {
        let (event, span) = event.ok()?;
        let starts =
            |is_map, style| Open { span, is_flow: style == StructureStyle::Flow, is_map, children: Vec::new() };
        let node = match event {
            Event::MappingStart(style, ..) => {
                open.push(starts(true, style));
                continue;
            }
            Event::SequenceStart(style, ..) => {
                open.push(starts(false, style));
                continue;
            }
            Event::MappingEnd | Event::SequenceEnd => close(open.pop()?, span, yaml)?,
            Event::Scalar(text, ..) => Node::new(span, Value::Scalar(text.into_owned()))?,
            Event::Alias(_) => Node::new(span, Value::Alias)?,
            _ => continue,
        };
        match open.last_mut() {
            Some(parent) => parent.children.push(node),
            None => return Some(node),
        }
    }
    None
}

fn close(open: Open, end: Span, yaml: &str) -> Option<Node> {
    let Open { span, is_flow, is_map, children } = open;
    // A block ends where the next line has less indentation, behind comments that are no part of it.
    let last = children.last().map(|last| last.end).filter(|_| !is_flow);
    let end = last.or(end.end.byte_offset())?;
    let dash = children.first().filter(|_| !is_flow && !is_map).and_then(|first| dash_column(yaml, first.start));
    let value = if is_map {
        let mut pairs = Vec::with_capacity(children.len() / 2);
        let mut children = children.into_iter();
        while let (Some(key), Some(value)) = (children.next(), children.next()) {
            pairs.push((key, value));
        }
        Value::Map { is_flow, pairs }
    } else {
        Value::List { is_flow, items: children }
    };
    Node::new(span, value).map(|node| Node { end, column: dash.unwrap_or(node.column), ..node })
}

/// The column of the dash before an item: a list that is no deeper than its key begins, to the parser, behind it.
fn dash_column(yaml: &str, item: usize) -> Option<usize> {
    let before = yaml.get(..item)?.trim_end().strip_suffix('-')?;
    let line = before.rsplit('\n').next()?;
    Some(line.chars().count())
}
