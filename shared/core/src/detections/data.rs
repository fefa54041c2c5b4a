//! What the detections of the data plane have in common.

use super::{Context, Detection, Judge, cross_account_access, root_access, stream_read};
use crate::access::{Access, Call, Reach};
use crate::operation::{Effect, Plane};
use crate::policy::{self, Standing};

/// Whether a call reads, or asks for, a whole table or index: a scan, or a PartiQL statement that names no key.
pub(super) fn is_scan(call: &Call<'_>, access: &Access<'_>) -> bool {
    call.operation.plane == Plane::Data && access.effect == Effect::Read && access.reach == Reach::Whole
}

/// Whether a call reads a table's stream of changes, and none of its items.
pub(super) fn is_of_stream(call: &Call<'_>) -> bool {
    matches!(call.record.event_name(), "GetRecords" | "GetShardIterator")
}

/// Whether nobody foresaw the access: it is a person's, or the table's entry judges and does not expect it. A person's is
/// foreseen where a line names the very API, since what machines do all day is rarely what a person is expected to do. A
/// statement that reads a whole table counts as `Scan`. Under a policy, tables that no entry speaks for are left in peace:
/// people look into what is of no concern to it all day.
pub(super) fn is_unforeseen(call: &Call<'_>, access: &Access<'_>, context: &Context<'_>) -> bool {
    match context.standing {
        Standing::Expected(line) => {
            let api = if is_scan(call, access) { "Scan" } else { call.record.event_name() };
            call.is_by_person() && !line.names(api)
        }
        Standing::NotJudged => call.is_by_person() && (context.policy.is_none() || context.table.is_some()),
        _ => true,
    }
}

/// Whether another detection says of an access by someone unexpected what this means in particular: then that alone is told.
pub(super) fn is_told_in_particular(call: &Call<'_>, access: &Access<'_>, context: &Context<'_>) -> bool {
    const PARTICULAR: [&Detection; 3] =
        [&root_access::DETECTION, &cross_account_access::DETECTION, &stream_read::DETECTION];
    PARTICULAR.iter().any(|detection| match detection.judge {
        Judge::Access(judge) => !context.setting(detection).off && judge(call, access, context).is_some(),
        Judge::Key(_) | Judge::Window(_) | Judge::Chain(_) | Judge::First(_) | Judge::Relayed(..) | Judge::Rule => {
            false
        }
    })
}

/// The lines that would expect the actor at the table, with more of them below; `None` where no line can name it.
pub(super) fn expecting(call: &Call<'_>, access: &Access<'_>, context: &Context<'_>, more: &str) -> Option<String> {
    let (table, entry) = (access.table.as_ref()?, context.table?);
    let lines = policy::suggest(&call.actor, table)?;
    Some(format!("Add to `expected:` of the table in line {} of the policy:\n{lines}{more}", entry.line))
}
