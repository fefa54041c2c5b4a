//! Whose certificates functions take for AWS's.

use std::path::{Path, PathBuf};

use aws_smithy_http_client::HttpClientError;
use aws_smithy_http_client::tls::{TlsContext, TrustStore};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use thiserror::Error;

/// The variable that names a file of the certificates to trust in place of those that are built in, PEM: for a proxy or an
/// endpoint with a certificate of one's own.
///
/// Source: <https://docs.aws.amazon.com/sdkref/latest/guide/feature-gen-config.html>.
pub const CA_BUNDLE: &str = "AWS_CA_BUNDLE";

/// The roots of the services' certificates. To read the system's, which are some 150, took longer than all else at a start.
///
/// Source: "Trust store and pinning recommendations", <https://www.amazontrust.com/repository/>.
const AMAZON: &[u8] = include_bytes!("trust/amazon.pem");

/// Why nobody can be trusted.
#[derive(Debug, Error)]
pub enum TrustError {
    /// The file cannot be read.
    #[error("{CA_BUNDLE}: {path}: {source}")]
    Unread {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file holds something else, or nothing.
    #[error("{CA_BUNDLE}: {path}: {problem}")]
    NoCertificates {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// The HTTP client takes none.
    #[error(transparent)]
    Client(#[from] HttpClientError),
}

/// Trusts a bundle if there is one, Amazon's roots where the services have certificates of theirs, and else the system's.
pub(crate) fn context(bundle: Option<&str>, region: &str) -> Result<TlsContext, TrustError> {
    let store = match bundle {
        Some(path) => TrustStore::empty().with_pem_certificate(read(Path::new(path))?),
        None if is_amazons(region) => TrustStore::empty().with_pem_certificate(AMAZON),
        None => TrustStore::default(),
    };
    Ok(TlsContext::builder().with_trust_store(store).build()?)
}

/// Whether this is a region of the partitions `aws` and `aws-us-gov`. In the others services may have certificates of other
/// authorities: in China (`cn-north-1`), the European Sovereign Cloud (`eusc-de-east-1`), the isolated ones (`us-iso-east-1`).
fn is_amazons(region: &str) -> bool {
    match *region.split('-').collect::<Vec<_>>() {
        [area, _, _] => area != "cn",
        [_, "gov", _, _] => true,
        _ => false,
    }
}

/// The bytes of a file of certificates. The HTTP client would panic at what is none.
fn read(path: &Path) -> Result<Vec<u8>, TrustError> {
    let pem = std::fs::read(path).map_err(|source| TrustError::Unread { path: path.to_owned(), source })?;
    match certificates(&pem) {
        Ok(0) => Err(TrustError::NoCertificates { path: path.to_owned(), problem: "no certificates in it".to_owned() }),
        Ok(_) => Ok(pem),
        Err(problem) => Err(TrustError::NoCertificates { path: path.to_owned(), problem }),
    }
}

fn certificates(pem: &[u8]) -> Result<usize, String> {
    let mut count = 0;
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|error| error.to_string())?;
        webpki::anchor_from_trusted_cert(&certificate).map_err(|error| error.to_string())?;
        count += 1;
    }
    Ok(count)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fmt::Write as _;
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;
    use std::sync::Arc;

    use aws_sdk_sns::config::retry::RetryConfig;
    use rustls_pki_types::PrivateKeyDer;
    use sha2::{Digest as _, Sha256};

    use super::*;
    use crate::clients::config;
    use crate::telemetry::with_sources;

    /// The SHA-256 of each root's public key, by <https://www.amazontrust.com/repository/>.
    const KEYS: [&str; 5] = [
        "fbe3018031f9586bcbf41727e417b7d1c45c2f47f93be372a17b96b50757d5a2",
        "7f4296fc5b6a4e3b35d3c369623e364ab1af381d8fa7121533c9d6c633ea2461",
        "36abc32656acfc645c61b71613c4bf21c787f5cabbee48348d58597803d7abc9",
        "f7ecded5c66047d28ed6466b543c40e0743abe81d109254dcf845d4c2c7853c5",
        "2b071c59a0a0ae76b0eadb2bad23bad4580b69c3601b630c2eaf0613afa83f92",
    ];

    #[test]
    fn the_roots_are_those_that_amazon_names() {
        let keys = CertificateDer::pem_slice_iter(AMAZON).map(|certificate| {
            let certificate = certificate.unwrap();
            let key = webpki::anchor_from_trusted_cert(&certificate).unwrap().subject_public_key_info;
            // The anchor has what the sequence of the key's information holds, and its hash is that of the whole.
            let length = u16::try_from(key.len()).unwrap().to_be_bytes();
            let head = if key.len() < 128 { vec![0x30, length[1]] } else { vec![0x30, 0x82, length[0], length[1]] };
            let hash = Sha256::new().chain_update(head).chain_update(key.as_ref()).finalize();
            hash.iter().fold(String::new(), |mut text, byte| {
                write!(text, "{byte:02x}").unwrap();
                text
            })
        });
        assert_eq!(keys.collect::<Vec<_>>(), KEYS);
    }

    #[test]
    fn amazons_roots_are_for_regions_where_services_have_its_certificates() {
        for region in ["us-east-1", "eu-west-1", "ap-southeast-7", "mx-central-1", "us-gov-west-1"] {
            assert!(is_amazons(region), "{region}");
        }
        for region in ["cn-north-1", "cn-northwest-1", "eusc-de-east-1", "us-iso-east-1", "us-isob-east-1", "local", ""]
        {
            assert!(!is_amazons(region), "{region}");
        }
    }

    #[test]
    fn a_bundle_that_is_none_is_refused_and_named() {
        let folder = std::env::temp_dir().join(format!("tablewarden-trust-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let cases = [
            ("empty.pem", String::new(), "no certificates in it"),
            ("key.pem", pem("PRIVATE KEY", "AAAA"), "no certificates in it"),
            ("cut.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n".to_owned(), "missing section end"),
            ("none.pem", pem("CERTIFICATE", "AAAA"), "TrailingData"),
        ];
        for (name, text, want) in cases {
            let path = folder.join(name);
            std::fs::write(&path, text).unwrap();
            let error = context(path.to_str(), "eu-west-1").unwrap_err().to_string();
            assert!(error.starts_with(&format!("AWS_CA_BUNDLE: {}: ", path.display())), "{error}");
            assert!(error.contains(want), "{error}");
        }
        std::fs::remove_dir_all(&folder).unwrap();
        let error = context(Some("/nowhere/ca.pem"), "eu-west-1").unwrap_err().to_string();
        assert!(error.starts_with("AWS_CA_BUNDLE: /nowhere/ca.pem: No such file"), "{error}");
    }

    fn pem(kind: &str, base64: &str) -> String {
        format!("-----BEGIN {kind}-----\n{base64}\n-----END {kind}-----\n")
    }

    #[tokio::test]
    async fn a_service_with_a_certificate_of_ones_own_is_believed_with_a_bundle_alone() {
        let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let bundle = std::env::temp_dir().join(format!("tablewarden-own-{}.pem", std::process::id()));
        std::fs::write(&bundle, own.cert.pem()).unwrap();
        let key = PrivateKeyDer::try_from(own.signing_key.serialize_der()).unwrap();
        let port = serve_tls(own.cert.der().clone(), key);

        assert_eq!(publish(port, bundle.to_str()).await, Ok(()));
        let error = publish(port, None).await.unwrap_err();
        std::fs::remove_file(&bundle).unwrap();
        assert!(error.contains("UnknownIssuer"), "{error}");
    }

    /// Calls a service at this port as functions do.
    async fn publish(port: u16, bundle: Option<&str>) -> Result<(), String> {
        let endpoint = format!("https://localhost:{port}");
        let variables = [
            ("AWS_REGION", "eu-west-1"),
            ("AWS_ACCESS_KEY_ID", "id"),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
            ("AWS_ENDPOINT_URL_SNS", &endpoint),
            (CA_BUNDLE, bundle.unwrap_or_default()),
        ];
        let environment: BTreeMap<_, _> =
            variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let config = aws_sdk_sns::config::Builder::from(&config(&environment).unwrap());
        let client = aws_sdk_sns::Client::from_conf(config.retry_config(RetryConfig::disabled()).build());
        let published = client.publish().topic_arn("arn:aws:sns:eu-west-1:111122223333:alerts").message("hello").send();
        published.await.map(|_| ()).map_err(|error| with_sources(&error))
    }

    /// Answers as SNS does, with this certificate.
    fn serve_tls(certificate: CertificateDer<'static>, key: PrivateKeyDer<'static>) -> u16 {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config =
            rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let config = Arc::new(config.with_no_client_auth().with_single_cert(vec![certificate], key).unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                let session = rustls::ServerConnection::new(config.clone()).unwrap();
                let mut stream = rustls::StreamOwned::new(session, connection.unwrap());
                let body = "<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>";
                let length = body.len();
                // Who does not believe it hangs up.
                if stream.read(&mut [0; 8192]).is_ok_and(|read| read > 0) {
                    let head = format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n");
                    let _ = stream.write_all((head + body).as_bytes());
                    stream.conn.send_close_notify();
                    let _ = stream.flush();
                }
            }
        });
        port
    }
}
