//! `tablewarden detections`: what can be found, and all about one of it.

use std::io::Write as _;

use clap::ValueEnum;
use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use tablewarden_core::detections::{ALL, Detection, page};

use crate::exit::Exit;
use crate::render::{self, detections as text};

/// What `detections` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct DetectionsArgs {
    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,

    /// Say all about this one: why it matters, first steps, what it counts, how a policy changes it
    #[arg(value_name = "ID", value_parser = ids(), hide_possible_values = true)]
    pub(crate) id: Option<&'static Detection>,
}

/// What is printed on standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Table,
    /// One object a detection, in an array; with ID that object alone
    Json,
    /// The page docs/detections.md, of all of them
    Markdown,
}

/// An id of the catalogue; of another one, clap says what it is like.
fn ids() -> impl clap::builder::TypedValueParser<Value = &'static Detection> {
    PossibleValuesParser::new(ALL.map(|detection| detection.id)).try_map(|id| {
        let found = ALL.into_iter().find(|detection| detection.id == id);
        found.ok_or("not in the catalogue")
    })
}

/// Prints the catalogue, or what is known of one detection.
pub(crate) fn detections(args: &DetectionsArgs) -> anyhow::Result<Exit> {
    let screen = render::Screen::of_stdout();
    match (args.format, args.id) {
        (Format::Table, None) => render::to_stdout(|out| text::list(screen, out)),
        (Format::Table, Some(detection)) => render::to_stdout(|out| text::one(detection, screen, out)),
        (Format::Json, None) => render::to_stdout(|out| text::json(&ALL.map(text::to_json).into(), out)),
        (Format::Json, Some(detection)) => render::to_stdout(|out| text::json(&text::to_json(detection), out)),
        (Format::Markdown, None) => render::to_stdout(|out| out.write_all(page().as_bytes())),
        (Format::Markdown, Some(detection)) => {
            anyhow::bail!("--format markdown is the page of all detections: leave out {}", detection.id)
        }
    }?;
    Ok(Exit::NothingFound)
}
