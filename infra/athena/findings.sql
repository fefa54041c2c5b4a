-- The archive of findings as a table of Amazon Athena: see docs/archive.md.
--
-- Put your bucket and prefix into LOCATION, and your accounts into projection.account.values: an account that is not listed
-- there is not searched. `several` holds findings about a flood over several accounts, `unknown` those whose account is no id.

CREATE EXTERNAL TABLE IF NOT EXISTS tablewarden_findings (
  `metadata` struct<
    version: string,
    profiles: array<string>,
    uid: string,
    product: struct<name: string, vendor_name: string, version: string>,
    source: string
  >,
  `category_uid` int,
  `category_name` string,
  `class_uid` int,
  `class_name` string,
  `activity_id` int,
  `activity_name` string,
  `type_uid` bigint,
  `type_name` string,
  `severity_id` int,
  `severity` string,
  `status_id` int,
  `status` string,
  `is_alert` boolean,
  `time` bigint,
  `start_time` bigint,
  `end_time` bigint,
  `count` bigint,
  `message` string,
  `finding_info` struct<
    uid: string,
    title: string,
    desc: string,
    first_seen_time: bigint,
    last_seen_time: bigint,
    analytic: struct<uid: string, name: string, desc: string, type_id: int, type: string>,
    attacks: array<struct<
      version: string,
      tactic: struct<uid: string, name: string>,
      technique: struct<uid: string, name: string>,
      sub_technique: struct<uid: string, name: string>
    >>,
    types: array<string>,
    src_url: string,
    related_events: array<struct<uid: string>>,
    related_events_count: bigint
  >,
  `cloud` struct<
    provider: string,
    cloud_partition: string,
    account: struct<uid: string, type_id: int, type: string>,
    region: string
  >,
  `resources` array<struct<
    uid: string,
    name: string,
    type: string,
    cloud_partition: string,
    region: string,
    role_id: int,
    role: string
  >>,
  `evidences` array<struct<
    actor: struct<user: struct<
      uid: string,
      name: string,
      type_id: int,
      type: string,
      account: struct<uid: string, type_id: int, type: string>,
      groups: array<struct<name: string, type: string>>
    >>,
    src_endpoint: struct<ip: string, svc_name: string, uid: string, type_id: int, type: string>,
    api: struct<operation: string>
  >>,
  `observables` array<struct<type_id: int, type: string, name: string, value: string>>,
  `unmapped` struct<
    effect: string,
    outcome: string,
    items: bigint,
    accesses_of_unknown_size: bigint,
    keys: array<string>,
    parts: array<string>,
    via: array<string>,
    source_identities: array<string>,
    user_agents: array<string>,
    error_codes: array<string>,
    events_left_out: bigint,
    relayed: array<struct<
      service: string,
      type: string,
      id: string,
      title: string,
      description: string,
      severity: string,
      count: bigint,
      first_seen: string,
      last_seen: string,
      resources: array<string>,
      techniques: array<string>,
      first_step: string,
      url: string
    >>,
    places: array<string>
  >
)
PARTITIONED BY (`date` string, `account` string)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
LOCATION 's3://example-findings/findings/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.date.type' = 'date',
  'projection.date.format' = 'yyyy-MM-dd',
  'projection.date.range' = '2026-01-01,NOW',
  'projection.date.interval' = '1',
  'projection.date.interval.unit' = 'DAYS',
  'projection.account.type' = 'enum',
  'projection.account.values' = '111122223333,444455556666,several,unknown'
);
