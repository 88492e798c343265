//! TLS as ombud speaks it to others: rustls, with the certificate authorities that browsers trust built in.

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;

/// What a client needs; the same on every machine, whatever certificates it has. `own`: authorities that are trusted in place
/// of the public ones.
///
/// # Errors
/// Fails if the built-in cryptography lacks what TLS needs.
pub fn client_config(own: Option<&Arc<RootCertStore>>) -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let public = || Arc::new(RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() });
    let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(versions.with_root_certificates(own.map_or_else(public, Arc::clone)).with_no_client_auth())
}

/// Reads certificate authorities from a file in PEM.
///
/// # Errors
/// Says what is wrong with it; a file without a certificate is, too.
pub fn authorities(pem: &[u8]) -> Result<RootCertStore, String> {
    let mut store = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        store.add(certificate.map_err(|e| e.to_string())?).map_err(|e| e.to_string())?;
    }
    if store.is_empty() { Err("there is no certificate in it".to_owned()) } else { Ok(store) }
}
