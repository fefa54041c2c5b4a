//! `suppressions`.

use super::super::error::Report;
use super::super::file;
use super::super::suppression::{Line, Suppression};
use super::super::table_spec::TableSpec;
use super::{detections, line_of, noted, one_line, principals, windows};

pub(super) fn compile(line: file::Placed<file::Suppression>, report: &mut Report<'_>) -> Option<Line> {
    let file::Placed { value: mut line, at } = line;
    let principal = principals::optional(line.take_principal(), report);
    let detection = noted(detections::known(&line.detection.value), line.detection.at, report);
    let detection = detection.map(|_| line.detection.value);
    let table = match line.table {
        Some(table) => noted(TableSpec::parse(&table.value), table.at, report).map(Some),
        None => Some(None),
    };
    let until = noted(windows::end(&line.until.value), line.until.at, report);
    let reason = one_line(line.reason, report);
    Some(Line {
        detection: detection?,
        table: table?,
        principal: principal.ok()?,
        told: Suppression { line: line_of(at), reason: reason?, until: until? },
    })
}
