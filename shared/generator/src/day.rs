//! One day: habits spread over it, errands and attacks put in, delivered five minutes at a time.

use std::collections::BTreeMap;

use fastrand::Rng;
use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, Timestamp};

use crate::attack::Attack;
use crate::errand;
use crate::habit::{self, Habit};
use crate::log_file::LogFile;
use crate::random::{generator, id};
use crate::record::Record;
use crate::{ACCOUNT, REGION};

/// The stretch of time that a log object covers, in seconds.
const SLICE: u32 = 300;

/// How many of them a day has.
const SLICES: u32 = 86_400 / SLICE;

/// The most records in one log object; CloudTrail writes several where there is more.
const LARGEST: usize = 2000;

/// A day of the application.
#[derive(Debug, Clone)]
pub struct Day {
    seed: u64,
    date: Date,
    records: u64,
    planted: Vec<Record>,
}

impl Day {
    pub(crate) fn new(seed: u64, date: Date) -> Self {
        Self { seed, date, records: 200_000, planted: Vec::new() }
    }

    /// The same with this many records, attacks apart; but never less than the hundred or two that each day brings.
    #[must_use]
    pub fn records(self, records: u64) -> Self {
        Self { records, ..self }
    }

    /// The same with an attack among its records.
    #[must_use]
    pub fn plant(mut self, attack: &Attack) -> Self {
        self.planted.extend(attack.records.iter().cloned());
        self
    }

    /// Its log objects, in the order of their delivery. No more than two of them are in memory at a time.
    pub fn log_files(self) -> LogFiles {
        LogFiles::new(self)
    }
}

/// The log objects of a day.
#[derive(Debug)]
pub struct LogFiles {
    seed: u64,
    date: Date,
    habits: Vec<Habit>,
    /// What happens does not depend on what is planted, nor on how it is delivered.
    random: Rng,
    delivery: Rng,
    /// Errands and attacks, by slice.
    special: BTreeMap<u32, Vec<Record>>,
    /// How many records come from habits in the whole day, and have come.
    wanted: u64,
    done: u64,
    /// The habits' calls of the whole day, and up to the slice, as they are expected.
    expected: f64,
    passed: f64,
    slice: u32,
    late: Vec<Record>,
    ready: Vec<LogFile>,
}

impl LogFiles {
    fn new(day: Day) -> Self {
        let Day { seed, date, records, planted } = day;
        let errands = errand::of_day(seed, date);
        let wanted = records.saturating_sub(errands.len() as u64);
        let mut special: BTreeMap<u32, Vec<Record>> = BTreeMap::new();
        let midnight = midnight(date);
        for record in errands.into_iter().chain(planted) {
            let second = (record.time() - midnight).get_seconds();
            let slice = u32::try_from(second).map_or(0, |second| (second / SLICE).min(SLICES - 1));
            special.entry(slice).or_default().push(record);
        }
        let habits = habit::all();
        let expected = (0..SLICES).map(|slice| weights(&habits, slice).sum::<f64>()).sum();
        let random = generator(seed, &format!("traffic of {date}"));
        let delivery = generator(seed, &format!("delivery of {date}"));
        Self {
            seed,
            date,
            habits,
            random,
            delivery,
            special,
            wanted,
            done: 0,
            expected,
            passed: 0.0,
            slice: 0,
            late: Vec::new(),
            ready: Vec::new(),
        }
    }

    /// The records themselves, as they stand in the files.
    pub fn records(self) -> impl Iterator<Item = Record> {
        self.flat_map(|file| file.records)
    }

    /// What happens within one slice.
    fn happen(&mut self) -> Vec<Record> {
        let mut records = self.special.remove(&self.slice).unwrap_or_default();
        let mut sum = 0.0;
        let up_to: Vec<f64> = weights(&self.habits, self.slice)
            .map(|weight| {
                sum += weight;
                sum
            })
            .collect();
        self.passed += sum;
        let until =
            if self.slice + 1 == SLICES { self.wanted } else { share(self.wanted, self.passed / self.expected) };
        let start = midnight(self.date) + SignedDuration::from_secs(i64::from(self.slice * SLICE));
        for _ in self.done..until {
            let drawn = self.random.f64() * sum;
            let Some(habit) = self.habits.get(up_to.partition_point(|weight| *weight <= drawn)) else { continue };
            let at = start + SignedDuration::from_secs(i64::from(self.random.u32(..SLICE)));
            let caller = habit.who.caller(self.seed, at, &mut self.random);
            let call = habit.call(&mut self.random);
            records.push(caller.record(at, call, &mut self.random));
        }
        self.done = until.max(self.done);
        records
    }

