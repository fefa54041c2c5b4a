//! Tablewarden's adapters to AWS: the only crate that names an AWS SDK.
//!
//! # Layout
//!
//! One file for each adapter of a port of the core ([`s3`], [`sns`], [`cloudwatch`]), and what both functions need to start:
//! [`settings`] from the environment, [`clients`], [`policy`], [`telemetry`].

pub mod clients;
pub mod cloudwatch;
pub mod policy;
pub mod s3;
pub mod settings;
pub mod sns;
pub mod telemetry;
