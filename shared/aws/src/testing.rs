//! A service that gives canned answers, one a connection.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};

use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region, SharedCredentialsProvider};
use aws_smithy_http_client::Builder;
use aws_types::SdkConfig;

/// Answers as many requests as there are answers, without retries by the client. Each request, head and body, is told before its answer. An
/// empty answer never comes.
pub(crate) fn serve(answers: Vec<Vec<u8>>) -> (SdkConfig, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("eu-west-1"))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new("id", "secret", None, None, "test")))
        .endpoint_url(format!("http://{}", listener.local_addr().unwrap()))
        .http_client(Builder::new().build_http())
        .retry_config(RetryConfig::disabled())
        .build();
    let (asked, requests) = channel();
    std::thread::spawn(move || {
        for answer in answers {
            let (mut connection, _) = listener.accept().unwrap();
            let mut request = BufReader::new(connection.try_clone().unwrap());
            let (mut head, mut line, mut length) = (String::new(), String::new(), 0);
            while line != "\r\n" {
                line.clear();
                request.read_line(&mut line).unwrap();
                head.push_str(&line);
                if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
            }
            let mut body = vec![0; length];
            request.read_exact(&mut body).unwrap();
            let text = head + &String::from_utf8_lossy(&body);
            // Who has read enough hangs up, and not every test counts.
            let _ = asked.send(text);
            if answer.is_empty() {
                std::mem::forget(connection);
            } else {
                let _ = connection.write_all(&answer);
            }
        }
    });
    (config, requests)
}
