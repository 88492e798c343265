//! Webhooks over TLS.

use super::Scene;
use crate::support::redis::tls::Authority;
use ombud::delivery::outward::{Reach, authorities};
use ombud::delivery::webhook::Endpoint;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// Serves 204 to whoever accepts its certificate, until the test ends.
async fn receiver(authority: &Authority) -> SocketAddr {
    authority.certify("receiver");
    let certificate = CertificateDer::from_pem_file(authority.path("receiver.crt")).expect("a certificate");
    let key = PrivateKeyDer::from_pem_file(authority.path("receiver.key")).expect("a key");
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .expect("a certificate and its key");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            // Who does not know the authority hangs up here.
            let Ok(mut connection) = acceptor.accept(connection).await else { continue };
            let mut request = Vec::new();
            while !request.windows(4).any(|end| end == b"\r\n\r\n") {
                if connection.read_buf(&mut request).await.is_ok_and(|read| read == 0) {
                    break;
                }
            }
            let answered = connection.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n").await;
            if answered.is_ok() {
                let _ = connection.shutdown().await;
            }
        }
    });
    address
}

#[tokio::test]
async fn a_receiver_is_known_by_its_authority() {
    let scene = Scene::sqlite().await;
    let authority = Authority::new(scene.folder.path());
    let address = receiver(&authority).await;
    let own = authorities(&std::fs::read(authority.path("ca.crt")).expect("a file")).expect("an authority");
    let loopback = "127.0.0.1".parse().expect("a network");
    let reach = Reach { internet: true, private_networks: vec![loopback] };
    let url = format!("https://{address}/").parse().expect("an address");
    let known = Endpoint { url, reach, authorities: Some(Arc::new(own)), ..scene.endpoint("known") };
    let stranger = Endpoint { authorities: None, ..scene.endpoint("stranger") };
    let stranger = Endpoint { url: known.url.clone(), reach: known.reach.clone(), ..stranger };
    let ids = [known.id.clone(), stranger.id.clone()];
    let replica = scene.replica(vec![known, stranger]);
    let mut said = Vec::new();
    for id in &ids {
        said.push(replica.ombud.test_webhook(id).await.expect("an answer").said);
    }
    assert_eq!(said, ["204", "connection failed"]);
    replica.stop().await;
}