    /// What is delivered after a slice: most of what happened in it, and what was late before.
    fn deliver(&mut self) {
        let mut delivered = std::mem::take(&mut self.late);
        for record in self.happen() {
            let late = self.slice + 1 < SLICES && self.delivery.u8(..100) < 4;
            if late { &mut self.late } else { &mut delivered }.push(record);
        }
        self.delivery.shuffle(&mut delivered);
        while !delivered.is_empty() {
            let records = delivered.split_off(delivered.len().saturating_sub(LARGEST));
            let key = self.key();
            self.ready.push(LogFile { key, records });
        }
        self.slice += 1;
    }

    fn key(&mut self) -> String {
        let end = DateTime::from(self.date) + SignedDuration::from_secs(i64::from((self.slice + 1) * SLICE));
        let (day, time) = (end.strftime("%Y/%m/%d"), end.strftime("%Y%m%dT%H%MZ"));
        let random = id(self.delivery.u64(..), 16);
        format!("AWSLogs/{ACCOUNT}/CloudTrail/{REGION}/{day}/{ACCOUNT}_CloudTrail_{REGION}_{time}_{random}.json.gz")
    }
}

impl Iterator for LogFiles {
    type Item = LogFile;

    fn next(&mut self) -> Option<LogFile> {
        while self.ready.is_empty() && self.slice < SLICES {
            self.deliver();
        }
        self.ready.pop()
    }
}

/// The first second of a day in UTC.
pub(crate) fn midnight(date: Date) -> Timestamp {
    let days = date.duration_since(Date::constant(1970, 1, 1)).as_secs();
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(days)
}

/// How many calls each habit is expected to make in a slice.
fn weights(habits: &[Habit], slice: u32) -> impl Iterator<Item = f64> {
    let hour = f64::from(slice) * 24.0 / f64::from(SLICES);
    habits.iter().map(move |habit| habit.rhythm.at(hour) * f64::from(habit.a_day) / habit.rhythm.whole_day())
}

/// That part of a number, of 1, rounded down.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a part of a number of records fits"
)]
fn share(of: u64, part: f64) -> u64 {
    ((of as f64) * part) as u64
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::Application;

    const DATE: Date = Date::constant(2026, 3, 11);

    fn bytes(day: Day) -> Vec<u8> {
        let mut bytes = Vec::new();
        for file in day.log_files() {
            bytes.extend(file.key.bytes());
            file.write_json(&mut bytes).unwrap();
        }
        bytes
    }

    #[test]
    fn the_same_seed_and_date_give_the_same_bytes_and_others_give_others() {
        let day = |seed, date| bytes(Application::new(seed).day(date).records(3000));
        assert!(day(1, DATE) == day(1, DATE));
        assert!(day(1, DATE) != day(2, DATE));
        assert!(day(1, DATE) != day(1, DATE.tomorrow().unwrap()));
    }

    #[test]
    fn a_day_has_as_many_records_as_asked_for_each_with_an_id_of_its_own() {
        for wanted in [1000, 5000] {
            let ids: Vec<String> = Application::new(1)
                .day(DATE)
                .records(wanted)
                .log_files()
                .records()
                .map(|record| record.event_id)
                .collect();
            assert_eq!(ids.len() as u64, wanted);
            assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
        }
    }

    #[test]
    fn what_is_planted_is_delivered_and_changes_nothing_else() {
        let shop = Application::new(1);
        let attacks = shop.attacks(DATE);
        let without: BTreeSet<String> =
            shop.day(DATE).records(3000).log_files().records().map(|record| record.event_id).collect();
        let day = attacks.iter().fold(shop.day(DATE).records(3000), Day::plant);
        let with: BTreeSet<String> = day.log_files().records().map(|record| record.event_id).collect();
        let planted: BTreeSet<String> =
            attacks.iter().flat_map(|attack| &attack.records).map(|record| record.event_id.clone()).collect();
        assert_eq!(planted.len(), attacks.iter().map(|attack| attack.records.len()).sum::<usize>());
        assert_eq!(with, &without | &planted);
    }

    #[test]
    fn some_records_come_a_file_late_and_none_is_of_another_day() {
        let mut late = 0;
        for (number, file) in Application::new(1).day(DATE).records(20_000).log_files().enumerate() {
            for record in file.records {
                let slice = (record.time() - midnight(DATE)).get_seconds() / i64::from(SLICE);
                let delay = i64::try_from(number).unwrap() - slice;
                assert!((0..=1).contains(&delay), "{delay} {}", record.event_id);
                late += delay;
            }
        }
        assert!((400..1200).contains(&late), "{late}");
    }
}
