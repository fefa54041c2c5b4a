//! `tablewarden policy schema`: the JSON Schema of the format.

use std::io::Write as _;

use crate::exit::Exit;
use crate::render;

/// Prints the schema as `schema/policy.schema.json` holds it.
pub(super) fn schema() -> anyhow::Result<Exit> {
    render::to_stdout(|out| writeln!(out, "{:#}", tablewarden_core::policy::schema()))?;
    Ok(Exit::NothingFound)
}
