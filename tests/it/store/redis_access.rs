//! Who may call, over what: TLS, users, and servers that can't promise what is asked of them.

use super::admitted;
use crate::support::redis::process::{Process, free_ports};
use crate::support::redis::tls::Authority;
use crate::support::redis::{Persistence, RedisServer, fresh_prefix, open_with};
use crate::support::sample::sample;
use ombud::store::redis::{ClientCertificate, Demand, RedisSettings};
use ombud::store::{Store, StoreError};
use std::sync::Arc;

/// Why a store is not opened.
fn refused(answer: Result<Arc<dyn Store>, StoreError>) -> String {
    answer.err().expect("refused").to_string()
}

#[tokio::test]
async fn tls_trusts_ones_own_authority_and_no_other() {
    let folder = tempfile::tempdir().expect("a folder");
    let [own, other] = ["own", "other"].map(|name| {
        let folder = folder.path().join(name);
        std::fs::create_dir(&folder).expect("a folder");
        Authority::new(&folder)
    });
    own.certify("server");
    own.certify("ombud");
    let [port] = free_ports();
    let path = |file: &str| own.path(file).display().to_string();
    let (certificate, key, authority) = (path("server.crt"), path("server.key"), path("ca.crt"));
    let arguments = format!(
        "--bind 127.0.0.1 --port 0 --tls-port {port} --tls-auth-clients yes --tls-cert-file {certificate} \
         --tls-key-file {key} --tls-ca-cert-file {authority}"
    );
    let arguments = arguments.split_whitespace().map(str::to_owned).collect();
    let home = folder.path().join("server");
    std::fs::create_dir(&home).expect("a folder");
    let _server = Process::start(&home, arguments, false);

    let read = |authority: &Authority, file: &str| std::fs::read(authority.path(file)).expect("a file");
    let certificate = Some(ClientCertificate { chain: read(&own, "ombud.crt"), key: read(&own, "ombud.key") });
    let settings = |authorities, certificate| RedisSettings { authorities, certificate, ..RedisSettings::default() };
    let url = format!("rediss://127.0.0.1:{port}");
    let trusting = settings(Some(read(&own, "ca.crt")), certificate.clone());
    let store = open_with(&url, &trusting, "").await.expect("a store");
    admitted(&store, sample("c1", 0).admit()).await;

    for authorities in [None, Some(read(&other, "ca.crt"))] {
        let why = refused(open_with(&url, &settings(authorities, certificate.clone()), "").await);
        assert!(why.contains("certificate"), "{why}");
    }
    let without = open_with(&url, &settings(Some(read(&own, "ca.crt")), None), "").await;
    assert!(matches!(without, Err(StoreError::Unavailable(_))), "the server wants a certificate");
    let plain = open_with(&format!("redis://127.0.0.1:{port}"), &RedisSettings::default(), "").await;
    assert!(matches!(plain, Err(StoreError::Unavailable(_))), "the server speaks TLS only");
}

#[tokio::test]
async fn a_user_of_the_servers_list_is_enough_and_a_wrong_password_is_said() {
    let server = RedisServer::shared();
    let prefix = fresh_prefix();
    // What docs/operations.md tells to allow.
    let rules = format!(
        "on >a%word ~{prefix}ombud:* &{prefix}ombud:* +@read +@write +@connection +publish +subscribe +ping +evalsha \
         +script|load +role +info +config|get +wait"
    );
    let mut command = vec!["ACL", "SETUSER", "small"];
    command.extend(rules.split_whitespace());
    server.call::<()>(&command);
    let address = |login: &str| server.url().replace("redis+unix://", &format!("redis+unix://{login}@"));
    let settings = RedisSettings::default();
    let store = open_with(&address("small:a%25word"), &settings, &prefix).await.expect("a store");
    admitted(&store, sample("c1", 0).pending(&["r"]).admit()).await;
    assert_eq!(store.queue(&crate::support::sample::site(), crate::support::sample::at(5)).await.unwrap().depth, 1);
    store.durability().await.expect("ready");

    let why = refused(open_with(&address("small:other"), &settings, &prefix).await);
    assert!(why.contains("authentication failed"), "{why}");
    let closed = RedisServer::start_with(Persistence::None, &["--requirepass", "secret"]);
    let why = refused(open_with(&closed.url(), &settings, "").await);
    assert!(why.contains("password"), "{why}");
}

/// Whether the server can be asked if its disk has a write.
fn tells_of_its_disk(server: &RedisServer) -> bool {
    let info: String = server.call(&["INFO", "server"]);
    let version = info.lines().find_map(|line| line.strip_prefix("redis_version:")).expect("a version");
    let mut parts = version.trim().split('.').map(|part| part.parse::<u32>().expect("a number"));
    (parts.next(), parts.next()) >= (Some(7), Some(2))
}

#[tokio::test]
async fn a_server_that_cannot_promise_what_is_asked_is_refused() {
    let fsync = RedisSettings { durability: Demand::Fsync, ..RedisSettings::default() };
    let forgetful = RedisServer::start(Persistence::None);
    let why = refused(open_with(&forgetful.url(), &fsync, "").await);
    assert!(why.contains("appendonly yes"), "{why}");

    let always = RedisServer::start(Persistence::AppendOnly);
    let store = open_with(&always.url(), &fsync, "").await.expect("a store");
    assert!(store.durability().await.expect("ready").fsync);
    drop(store);

    // From version 7.2 on the server is asked after each write; before that it can't be.
    always.call::<()>(&["CONFIG", "SET", "appendfsync", "everysec"]);
    if tells_of_its_disk(&always) {
        let store = open_with(&always.url(), &fsync, "").await.expect("a store");
        let changes = (0..50).map(|n| sample(&format!("c{n}"), n).admit());
        let taken = changes.map(|change| {
            let store = Arc::clone(&store);
            async move { admitted(&store, change).await }
        });
        futures_util::future::join_all(taken).await;
        let durability = store.durability().await.expect("ready");
        assert!(durability.fsync && durability.statement.contains("durability fsync"), "{durability:?}");
    } else {
        let why = refused(open_with(&always.url(), &fsync, "").await);
        assert!(why.contains("7.2"), "{why}");
    }

    let lonely = RedisSettings { replicas: 1, ..RedisSettings::default() };
    let why = refused(open_with(&forgetful.url(), &lonely, "").await);
    assert!(why.contains("too few replicas"), "{why}");
}

#[tokio::test]
async fn another_number_of_partitions_is_refused() {
    let server = RedisServer::shared();
    let prefix = fresh_prefix();
    let of = |partitions| RedisSettings { partitions, ..RedisSettings::default() };
    let store = open_with(&server.url(), &of(3), &prefix).await.expect("a store");
    admitted(&store, sample("c1", 0).admit()).await;
    match open_with(&server.url(), &of(16), &prefix).await.err() {
        Some(StoreError::Layout(why)) => assert!(why.contains("partitions = 3"), "{why}"),
        other => panic!("{other:?}"),
    }
    open_with(&server.url(), &of(3), &prefix).await.expect("a store");
}
