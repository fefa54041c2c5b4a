//! Delivery bodies: opened or refused in words that fit a line, and what is in them can be audited.

use std::io::Write as _;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use flate2::{Compression, write::GzEncoder};
use memchr::memmem;
use serde_json::json;
use tablewarden_core::delivery::{self, DeliveryError, Parcel, key};
use tablewarden_core::log_file::Limits;

use super::audited::{assert_one_line, audited};

/// Holds a body to what is promised, and if it looks like what CloudWatch Logs packs, the body with that in it.
pub fn check(body: &[u8]) {
    opened(body);
    if memmem::find(body, b"messageType").is_some() {
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(body).and_then(|()| packed.finish()).map_or_else(
            |error| panic!("{error}"),
            |packed| opened(json!({"awslogs": {"data": BASE64_STANDARD.encode(packed)}}).to_string().as_bytes()),
        );
    }
}

fn opened(body: &[u8]) {
    match delivery::decode(body) {
        Ok(messages) => {
            let batch = messages.len() > 1 || messages.iter().any(|message| message.id.is_some());
            assert!(!messages.is_empty() && messages.iter().all(|message| message.id.is_some() == batch));
            for message in messages {
                assert!(message.id.is_some() || message.parcels.is_ok());
                parcels(message.parcels);
            }
        }
        Err(error) => refused(&error),
    }
    if let Some(opened) = delivery::decode_element(body) {
        parcels(opened);
    }
    audited(Limits::default(), |audit, origin, watch| {
        // Damage is an error; what stood before it is counted all the same.
        let _ = audit.any_file(body, origin, watch);
    });
}

fn parcels(opened: Result<Vec<Parcel>, DeliveryError>) {
    match opened {
        Err(error) => refused(&error),
        Ok(parcels) => {
            for parcel in parcels {
                match parcel {
                    Parcel::Log(object) => assert!(key::parse(&object.key).is_ok(), "{object}"),
                    Parcel::Record { .. } | Parcel::Relayed(_) => {}
                    Parcel::Skipped(skipped) => {
                        assert_one_line(&skipped.what);
                        assert!(skipped.what.chars().count() <= 1201);
                    }
                }
            }
        }
    }
}

fn refused(error: &DeliveryError) {
    let words = error.to_string();
    assert_one_line(&words);
    // Its place has a few steps, of which an id may be one; its problem repeats little.
    assert!(words.chars().count() < 2000, "{words}");
}
