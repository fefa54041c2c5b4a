//! What the records of a run tell about keys and tables.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json_borrow::Value;

use crate::access::{Access, Call, field};
use crate::kms_key::KmsKey;
use crate::operation::Service;
use crate::table::{TableArn, TableId};

/// How many ties are kept, an alias of a key being one too.
const MOST: usize = 20_000;

/// The tables by key, each with the call that told.
#[derive(Debug, Default)]
pub(super) struct Ties {
    tables: HashMap<KmsKey, BTreeMap<TableId<'static>, String>>,
    /// An alias may be pointed to another key.
    keys_of_aliases: HashMap<KmsKey, BTreeSet<KmsKey>>,
    kept: usize,
    is_cut: bool,
}

impl Ties {
    /// Takes in what a call tells.
    pub(super) fn learn(&mut self, call: &Call<'_>, accesses: &[Access<'_>]) {
        if !call.outcome.may_have_happened() {
            return;
        }
        let api = call.record.event_name();
        match (call.operation.service, api) {
            (Service::Kms, "CreateGrant") => {
                for access in accesses {
                    if let (Some(table), Some(key)) = (&access.table, KmsKey::of(call, access)) {
                        self.tie(key, table.clone().into_owned(), api);
                    }
                }
            }
            (
                Service::DynamoDb,
                "CreateTable" | "UpdateTable" | "RestoreTableFromBackup" | "RestoreTableToPointInTime" | "ImportTable",
            ) => self.learn_of_table(call, accesses),
            _ => {}
        }
    }

    /// The tables that are tied to a key by any of its names, each with the call that told: of several, the first by name.
    pub(super) fn of(&self, names: &[&KmsKey]) -> BTreeMap<&TableId<'static>, &str> {
        let mut tied: BTreeMap<&TableId<'static>, &str> = BTreeMap::new();
        for (table, api) in names.iter().filter_map(|name| self.tables.get(*name)).flatten() {
            tied.entry(table).and_modify(|first| *first = api.as_str().min(first)).or_insert(api);
        }
        tied
    }

    /// A key and the names it is known to go by.
    pub(super) fn names_of<'t>(&'t self, key: &'t KmsKey) -> Vec<&'t KmsKey> {
        let aliases = self.keys_of_aliases.iter().filter(|(_, keys)| keys.contains(key)).map(|(alias, _)| alias);
        let keys = self.keys_of_aliases.get(key).into_iter().flatten();
        [key].into_iter().chain(keys).chain(aliases).collect()
    }

    /// Whether there were more ties than were kept.
    pub(super) fn are_cut(&self) -> bool {
        self.is_cut
    }

    /// A request names the key as its caller writes it, and the response by its ARN.
    fn learn_of_table(&mut self, call: &Call<'_>, accesses: &[Access<'_>]) {
        let response = call.response();
        let arn = response.text(&["tableDescription", "tableArn"]);
        let arn = arn.or_else(|| response.text(&["importTableDescription", "tableArn"]));
        let described = arn.and_then(TableArn::parse).map(|arn| arn.table.into_owned());
        let named = || accesses.first()?.table.clone().map(TableId::into_owned);
        let Some(table) = described.or_else(named) else { return };
        let api = call.record.event_name();
        let key = |name: Option<&str>| KmsKey::new(name?, &table.account, &table.region);
        let asked = key(call
            .params
            .text(&["sSESpecification", "kMSMasterKeyId"])
            .or_else(|| call.params.text(&["sSESpecificationOverride", "kMSMasterKeyId"]))
            .or_else(|| call.params.text(&["tableCreationParameters", "sSESpecification", "kMSMasterKeyId"])));
        let answered = key(response.text(&["tableDescription", "sSEDescription", "kMSMasterKeyArn"]));
        // While a table is being switched, the response still names the key that it had.
        let same = api != "UpdateTable";
        if let (Some(alias), Some(key), true) = (&asked, &answered, same)
            && alias.is_alias()
            && !key.is_alias()
        {
            self.know_alias(alias.clone(), key.clone());
        }
        for key in [asked, answered].into_iter().flatten() {
            self.tie(key, table.clone(), api);
        }
        for update in call.params.list(&["replicaUpdates"]) {
            let change = field(update, "create").or_else(|| field(update, "update"));
            let text = |name| field(change?, name).and_then(Value::as_str);
            let Some(region) = text("regionName") else { continue };
            let Some(key) = text("kMSMasterKeyId").and_then(|name| KmsKey::new(name, &table.account, region)) else {
                continue;
            };
            self.tie(key, TableId { region: region.to_owned().into(), ..table.clone() }, api);
        }
    }

    fn tie(&mut self, key: KmsKey, table: TableId<'static>, api: &str) {
        if let Some(first) = self.tables.get_mut(&key).and_then(|tables| tables.get_mut(&table)) {
            // The order of records must not show.
            if api < first.as_str() {
                api.clone_into(first);
            }
        } else if self.has_room() {
            self.tables.entry(key).or_default().insert(table, api.to_owned());
        }
    }

    fn know_alias(&mut self, alias: KmsKey, key: KmsKey) {
        let is_known = self.keys_of_aliases.get(&alias).is_some_and(|keys| keys.contains(&key));
        if !is_known && self.has_room() {
            self.keys_of_aliases.entry(alias).or_default().insert(key);
        }
    }

    fn has_room(&mut self) -> bool {
        if self.kept < MOST {
            self.kept += 1;
            return true;
        }
        self.is_cut = true;
        false
    }
}
