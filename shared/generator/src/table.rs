//! The application's tables.

use fastrand::Rng;
use serde_json::{Map, Value};

/// A table, as far as a request shows it.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    /// The partition key, and how its values begin.
    pub(crate) partition: (&'static str, &'static str),
    /// The sort key.
    pub(crate) sort: Option<&'static str>,
    /// What an item holds beside its key.
    pub(crate) attributes: &'static [&'static str],
    /// A secondary index and its key.
    pub(crate) index: Option<(&'static str, &'static str)>,
    /// How many different partition keys there are.
    pub(crate) keys: u32,
}

impl Table {
    const fn new(
        name: &'static str,
        partition: (&'static str, &'static str),
        attributes: &'static [&'static str],
        keys: u32,
    ) -> Self {
        Self { name, partition, sort: None, attributes, index: None, keys }
    }

    const fn sorted(self, sort: &'static str) -> Self {
        Self { sort: Some(sort), ..self }
    }

    const fn indexed(self, name: &'static str, key: &'static str) -> Self {
        Self { index: Some((name, key)), ..self }
    }

    /// The key of one of its items.
    pub(crate) fn key(&self, random: &mut Rng) -> Value {
        let mut key = Map::new();
        key.insert(self.partition.0.into(), self.partition_value(random).into());
        if let Some(sort) = self.sort {
            key.insert(sort.into(), format!("{:08}", random.u32(..100_000_000)).into());
        }
        Value::Object(key)
    }

    /// One of the values of its partition key.
    pub(crate) fn partition_value(&self, random: &mut Rng) -> String {
        format!("{}{}", self.partition.1, random.u32(..self.keys))
    }

    /// The names of the attributes of an item, its key's first.
    pub(crate) fn item(&self) -> Value {
        [self.partition.0].iter().chain(&self.sort).chain(self.attributes).copied().collect()
    }

    /// The ARN of its stream, for a table that has one.
    pub(crate) fn stream_arn(&self) -> String {
        format!("{}/stream/2025-11-04T08:12:44.301", crate::call::table_arn(self.name))
    }
}

/// Declares the tables and the list of all of them.
macro_rules! tables {
    ($($name:ident = $table:expr;)*) => {
        $(pub(crate) static $name: Table = $table;)*

        /// All of them.
        pub(crate) static ALL: &[&Table] = &[$(&$name),*];
    };
}

tables! {
    ORDERS = Table::new(
        "orders", ("orderId", "o-2026-"), &["customerId", "status", "lines", "total", "currency", "placedAt"], 400_000,
    ).indexed("by-customer", "customerId");
    ORDER_EVENTS = Table::new(
        "order-events", ("orderId", "o-2026-"), &["kind", "payload", "at"], 400_000,
    ).sorted("sequence");
    CUSTOMERS = Table::new(
        "customers", ("customerId", "c-"), &["email", "name", "phone", "birthday", "segment"], 90_000,
    ).indexed("by-email", "email");
    ADDRESSES = Table::new(
        "customer-addresses", ("customerId", "c-"), &["street", "city", "postcode", "country"], 90_000,
    ).sorted("addressId");
    CARTS = Table::new("carts", ("cartId", "cart-"), &["customerId", "lines", "expiresAt"], 60_000);
    SESSIONS = Table::new("sessions", ("sessionId", "s-"), &["customerId", "csrf", "createdAt", "expiresAt"], 900_000);
    PRODUCTS = Table::new(
        "products", ("sku", "sku-"), &["title", "description", "category", "images", "weight"], 24_000,
    ).indexed("by-category", "category");
    CATEGORIES = Table::new("categories", ("categoryId", "cat-"), &["title", "parent"], 400);
    REVIEWS = Table::new(
        "product-reviews", ("sku", "sku-"), &["customerId", "stars", "text", "at"], 24_000,
    ).sorted("reviewId");
    PRICES = Table::new("prices", ("sku", "sku-"), &["net", "gross", "currency", "validFrom"], 24_000).sorted("market");
    STOCK = Table::new("stock", ("sku", "sku-"), &["available", "reserved", "updatedAt"], 24_000).sorted("warehouseId");
    RESERVATIONS = Table::new(
        "stock-reservations", ("reservationId", "r-"), &["sku", "quantity", "orderId", "expiresAt"], 80_000,
    ).indexed("by-expiry", "expiresAt");
    SHIPMENTS = Table::new(
        "shipments", ("shipmentId", "sh-"), &["orderId", "carrier", "eta", "status"], 120_000,
    ).indexed("by-carrier", "carrier");
    SHIPMENT_EVENTS = Table::new("shipment-events", ("shipmentId", "sh-"), &["status", "place"], 120_000).sorted("at");
    RETURNS = Table::new(
        "returns", ("returnId", "ret-"), &["orderId", "reason", "status"], 9_000,
    ).indexed("by-order", "orderId");
    PAYMENTS = Table::new(
        "payments", ("paymentId", "p-"), &["orderId", "amount", "currency", "status", "provider"], 300_000,
    ).indexed("by-order", "orderId");
    PAYMENT_METHODS = Table::new(
        "payment-methods", ("customerId", "c-"), &["token", "brand", "lastFour", "expiry"], 90_000,
    ).sorted("methodId");
    REFUNDS = Table::new("refunds", ("refundId", "rf-"), &["paymentId", "amount", "reason"], 9_000);
    LEDGER = Table::new("ledger", ("accountId", "acc-"), &["debit", "credit", "reference"], 2_000).sorted("entryId");
    INVOICES = Table::new(
        "invoices", ("invoiceId", "inv-"), &["orderId", "document", "total"], 300_000,
    ).indexed("by-order", "orderId");
    VOUCHERS = Table::new("vouchers", ("code", "SPRING-"), &["discount", "validUntil", "remaining"], 6_000);
    REDEMPTIONS = Table::new(
        "voucher-redemptions", ("code", "SPRING-"), &["customerId", "at"], 6_000,
    ).sorted("orderId");
    WISHLISTS = Table::new("wishlists", ("customerId", "c-"), &["note", "addedAt"], 90_000).sorted("sku");
    RECOMMENDATIONS = Table::new("recommendations", ("customerId", "c-"), &["skus", "model", "computedAt"], 90_000);
    SUGGESTIONS = Table::new("search-suggestions", ("prefix", "pre-"), &["weight", "target"], 7_000).sorted("term");
    NOTIFICATIONS = Table::new(
        "notifications", ("customerId", "c-"), &["channel", "template", "status"], 90_000,
    ).sorted("sentAt");
    TEMPLATES = Table::new("email-templates", ("templateId", "tpl-"), &["subject", "body", "language"], 120);
    RATE_LIMITS = Table::new("rate-limits", ("bucketId", "ip-"), &["tokens", "expiresAt"], 500_000);
    LOCKS = Table::new("job-locks", ("lockId", "job-"), &["owner", "leaseUntil"], 40);
    REPORTS = Table::new("reports", ("reportId", "rep-"), &["kind", "figures", "computedAt"], 3_000).sorted("day");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_thirty_tables_each_with_a_name_of_its_own() {
        let names: std::collections::BTreeSet<&str> = ALL.iter().map(|table| table.name).collect();
        assert_eq!((names.len(), ALL.len()), (30, 30));
    }
}
