//! The fault matrix: whatever fails, what was sent is told, held back, or no finding.
//!
//! The short form runs with all tests; `make faults` runs the long one, and writes what it counted into docs/reliability.md.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use jiff::{SignedDuration, Timestamp};
use tablewarden_tests::cell::{Fault, Prepared, Row, run};
use tablewarden_tests::load::Load;

/// Where the table stands in the page.
const MARKS: [&str; 2] = ["<!-- matrix -->", "<!-- end of the matrix -->"];

fn load(objects: u64, records: u64) -> Load {
    let start = Timestamp::now() - SignedDuration::from_hours(3);
    Load { seed: 7, objects, records, start }
}

async fn matrix(load: Load) -> Result<Vec<Row>> {
    let prepared = Prepared::new(load)?;
    let mut rows = Vec::new();
    for fault in Fault::ALL {
        let row = run(fault, &prepared).await.with_context(|| fault.title())?;
        // A line for each cell as it comes: the long form takes its time.
        writeln!(std::io::stdout(), "{}", line(&row))?;
        rows.push(row);
    }
    Ok(rows)
}

fn line(row: &Row) -> String {
    let Row {
        fault,
        sent,
        not_findings,
        told,
        suppressed,
        duplicates,
        alerts,
        invocations,
        dead,
        in_parts,
        missed,
        ..
    } = row;
    let told_of = match (in_parts.as_slice(), missed.as_slice()) {
        ([], []) => "all".to_owned(),
        (parts, []) => format!("all, {} in parts", parts.join(" and ")),
        (_, missed) => format!("not {}", missed.join(", ")),
    };
    let holds = if row.holds() { "holds" } else { "BROKEN" };
    format!(
        "| {} | {sent} | {not_findings} | {told} | {suppressed} | {duplicates} | {alerts} | {invocations} | {dead} | {told_of} | {holds} |",
        fault.title()
    )
}

fn check(rows: &[Row]) -> Result<()> {
    for row in rows {
        ensure!(row.holds(), "{}", line(row));
        // Where neither a run died nor the memory failed, nothing is told twice.
        let may_repeat = matches!(row.fault, Fault::Killed | Fault::StateDown | Fault::StateThrottled);
        ensure!(may_repeat || row.duplicates == 0, "told twice: {}", line(row));
    }
    Ok(())
}

#[tokio::test]
async fn nothing_is_lost_whatever_fails() -> Result<()> {
    check(&matrix(load(40, 100)).await?)
}

#[tokio::test]
#[ignore = "a million records: make faults"]
async fn nothing_of_a_million_records_is_lost_whatever_fails() -> Result<()> {
    let load = load(2000, 500);
    let rows = matrix(load).await?;
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/reliability.md");
    let text = std::fs::read_to_string(&page)?;
    let (before, rest) = text.split_once(MARKS[0]).context("no mark for the matrix")?;
    let (_, after) = rest.split_once(MARKS[1]).context("no end of the matrix")?;
    let mut table = String::from(
        "\n| fault | records sent | no findings | told | suppressed | duplicates | alerts | invocations | dead letters | attacks told | sum |\n|---|---|---|---|---|---|---|---|---|---|---|\n",
    );
    for row in &rows {
        writeln!(table, "{}", line(row))?;
    }
    std::fs::write(&page, format!("{before}{}{table}{}{after}", MARKS[0], MARKS[1]))?;
    check(&rows)
}
