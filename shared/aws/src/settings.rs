//! What a function is told by its environment, checked once at the start.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use tablewarden_core::arn::is_account_id;
use tablewarden_core::log_file::Limits;
use tablewarden_core::policy::KeySecret;
use thiserror::Error;

use crate::contract::{BOTH, Function, TRAIL_LOG};
use crate::source::Source;

/// The prefix of every variable that is Tablewarden's.
const PREFIX: &str = "TABLEWARDEN_";

/// The variables by which others are switched: each names what functions then use.
pub(crate) const ALERT_TOPIC_ARN: &str = "TABLEWARDEN_ALERT_TOPIC_ARN";
pub(crate) const POLICY: &str = "TABLEWARDEN_POLICY";
pub(crate) const RULES: &str = "TABLEWARDEN_RULES";
pub(crate) const STATE_TABLE: &str = "TABLEWARDEN_STATE_TABLE";
pub(crate) const CHAT_TOPIC_ARN: &str = "TABLEWARDEN_CHAT_TOPIC_ARN";
pub(crate) const ARCHIVE_BUCKET: &str = "TABLEWARDEN_ARCHIVE_BUCKET";

/// A variable that functions read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// Its name.
    pub name: &'static str,
    /// Whether no function starts without it.
    pub required: bool,
    /// For which functions it means anything. The others take it too.
    pub functions: &'static [Function],
}

/// Every variable that is Tablewarden's. No other is [read](Settings::read).
pub const SETTINGS: &[Setting] = &[
    Setting { required: true, ..optional(ALERT_TOPIC_ARN) },
    optional(CHAT_TOPIC_ARN),
    optional(POLICY),
    optional(RULES),
    optional("TABLEWARDEN_KEY_SECRET"),
    optional(STATE_TABLE),
    optional("TABLEWARDEN_COOLDOWN_MINUTES"),
    optional("TABLEWARDEN_METRICS_NAMESPACE"),
    optional(ARCHIVE_BUCKET),
    optional("TABLEWARDEN_ARCHIVE_PREFIX"),
    Setting { functions: TRAIL_LOG, ..optional("TABLEWARDEN_MAX_OBJECT_MIB") },
    Setting { functions: TRAIL_LOG, ..optional("TABLEWARDEN_MAX_RECORD_KIB") },
];

const fn optional(name: &'static str) -> Setting {
    Setting { name, required: false, functions: BOTH }
}

/// What stands for the topic where nobody is told.
const NOBODY: &str = "none";

/// The longest prefix of the archive, in bytes: a key has at most 1024, and what stands behind it needs 80.
const LONGEST_PREFIX: usize = 900;

/// How long alerts are held back after one like them, unless told.
const COOLDOWN: SignedDuration = SignedDuration::from_hours(1);

/// The settings of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// `TABLEWARDEN_ALERT_TOPIC_ARN`: the SNS topic that alerts go to. Required; `none` tells nobody, and leaves findings in the
    /// archive alone.
    pub alert_topic_arn: Option<String>,
    /// `TABLEWARDEN_CHAT_TOPIC_ARN`: the SNS topic that alerts go to in a form for channels of chat too.
    pub chat_topic_arn: Option<String>,
    /// `TABLEWARDEN_POLICY`: where the policy file is; without it the function reports deletions, denials and DDL.
    pub policy: Option<Source>,
    /// `TABLEWARDEN_RULES`: where the user's Sigma rules are: a folder, or a file that may hold several.
    pub rules: Option<Source>,
    /// `TABLEWARDEN_KEY_SECRET`: what the hashes of item keys are made with, where the policy asks for them.
    pub key_secret: Option<KeySecret>,
    /// `TABLEWARDEN_STATE_TABLE`: the name of the DynamoDB table in which functions remember what was told; without it each
    /// invocation stands for itself.
    pub state_table: Option<String>,
    /// `TABLEWARDEN_COOLDOWN_MINUTES`: how long alerts like one that was told are held back, an hour unless told.
    pub cooldown: SignedDuration,
    /// `TABLEWARDEN_METRICS_NAMESPACE`: CloudWatch's namespace, `Tablewarden` unless told.
    pub metrics_namespace: String,
    /// `TABLEWARDEN_ARCHIVE_BUCKET` and `TABLEWARDEN_ARCHIVE_PREFIX`: where findings are archived; without the bucket they are
    /// not.
    pub archive: Option<ArchiveRef>,
    /// `TABLEWARDEN_MAX_OBJECT_MIB` and `TABLEWARDEN_MAX_RECORD_KIB`: how large a log object may be when decompressed, and
    /// one record in it.
    pub limits: Limits,
}

