//! What does not belong in a day: twelve attacks, each with what must be found.

mod control_plane;
mod data_plane;

use fastrand::Rng;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::call::Call;
use crate::caller::Caller;
use crate::day::midnight;
use crate::principal::Principal;
use crate::random::generator;
use crate::record::Record;

/// An attack on the application, and what must be found of it.
#[derive(Debug, Clone)]
pub struct Attack {
    /// A short name.
    pub name: &'static str,
    /// What happens, in a sentence.
    pub story: &'static str,
    /// The id of the detection that must find it.
    pub detection: &'static str,
    /// The actor that must be named, as alerts show it: `role/app/payments-api`.
    pub actor: String,
    /// The table that must be named; `None` where the attack is on no table.
    pub table: Option<&'static str>,
    /// Its records, in the order of time.
    pub records: Vec<Record>,
}

/// The attacks on a day.
pub(crate) fn all(seed: u64, date: Date) -> Vec<Attack> {
    let plans = [
        data_plane::stolen_credentials,
        data_plane::unknown_role,
        control_plane::trail_blinded,
        data_plane::intern_deletes,
        data_plane::support_scans,
        data_plane::out_of_its_lane,
        control_plane::policy_for_everyone,
        control_plane::export_to_a_stranger,
        control_plane::stream_tapped,
        control_plane::no_way_back,
        control_plane::key_destroyed,
        data_plane::probing,
    ];
    let attack = |(number, plan): (usize, fn(&mut Planter) -> Attack)| {
        let random = generator(seed, &format!("attack {number} on {date}"));
        let mut planter = Planter { seed, midnight: midnight(date), random, records: Vec::new() };
        let attack = plan(&mut planter);
        Attack { records: planter.records, ..attack }
    };
    plans.into_iter().enumerate().map(attack).collect()
}

/// Writes the records of one attack.
struct Planter {
    seed: u64,
    midnight: Timestamp,
    random: Rng,
    records: Vec<Record>,
}

impl Planter {
    /// A time of the day.
    fn at(&self, hours: u32, minutes: u32) -> Timestamp {
        self.midnight + SignedDuration::from_secs(i64::from(hours * 3600 + minutes * 60))
    }

    /// A session of a principal.
    fn session(&mut self, who: &'static Principal, at: Timestamp) -> Caller {
        who.caller(self.seed, at, &mut self.random)
    }

    /// A person of a permission set.
    fn person(&mut self, set: &'static Principal, person: &str, at: Timestamp) -> Caller {
        set.person(self.seed, at, person, &mut self.random)
    }

    /// Calls by one caller, the first at this time and each this many seconds after the last.
    fn calls(&mut self, by: &Caller, from: Timestamp, every: u32, calls: impl IntoIterator<Item = Call>) {
        for (number, call) in (0_i64..).zip(calls) {
            let at = from + SignedDuration::from_secs(number * i64::from(every));
            self.records.push(by.record(at, call, &mut self.random));
        }
    }
}

/// What is to be found, without the records.
fn attack(
    name: &'static str,
    story: &'static str,
    detection: &'static str,
    actor: impl Into<String>,
    table: Option<&'static str>,
) -> Attack {
    Attack { name, story, detection, actor: actor.into(), table, records: Vec::new() }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn twelve_attacks_are_of_twelve_kinds_and_on_the_day() {
        let date = Date::constant(2026, 3, 11);
        let attacks = all(1, date);
        let kinds: BTreeSet<&str> = attacks.iter().map(|attack| attack.detection).collect();
        let names: BTreeSet<&str> = attacks.iter().map(|attack| attack.name).collect();
        assert_eq!((attacks.len(), kinds.len(), names.len()), (12, 12, 12));
        for attack in attacks {
            assert!(attack.records.is_sorted_by_key(Record::time), "{}", attack.name);
            for record in attack.records {
                assert_eq!(record.time().to_zoned(jiff::tz::TimeZone::UTC).date(), date, "{}", attack.name);
            }
        }
    }
}
