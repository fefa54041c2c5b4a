//! The commands, one file each: what it takes, and what it does with that.

pub(crate) mod detections;
pub(crate) mod explain;
pub(crate) mod iam;
pub(crate) mod learn;
pub(crate) mod policy;
pub(crate) mod replay;