/// Where findings are archived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveRef {
    /// The bucket's name.
    pub bucket: String,
    /// What stands before each object's name, without a slash at either end; `findings` unless told.
    pub prefix: String,
}

/// Everything that is wrong with an environment.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("settings: {}", .0.join("; "))]
pub struct SettingsError(Vec<String>);

impl Settings {
    /// Reads the settings from variables, such as those of [`std::env::vars_os`].
    ///
    /// A variable with Tablewarden's prefix that is not known is an error: it is more likely misspelt than meant for nothing.
    pub fn read(variables: impl IntoIterator<Item = (String, String)>) -> Result<Self, SettingsError> {
        let mut ours: BTreeMap<String, String> =
            variables.into_iter().filter(|(name, _)| name.starts_with(PREFIX)).collect();
        let known = SETTINGS.iter().filter_map(|setting| ours.remove_entry(setting.name));
        let mut known: BTreeMap<String, String> = known.filter(|(_, value)| !value.is_empty()).collect();
        let mut errors = Vec::new();
        let mut take = |name: &str| known.remove(&format!("{PREFIX}{name}"));

        let alert_topic_arn = Some(take("ALERT_TOPIC_ARN").unwrap_or_default()).filter(|arn| arn != NOBODY);
        if let Some(arn) = alert_topic_arn.as_ref().filter(|arn| !is_topic_arn(arn)) {
            errors.push(format!("{PREFIX}ALERT_TOPIC_ARN: expected the ARN of a standard SNS topic, found {arn:?}"));
        }
        let chat_topic_arn = take("CHAT_TOPIC_ARN");
        if let Some(arn) = chat_topic_arn.as_ref().filter(|arn| !is_topic_arn(arn)) {
            errors.push(format!("{PREFIX}CHAT_TOPIC_ARN: expected the ARN of a standard SNS topic, found {arn:?}"));
        } else if chat_topic_arn.is_some() && chat_topic_arn == alert_topic_arn {
            // Who subscribed would get each alert twice, once in a form that is not theirs.
            errors.push(format!("{PREFIX}CHAT_TOPIC_ARN: expected another topic than {PREFIX}ALERT_TOPIC_ARN"));
        }
        let mut source = |name: &str| match take(name).map(|value| Source::parse(&value)).transpose() {
            Ok(source) => source,
            Err(error) => {
                errors.push(format!("{PREFIX}{name}: {error}"));
                None
            }
        };
        let (policy, rules) = (source("POLICY"), source("RULES"));
        // What is wrong with it is told, it itself never.
        let key_secret = match take("KEY_SECRET").map(KeySecret::new).transpose() {
            Ok(secret) => secret,
            Err(error) => {
                errors.push(format!("{PREFIX}KEY_SECRET: {error}"));
                None
            }
        };
        let state_table = take("STATE_TABLE");
        if let Some(table) = state_table.as_ref().filter(|table| !is_table_name(table)) {
            errors.push(format!("{PREFIX}STATE_TABLE: expected the name of a table, found {table:?}"));
        }
        let cooldown = match take("COOLDOWN_MINUTES").map(|value| minutes("COOLDOWN_MINUTES", &value)).transpose() {
            Ok(cooldown) => cooldown.unwrap_or(COOLDOWN),
            Err(error) => {
                errors.push(error);
                COOLDOWN
            }
        };
        let metrics_namespace = take("METRICS_NAMESPACE").unwrap_or_else(|| "Tablewarden".into());
        if !is_namespace(&metrics_namespace) {
            errors.push(format!("{PREFIX}METRICS_NAMESPACE: no namespace of CloudWatch: {metrics_namespace:?}"));
        }
        let archive = match archive(take("ARCHIVE_BUCKET"), take("ARCHIVE_PREFIX")) {
            Ok(archive) => archive,
            Err(error) => {
                errors.push(error);
                None
            }
        };
        if alert_topic_arn.is_none() {
            errors.extend(why_somebody_must_be_told(
                archive.is_some(),
                state_table.is_some(),
                chat_topic_arn.is_some(),
            ));
        }
        let mut limits = Limits::default();
        match take("MAX_OBJECT_MIB").map(|value| size("MAX_OBJECT_MIB", &value, 1 << 20)).transpose() {
            Ok(bytes) => limits.decompressed = bytes.unwrap_or(limits.decompressed),
            Err(error) => errors.push(error),
        }
        match take("MAX_RECORD_KIB").map(|value| size("MAX_RECORD_KIB", &value, 1 << 10)).transpose() {
            Ok(bytes) => limits.entry = bytes.unwrap_or(limits.entry),
            Err(error) => errors.push(error),
        }
        errors.extend(ours.into_keys().map(|name| format!("{name}: no such setting")));
        if errors.is_empty() {
            Ok(Self {
                alert_topic_arn,
                chat_topic_arn,
                policy,
                rules,
                key_secret,
                state_table,
                cooldown,
                metrics_namespace,
                archive,
                limits,
            })
        } else {
            Err(SettingsError(errors))
        }
    }
}

