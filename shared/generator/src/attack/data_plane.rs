//! Attacks on items.

use fastrand::Rng;

use super::{Attack, Planter, attack};
use crate::call::Call;
use crate::caller::Caller;
use crate::cast as by;
use crate::deed::Deed;
use crate::principal::{Kind, Network, Principal};
use crate::table::{self as on, Table};

/// A role that somebody made and that no application needs.
static FORGOTTEN_ROLE: Principal = Principal {
    name: "ops/data-export-tmp",
    kind: Kind::Role(1),
    network: Network::Addresses(&["203.0.113.41"]),
    agent: "aws-cli/2.24.0 md/awscrt#0.23.8 ua/2.0 os/macos#24.3.0 md/arch#arm64 lang/python#3.12.9",
};

pub(super) fn stolen_credentials(planter: &mut Planter) -> Attack {
    let start = planter.at(2, 40);
    let stolen = planter.session(&by::PAYMENTS_API, start);
    let elsewhere =
        Caller { address: "192.0.2.77".into(), vpc_endpoint: None, agent: "python-requests/2.32.3", ..stolen };
    let queries: Vec<Call> = several(14, Deed::Query, &on::PAYMENT_METHODS, &mut planter.random);
    planter.calls(&elsewhere, start, 71, queries);
    attack(
        "stolen-credentials",
        "Keys of a running task of payments-api are used from the internet, for a call it makes all day.",
        "unexpected-network",
        "role/app/payments-api",
        Some(on::PAYMENT_METHODS.name),
    )
}

pub(super) fn unknown_role(planter: &mut Planter) -> Attack {
    let start = planter.at(4, 12);
    let role = planter.session(&FORGOTTEN_ROLE, start);
    let reads = several(9, Deed::QueryIndex, &on::CUSTOMERS, &mut planter.random);
    planter.calls(&role, start, 55, reads);
    attack(
        "unknown-role",
        "A role left over from a migration reads a few customers at night, from the office's own addresses.",
        "unexpected-principal",
        "role/ops/data-export-tmp",
        Some(on::CUSTOMERS.name),
    )
}

pub(super) fn intern_deletes(planter: &mut Planter) -> Attack {
    let start = planter.at(10, 2);
    let intern = planter.session(&by::INTERN, start);
    let slowly = several(30, Deed::DeleteFrom, &on::REVIEWS, &mut planter.random);
    planter.calls(&intern, start, 240, slowly);
    let fast = several(180, Deed::DeleteFrom, &on::REVIEWS, &mut planter.random);
    let burst = planter.at(16, 41);
    planter.calls(&intern, burst, 1, fast);
    attack(
        "intern-deletes",
        "An intern who may delete reviews deletes one every few minutes, then 180 in three, all in PartiQL.",
        "bulk-deletion",
        "user/people/intern",
        Some(on::REVIEWS.name),
    )
}

pub(super) fn support_scans(planter: &mut Planter) -> Attack {
    let start = planter.at(11, 31);
    let mia = planter.person(&by::SUPPORT, "mia.schulz@example.com", start);
    let pages = several(60, Deed::Scan(1), &on::CUSTOMERS, &mut planter.random);
    planter.calls(&mia, start, 13, pages);
    attack(
        "support-scans",
        "Somebody of support, who looks up customers all day, pages through all of them.",
        "full-scan",
        "mia.schulz@example.com (SSO SupportAgent)",
        Some(on::CUSTOMERS.name),
    )
}

pub(super) fn out_of_its_lane(planter: &mut Planter) -> Attack {
    let start = planter.at(12, 55);
    let service = planter.session(&by::RECOMMENDATIONS_API, start);
    let deletions = several(6, Deed::Delete, &on::ORDERS, &mut planter.random);
    planter.calls(&service, start, 37, deletions);
    attack(
        "out-of-its-lane",
        "A service that only ever queries orders deletes some, from its own network.",
        "unexpected-action",
        "role/app/recommendations-api",
        Some(on::ORDERS.name),
    )
}

pub(super) fn probing(planter: &mut Planter) -> Attack {
    let start = planter.at(20, 4);
    let service = planter.session(&by::REVIEWS_API, start);
    let arn = service.identity.arn.clone().unwrap_or_default();
    let tried = [Deed::Scan(1), Deed::Get, Deed::Query];
    let denied: Vec<Call> = (0..14)
        .zip(tried.iter().cycle())
        .map(|(_, deed)| deed.call(&on::PAYMENTS, &mut planter.random).denied(&arn))
        .collect();
    planter.calls(&service, start, 23, denied);
    let reads = several(4, Deed::Get, &on::TEMPLATES, &mut planter.random);
    let later = planter.at(20, 12);
    planter.calls(&service, later, 31, reads);
    attack(
        "probing",
        "A service with a hole in it is made to try payments in every way, is denied, and reads what it can.",
        "denied-burst",
        "role/app/reviews-api",
        Some(on::PAYMENTS.name),
    )
}

fn several(number: usize, deed: Deed, table: &Table, random: &mut Rng) -> Vec<Call> {
    // What comes to nothing is no attack.
    std::iter::repeat_with(|| deed.call(table, random)).filter(|call| call.failure.is_none()).take(number).collect()
}
