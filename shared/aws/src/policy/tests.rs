use std::sync::mpsc::Receiver;

use tablewarden_testkit::fakes::{Alerts, Metrics};

use super::*;
use crate::testing::serve;

const NOW: &str = "2026-03-02T09:30:00Z";

/// An object with a policy that gives the account a name.
fn named(etag: &str, name: &str) -> Vec<u8> {
    object(etag, &format!("version: 1\naccounts: {{\"111122223333\": {name}}}\n"))
}

fn object(etag: &str, yaml: &str) -> Vec<u8> {
    let length = yaml.len();
    format!("HTTP/1.1 200 OK\r\nConnection: close\r\nETag: \"{etag}\"\r\nContent-Length: {length}\r\n\r\n{yaml}").into()
}

fn unchanged() -> Vec<u8> {
    "HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n".into()
}

fn error(status: &str, code: &str) -> Vec<u8> {
    let body = format!("<Error><Code>{code}</Code><Message>It is so.</Message><RequestId>{status}</RequestId></Error>");
    let length = body.len();
    format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}").into()
}

/// A function that started with a policy which S3 gave, and then gets these answers.
struct Started {
    policy: InForce,
    requests: Receiver<String>,
    alerts: Alerts,
    metrics: Metrics,
}

impl Started {
    async fn with(every: Duration, answers: Vec<Vec<u8>>) -> Self {
        let (config, requests) = serve([vec![named("good", "first")], answers].concat());
        let variables = [
            ("TABLEWARDEN_ALERT_TOPIC_ARN", "arn:aws:sns:eu-west-1:111122223333:alerts"),
            ("TABLEWARDEN_POLICY", "s3://config/policy.yaml"),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let settings = Settings::read(variables).unwrap();
        let policy = InForce::load_every(every, &settings, &config, TimeLeft::default()).await.unwrap();
        requests.recv().unwrap();
        Self { policy, requests, alerts: Alerts::default(), metrics: Metrics::default() }
    }

    /// What the policy of the next invocation calls the account.
    async fn name(&self) -> String {
        let policy = self.policy.now(&self.alerts, &self.metrics, NOW.parse().unwrap()).await.unwrap();
        policy.account_name("111122223333").unwrap().to_owned()
    }

    async fn names(&self, invocations: usize) -> Vec<String> {
        let mut names = Vec::new();
        for _ in 0..invocations {
            names.push(self.name().await);
        }
        names
    }

    fn counted(&self) -> [u64; 2] {
        ["PolicyRejected", "PolicyReadFailures"].map(|metric| self.metrics.sum(metric, &[]))
    }
}

/// Which version each request names as known.
fn known(requests: &Receiver<String>) -> Vec<String> {
    let version = |request: String| {
        let head = request.lines().find_map(|line| line.strip_prefix("if-none-match: ").map(str::to_owned));
        head.unwrap_or_default().replace('"', "")
    };
    requests.try_iter().map(version).collect()
}

#[tokio::test]
async fn a_new_version_is_in_force_from_the_next_invocation_on() {
    let started = Started::with(Duration::ZERO, vec![unchanged(), named("new", "second"), unchanged()]).await;
    assert_eq!(started.names(3).await, ["first", "second", "second"]);
    assert_eq!(known(&started.requests), ["good", "good", "new"]);
    assert_eq!((started.counted(), started.alerts.policies_refused()), ([0, 0], Vec::new()));
}

#[tokio::test]
async fn an_object_is_looked_at_once_in_a_while() {
    let started = Started::with(Duration::MAX, vec![named("new", "second")]).await;
    assert_eq!(started.names(5).await, ["first"; 5]);
    assert_eq!(known(&started.requests), [""; 0]);
}

#[tokio::test]
async fn a_broken_version_leaves_the_last_good_one_in_force_and_is_told_once_and_counted_each_time() {
    let broken = object("broken", "version: 1\naccuonts: {}\n");
    let started = Started::with(
        Duration::ZERO,
        vec![broken.clone(), unchanged(), unchanged(), named("mended", "second"), broken],
    )
    .await;
    assert_eq!(started.names(3).await, ["first"; 3]);
    assert_eq!(started.counted(), [3, 0]);
    let told = started.alerts.policies_refused();
    assert_eq!(told.len(), 1);
    assert!(told[0].problem.contains("s3://config/policy.yaml:2:1"), "{}", told[0].problem);
    let versions = (told[0].version.as_deref(), told[0].in_force.as_deref());
    assert_eq!(versions, (Some("\"broken\""), Some("\"good\"")));
    assert_eq!((told[0].account.as_str(), told[0].region.as_str()), ("111122223333", "eu-west-1"));

    assert_eq!(started.names(2).await, ["second"; 2]);
    assert_eq!(known(&started.requests), ["good", "broken", "broken", "broken", "mended"]);
    // What was mended and is broken again is told again.
    let told = started.alerts.policies_refused();
    assert_eq!((told.len(), told[1].in_force.as_deref()), (2, Some("\"mended\"")));
    assert_eq!(told[1].since, NOW.parse().unwrap());
}

#[tokio::test]
async fn every_way_to_be_of_no_use_is_told() {
    let large = format!(
        "HTTP/1.1 200 OK\r\nConnection: close\r\nETag: \"large\"\r\nContent-Length: {}\r\n\r\n",
        Policy::MAX_BYTES + 1
    );
    let hashed = object("hashed", "version: 1\ntables: [{table: orders, keys: hash}]\n");
    let cases = [
        (error("404 Not Found", "NoSuchKey"), "NoSuchKey", None),
        (error("403 Forbidden", "AccessDenied"), "AccessDenied", None),
        (large.into_bytes(), "the object has more than 1048576 bytes", Some("\"large\"")),
        (hashed, "TABLEWARDEN_KEY_SECRET", Some("\"hashed\"")),
    ];
    for (answer, problem, version) in cases {
        // The request id differs each time, and is no news.
        let started = Started::with(Duration::ZERO, vec![answer.clone(), answer, unchanged()]).await;
        assert_eq!(started.names(2).await, ["first"; 2]);
        let told = started.alerts.policies_refused();
        assert_eq!(told.len(), 1, "{problem}");
        assert!(told[0].problem.contains(problem), "{}", told[0].problem);
        assert_eq!(told[0].version.as_deref(), version);
        assert_eq!(started.counted(), [2, 0]);
    }
}

#[tokio::test]
async fn what_passes_by_itself_is_counted_and_not_told() {
    let cut = "HTTP/1.1 200 OK\r\nConnection: close\r\nETag: \"cut\"\r\nContent-Length: 99\r\n\r\nversion".into();
    let answers = vec![error("503 Slow Down", "SlowDown"), cut, named("new", "second")];
    let started = Started::with(Duration::ZERO, answers).await;
    assert_eq!(started.names(3).await, ["first", "first", "second"]);
    assert_eq!((started.counted(), started.alerts.policies_refused()), ([0, 2], Vec::new()));
    assert_eq!(known(&started.requests), ["good"; 3]);
}

#[tokio::test]
async fn what_could_not_be_told_is_told_the_next_time() {
    let broken = object("broken", "version: 2\n");
    let mut started = Started::with(Duration::ZERO, vec![broken, unchanged(), unchanged()]).await;
    started.alerts.refuses_policies = true;
    started.name().await;
    started.alerts.refuses_policies = false;
    started.metrics.down = true;
    assert_eq!(started.names(2).await, ["first"; 2]);
    assert_eq!(started.alerts.policies_refused().len(), 1);
    assert_eq!(started.counted(), [1, 0]);
}

#[tokio::test]
async fn an_answer_that_does_not_come_does_not_keep_an_invocation_waiting() {
    let started = Started::with(Duration::ZERO, vec![Vec::new()]).await;
    assert_eq!(started.name().await, "first");
    assert_eq!((started.counted(), started.alerts.policies_refused()), ([0, 1], Vec::new()));
}

#[tokio::test]
async fn a_file_of_the_zip_is_never_read_again() {
    let folder = std::env::temp_dir().join(format!("tablewarden-policy-{}", std::process::id()));
    std::fs::write(&folder, "version: 1\naccounts: {\"111122223333\": first}\n").unwrap();
    let variables = [
        ("TABLEWARDEN_ALERT_TOPIC_ARN", "arn:aws:sns:eu-west-1:111122223333:alerts"),
        ("TABLEWARDEN_POLICY", folder.to_str().unwrap()),
    ];
    let settings = Settings::read(variables.map(|(name, value)| (name.to_owned(), value.to_owned()))).unwrap();
    let (config, _) = serve(Vec::new());
    let policy = InForce::load_every(Duration::ZERO, &settings, &config, TimeLeft::default()).await.unwrap();
    std::fs::remove_file(&folder).unwrap();
    let now = policy.now(&Alerts::default(), &Metrics::default(), NOW.parse().unwrap()).await.unwrap();
    assert_eq!(now.account_name("111122223333"), Some("first"));
}