/// What keeps a function from telling nobody.
fn why_somebody_must_be_told(archives: bool, remembers: bool, chats: bool) -> Option<String> {
    let why = if !archives {
        "needs a TABLEWARDEN_ARCHIVE_BUCKET, or what is found is lost"
    } else if remembers {
        // What it noted there others would take for told.
        "goes with no TABLEWARDEN_STATE_TABLE, in which it would say what was told"
    } else if chats {
        "goes with no TABLEWARDEN_CHAT_TOPIC_ARN"
    } else {
        return None;
    };
    Some(format!("{PREFIX}ALERT_TOPIC_ARN: {NOBODY:?} {why}"))
}

fn archive(bucket: Option<String>, prefix: Option<String>) -> Result<Option<ArchiveRef>, String> {
    let Some(bucket) = bucket else {
        let orphan = |prefix| format!("{PREFIX}ARCHIVE_PREFIX: {prefix:?} needs an {PREFIX}ARCHIVE_BUCKET");
        return prefix.map_or(Ok(None), |prefix| Err(orphan(prefix)));
    };
    if !is_bucket(&bucket) {
        return Err(format!("{PREFIX}ARCHIVE_BUCKET: expected the name of a bucket, found {bucket:?}"));
    }
    let prefix = prefix.unwrap_or_else(|| "findings".into());
    let prefix = prefix.strip_suffix('/').unwrap_or(&prefix);
    // An empty segment makes a folder without a name, which tools for S3 trip over.
    let is_segment = |segment: &str| !segment.is_empty() && !segment.contains(char::is_control);
    if prefix.len() > LONGEST_PREFIX || !prefix.split('/').all(is_segment) {
        return Err(format!("{PREFIX}ARCHIVE_PREFIX: expected names with a slash between them, found {prefix:?}"));
    }
    Ok(Some(ArchiveRef { bucket, prefix: prefix.to_owned() }))
}

/// 3 to 63 lower-case letters, digits, dots and hyphens, with a letter or digit at both ends.
///
/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>.
fn is_bucket(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    (3..=63).contains(&name.len())
        && name.bytes().all(|byte| plain(byte) || byte == b'.' || byte == b'-')
        && [name.bytes().next(), name.bytes().last()].into_iter().all(|end| end.is_some_and(plain))
}

