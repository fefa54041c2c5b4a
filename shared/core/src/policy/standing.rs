//! How an access stands with what its table's entry expects.

use super::origin::Ours;
use super::{Expectation, TablePolicy};
use crate::access::{Access, Call};
use crate::table::TableId;

/// How an access stands with the lines of `expected`. Of several lines that name the actor, the one that the access came
/// furthest with decides; of those that expect it one that names the API, else the first.
///
/// The texts say what was there and what was expected, such as `from 203.0.113.7, expected 10.0.0.0/8`. They hold what the
/// caller wrote.
#[derive(Debug, Clone)]
pub enum Standing<'p> {
    /// No entry speaks for the table, or it does not say who is expected.
    NotJudged,
    /// This line expects it.
    Expected(&'p Expectation),
    /// No line names the actor.
    Stranger,
    /// This line names the actor, but for other effects or APIs.
    OtherAction(&'p Expectation, String),
    /// This line names actor and action, but from elsewhere: another VPC endpoint, address, account or region.
    OtherNetwork(&'p Expectation, String),
    /// This line names all of it, but for other hours, or no longer.
    OtherTime(&'p Expectation, String),
}

/// One line held against an access.
#[derive(Debug, Clone)]
pub struct Trial<'p> {
    /// The line.
    pub expectation: &'p Expectation,
    /// How far the access came with it.
    pub result: TrialResult,
}

/// How far an access came with a line, the nearest failure first. The texts are those of [`Standing`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TrialResult {
    /// The line does not name the actor.
    OtherPrincipal,
    /// It names the actor, for other effects or APIs.
    OtherAction(String),
    /// It names actor and action, from elsewhere.
    OtherNetwork(String),
    /// It names all of it, for another time.
    OtherTime(String),
    /// It expects the access.
    Expected,
}

impl TrialResult {
    fn distance(&self) -> usize {
        match self {
            Self::OtherPrincipal => 0,
            Self::OtherAction(_) => 1,
            Self::OtherNetwork(_) => 2,
            Self::OtherTime(_) => 3,
            Self::Expected => 4,
        }
    }
}

impl<'p> Standing<'p> {
    /// Whether a line expects the access.
    pub fn is_expected(&self) -> bool {
        matches!(self, Self::Expected(_))
    }

    /// Whether the table's entry judges the access, and no line expects it.
    pub fn is_unexpected(&self) -> bool {
        !matches!(self, Self::Expected(_) | Self::NotJudged)
    }

    fn of(Trial { expectation, result }: Trial<'p>) -> Self {
        match result {
            TrialResult::OtherPrincipal => Self::Stranger,
            TrialResult::OtherAction(why) => Self::OtherAction(expectation, why),
            TrialResult::OtherNetwork(why) => Self::OtherNetwork(expectation, why),
            TrialResult::OtherTime(why) => Self::OtherTime(expectation, why),
            TrialResult::Expected => Self::Expected(expectation),
        }
    }
}

impl TablePolicy {
    /// How an access of this table stands with the entry's lines.
    pub fn standing(&self, call: &Call<'_>, access: &Access<'_>) -> Standing<'_> {
        if access.table.is_none() || !self.judges() {
            return Standing::NotJudged;
        }
        let mut furthest: Option<Trial<'_>> = None;
        for trial in self.trials(call, access) {
            if furthest.as_ref().is_none_or(|best| best.result.distance() < trial.result.distance()) {
                furthest = Some(trial);
            }
            if matches!(&furthest, Some(best) if best.result == TrialResult::Expected) {
                break;
            }
        }
        match furthest.map_or(Standing::Stranger, Standing::of) {
            Standing::Expected(line) => Standing::Expected(self.naming(call, access).unwrap_or(line)),
            standing => standing,
        }
    }

    /// The first line that expects the access and names its API: it says more than one that expects the effect.
    fn naming(&self, call: &Call<'_>, access: &Access<'_>) -> Option<&Expectation> {
        let ours = self.ours(access.table.as_ref()?);
        let mut naming = self.expected.iter().flatten().filter(|line| line.names_call(call, access));
        naming.find(|line| line.try_on(call, access, ours) == TrialResult::Expected)
    }

    /// Whose networks count as ours at a table.
    fn ours<'a>(&'a self, table: &'a TableId<'_>) -> Ours<'a> {
        Ours { account: &table.account, approved: &self.approved_accounts }
    }

    /// Each line of the entry held against an access of this table, in the order of the file. Empty where
    /// [`standing`](Self::standing) does not judge.
    pub fn trace(&self, call: &Call<'_>, access: &Access<'_>) -> Vec<Trial<'_>> {
        self.trials(call, access).collect()
    }

    fn trials(&self, call: &Call<'_>, access: &Access<'_>) -> impl Iterator<Item = Trial<'_>> {
        let lines = access.table.iter().flat_map(|table| {
            let lines = self.expected.iter().flatten();
            lines.map(|expectation| (expectation, expectation.try_on(call, access, self.ours(table))))
        });
        lines.map(|(expectation, result)| Trial { expectation, result })
    }
}
