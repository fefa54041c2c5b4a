//! Files of any form to records: what people have at hand when they replay.
//!
//! A file may be a log file, NDJSON or a list of records, the output of `aws cloudtrail lookup-events`, EventBridge events,
//! those of GuardDuty and Config among them, or the body of any delivery that carries records.

use std::io::BufRead;

use serde::Deserialize;

use super::reading::Value;
use super::{Audit, Candidate};
use crate::delivery::{self, DeliveryError, Message, Parcel};
use crate::finding::Origin;
use crate::log_file::LogFileError;
use crate::ports::Observer;
use crate::printable::printable;
use crate::record::screen::Screened;
use crate::tally::RejectReason;

/// How much of a log object's name a rejection repeats, in characters: a bucket and the longest key.
const LONGEST_NAME: usize = 1200;

/// An event as `aws cloudtrail lookup-events` lists it: the record is a string inside.
///
/// Source: <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_Event.html>.
#[derive(Deserialize)]
struct LookedUp {
    #[serde(rename = "CloudTrailEvent")]
    cloud_trail_event: String,
}

impl Audit {
    /// Audits the records of a file of any form, gzip or plain.
    ///
    /// After an error, all that stood before the damage has been audited. A notification that only names a log object is
    /// rejected, since the object is not at hand.
    pub fn any_file(
        &mut self,
        input: impl BufRead,
        origin: Origin<'_>,
        observer: &mut impl Observer,
    ) -> Result<(), LogFileError> {
        let result = self.read(input, origin, observer, |audit, Value { json, index, .. }, observer| {
            audit.any_json(json, index, origin, observer);
        });
        self.done(result)
    }

    /// A record, or something around one.
    fn any_json(&mut self, json: &[u8], index: u64, origin: Origin<'_>, observer: &mut impl Observer) {
        self.any_screened(self.candidate(json, index), origin, observer);
    }

    /// The same, which was screened.
    pub(super) fn any_screened(&mut self, candidate: Candidate<'_>, origin: Origin<'_>, observer: &mut impl Observer) {
        let Candidate { json, index, screened, .. } = candidate;
        if !matches!(screened, Screened::Notification | Screened::Malformed(_)) {
            return self.screened(candidate, origin, observer);
        }
        if let Ok(event) = serde_json::from_slice::<LookedUp>(json) {
            return self.record(event.cloud_trail_event.as_bytes(), index, origin, observer);
        }
        if let Some(parcels) = delivery::decode_element(json) {
            return self.parcels(parcels, index, origin, observer);
        }
        match delivery::decode(json) {
            Ok(messages) => {
                for Message { parcels, .. } in messages {
                    self.parcels(parcels, index, origin, observer);
                }
            }
            // Its own error says best what is wrong with something that looks like a record.
            Err(_) => self.record(json, index, origin, observer),
        }
    }

    fn parcels(
        &mut self,
        parcels: Result<Vec<Parcel>, DeliveryError>,
        index: u64,
        origin: Origin<'_>,
        observer: &mut impl Observer,
    ) {
        match parcels {
            // An entry that held nothing would else be gone without being counted.
            Ok(parcels) if parcels.is_empty() => {
                let detail =
                    "expected a record or a delivery that carries some, found one that carries none".to_owned();
                self.reject(index, RejectReason::Malformed, detail, origin, observer);
            }
            Ok(parcels) => {
                for parcel in parcels {
                    match parcel {
                        Parcel::Record { json, .. } => self.record(json.as_bytes(), index, origin, observer),
                        Parcel::Relayed(relayed) => self.hear(&relayed, index, origin, observer),
                        Parcel::Log(log) => {
                            let log = printable(&log.to_string(), LONGEST_NAME);
                            let detail = format!("names the log object {log}, which is not at hand");
                            self.reject(index, RejectReason::Malformed, detail, origin, observer);
                        }
                        Parcel::Skipped(skipped) => {
                            self.delivery_skipped(skipped.reason);
                        }
                    }
                }
            }
            Err(error) => self.reject(index, RejectReason::Malformed, error.to_string(), origin, observer),
        }
    }
}
