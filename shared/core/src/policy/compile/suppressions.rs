//! `suppressions`.

use serde_saphyr::Spanned;

use super::super::error::Report;
use super::super::file;
use super::super::suppression::{Line, Suppression};
use super::super::table_spec::TableSpec;
use super::{detections, line_of, noted, one_line, principals, windows};

pub(super) fn compile(line: Spanned<file::Suppression>, report: &mut Report<'_>) -> Option<Line> {
    let Spanned { value: mut line, defined, .. } = line;
    let principal = principals::optional(line.take_principal(), report);
    let detection = noted(detections::known(&line.detection.value), line.detection.defined, report);
    let table = match line.table {
        Some(table) => noted(TableSpec::parse(&table.value), table.defined, report).map(Some),
        None => Some(None),
    };
    let until = noted(windows::end(&line.until.value), line.until.defined, report);
    let reason = one_line(line.reason, report);
    Some(Line {
        detection: detection?.id,
        table: table?,
        principal: principal.ok()?,
        told: Suppression { line: line_of(defined), reason: reason?, until: until? },
    })
}