/// A size in units of `unit` bytes, which fits the type that it is kept in.
fn size<T: TryFrom<u64>>(name: &str, value: &str, unit: u64) -> Result<T, String> {
    let wrong = |what: &str| format!("{PREFIX}{name}: expected a whole number from 1 on{what}, found {value:?}");
    let size = value.parse::<u64>().map_err(|_| wrong(""))?;
    if size == 0 {
        return Err(wrong(""));
    }
    let bytes = size.checked_mul(unit).map(T::try_from);
    bytes.and_then(Result::ok).ok_or_else(|| wrong(" whose bytes this machine can count"))
}

/// A time of whole minutes, up to a day; 0 holds nothing back.
fn minutes(name: &str, value: &str) -> Result<SignedDuration, String> {
    let minutes = value.parse::<i64>().ok().filter(|minutes| (0..=24 * 60).contains(minutes));
    let wrong = || format!("{PREFIX}{name}: expected a whole number from 0 to 1440, found {value:?}");
    minutes.map(SignedDuration::from_mins).ok_or_else(wrong)
}

/// 3 to 255 letters, digits, `_`, `-` and `.`.
///
/// Source: "Naming rules", <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html>.
fn is_table_name(name: &str) -> bool {
    (3..=255).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte))
}

/// The ARN of a standard topic. A FIFO topic, whose name ends in `.fifo`, refuses messages without a group, and has no
/// e-mail subscriptions.
///
/// Source: <https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>.
fn is_topic_arn(arn: &str) -> bool {
    let fields: Vec<&str> = arn.split(':').collect();
    matches!(fields.as_slice(), ["arn", _, "sns", region, account, topic]
        if !region.is_empty() && is_account_id(account) && !topic.is_empty() && !topic.to_ascii_lowercase().ends_with(".fifo"))
}

/// 1 to 255 characters of a small set, no colon in front, and not AWS's own.
///
/// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html>, whose pattern is
/// `[^:].*`.
fn is_namespace(namespace: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-_/#: ".contains(&byte);
    (1..=255).contains(&namespace.len())
        && namespace.bytes().all(allowed)
        && !namespace.starts_with(':')
        && !namespace.starts_with("AWS/")
}

#[cfg(test)]
mod tests {
    use tablewarden_core::place::ObjectRef;

    use super::*;

    const TOPIC: (&str, &str) = ("TABLEWARDEN_ALERT_TOPIC_ARN", "arn:aws:sns:eu-west-1:111122223333:alerts");

    fn read(variables: &[(&str, &str)]) -> Result<Settings, String> {
        let owned = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Settings::read(owned).map_err(|error| error.to_string())
    }

    #[test]
    fn a_topic_is_all_that_must_be_told() {
        let settings = read(&[TOPIC, ("PATH", "/bin"), ("TABLEWARDEN_POLICY", "")]).unwrap();
        assert_eq!(settings.alert_topic_arn.as_deref(), Some(TOPIC.1));
        assert_eq!(settings.metrics_namespace, "Tablewarden");
        assert_eq!((settings.state_table, settings.cooldown), (None, SignedDuration::from_hours(1)));
        assert_eq!((settings.policy, settings.key_secret, settings.limits), (None, None, Limits::default()));
        assert_eq!((settings.archive, settings.chat_topic_arn), (None, None));
    }

