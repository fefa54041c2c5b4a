//! Lines of `expected` that an earlier line of the same entry leaves nothing to do.

use super::super::TablePolicy;
use super::super::expectation::{Calls, Expectation};
use super::super::origin::Origin;
use super::super::pattern::Pattern;
use super::Remark;
use crate::operation::Effect;

/// The lines of an entry that expect nothing which an earlier one does not. Where that cannot be told, nothing is said.
pub(super) fn unreachable(table: &TablePolicy) -> impl Iterator<Item = Remark> {
    let lines = table.expected.as_deref().unwrap_or_default();
    lines.iter().enumerate().filter_map(|(index, line)| {
        let earlier = lines.iter().take(index).find(|earlier| covers(earlier, line))?;
        let message = format!("line {} expects all that this line expects", earlier.line);
        Some(Remark::warning(line.line, message, "this line adds nothing"))
    })
}

fn covers(earlier: &Expectation, later: &Expectation) -> bool {
    earlier.principal.covers(&later.principal)
        && calls(&earlier.calls, &later.calls)
        && origin(&earlier.origin, &later.origin)
        && (earlier.windows.is_empty()
            || every(&later.windows, &earlier.windows, |a, b| a.to_string() == b.to_string()))
        && earlier.until.is_none_or(|until| later.until.is_some_and(|end| end <= until))
}

fn calls(earlier: &Calls, later: &Calls) -> bool {
    let data = [Effect::Read, Effect::Write, Effect::Delete];
    let effects = |calls: &Calls| match calls {
        Calls::DataPlane => Some(data.to_vec()),
        Calls::Effects(effects) => Some(effects.clone()),
        Calls::Actions(_) => None,
    };
    match (earlier, later) {
        // To name an API says more than to cover it: detections of routine changes hold their peace for the name alone.
        (Calls::Actions(earlier), Calls::Actions(later)) => {
            later.iter().all(|action| earlier.iter().any(|e| e == action || (!action.is_exact() && e.covers(action))))
        }
        (Calls::Actions(_), _) | (_, Calls::Actions(_)) => false,
        (earlier, later) => effects(earlier)
            .zip(effects(later))
            .is_some_and(|(earlier, later)| later.iter().all(|effect| earlier.contains(effect))),
    }
}

fn origin(earlier: &Origin, later: &Origin) -> bool {
    let anywhere = |origin: &Origin| origin.vpc_endpoints.is_empty() && origin.cidrs.is_empty();
    let networks = anywhere(earlier)
        || (!anywhere(later)
            && later.vpc_endpoints.iter().all(|endpoint| earlier.vpc_endpoints.contains(endpoint))
            && later.cidrs.iter().all(|net| earlier.cidrs.iter().any(|wider| wider.contains(net))));
    networks
        && (earlier.accounts.is_empty() || every(&later.accounts, &earlier.accounts, |a, b| a == b))
        && (earlier.regions.is_empty() || every(&later.regions, &earlier.regions, |a, b| Pattern::covers(b, a)))
}

/// Whether there are later values, and each has its like among the earlier ones.
fn every<T>(later: &[T], earlier: &[T], alike: impl Fn(&T, &T) -> bool) -> bool {
    !later.is_empty() && later.iter().all(|value| earlier.iter().any(|other| alike(value, other)))
}
