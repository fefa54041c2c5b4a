//! Where bytes came from: the coordinates that errors, rejects and findings carry.

use std::fmt;

/// An object in S3, its key decoded.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectRef {
    /// The bucket's name.
    pub bucket: String,
    /// The key as `GetObject` wants it, not as a notification encodes it.
    pub key: String,
}

impl fmt::Display for ObjectRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}/{}", self.bucket, self.key)
    }
}

/// Where a record was read.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// A log object in S3.
    Object(ObjectRef),
    /// A file on this machine, or `-` for standard input.
    File(String),
    /// An event that carried the record itself, named by its route: `EventBridge`, `CloudWatch Logs`.
    Event(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Object(object) => object.fmt(f),
            Self::File(path) => f.write_str(path),
            Self::Event(route) => write!(f, "an event from {route}"),
        }
    }
}
