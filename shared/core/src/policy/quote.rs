//! A line of the file with a mark and words under it, as compilers show theirs.

use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

/// A place in a policy file.
pub(super) struct Quote<'a> {
    /// What messages call the file.
    pub(super) file: &'a str,
    /// From 1.
    pub(super) line: usize,
    /// The line.
    pub(super) text: &'a str,
    /// What is marked, in bytes of `text`.
    pub(super) span: Range<usize>,
}

/// The lines of a file as YAML counts them: a carriage return by itself ends one too.
///
/// Source: "Line Break Characters", <https://yaml.org/spec/1.2.2/#54-line-break-characters>.
pub(super) fn lines(yaml: &str) -> impl Iterator<Item = &str> {
    yaml.split('\n').flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split('\r'))
}

impl Quote<'_> {
    /// The message with the place, and `label` under what is marked.
    pub(super) fn render(self, level: Level<'static>, message: &str, label: &str) -> String {
        let Self { file, line, text, span } = self;
        let snippet = Snippet::source(text).path(file).line_start(line);
        let marked = snippet.annotation(AnnotationKind::Primary.span(span).label(label));
        let report = level.primary_title(message).element(marked);
        Renderer::plain().decor_style(DecorStyle::Ascii).render(&[report])
    }
}
