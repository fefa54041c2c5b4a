//! A simulated application and the days of its CloudTrail trail, for tests and benchmarks.
//!
//! [`Application`] is a shop: 40 principals with habits (services in sessions that rotate, Lambda functions on streams,
//! a nightly batch, people at the office, a partner's account, AWS services), and 30 tables. A [`Day`] of it is a stream
//! of log objects as CloudTrail delivers them: about five minutes each, records in no order and some of them late, a
//! tenth of them of other services. Every day brings what a real one does: throttles, failed conditions, cancelled
//! transactions, deployments, a new table, somebody who lacks a permission. The same seed and date give the same bytes.
//!
//! [`Application::attacks`] are twelve attacks to [plant](Day::plant) in a day, each with what must be found.
//!
//! # Layout
//!
//! `table`, `cast` and `habit` are the application: three lists. `deed` and `elsewhere` know what a call looks like in a
//! record, `principal` and `caller` who stands behind it, `record` how it is written. `errand` is what a day brings once,
//! `day` puts it together, `attack` is what does not belong.
//!
//! ```
//! use tablewarden_generator::Application;
//!
//! let shop = Application::new(7);
//! let date = "2026-03-10".parse()?;
//! let mut log = Vec::new();
//! for file in shop.day(date).records(2000).log_files() {
//!     file.write_json(&mut log)?;
//! }
//! assert!(log.starts_with(br#"{"Records":[{"eventVersion":"1.11","#));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod application;
mod attack;
mod call;
mod caller;
mod cast;
mod day;
mod deed;
mod elsewhere;
mod errand;
mod habit;
mod log_file;
mod principal;
mod random;
mod record;
mod rhythm;
mod table;

pub use application::Application;
pub use attack::Attack;
pub use day::{Day, LogFiles};
pub use log_file::LogFile;
pub use record::Record;

/// The application's account.
pub const ACCOUNT: &str = "111122223333";

/// The account of the partner who reads shipments.
pub const PARTNER: &str = "444455556666";

/// The application's region.
pub const REGION: &str = "eu-west-1";
