//! What a person sees of a run while it goes on, on standard error.

use std::io::{self, BufRead, BufReader, Read, Write as _};
use std::time::Duration;

use indicatif::{HumanBytes, HumanDuration, ProgressBar, ProgressDrawTarget, ProgressStyle};
use tablewarden_core::printable::printable;

/// How long a run may take before there is a need to say anything of it.
const PATIENCE: Duration = Duration::from_secs(1);

/// How much is read at a time.
const BUFFER: usize = 256 << 10;

/// The longest line, in characters: what stands in it may come from a file.
const LINE: usize = 600;

/// A bar that shows itself once the run has become long, and only on a terminal.
#[derive(Debug)]
pub(crate) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A run over this many bytes, where their number is known.
    pub(crate) fn new(bytes: Option<u64>) -> anyhow::Result<Self> {
        let bar = ProgressBar::with_draw_target(bytes, ProgressDrawTarget::hidden());
        bar.set_style(ProgressStyle::with_template(match bytes {
            Some(_) => "{wide_bar} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left",
            None => "{spinner} {bytes}, {bytes_per_sec}",
        })?);
        Ok(Self { bar })
    }

    /// The input, counted as it is read.
    pub(crate) fn counted<R: Read>(&self, input: R) -> impl BufRead + use<'_, R> {
        BufReader::with_capacity(BUFFER, Counted { input, bar: &self.bar })
    }

    /// Says something about the run.
    pub(crate) fn say(&self, line: &str) {
        self.bar.suspend(|| write_line(line));
    }

    /// Says what went wrong; the run goes on.
    pub(crate) fn complain(&self, error: &anyhow::Error) {
        self.bar.suspend(|| complain(error));
    }

    /// Takes the bar away, and says how it went where that took long.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
        let (bytes, took) = (self.bar.position(), self.bar.elapsed());
        if took > PATIENCE {
            #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let speed = (bytes as f64 / took.as_secs_f64()) as u64;
            self.say(&format!("{} in {}, {}/s", HumanBytes(bytes), HumanDuration(took), HumanBytes(speed)));
        }
    }
}

/// Says on standard error what went wrong. Each line is made fit for a terminal, since it may repeat what a file says.
pub(crate) fn complain(error: &anyhow::Error) {
    let error = format!("{error:#}");
    // What is wrong with a policy comes as a report that has this head already.
    let head = if error.starts_with("error: ") { "" } else { "error: " };
    format!("{head}{error}").lines().for_each(write_line);
}

/// Where standard error is closed, nobody is there to be told.
fn write_line(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{}", printable(line, LINE));
}

/// Counts the bytes that are read.
struct Counted<'a, R> {
    input: R,
    bar: &'a ProgressBar,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        self.bar.inc(read as u64);
        if self.bar.is_hidden() && self.bar.elapsed() > PATIENCE {
            // Stays hidden where standard error is no terminal.
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        Ok(read)
    }
}
