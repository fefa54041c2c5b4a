//! Tablewarden's adapters to AWS: the only crate that names an AWS SDK.
//!
//! # Layout
//!
//! One file for each adapter of a port of the core ([`s3`], [`sns`], [`archive`], [`cloudwatch`], [`dynamodb`]), and what both
//! functions [`start`] with:
//! [`settings`] from the environment, the [`clients`]' configuration with those they [`trust`], the [`policy`] and the [`rules`]
//! from a [`source`] or an [`object`], and logs by [`telemetry`]. What was told is [`logged`] too. The [time
//! left](time_left) of an invocation is shared by all of them. What all of this needs around it is a [`contract`].

pub mod archive;
pub mod clients;
pub mod cloudwatch;
pub mod contract;
pub mod dynamodb;
pub mod logged;
pub mod object;
pub mod policy;
pub mod rules;
pub mod s3;
pub mod settings;
pub mod sns;
pub mod source;
pub mod start;
pub mod telemetry;
#[cfg(test)]
mod testing;
pub mod time_left;
pub mod trust;
