//! Hours of the week in the local time of a zone.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;

/// Hours that come back every week. They follow the clocks of their zone: where these are set forward or back, they are an
/// hour shorter or longer if the change falls into them.
#[derive(Debug, Clone)]
pub(super) struct Window {
    /// The days that it begins on.
    pub(super) days: Vec<Weekday>,
    /// Its first minute.
    pub(super) from: Time,
    /// The first minute after it; `None` is the end of the day. Before `from`, it is on the next day.
    pub(super) to: Option<Time>,
    pub(super) zone: TimeZone,
}

/// The days of the week as a policy writes them.
pub(super) const DAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

impl Window {
    pub(super) fn contains(&self, time: Timestamp) -> bool {
        // Each instant has one local time, so that hours that come twice or never need no case of their own.
        let local = self.zone.to_datetime(time);
        let (today, clock) = (local.weekday(), local.time());
        match self.to {
            None => self.begins_on(today) && clock >= self.from,
            Some(to) if self.from < to => self.begins_on(today) && clock >= self.from && clock < to,
            Some(to) => {
                (self.begins_on(today) && clock >= self.from) || (self.begins_on(today.previous()) && clock < to)
            }
        }
    }

    fn begins_on(&self, day: Weekday) -> bool {
        self.days.contains(&day)
    }

    /// When that was by the clocks of the zone: `Sat 2026-03-07 02:30 Europe/Berlin`.
    pub(super) fn local(&self, time: Timestamp) -> String {
        format!("{} {}", self.zone.to_datetime(time).strftime("%a %Y-%m-%d %H:%M"), self.zone_name())
    }

    fn zone_name(&self) -> &str {
        // Zones are taken from the database by their names.
        self.zone.iana_name().unwrap_or("UTC")
    }
}

impl fmt::Display for Window {
    /// `mon, tue 08:00 to 18:00 Europe/Berlin`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.days.len() < DAYS.len() {
            let words = DAYS.iter().filter(|(_, day)| self.begins_on(*day)).map(|(word, _)| *word);
            write!(f, "{} ", words.collect::<Vec<_>>().join(", "))?;
        }
        let to = self.to.map_or("24:00".to_owned(), |to| to.strftime("%H:%M").to_string());
        write!(f, "{} to {to} {}", self.from.strftime("%H:%M"), self.zone_name())
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZoneDatabase;

    use super::*;

    fn window(days: &[&str], from: &str, to: Option<&str>, zone: &str) -> Window {
        let days = DAYS.iter().filter(|(word, _)| days.is_empty() || days.contains(word)).map(|(_, day)| *day);
        Window {
            days: days.collect(),
            from: from.parse().unwrap(),
            to: to.map(|to| to.parse().unwrap()),
            zone: TimeZoneDatabase::bundled().get(zone).unwrap(),
        }
    }

    #[test]
    fn hours_follow_the_clocks_of_their_zone() {
        let office = window(&["mon", "tue", "wed", "thu", "fri"], "08:00", Some("18:00"), "Europe/Berlin");
        let night = window(&["fri"], "22:00", Some("06:00"), "Europe/Berlin");
        let whole_sunday = window(&["sun"], "00:00", None, "Europe/Berlin");
        let until_midnight = window(&[], "20:00", Some("00:00"), "UTC");
        // In 2026, Berlin's clocks go from 02:00 to 03:00 on 29 March and from 03:00 to 02:00 on 25 October.
        let early = window(&["sun"], "02:00", Some("03:00"), "Europe/Berlin");
        let over_the_gap = window(&["sat"], "23:00", Some("04:00"), "Europe/Berlin");
        // Lord Howe Island changes by half an hour, on 5 April 2026 from 02:00 to 01:30.
        let half = window(&["sun"], "01:30", Some("02:00"), "Australia/Lord_Howe");
        let cases = [
            (&office, "2026-03-02T06:59:59Z", false),
            (&office, "2026-03-02T07:00:00Z", true),
            (&office, "2026-03-02T16:59:59.999Z", true),
            (&office, "2026-03-02T17:00:00Z", false),
            (&office, "2026-03-07T10:00:00Z", false),
            // The same local hours in summer time
            (&office, "2026-03-30T05:59:59Z", false),
            (&office, "2026-03-30T06:00:00Z", true),
            (&office, "2026-03-30T16:00:00Z", false),
            // A Friday's night ends on Saturday, and Friday's small hours are Thursday's
            (&night, "2026-03-06T20:59:59Z", false),
            (&night, "2026-03-06T21:00:00Z", true),
            (&night, "2026-03-06T23:30:00Z", true),
            (&night, "2026-03-07T04:59:59Z", true),
            (&night, "2026-03-07T05:00:00Z", false),
            (&night, "2026-03-06T02:00:00Z", false),
            (&night, "2026-03-07T21:30:00Z", false),
            (&whole_sunday, "2026-03-07T22:59:59Z", false),
            (&whole_sunday, "2026-03-07T23:00:00Z", true),
            (&whole_sunday, "2026-03-08T22:59:59Z", true),
            (&whole_sunday, "2026-03-08T23:00:00Z", false),
            (&until_midnight, "2026-03-08T23:59:59Z", true),
            (&until_midnight, "2026-03-09T00:00:00Z", false),
            // The hour that does not exist, and the one that exists twice
            (&early, "2026-03-22T01:30:00Z", true),
            (&early, "2026-03-29T00:59:59Z", false),
            (&early, "2026-03-29T01:00:00Z", false),
            (&early, "2026-10-25T00:00:00Z", true),
            (&early, "2026-10-25T00:59:59Z", true),
            (&early, "2026-10-25T01:30:00Z", true),
            (&early, "2026-10-25T02:00:00Z", false),
            (&over_the_gap, "2026-03-28T21:59:59Z", false),
            (&over_the_gap, "2026-03-28T22:00:00Z", true),
            (&over_the_gap, "2026-03-29T01:00:00Z", true),
            (&over_the_gap, "2026-03-29T01:59:59Z", true),
            (&over_the_gap, "2026-03-29T02:00:00Z", false),
            (&half, "2026-04-04T14:29:59Z", false),
            (&half, "2026-04-04T14:30:00Z", true),
            (&half, "2026-04-04T15:29:59Z", true),
            (&half, "2026-04-04T15:30:00Z", false),
        ];
        for (window, time, want) in cases {
            assert_eq!(window.contains(time.parse().unwrap()), want, "{time} in {window}");
        }
    }

    #[test]
    fn windows_and_times_read_as_people_write_them() {
        let night = window(&["fri", "sat"], "22:00", Some("06:00"), "Europe/Berlin");
        assert_eq!(night.to_string(), "fri, sat 22:00 to 06:00 Europe/Berlin");
        assert_eq!(night.local("2026-03-07T01:30:00Z".parse().unwrap()), "Sat 2026-03-07 02:30 Europe/Berlin");
        assert_eq!(window(&[], "00:00", None, "UTC").to_string(), "00:00 to 24:00 UTC");
    }
}
