//! `suppressions`.

use super::super::error::{Report, Wrong};
use super::super::file;
use super::super::resource::ResourceSpec;
use super::super::suppression::{Line, Suppression};
use super::super::table_spec::TableSpec;
use super::detections::{self, Known};
use super::{line_of, noted, one_line, principals, windows};
use crate::detections::Section;

pub(super) fn compile(line: file::Placed<file::Suppression>, report: &mut Report<'_>) -> Option<Line> {
    let file::Placed { value: mut line, at } = line;
    let principal = principals::optional(line.take_principal(), report);
    let detection = noted(detections::known(&line.detection.value), line.detection.at, report);
    let is_for_anything = matches!(principal, Ok(None)) && line.resource.is_none();
    if let Some(Known::Detection(known)) = &detection
        && known.section() == Some(Section::Blindfolds)
        && is_for_anything
    {
        let message = format!(
            "`{}` tells of what blinds this audit: it is not suppressed for everybody and everything",
            known.id
        );
        report.add(line.detection.at, Wrong::new(message, format!("`resource` beside it, or {}", principals::KINDS)));
    }
    let detection = detection.map(|_| line.detection.value);
    let table = match line.table {
        Some(table) => noted(TableSpec::parse(&table.value), table.at, report).map(Some),
        None => Some(None),
    };
    let resource = match line.resource {
        Some(resource) => noted(ResourceSpec::parse(&resource.value), resource.at, report).map(Some),
        None => Some(None),
    };
    let until = noted(windows::end(&line.until.value), line.until.at, report);
    let reason = one_line(line.reason, report);
    Some(Line {
        detection: detection?,
        table: table?,
        resource: resource?,
        principal: principal.ok()?,
        told: Suppression { line: line_of(at), reason: reason?, until: until? },
    })
}
