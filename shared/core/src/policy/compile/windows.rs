//! Times: hours of the week, and ends.

use jiff::civil::{Date, Time};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, ToSpan as _};

use super::super::error::{Report, Wrong};
use super::super::file;
use super::super::window::{DAYS, Window};
use super::{all, noted, word};

pub(super) fn compile(line: file::Window, report: &mut Report<'_>) -> Option<Window> {
    let days = match line.days {
        Some(days) if days.is_empty() => {
            report.add(
                line.from.at,
                Wrong::new("the list `days` of this window is empty", "a day in it, or no `days` at all"),
            );
            return None;
        }
        Some(days) => all(days, report, word),
        None => DAYS.map(|(_, day)| day).to_vec(),
    };
    let zone = noted(zone(&line.zone.value), line.zone.at, report);
    let from = noted(clock(&line.from.value), line.from.at, report);
    let to = match line.to.value.as_str() {
        "24:00" => Some(None),
        text => noted(clock(text).map(Some), line.to.at, report),
    };
    let (from, to, zone) = (from?, to?, zone?);
    if Some(from) == to {
        let wrong =
            Wrong::new("this window ends when it begins", "another time, such as \"24:00\" for the end of the day");
        report.add(line.to.at, wrong);
        return None;
    }
    Some(Window { days, from, to, zone })
}

/// `HH:MM`.
fn clock(text: &str) -> Result<Time, Wrong> {
    let shape = text.len() == 5 && text.as_bytes().get(2) == Some(&b':');
    let parsed = shape.then(|| Time::strptime("%H:%M", text).ok()).flatten();
    parsed.ok_or_else(|| {
        Wrong::new(
            format!("`{text}` is no time of the day"),
            "two digits each for hour (00 to 23) and minute, such as \"08:00\"",
        )
    })
}

/// A zone by its name. The database is the one in the program, so that a policy means the same on every machine.
fn zone(name: &str) -> Result<TimeZone, Wrong> {
    let database = TimeZoneDatabase::bundled();
    database.get(name).map_err(|_| {
        let names: Vec<String> = database.available().map(|name| name.as_str().to_owned()).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        Wrong::unlisted("time zone", name, &names, "a name of IANA's database, such as `Europe/Berlin`")
    })
}

/// The end that `until` says: the instant from which on the line holds no longer.
pub(super) fn end(text: &str) -> Result<Timestamp, Wrong> {
    let parsed = if text.len() == "2026-03-31".len() {
        let day = text.parse::<Date>().and_then(|date| date.checked_add(1.day()));
        day.and_then(|next| next.to_zoned(TimeZone::UTC)).map(|zoned| zoned.timestamp())
    } else {
        text.parse::<Timestamp>()
    };
    parsed.map_err(|_| {
        Wrong::new(
            format!("`{text}` is no point in time"),
            "a date such as 2026-03-31, whose end in UTC is meant, or a timestamp such as 2026-03-31T18:00:00Z",
        )
    })
}
