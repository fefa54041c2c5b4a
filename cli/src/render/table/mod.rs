//! The report for people: findings first, then who touched what, then what the run was about.

mod accesses;
mod findings;
mod totals;

use std::io::{self, Write};

use tablewarden_core::access::Outcome;
use tablewarden_core::actor::Actor;
use tablewarden_core::finding::SEVERAL;
use tablewarden_core::operation::Effect;
use tablewarden_core::policy::Policy;
use tablewarden_core::printable::printable;
use tablewarden_core::table::TableId;

use super::Report;
use super::screen::Screen;
use crate::summary::Sum;

/// Names are shown to this length, in characters. They may be an attacker's to choose.
const NAME: usize = 160;

/// Writes the report.
pub(super) fn render(report: &Report<'_>, screen: Screen, out: &mut impl Write) -> io::Result<()> {
    findings::write(report, screen, out)?;
    accesses::write(report, screen, out)?;
    totals::write(report.summary, screen, out)
}

/// `role/app/orders-api`, with the account where that is not the table's own.
fn who(actor: &Actor<'_>, account: &str, policy: Option<&Policy>) -> String {
    let name = printable(&actor.to_string(), NAME);
    match actor.account.as_deref() {
        // A principal of which only the account is known says so by itself.
        Some(other) if other != account && !name.contains(other) => {
            format!("{name} of {}", account_name(other, policy))
        }
        _ => name,
    }
}

/// The table's name.
fn which(table: Option<&TableId<'_>>) -> String {
    match table.map(|table| &*table.name) {
        None => "-".to_owned(),
        Some(SEVERAL) => "several".to_owned(),
        Some(name) => printable(name, NAME),
    }
}

/// The account by name where the policy gives it one, and the region.
fn place(account: &str, region: &str, policy: Option<&Policy>) -> String {
    format!("{} {}", account_name(account, policy), printable(region, NAME))
}

fn account_name(account: &str, policy: Option<&Policy>) -> String {
    printable(policy.and_then(|policy| policy.account_name(account)).unwrap_or(account), NAME)
}

/// `delete`, `delete denied`; `several` where it is no single effect.
fn did(effect: Option<Effect>, outcome: Outcome) -> String {
    let effect = effect.map_or("several", Effect::as_str);
    match outcome {
        Outcome::Succeeded => effect.to_owned(),
        Outcome::Denied | Outcome::Failed => format!("{effect} {}", outcome.as_str()),
        Outcome::Unknown => format!("{effect}, outcome unknown"),
    }
}

/// `7`; `7+` where some calls may have touched more, `?` where none says how many, `(7)` where they asked in vain.
fn items(effect: Option<Effect>, outcome: Outcome, sum: Sum) -> String {
    let items = match (effect, sum.known_items(), sum.of_unknown_size) {
        (Some(Effect::Admin), ..) | (None, None, _) => return "-".to_owned(),
        (_, None, _) => "?".to_owned(),
        (_, Some(items), 0) => items.to_string(),
        (_, Some(items), _) => format!("{items}+"),
    };
    if matches!(outcome, Outcome::Denied | Outcome::Failed) { format!("({items})") } else { items }
}

#[cfg(test)]
mod tests;
