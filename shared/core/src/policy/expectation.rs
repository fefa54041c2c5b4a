//! A line of `expected`: whom it names, and what it expects of them.

use std::fmt;

use jiff::Timestamp;

use super::origin::{Origin, Ours};
use super::pattern::Pattern;
use super::principal::Principal;
use super::standing::TrialResult;
use super::window::Window;
use crate::access::{Access, Call, Reach};
use crate::operation::{Effect, Plane, Shape};

/// A line of `expected`. Displays as it is written, such as `role: app/orders-api, effects: [read]`.
#[derive(Debug, Clone)]
pub struct Expectation {
    /// The line in the file, from 1.
    pub line: usize,
    /// Why it is expected, as the policy says.
    pub reason: Option<String>,
    pub(super) principal: Principal,
    pub(super) calls: Calls,
    pub(super) origin: Origin,
    /// Hours of the week, any of them; empty is always.
    pub(super) windows: Vec<Window>,
    /// From then on, it expects nothing.
    pub(super) until: Option<Timestamp>,
}

/// What a line lets its principal do.
#[derive(Debug, Clone)]
pub(super) enum Calls {
    /// The line says nothing: the data plane.
    DataPlane,
    Effects(Vec<Effect>),
    /// Names of APIs.
    Actions(Vec<Pattern>),
}

impl Expectation {
    /// Whether its `actions` name this very API: not by a wildcard, and not by its effect.
    pub fn names(&self, api: &str) -> bool {
        match &self.calls {
            Calls::Actions(actions) => actions.iter().any(|action| action.is_exact() && action.matches(api)),
            Calls::DataPlane | Calls::Effects(_) => false,
        }
    }

    /// Whether its `actions` name the API that was called.
    pub(super) fn names_call(&self, call: &Call<'_>, access: &Access<'_>) -> bool {
        self.names(call.record.event_name()) || (is_scan(call, access) && self.names("Scan"))
    }

    /// How far an access comes with it, at a table of our account.
    pub(super) fn try_on(&self, call: &Call<'_>, access: &Access<'_>, ours: Ours<'_>) -> TrialResult {
        if !self.principal.matches(&call.actor, ours.account) {
            return TrialResult::OtherPrincipal;
        }
        if !self.calls.admit(call, access) {
            let there = format!("{} ({})", call.record.event_name(), access.effect.as_str());
            return TrialResult::OtherAction(format!("{there}, expected {}", self.calls));
        }
        if let Some((there, expected)) = self.origin.refuse(call, ours) {
            return TrialResult::OtherNetwork(format!("{there}, expected {expected}"));
        }
        match self.refuse_time(call.time) {
            Some(why) => TrialResult::OtherTime(why),
            None => TrialResult::Expected,
        }
    }

    fn refuse_time(&self, time: Timestamp) -> Option<String> {
        if let Some(until) = self.until.filter(|until| time >= *until) {
            return Some(format!("at {time}, expected until {until}"));
        }
        let first = self.windows.first()?;
        if self.windows.iter().any(|window| window.contains(time)) {
            return None;
        }
        Some(format!("on {}, expected {}", first.local(time), some_of(&self.windows)))
    }
}

impl Calls {
    fn admit(&self, call: &Call<'_>, access: &Access<'_>) -> bool {
        let admits = |effect: Effect| match self {
            Self::DataPlane => effect != Effect::Admin,
            Self::Effects(effects) => effects.contains(&effect),
            Self::Actions(_) => false,
        };
        if let Self::Actions(actions) = self {
            let named = |api: &str| actions.iter().any(|action| action.matches(api));
            return named(call.record.event_name()) || (is_scan(call, access) && named("Scan"));
        }
        match (access.effect, call.operation.plane) {
            // Whatever it did, it was one of these.
            (Effect::Unknown, Plane::Data) => [Effect::Read, Effect::Write, Effect::Delete].into_iter().all(admits),
            (Effect::Unknown, Plane::Control) => admits(Effect::Admin),
            (effect, _) => admits(effect),
        }
    }
}

/// Whether a PartiQL statement reads a whole table: it counts as a scan, by whichever API it comes.
fn is_scan(call: &Call<'_>, access: &Access<'_>) -> bool {
    call.operation.shape == Shape::Statements && access.effect == Effect::Read && access.reach == Reach::Whole
}

/// How many alternatives a short reason names.
const NAMED: usize = 4;

/// `a or b`, and of a long list the first few.
pub(super) fn some_of<T: ToString>(items: &[T]) -> String {
    let mut words: Vec<String> = items.iter().take(NAMED).map(ToString::to_string).collect();
    if items.len() > NAMED {
        words.push(format!("{} more", items.len() - NAMED));
    }
    words.join(" or ")
}

impl fmt::Display for Calls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&match self {
            Self::DataPlane => "read or write or delete".to_owned(),
            Self::Effects(effects) => some_of(&effects.iter().map(|effect| effect.as_str()).collect::<Vec<_>>()),
            Self::Actions(actions) => some_of(actions),
        })
    }
}

impl fmt::Display for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn list<T: ToString>(f: &mut fmt::Formatter<'_>, field: &str, items: &[T]) -> fmt::Result {
            if items.is_empty() {
                return Ok(());
            }
            write!(f, ", {field}: [{}]", items.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))
        }
        self.principal.fmt(f)?;
        match &self.calls {
            Calls::DataPlane => {}
            Calls::Effects(effects) => {
                list(f, "effects", &effects.iter().map(|effect| effect.as_str()).collect::<Vec<_>>())?;
            }
            Calls::Actions(actions) => list(f, "actions", actions)?,
        }
        let Origin { vpc_endpoints, cidrs, accounts, regions } = &self.origin;
        list(f, "vpc-endpoints", vpc_endpoints)?;
        list(f, "cidrs", cidrs)?;
        list(f, "accounts", accounts)?;
        list(f, "regions", regions)?;
        list(f, "windows", &self.windows)?;
        self.until.map_or(Ok(()), |until| write!(f, ", until: {until}"))
    }
}
