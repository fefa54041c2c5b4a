//! Takes a gzip member apart as its bytes come.
//!
//! # Layout
//!
//! [`member`] puts the three parts of a member together (RFC 1952): its `header`, the deflate data, and the trailer with the
//! checks of what was inflated. Only the data in between are inflated by one or the other:
//!
//! - [`zlib_rs`], which is Rust, and compiled everywhere;
//! - `isal`, which is Intel's ISA-L, C and assembly, behind the feature of that name and for `x86_64` alone. It holds the
//!   only `unsafe` of the project.
//!
//! Both are held to the same tests. Of a sound member they give the same bytes, and what is damaged or cut is so to both, but
//! for one case. They differ in what no encoder writes and no reader can rely on:
//!
//! - Before damage within the data, ISA-L may give up to 260 bytes less than was sound, and how many depends on how the bytes
//!   came. zlib-rs gives all. Neither gives a byte that the other contradicts.
//! - Codes that are described with gaps, none of which is used, are damage to zlib-rs, and ISA-L inflates them. It is the same
//!   text all the same: the checks of the trailer hold.

mod header;
#[cfg(all(feature = "isal", target_arch = "x86_64"))]
pub mod isal;
pub mod member;
#[cfg(test)]
mod tests;
pub mod zlib_rs;

#[cfg(all(feature = "isal", target_arch = "x86_64"))]
use isal as chosen;
pub use member::{State, Step};
#[cfg(not(all(feature = "isal", target_arch = "x86_64")))]
use zlib_rs as chosen;

/// A member, inflated by the fastest that this build has.
pub type Member = member::Member<chosen::Deflate>;

/// Which that is.
pub const NAME: &str = chosen::NAME;

/// Sound bytes before damage that it may not give, at most.
pub const WITHHELD: usize = chosen::WITHHELD;
