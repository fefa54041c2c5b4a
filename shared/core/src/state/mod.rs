//! What is remembered between runs: CloudTrail cuts what somebody does into many files, which arrive late, twice and out of
//! order, and an event may come through EventBridge too.
//!
//! # What is kept
//!
//! | partition | sort key | what | written |
//! |---|---|---|---|
//! | `count.1#SUBJECT` | ten minutes of event time, digest | the events that a window counted, and how much each | before alerts |
//! | `step.1#ACTOR`, `step.1#TABLE` | hour of event time, digest | a step of chains | before alerts |
//! | `met.1#ACTOR` | table | when the actor first reached it | before alerts |
//! | `alert.1#ALERT` | `ledger` | who is telling of it, when it was told last, what was held back since | around an alert |
//! | `alert.1#ALERT` | `event#`, hour of event time, digest | the events that were told, or held back | after an alert |
//! | `due.1` | when, and which | an alert of which something is held back | after an alert |
//! | `done.1#OBJECT` | `done` | a log object whose findings are out | after all alerts |
//! | `since.1#TABLE` | `since` | when anyone first reached it | before alerts |
//!
//! # Why runs agree
//!
//! What is written before alerts are sets of events. Putting the same in twice changes nothing, in which order runs put
//! makes no difference, and a run reads only after it has put: of two runs that each have a half of a burst, the one that
//! reads last sees the whole. So whatever is tried again counts once. What is written around an alert is swapped under a
//! version, and the alert is told by the run that holds its claim; a claim lapses, so that a run that dies with it keeps
//! nobody from telling. What is written after an alert is out is what keeps others from telling it again: a crash before it
//! tells twice, and never not at all.
//!
//! Where the [`Store`](crate::ports::Store) fails, a run goes on without it, tells everything that it finds by itself, and
//! says so.

mod counts;
mod history;
mod key;
mod ledger;
mod meetings;
mod memory;
pub mod objects;
mod steps;
mod telling;

pub use history::Shared;
pub use memory::InMemory;
pub use telling::{Due, Open, Run, Telling, TellingError, Turn};
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
