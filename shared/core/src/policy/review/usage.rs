//! What of a policy logs have shown to be in use.

use std::collections::HashSet;

use super::super::Policy;
use super::Remark;
use crate::access::{Access, Call};

/// The lines of a policy that accesses had to do with.
#[derive(Debug, Clone, Default)]
pub struct Usage {
    seen: HashSet<usize>,
}

impl Usage {
    /// Takes note of an access.
    pub fn note(&mut self, policy: &Policy, call: &Call<'_>, access: &Access<'_>) {
        let Some((table, entry)) = access.table.as_ref().and_then(|table| Some((table, policy.table(table)?))) else {
            return;
        };
        self.seen.insert(entry.line);
        for line in entry.expected.iter().flatten() {
            if !self.seen.contains(&line.line) && line.principal.matches(&call.actor, &table.account) {
                self.seen.insert(line.line);
            }
        }
    }

    /// The entries and principals of the policy that no access had to do with, in the order of the lines. Of an entry that was
    /// not seen, its lines are not told.
    pub fn unseen(&self, policy: &Policy) -> Vec<Remark> {
        let mut remarks = Vec::new();
        for table in &policy.tables {
            if !self.seen.contains(&table.line) {
                let message = format!("no access to a table that `{}` speaks for", table.label);
                remarks.push(Remark::warning(table.line, message, "not in these logs"));
                continue;
            }
            for line in table.expected.iter().flatten().filter(|line| !self.seen.contains(&line.line)) {
                let message = format!("no access to `{}` by `{}`", table.label, line.principal);
                remarks.push(Remark::warning(line.line, message, "not in these logs"));
            }
        }
        remarks.sort_by_key(|remark| remark.line);
        remarks
    }
}
