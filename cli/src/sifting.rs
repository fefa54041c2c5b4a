//! Files read by several threads at once, and audited by one, file after file.

use std::collections::BTreeSet;
use std::num::NonZero;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

use anyhow::Context as _;
use tablewarden_core::audit::{Audit, Sieve, Sifted};
use tablewarden_core::finding::Origin;
use tablewarden_core::log_file::{LogFileError, Summary};
use tablewarden_core::ports::Observer;

use crate::inputs::Input;
use crate::progress::Progress;

/// How many parts of a file may wait to be audited: they bound the memory.
const WAITING: usize = 16;

/// Parts that were audited, to be filled anew.
type Spare = Mutex<Vec<Sifted>>;

/// A file that a thread reads.
struct Opened<'i> {
    input: &'i Input,
    parts: Receiver<Part>,
}

enum Part {
    Sifted(Sifted),
    NotOpened(anyhow::Error),
    End(Result<Summary, LogFileError>),
}

/// How many threads there is room for.
pub(crate) fn threads() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

/// Audits the inputs in their order. What comes of it does not depend on the number of threads. Of each that could not be
/// read, or not to its end, `failed` is told.
pub(crate) fn audit(
    inputs: &BTreeSet<Input>,
    threads: usize,
    audit: &mut Audit,
    observer: &mut impl Observer,
    progress: &Progress,
    mut failed: impl FnMut(&anyhow::Error),
) {
    let sieve = audit.sieve();
    let (next, spare) = (Mutex::new(inputs.iter()), Spare::default());
    // Files that are read before their turn wait here, in their order.
    let (to_be_audited, in_turn) = sync_channel(threads);
    thread::scope(|scope| {
        for _ in 0..threads.min(inputs.len()) {
            let (to_be_audited, next, spare, sieve) = (to_be_audited.clone(), &next, &spare, &sieve);
            scope.spawn(move || {
                while let Some((input, parts)) = take(next, &to_be_audited) {
                    read(input, &parts, spare, sieve, progress);
                }
            });
        }
        drop(to_be_audited);
        for Opened { input, parts } in in_turn {
            if let Err(error) = take_in(input, parts, &spare, audit, observer) {
                failed(&error);
            }
        }
    });
}

/// The next input, whose parts go where they are sent. The lock is held until it is in its place in the order.
fn take<'i>(
    next: &Mutex<impl Iterator<Item = &'i Input>>,
    to_be_audited: &SyncSender<Opened<'i>>,
) -> Option<(&'i Input, SyncSender<Part>)> {
    let mut next = next.lock().unwrap_or_else(PoisonError::into_inner);
    let input = next.next()?;
    let (sender, parts) = sync_channel(WAITING);
    to_be_audited.send(Opened { input, parts }).ok()?;
    Some((input, sender))
}

/// Reads an input. Where nobody takes its parts any more, the run is over.
fn read(input: &Input, parts: &SyncSender<Part>, spare: &Spare, sieve: &Sieve, progress: &Progress) {
    let hand_on = |sifted| {
        parts.send(Part::Sifted(sifted)).ok()?;
        Some(spare.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default())
    };
    let end = match input.open() {
        Ok(opened) => Part::End(sieve.file(progress.counted(opened), hand_on)),
        Err(error) => Part::NotOpened(error.into()),
    };
    let _ = parts.send(end);
}

fn take_in(
    input: &Input,
    parts: Receiver<Part>,
    spare: &Spare,
    audit: &mut Audit,
    observer: &mut impl Observer,
) -> anyhow::Result<()> {
    let place = input.place();
    for part in parts {
        match part {
            Part::Sifted(sifted) => {
                audit.sifted(&sifted, Origin { place: &place, message: 0 }, observer);
                spare.lock().unwrap_or_else(PoisonError::into_inner).push(sifted);
            }
            Part::NotOpened(error) => return Err(error.context(format!("cannot open {place}"))),
            Part::End(result) => audit.file_done(result).with_context(|| place.to_string())?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use jiff::Timestamp;
    use tablewarden_core::log_file::Limits;

    use super::*;
    use crate::watch::Watch;

    #[test]
    fn what_is_found_does_not_depend_on_the_number_of_threads() {
        let folder = tempfile::tempdir().unwrap();
        let mut inputs = BTreeSet::new();
        for number in 0..40 {
            let path = folder.path().join(format!("{number:02}.ndjson"));
            let record = |id: usize, table: &str| {
                format!(
                    r#"{{"eventVersion":"1.11","userIdentity":{{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/u{number}","accountId":"111122223333","userName":"u{number}"}},"eventTime":"2026-03-02T09:15:00Z","eventSource":"dynamodb.amazonaws.com","eventName":"Scan","awsRegion":"eu-west-1","sourceIPAddress":"203.0.113.7","userAgent":"x","requestParameters":{{"tableName":"{table}"}},"requestID":"r","eventID":"1f0c4a3e-7b52-4b8e-9d55-{id:012}","recipientAccountId":"111122223333"}}"#
                )
            };
            // Some events stand in several files, and some files are broken.
            let mut lines: Vec<String> = (0..200).map(|line| record(number / 2 * 1000 + line, "orders")).collect();
            if number % 7 == 0 {
                lines.push("{".to_owned());
            }
            fs::write(&path, lines.join("\n")).unwrap();
            inputs.insert(Input::File(path));
        }
        inputs.insert(Input::File(folder.path().join("gone")));
        let run = |threads| {
            let progress = Progress::new(None).unwrap();
            let (mut run, mut watch, mut errors) =
                (Audit::new(None, Timestamp::UNIX_EPOCH, Limits::default()), Watch::new(&progress), Vec::new());
            audit(&inputs, threads, &mut run, &mut watch, &progress, |error| errors.push(format!("{error:#}")));
            let tally = run.take_tally();
            assert_eq!((tally.records_read > 7000, errors.len()), (true, 7), "{errors:?}");
            format!("{errors:?} {tally:?} {:#?} {:?}", run.into_findings(), watch.into_accesses())
        };
        let alone = run(1);
        for threads in [2, 3, 8] {
            assert!(run(threads) == alone, "{threads} threads");
        }
    }
}
