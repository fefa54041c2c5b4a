//! What a day brings once: backups, releases, a new table, and small mishaps.

use fastrand::Rng;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::call::{Call, described, table_arn};
use crate::cast as by;
use crate::day::midnight;
use crate::deed::Deed;
use crate::principal::Principal;
use crate::random::generator;
use crate::record::Record;
use crate::table::{self as on, Table};

/// The tables that change with every release.
const RELEASED: [&Table; 4] = [&on::ORDERS, &on::PRODUCTS, &on::PRICES, &on::SUGGESTIONS];

/// The tables that AWS Backup backs up every night, and of which it deletes what has passed its 35 days.
const BACKED_UP: [&Table; 6] = [&on::ORDERS, &on::CUSTOMERS, &on::PAYMENTS, &on::LEDGER, &on::INVOICES, &on::SHIPMENTS];

/// The errands of a day, in no order.
pub(crate) fn of_day(seed: u64, date: Date) -> Vec<Record> {
    let random = generator(seed, &format!("errands of {date}"));
    let mut errands = Errands { seed, midnight: midnight(date), random, records: Vec::new() };
    errands.backups(date);
    for (number, table) in RELEASED.into_iter().enumerate() {
        errands.release(number, table);
    }
    errands.change_of_the_day(date);
    errands.campaign(date);
    errands.mishaps(date);
    errands.records
}

struct Errands {
    seed: u64,
    midnight: Timestamp,
    random: Rng,
    records: Vec<Record>,
}

impl Errands {
    /// Nightly backups, and the end of old ones.
    fn backups(&mut self, date: Date) {
        for (number, table) in (0_u32..).zip(BACKED_UP) {
            let start = 3 * 3600 + 10 * 60 + number * 45;
            let backup = |day: Date| {
                let id = format!("0{}-{:08x}", midnight(day).as_millisecond(), 41 + number);
                format!("{}/backup/{id}", table_arn(table.name))
            };
            let create = Call::control(
                "CreateBackup",
                false,
                table.name,
                json!({"tableName": table.name, "backupName": format!("awsbackup-{date}-{}", table.name)}),
            );
            let details = json!({"backupArn": backup(date), "backupStatus": "CREATING", "backupType": "AWS_BACKUP"});
            self.does(&by::BACKUP, start, create.answered(json!({"backupDetails": details})));
            for wait in [60, 240, 600] {
                let describe = json!({"backupArn": backup(date)});
                self.does(&by::BACKUP, start + wait, Call::control("DescribeBackup", true, table.name, describe));
            }
            let old = date - SignedDuration::from_hours(35 * 24);
            let delete = Call::control("DeleteBackup", false, table.name, json!({"backupArn": backup(old)}));
            self.does(&by::BACKUP, start + 3600, delete);
        }
    }

    /// A release: the pipeline looks at the tables it manages and changes what has changed, here an index.
    fn release(&mut self, number: usize, table: &Table) {
        let start = 9 * 3600 + u32::try_from(number).unwrap_or(0) * 6000 + self.random.u32(..3000);
        self.looks_around(start);
        let units = json!({"readCapacityUnits": self.random.u32(1..20) * 10, "writeCapacityUnits": 50});
        let index = table.index.map_or("by-market", |(name, _)| name);
        let params = json!({
            "tableName": table.name,
            "globalSecondaryIndexUpdates": [{"update": {"indexName": index, "provisionedThroughput": units}}],
        });
        let update =
            Call::control("UpdateTable", false, table.name, params).answered(described(table.name, "UPDATING"));
        self.does(&by::DEPLOYER, start + 70, update);
        let tags = json!([{"key": "release", "value": format!("r-{}", self.random.u32(1000..9999))}]);
        let params = json!({"resourceArn": table_arn(table.name), "tags": tags});
        self.does(&by::DEPLOYER, start + 75, Call::control("TagResource", false, table.name, params));
        let insights = json!({"tableName": table.name, "contributorInsightsAction": "ENABLE"});
        let insights = Call::control("UpdateContributorInsights", false, table.name, insights);
        self.does(&by::DEPLOYER, start + 80, insights);
        let target = json!({
            "serviceNamespace": "dynamodb", "resourceId": format!("table/{}", table.name),
            "scalableDimension": "dynamodb:table:ReadCapacityUnits", "minCapacity": 50, "maxCapacity": 2000,
        });
        let register = Call::of("application-autoscaling.amazonaws.com", "RegisterScalableTarget", target);
        self.does(&by::DEPLOYER, start + 85, register);
        for function in ["order-fanout", "stock-projector"] {
            let params = json!({
                "functionName": function, "s3Bucket": "shop-artifacts", "s3Key": format!("{function}/release.zip"),
                "publish": false, "dryRun": false,
            });
            let update = Call::of("lambda.amazonaws.com", "UpdateFunctionCode20150331v2", params);
            self.does(&by::DEPLOYER, start + 120, update);
        }
        let alarm = json!({
            "alarmName": format!("TargetTracking-table/{}-AlarmHigh", table.name),
            "metricName": "ConsumedReadCapacityUnits", "namespace": "AWS/DynamoDB", "statistic": "Sum",
            "threshold": 42.0, "evaluationPeriods": 2, "period": 60,
        });
        self.does(&by::AUTO_SCALING, start + 95, Call::of("monitoring.amazonaws.com", "PutMetricAlarm", alarm));
    }

