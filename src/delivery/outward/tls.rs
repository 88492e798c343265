//! TLS as ombud speaks it to others: rustls, with the certificate authorities that browsers trust built in.

use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;

/// What a client needs; the same on every machine, whatever certificates it has.
///
/// # Errors
/// Fails if the built-in cryptography lacks what TLS needs.
pub fn client_config() -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(versions.with_root_certificates(roots).with_no_client_auth())
}
