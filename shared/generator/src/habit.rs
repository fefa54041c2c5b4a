//! What everybody does day by day: the application, as a table.

use fastrand::Rng;

use crate::call::Call;
use crate::cast as by;
use crate::deed::Deed::{
    self, BatchDelete, BatchGet, BatchPut, Delete, DeleteFrom, Describe, DescribeBackups, Get, Iterator, ListTables,
    Put, PutOnce, Query, QueryIndex, Records, Scale, Scan, Select, SelectEach, SetField, Transact, Update,
};
use crate::elsewhere::Elsewhere::{
    self, AssumeRole, CreateLogStream, DataKey, Decrypt, DeleteObject, DescribeInstances, GetObject, GetSecret,
    PutObject,
};
use crate::principal::Principal;
use crate::rhythm::Rhythm::{self, Nightly, Office, Shop, Steady};
use crate::table::{self as on, Table};

/// One kind of call that one principal makes, and how often.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Habit {
    pub(crate) who: &'static Principal,
    pub(crate) rhythm: Rhythm,
    /// How many on a day of 200,000 records, more or less.
    pub(crate) a_day: u32,
    what: What,
}

#[derive(Debug, Clone, Copy)]
enum What {
    ToTable(&'static Table, Deed),
    Elsewhere(Elsewhere),
}

impl Habit {
    pub(crate) fn call(&self, random: &mut Rng) -> Call {
        match self.what {
            What::ToTable(table, deed) => deed.call(table, random),
            What::Elsewhere(elsewhere) => elsewhere.call(random),
        }
    }
}

/// Every habit.
pub(crate) fn all() -> Vec<Habit> {
    let to_tables = TO_TABLES.iter().flat_map(|(who, rhythm, table, deeds)| {
        let habit = |(deed, a_day): &(Deed, u32)| Habit {
            who,
            rhythm: *rhythm,
            a_day: *a_day,
            what: What::ToTable(table, *deed),
        };
        deeds.iter().map(habit)
    });
    let elsewhere = ELSEWHERE.iter().map(|(who, rhythm, elsewhere, a_day)| Habit {
        who,
        rhythm: *rhythm,
        a_day: *a_day,
        what: What::Elsewhere(*elsewhere),
    });
    // Everything is looked at from outside, table by table.
    let observed = on::ALL.iter().map(|table| Habit {
        who: &by::OBSERVER,
        rhythm: Steady,
        a_day: 40,
        what: What::ToTable(table, Describe),
    });
    to_tables.chain(elsewhere).chain(observed).collect()
}

/// Who, when, which table, and what how often.
type ToTable = (&'static Principal, Rhythm, &'static Table, &'static [(Deed, u32)]);

static TO_TABLES: &[ToTable] = &[
    // The shop
    (&by::ORDERS_API, Shop, &on::ORDERS, &[(Get, 4500), (QueryIndex, 2300), (PutOnce(1), 2600), (Update, 2600)]),
    (&by::ORDERS_API, Shop, &on::ORDERS, &[(Transact(&[&on::RESERVATIONS, &on::VOUCHERS]), 1500)]),
    (&by::ORDERS_API, Shop, &on::ORDER_EVENTS, &[(Put, 2600), (Query, 1200)]),
    (&by::ORDERS_API, Shop, &on::CUSTOMERS, &[(Get, 1500)]),
    (&by::CARTS_API, Shop, &on::CARTS, &[(Get, 4500), (Put, 3200), (Update, 3200), (Delete, 1800), (BatchDelete, 260)]),
    (&by::CARTS_API, Shop, &on::PRICES, &[(BatchGet, 2000)]),
    (
        &by::CUSTOMERS_API,
        Shop,
        &on::CUSTOMERS,
        &[(Get, 3000), (QueryIndex, 2000), (Update, 800), (Put, 250), (Delete, 40)],
    ),
    (&by::CUSTOMERS_API, Shop, &on::ADDRESSES, &[(Query, 1500), (Put, 300), (Delete, 60)]),
    (&by::CATALOG_API, Shop, &on::PRODUCTS, &[(Get, 6000), (BatchGet, 3500), (QueryIndex, 3000)]),
    (&by::CATALOG_API, Shop, &on::CATEGORIES, &[(Get, 2500)]),
    (&by::CATALOG_API, Shop, &on::PRICES, &[(BatchGet, 2000)]),
    (&by::CATALOG_API, Shop, &on::STOCK, &[(BatchGet, 2500)]),
    (&by::PRICING_API, Shop, &on::PRICES, &[(Get, 4000), (Query, 700)]),
    (&by::PRICING_API, Office, &on::PRICES, &[(Update, 900)]),
    (&by::PAYMENTS_API, Shop, &on::PAYMENTS, &[(PutOnce(2), 1300), (Get, 1500), (Update, 1300), (QueryIndex, 400)]),
    (&by::PAYMENTS_API, Shop, &on::PAYMENTS, &[(Transact(&[&on::LEDGER]), 700)]),
    (&by::PAYMENTS_API, Shop, &on::PAYMENT_METHODS, &[(Query, 1600), (Put, 150), (Delete, 60)]),
    (&by::RETURNS_API, Shop, &on::RETURNS, &[(Put, 200), (Get, 300), (Update, 250), (QueryIndex, 150)]),
    (&by::RETURNS_API, Shop, &on::REFUNDS, &[(Put, 150), (Get, 150)]),
    (&by::RETURNS_API, Shop, &on::ORDERS, &[(Get, 200)]),
    (&by::SHIPPING_API, Shop, &on::SHIPMENTS, &[(Put, 900), (Get, 2200), (Update, 1800), (QueryIndex, 500)]),
    (&by::SHIPPING_API, Shop, &on::SHIPMENT_EVENTS, &[(Put, 2800), (Query, 1200)]),
    (&by::STOCK_API, Shop, &on::STOCK, &[(Get, 3000), (Update, 3000), (Transact(&[&on::RESERVATIONS]), 1200)]),
    (&by::STOCK_API, Shop, &on::RESERVATIONS, &[(PutOnce(3), 2500), (Delete, 1500)]),
    (&by::VOUCHERS_API, Shop, &on::VOUCHERS, &[(Get, 1500), (Update, 500)]),
    (&by::VOUCHERS_API, Shop, &on::REDEMPTIONS, &[(Query, 400), (Transact(&[&on::VOUCHERS]), 350)]),
    (&by::REVIEWS_API, Shop, &on::REVIEWS, &[(Query, 3500), (Put, 300), (Update, 150), (Delete, 60)]),
    (&by::WISHLIST_API, Shop, &on::WISHLISTS, &[(Query, 1500), (Put, 700), (Delete, 400)]),
    (&by::SEARCH_API, Shop, &on::SUGGESTIONS, &[(Query, 4500)]),
    (&by::RECOMMENDATIONS_API, Shop, &on::RECOMMENDATIONS, &[(Get, 3500)]),
    (&by::RECOMMENDATIONS_API, Shop, &on::ORDERS, &[(QueryIndex, 600)]),
    (&by::BACKOFFICE_API, Office, &on::ORDERS, &[(Select, 500), (SelectEach, 150)]),
    (&by::BACKOFFICE_API, Office, &on::INVOICES, &[(Select, 400)]),
    (&by::BACKOFFICE_API, Office, &on::RETURNS, &[(Select, 300), (SetField, 250)]),
    (&by::SESSION_GATEWAY, Shop, &on::SESSIONS, &[(Get, 8000), (Put, 3000), (Update, 5000), (Delete, 2500)]),
    (&by::SESSION_GATEWAY, Shop, &on::SESSIONS, &[(BatchDelete, 800)]),
    (&by::EDGE_GATEWAY, Shop, &on::RATE_LIMITS, &[(Update, 7000), (Get, 2500)]),
    (&by::FRAUD_CHECK, Shop, &on::PAYMENTS, &[(QueryIndex, 900)]),
    (&by::FRAUD_CHECK, Shop, &on::CUSTOMERS, &[(Get, 700)]),
    (&by::NOTIFIER, Shop, &on::NOTIFICATIONS, &[(Put, 2500), (Query, 900), (Update, 1200)]),
    (&by::NOTIFIER, Shop, &on::TEMPLATES, &[(Get, 900)]),
    (&by::NOTIFIER, Shop, &on::CUSTOMERS, &[(Get, 900)]),
    (&by::INVOICER, Shop, &on::INVOICES, &[(Put, 900), (Get, 400)]),
    (&by::INVOICER, Shop, &on::ORDERS, &[(Get, 900)]),
    (&by::BOOKKEEPER, Shop, &on::LEDGER, &[(Put, 1300), (Query, 300)]),
    // Clockwork
    (&by::SCHEDULER, Steady, &on::LOCKS, &[(PutOnce(30), 2880), (Delete, 2400)]),
    (&by::SWEEPER, Steady, &on::RESERVATIONS, &[(QueryIndex, 1440), (BatchDelete, 600)]),
    (&by::EXPIRY_WORKER, Nightly(2, 3), &on::RATE_LIMITS, &[(Scan(4), 400), (BatchDelete, 1000)]),
    (&by::EXPIRY_WORKER, Nightly(2, 3), &on::NOTIFICATIONS, &[(Scan(4), 100), (BatchDelete, 150)]),
    (&by::NIGHTLY_REPORTS, Nightly(1, 3), &on::ORDERS, &[(Scan(8), 900)]),
    (&by::NIGHTLY_REPORTS, Nightly(1, 3), &on::PAYMENTS, &[(Scan(8), 500)]),
    (&by::NIGHTLY_REPORTS, Nightly(1, 3), &on::RETURNS, &[(Scan(1), 100)]),
    (&by::NIGHTLY_REPORTS, Nightly(2, 4), &on::REPORTS, &[(Put, 120), (BatchPut, 60)]),
    (&by::TRAINER, Nightly(3, 5), &on::ORDERS, &[(QueryIndex, 1500)]),
    (&by::TRAINER, Nightly(3, 5), &on::RECOMMENDATIONS, &[(BatchPut, 3000)]),
    (&by::ORDER_FANOUT, Steady, &on::ORDERS, &[(Iterator, 80), (Records, 3000)]),
    (&by::ORDER_FANOUT, Shop, &on::NOTIFICATIONS, &[(Put, 1200)]),
    (&by::STOCK_PROJECTOR, Steady, &on::STOCK, &[(Iterator, 80), (Records, 3000)]),
    (&by::STOCK_PROJECTOR, Shop, &on::SUGGESTIONS, &[(Update, 900)]),
    (&by::CUSTOMER_SYNC, Steady, &on::CUSTOMERS, &[(Iterator, 60), (Records, 2500)]),
    (&by::AUTO_SCALING, Shop, &on::CARTS, &[(Scale, 14), (Describe, 200)]),
    (&by::AUTO_SCALING, Shop, &on::PRODUCTS, &[(Scale, 14), (Describe, 200)]),
    (&by::AUTO_SCALING, Shop, &on::SESSIONS, &[(Scale, 14), (Describe, 200)]),
    (&by::OBSERVER, Steady, &on::ORDERS, &[(ListTables, 96)]),
    // Others
    (&by::ERP_SYNC, Steady, &on::PRODUCTS, &[(BatchPut, 300), (Put, 200)]),
    (&by::ERP_SYNC, Steady, &on::STOCK, &[(Update, 900)]),
    (&by::CARRIER, Steady, &on::SHIPMENTS, &[(QueryIndex, 400)]),
    // People
    (&by::SUPPORT, Office, &on::CUSTOMERS, &[(QueryIndex, 160), (Get, 120)]),
    (&by::SUPPORT, Office, &on::ORDERS, &[(QueryIndex, 180), (Get, 160)]),
    (&by::SUPPORT, Office, &on::SHIPMENTS, &[(Get, 90)]),
    (&by::SUPPORT, Office, &on::VOUCHERS, &[(Put, 40)]),
    (&by::ENGINEERS, Office, &on::REPORTS, &[(Query, 60), (Select, 40)]),
    (&by::ENGINEERS, Office, &on::SUGGESTIONS, &[(Query, 40), (Scan(1), 24), (Put, 24)]),
    (&by::DEVELOPERS, Office, &on::TEMPLATES, &[(Get, 60), (Update, 30), (Describe, 40)]),
    (&by::DEVELOPERS, Office, &on::PRODUCTS, &[(Query, 50), (Describe, 30), (ListTables, 60)]),
    (&by::ADMINS, Office, &on::ORDERS, &[(Describe, 30), (DescribeBackups, 24), (ListTables, 24)]),
    (&by::INTERN, Office, &on::REVIEWS, &[(Select, 60), (Query, 60), (DeleteFrom, 30)]),
];

static ELSEWHERE: &[(&Principal, Rhythm, Elsewhere, u32)] = &[
    (&by::ORDERS_API, Shop, Decrypt, 3000),
    (&by::CUSTOMERS_API, Shop, Decrypt, 1500),
    (&by::PAYMENTS_API, Shop, Decrypt, 1000),
    (&by::PAYMENTS_API, Shop, DataKey, 900),
    (&by::PAYMENTS_API, Steady, GetSecret, 600),
    (&by::ORDERS_API, Steady, AssumeRole, 1400),
    (&by::SCHEDULER, Steady, AssumeRole, 1600),
    (&by::CATALOG_API, Shop, GetObject, 3500),
    (&by::CATALOG_API, Office, PutObject, 1400),
    (&by::CATALOG_API, Office, DeleteObject, 300),
    (&by::NIGHTLY_REPORTS, Nightly(2, 4), PutObject, 400),
    (&by::OBSERVER, Steady, DescribeInstances, 1500),
    (&by::SCHEDULER, Steady, CreateLogStream, 1400),
    (&by::ADMINS, Office, DescribeInstances, 40),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_of_habits_is_about_what_it_says_and_no_habit_is_so_rare_that_a_day_may_lack_it() {
        let habits = all();
        let total: u32 = habits.iter().map(|habit| habit.a_day).sum();
        assert!((190_000..210_000).contains(&total), "{total}");
        for habit in habits {
            assert!(habit.a_day >= 14, "{habit:?}");
        }
    }
}
