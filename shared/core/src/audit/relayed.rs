//! What other services found, judged beside what is read of calls.

use super::Audit;
use crate::detections::{self, Context, Opinion};
use crate::finding::Origin;
use crate::ports::{Fate, Heard, Observer, Said};
use crate::relayed::Relayed;
use crate::tally::Skip;

impl Audit {
    /// Audits what another service found, which came by itself.
    pub fn relayed(&mut self, relayed: &Relayed, origin: Origin<'_>, observer: &mut impl Observer) {
        self.hear(relayed, 0, origin, observer);
        self.tally.objects_done += 1;
    }

    /// Judges it, once for each actor and table in it. It counts as a record; it is no access of anybody, and no step of a
    /// chain: the calls behind it are audited where their own records are.
    pub(super) fn hear(&mut self, relayed: &Relayed, index: u64, origin: Origin<'_>, observer: &mut impl Observer) {
        self.tally.records_read += 1;
        let (fate, said) = match self.opinions(relayed) {
            Ok(said) => {
                self.tally.relevant(relayed.time, self.now);
                (Fate::Judged, said)
            }
            Err(skip) => {
                *self.tally.records_skipped.entry(skip).or_default() += 1;
                (Fate::Skipped(skip), Vec::new())
            }
        };
        observer.heard(&Heard { place: origin.place, index, relayed, fate, said: &said });
        for Said { actor, table, opinion, .. } in said {
            match opinion {
                Opinion::Hit(hit) if hit.suppressed.is_some() => self.tally.hits_suppressed += 1,
                Opinion::Hit(hit) => self.findings.add_relayed(hit, relayed, actor, table, origin),
                _ => {}
            }
        }
    }

    fn opinions(&mut self, relayed: &Relayed) -> Result<Vec<Said>, Skip> {
        let policy = self.policy.as_deref();
        let mut said = Vec::new();
        for (actor, table) in relayed.subjects() {
            let context = Context::of_relayed(policy, table.as_ref());
            let (detection, opinion) = detections::hear(relayed, &actor, table.as_ref(), &context)?;
            said.push(Said { actor, table, detection, opinion });
        }
        if self.seen.insert(&relayed.event_id) { Ok(said) } else { Err(Skip::Duplicate) }
    }
}
