//! The subject line: severity, what, who, where, in the 99 printable ASCII characters that SNS takes.

use super::Alert;
use crate::access::Outcome;
use crate::finding::SEVERAL;
use crate::printable::{ascii, shortened};

/// "Publish", <https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>: less than 100 characters.
const LONGEST: usize = 99;

/// A name that is shown whole; longer ones lose their middle where the line is too long.
const SHORTEST_NAME: usize = 16;

impl Alert {
    /// The subject: `[HIGH] Unexpected principal: customers by role/report (3 calls), production eu-west-1`.
    pub fn subject(&self) -> String {
        let head = format!("[{}] {}{}: ", self.severity.as_str().to_uppercase(), self.headline(), self.outcome());
        let size = match (self.items(), self.accesses()) {
            (0, 1) => String::new(),
            (0, reports) if self.relayed().next().is_some() => format!(" ({reports} reports)"),
            (0, accesses) => format!(" ({accesses} calls)"),
            (1, _) => " (1 item)".to_owned(),
            (items, _) => format!(" ({items} items)"),
        };
        let table = self.what();
        let actor = if self.actor.name == SEVERAL { "several actors".to_owned() } else { self.actor.to_string() };
        let account = self.account_name.as_deref().unwrap_or(&self.account);
        let region = if self.region == SEVERAL { "several regions" } else { &self.region };
        let account = if account == SEVERAL { "several accounts" } else { account };
        let line = |longest: usize| {
            let [table, actor, account] = [table, &actor, account].map(|name| shortened(name, longest));
            let by = if self.names_nobody() { String::new() } else { format!(" by {actor}") };
            ascii(&format!("{head}{table}{by}{size}, {account} {region}"))
        };
        // The longest names that fit; a region is an attacker's to write only where AWS does not check it.
        let longest = (SHORTEST_NAME..=LONGEST).rev().find(|longest| line(*longest).len() <= LONGEST);
        shortened(&line(longest.unwrap_or(SHORTEST_NAME)), LONGEST)
    }

    /// How it ended, where nothing of it succeeded and the title does not say so already.
    fn outcome(&self) -> &'static str {
        let all = |outcome| self.findings.iter().all(|finding| finding.subject.outcome == outcome);
        if all(Outcome::Denied) && !self.detection.title.ends_with("denied") {
            " denied"
        } else if all(Outcome::Failed) {
            " failed"
        } else {
            ""
        }
    }
}
