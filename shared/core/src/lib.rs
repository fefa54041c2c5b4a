//! The audit engine of Tablewarden, free of input and output.
//!
//! # Layout
//!
//! One way through, left to right and never back:
//!
//! ```text
//! notification ─► log object ─► records ─► accesses ─► findings ─► alerts, metrics
//!  [delivery]      [ports]     [log_file]  [record]    [policy]     [alert] [tally]
//!                                          [actor]     [detections]
//!                                          [operation] [finding]
//!                                          [access]
//! ```
//!
//! [`audit`] composes the stages. `tablewarden replay` and the Lambda functions call the same composition; only the two
//! ends differ. Nothing here names an AWS SDK, reads a clock, the environment or a file: what comes from outside comes
//! through a parameter or one of the [`ports`].

pub mod access;
pub mod actor;
pub mod alert;
pub mod audit;
pub mod delivery;
pub mod detections;
pub mod finding;
pub mod log_file;
pub mod operation;
pub mod place;
pub mod policy;
pub mod ports;
pub mod printable;
pub mod record;
pub mod report;
pub mod severity;
pub mod table;
pub mod tally;