    #[test]
    fn each_setting_is_read() {
        let settings = read(&[
            TOPIC,
            ("TABLEWARDEN_CHAT_TOPIC_ARN", "arn:aws:sns:eu-west-1:111122223333:chat"),
            ("TABLEWARDEN_POLICY", "s3://config/tablewarden/policy.yaml"),
            ("TABLEWARDEN_RULES", "rules"),
            ("TABLEWARDEN_KEY_SECRET", "0123456789abcdef"),
            ("TABLEWARDEN_STATE_TABLE", "tablewarden-state"),
            ("TABLEWARDEN_COOLDOWN_MINUTES", "15"),
            ("TABLEWARDEN_METRICS_NAMESPACE", "Security/Tables"),
            ("TABLEWARDEN_ARCHIVE_BUCKET", "example-findings"),
            ("TABLEWARDEN_ARCHIVE_PREFIX", "security/tables/"),
            ("TABLEWARDEN_MAX_OBJECT_MIB", "512"),
            ("TABLEWARDEN_MAX_RECORD_KIB", "256"),
        ])
        .unwrap();
        let policy = ObjectRef { bucket: "config".into(), key: "tablewarden/policy.yaml".into() };
        assert_eq!(settings.chat_topic_arn.as_deref(), Some("arn:aws:sns:eu-west-1:111122223333:chat"));
        assert_eq!(settings.policy, Some(Source::S3(policy)));
        assert_eq!(settings.rules, Some(Source::File("rules".into())));
        assert_eq!(settings.key_secret, KeySecret::new("0123456789abcdef").ok());
        assert!(!format!("{settings:?}").contains("0123456789abcdef"));
        assert_eq!(settings.state_table.as_deref(), Some("tablewarden-state"));
        assert_eq!(settings.cooldown, SignedDuration::from_mins(15));
        assert_eq!(settings.metrics_namespace, "Security/Tables");
        assert_eq!(settings.limits, Limits { decompressed: 512 << 20, entry: 256 << 10 });
        let archive = |prefix: &str| Some(ArchiveRef { bucket: "example-findings".into(), prefix: prefix.into() });
        assert_eq!(settings.archive, archive("security/tables"));
        let settings =
            read(&[TOPIC, ("TABLEWARDEN_POLICY", "policy.yaml"), ("TABLEWARDEN_ARCHIVE_BUCKET", "example-findings")])
                .unwrap();
        assert_eq!(settings.policy, Some(Source::File("policy.yaml".into())));
        assert_eq!(settings.archive, archive("findings"));
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let error = read(&[
            ("TABLEWARDEN_ALERT_TOPIC_ARN", "alerts"),
            ("TABLEWARDEN_POLICY", "s3://bucket"),
            ("TABLEWARDEN_RULES", "s3://bucket/"),
            ("TABLEWARDEN_KEY_SECRET", "hunter2"),
            ("TABLEWARDEN_STATE_TABLE", "a table"),
            ("TABLEWARDEN_COOLDOWN_MINUTES", "1h"),
            ("TABLEWARDEN_METRICS_NAMESPACE", "AWS/Lambda"),
            ("TABLEWARDEN_MAX_OBJECT_MIB", "-1"),
            ("TABLEWARDEN_MAX_RECORD_KIB", "18446744073709551615"),
            ("TABLEWARDEN_POLCY", "x"),
        ])
        .unwrap_err();
        for part in [
            "ALERT_TOPIC_ARN: expected the ARN of a standard SNS topic, found \"alerts\"",
            "POLICY: expected s3://BUCKET/KEY or a path",
            "RULES: expected s3://BUCKET/KEY or a path",
            "KEY_SECRET: expected a secret of at least 16 bytes, found 7",
            "STATE_TABLE: expected the name of a table, found \"a table\"",
            "COOLDOWN_MINUTES: expected a whole number from 0 to 1440, found \"1h\"",
            "METRICS_NAMESPACE: no namespace of CloudWatch",
            "MAX_OBJECT_MIB: expected a whole number from 1 on, found \"-1\"",
            "MAX_RECORD_KIB: expected a whole number",
            "TABLEWARDEN_POLCY: no such setting",
        ] {
            assert!(error.contains(part), "{part} in {error}");
        }
        assert!(!error.contains("hunter2"), "{error}");
        assert!(read(&[]).unwrap_err().contains("ALERT_TOPIC_ARN"));
    }

