//! The audit engine of Tablewarden, free of input and output.
//!
//! # Layout
//!
//! One way through, left to right and never back:
//!
//! ```text
//! notification ─► log object ─► records ─► accesses ─► findings ─► alerts, metrics, archive
//!  [delivery]      [ports]     [log_file]  [record]    [policy]     [alert] [tally]
//!                                          [actor]     [detections]  [archive]
//!                                          [operation] [finding]
//!                                          [access]    [correlation]
//! ```
//!
//! [`audit`] composes the stages. `tablewarden replay` and the Lambda functions call the same composition; only the two
//! ends differ. Nothing here names an AWS SDK, reads a clock, the environment or a file: what comes from outside comes
//! through a parameter or one of the [`ports`].
//!
//! ```
//! use tablewarden_core::audit::Audit;
//! use tablewarden_core::finding::Origin;
//! use tablewarden_core::log_file::Limits;
//! use tablewarden_core::place::Place;
//! use tablewarden_core::ports::{Observer, Reject};
//!
//! struct Complain;
//!
//! impl Observer for Complain {
//!     fn rejected(&mut self, reject: &Reject<'_>) {
//!         panic!("{}, record {}: {}", reject.place, reject.index, reject.detail);
//!     }
//! }
//!
//! let log = br#"{"Records":[{
//!     "eventID": "1f0c4a3e-7b52-4b8e-9d55-0a6f3c2b1d4e", "eventTime": "2026-03-02T09:15:00Z",
//!     "eventSource": "dynamodb.amazonaws.com", "eventName": "ExecuteStatement", "awsRegion": "eu-west-1",
//!     "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/intern"},
//!     "requestParameters": {"statement": "DELETE FROM \"orders\" WHERE pk='a'"}
//! }]}"#;
//! let place = Place::File("monday.json".into());
//! let now = "2026-03-02T09:30:00Z".parse()?;
//!
//! let mut audit = Audit::new(None, now, Limits::default());
//! audit.log_file(&log[..], Origin { place: &place, message: 0 }, &mut Complain)?;
//! let findings = audit.into_findings();
//! assert_eq!(findings[0].subject.detection.id, "item-deletion");
//! assert_eq!(findings[0].subject.actor.to_string(), "user/intern");
//! assert_eq!(findings[0].known_items(), Some(1));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod access;
pub mod actor;
pub mod alert;
pub mod archive;
pub mod arn;
pub mod audit;
mod console;
pub mod correlation;
pub mod delivery;
pub mod detections;
pub mod explain;
pub mod finding;
pub mod iam;
mod key_ties;
pub mod kms_key;
pub mod learn;
pub mod log_file;
pub mod operation;
pub mod place;
pub mod policy;
pub mod ports;
pub mod printable;
pub mod record;
pub mod relayed;
pub mod report;
mod resource_policy;
pub mod rules;
pub mod severity;
pub mod state;
pub mod table;
pub mod tally;