    /// One release a day is of a table whose turn it is: what no day before may have shown.
    fn change_of_the_day(&mut self, date: Date) {
        let turn = usize::from(date.day_of_year().unsigned_abs()) % on::ALL.len();
        let others = on::ALL.iter().filter(|table| !RELEASED.iter().any(|released| released.name == table.name));
        let Some(table) = others.cycle().nth(turn) else { return };
        let start = 15 * 3600 + self.random.u32(..1800);
        self.looks_around(start);
        let params = json!({"tableName": table.name, "tableClass": "STANDARD"});
        let update =
            Call::control("UpdateTable", false, table.name, params).answered(described(table.name, "UPDATING"));
        self.does(&by::DEPLOYER, start + 66, update);
    }

    /// What Terraform does before it changes anything.
    fn looks_around(&mut self, start: u32) {
        let session = json!({"roleArn": by::DEPLOYER.arn(), "roleSessionName": "release", "durationSeconds": 3600});
        self.does(&by::DEPLOYER, start, Call::of("sts.amazonaws.com", "AssumeRoleWithWebIdentity", session));
        for (number, table) in (0..).zip(on::ALL) {
            for (offset, deed) in [(2, Deed::Describe), (3, Deed::DescribeBackups)] {
                let call = deed.call(table, &mut self.random);
                self.does(&by::DEPLOYER, start + number + offset, call);
            }
        }
    }

    /// A table for the campaign of the day, and the carts that use it.
    fn campaign(&mut self, date: Date) {
        let name = format!("campaign-{date}");
        let start = 10 * 3600 + 25 * 60;
        let params = json!({
            "tableName": name,
            "attributeDefinitions": [{"attributeName": "cartId", "attributeType": "S"}],
            "keySchema": [{"attributeName": "cartId", "keyType": "HASH"}],
            "billingMode": "PAY_PER_REQUEST",
            "sSESpecification": {"enabled": true, "sSEType": "KMS"},
        });
        let create = Call::control("CreateTable", false, &name, params).answered(described(&name, "CREATING"));
        self.does(&by::DEPLOYER, start, create);
        let recovery =
            json!({"tableName": name, "pointInTimeRecoverySpecification": {"pointInTimeRecoveryEnabled": true}});
        self.does(&by::DEPLOYER, start + 30, Call::control("UpdateContinuousBackups", false, &name, recovery));
        for use_of_it in 0..40_u32 {
            let key = json!({"cartId": format!("cart-{}", self.random.u32(..60_000))});
            let (api, read_only) = if use_of_it % 2 == 0 { ("PutItem", false) } else { ("GetItem", true) };
            let params = json!({"tableName": name, "key": key, "items": ["cartId", "bonus"]});
            let call = Call::data(api, read_only, &[&name], params);
            self.does(&by::CARTS_API, start + 3600 + use_of_it * 300, call);
        }
    }

    /// Who tries what is not there, and who lacks a permission.
    fn mishaps(&mut self, date: Date) {
        for attempt in 0..5_u32 {
            let params = json!({"tableName": "search-suggestions-next", "keyConditionExpression": "prefix = :key"});
            let call = Call::data("Query", true, &["search-suggestions-next"], params).not_found();
            self.does(&by::SEARCH_API, 7000 + attempt * 14_000, call);
        }
        let typo = json!({"tableName": "email-template", "key": {"templateId": "tpl-7"}});
        let typo = Call::data("GetItem", true, &["email-template"], typo).not_found();
        self.does(&by::DEVELOPERS, 11 * 3600 + 300, typo);
        let wanted = if date.day() % 2 == 0 { &on::PAYMENTS } else { &on::CUSTOMERS };
        let start = 13 * 3600 + self.random.u32(..3600);
        for attempt in 0..2 {
            let at = self.midnight + SignedDuration::from_secs(i64::from(start + 40 * attempt));
            let caller = by::DEVELOPERS.person(self.seed, at, "dan.novak@example.com", &mut self.random);
            let params = json!({"tableName": wanted.name, "key": wanted.key(&mut self.random)});
            let call = Call::data("GetItem", true, &[wanted.name], params);
            let call = call.denied(&by::DEVELOPERS.session_arn("dan.novak@example.com"));
            self.records.push(caller.record(at, call, &mut self.random));
        }
    }

    fn does(&mut self, who: &'static Principal, second: u32, call: Call) {
        let at = self.midnight + SignedDuration::from_secs(i64::from(second));
        let caller = who.caller(self.seed, at, &mut self.random);
        self.records.push(caller.record(at, call, &mut self.random));
    }
}