    #[test]
    fn what_aws_would_refuse_later_is_refused_at_the_start() {
        let cases = [
            ("ALERT_TOPIC_ARN", "arn:aws:sns:eu-west-1:111122223333:alerts.fifo"),
            ("ALERT_TOPIC_ARN", "arn:aws:sns:eu-west-1:11112222333x:alerts"),
            ("ALERT_TOPIC_ARN", "arn:aws:sns:eu-west-1:11112222333:alerts"),
            ("ALERT_TOPIC_ARN", "arn:aws:sns:eu-west-1:111122223333:alerts:0e2b"),
            ("CHAT_TOPIC_ARN", "arn:aws:sns:eu-west-1:111122223333:chat.fifo"),
            ("ARCHIVE_BUCKET", "s3://example-findings"),
            ("ARCHIVE_BUCKET", "Example"),
            ("ARCHIVE_BUCKET", "-example"),
            ("ARCHIVE_BUCKET", "ex"),
            ("ARCHIVE_PREFIX", "findings"),
            ("METRICS_NAMESPACE", ":Tables"),
            ("METRICS_NAMESPACE", "AWS/Tables"),
            ("METRICS_NAMESPACE", "Tables\t"),
        ];
        for (name, value) in cases {
            let name = format!("TABLEWARDEN_{name}");
            let error = read(&[TOPIC, (&name, value)]).unwrap_err();
            assert!(
                error.starts_with(&format!("settings: {name}: ")) && error.contains(&format!("{value:?}")),
                "{error}"
            );
        }
    }

    #[test]
    fn channels_of_chat_have_a_topic_of_their_own() {
        let error = read(&[TOPIC, ("TABLEWARDEN_CHAT_TOPIC_ARN", TOPIC.1)]).unwrap_err();
        assert_eq!(
            error,
            "settings: TABLEWARDEN_CHAT_TOPIC_ARN: expected another topic than TABLEWARDEN_ALERT_TOPIC_ARN"
        );
    }

    #[test]
    fn nobody_is_told_only_where_findings_are_kept_and_nothing_is_noted() {
        let none = ("TABLEWARDEN_ALERT_TOPIC_ARN", "none");
        let archive = ("TABLEWARDEN_ARCHIVE_BUCKET", "example-findings");
        assert_eq!(read(&[none, archive]).unwrap().alert_topic_arn, None);
        let cases: [(&[(&str, &str)], &str); 3] = [
            (&[none], "needs a TABLEWARDEN_ARCHIVE_BUCKET, or what is found is lost"),
            (
                &[none, archive, ("TABLEWARDEN_STATE_TABLE", "tablewarden-state")],
                "goes with no TABLEWARDEN_STATE_TABLE, in which it would say what was told",
            ),
            (&[none, archive, ("TABLEWARDEN_CHAT_TOPIC_ARN", TOPIC.1)], "goes with no TABLEWARDEN_CHAT_TOPIC_ARN"),
        ];
        for (variables, why) in cases {
            let want = format!("settings: TABLEWARDEN_ALERT_TOPIC_ARN: \"none\" {why}");
            assert_eq!(read(variables).unwrap_err(), want);
        }
    }

    #[test]
    fn every_setting_that_is_listed_is_read() {
        for Setting { name, .. } in SETTINGS {
            let error = read(&[TOPIC, (name, "s3://\n")]).unwrap_err();
            assert!(error.starts_with(&format!("settings: {name}: ")) && !error.contains("no such"), "{error}");
        }
    }

    #[test]
    fn a_prefix_is_names_with_a_slash_between_them() {
        let long = "x".repeat(LONGEST_PREFIX + 1);
        for prefix in ["/findings", "a//b", "/", "a\nb", &long] {
            let bucket = ("TABLEWARDEN_ARCHIVE_BUCKET", "example-findings");
            let error = read(&[TOPIC, bucket, ("TABLEWARDEN_ARCHIVE_PREFIX", prefix)]).unwrap_err();
            assert!(error.starts_with("settings: TABLEWARDEN_ARCHIVE_PREFIX: "), "{error}");
        }
    }

    #[test]
    fn sizes_that_do_not_fit_are_errors_and_never_the_default() {
        assert_eq!(size::<u16>("SIZE", "63", 1 << 10), Ok(63 << 10));
        for (value, want) in [
            ("64", "from 1 on whose bytes this machine can count, found \"64\""),
            ("18446744073709551615", "from 1 on whose bytes this machine can count, found \"18446744073709551615\""),
            ("0", "from 1 on, found \"0\""),
            ("2 MiB", "from 1 on, found \"2 MiB\""),
        ] {
            assert_eq!(
                size::<u16>("SIZE", value, 1 << 10),
                Err(format!("TABLEWARDEN_SIZE: expected a whole number {want}"))
            );
        }
    }
}
