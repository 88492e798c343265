//! How a server is called: address, TLS, login, and how long it may take.

use super::settings::RedisSettings;
use crate::store::address::{Host, Login, RedisAddress, Topology};
use redis::aio::{MultiplexedConnection, PubSub};
use redis::{
    AsyncConnectionConfig, Client, ClientTlsConfig, ConnectionAddr, IntoConnectionInfo as _, RedisConnectionInfo,
    RedisError, RedisResult, TlsCertificates,
};
use std::path::PathBuf;
use std::time::Duration;

/// How long a connection may take to open, login included.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// How long a reply may take.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(3);

/// Where a server is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Place {
    Host(Host),
    Socket(PathBuf),
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Host(host) => host.fmt(f),
            Self::Socket(path) => path.display().fmt(f),
        }
    }
}

/// What is the same for all servers of a store.
pub(super) struct Dial {
    login: Option<Login>,
    sentinel_login: Option<Login>,
    database: u16,
    certificates: Option<TlsCertificates>,
}

impl Dial {
    pub(super) fn of(address: &RedisAddress, settings: &RedisSettings) -> Self {
        let certificates = TlsCertificates {
            client_tls: settings
                .certificate
                .as_ref()
                .map(|own| ClientTlsConfig { client_cert: own.chain.clone(), client_key: own.key.clone() }),
            root_cert: settings.authorities.clone(),
        };
        let sentinel_login = match &address.topology {
            Topology::Sentinel { login, .. } => login.clone(),
            Topology::Server(_) | Topology::Socket(_) | Topology::Cluster(_) => None,
        };
        Self {
            login: address.login.clone(),
            sentinel_login,
            database: address.database,
            certificates: address.tls.then_some(certificates),
        }
    }

    /// Opens a connection for commands.
    pub(super) async fn open(&self, place: &Place) -> RedisResult<MultiplexedConnection> {
        connected(self.client(place, self.login.as_ref(), self.database)?).await
    }

    /// Opens a connection to a Sentinel.
    pub(super) async fn open_sentinel(&self, host: &Host) -> RedisResult<MultiplexedConnection> {
        connected(self.client(&Place::Host(host.clone()), self.sentinel_login.as_ref(), 0)?).await
    }

    /// Opens a connection that listens.
    pub(super) async fn listen(&self, place: &Place) -> RedisResult<PubSub> {
        self.client(place, self.login.as_ref(), self.database)?.get_async_pubsub().await
    }

    fn client(&self, place: &Place, login: Option<&Login>, database: u16) -> RedisResult<Client> {
        let mut settings = RedisConnectionInfo::default().set_db(i64::from(database));
        if let Some(login) = login {
            settings = settings.set_password(&login.password);
            if let Some(user) = &login.user {
                settings = settings.set_username(user);
            }
        }
        let addr = match place {
            Place::Socket(path) => ConnectionAddr::Unix(path.clone()),
            Place::Host(Host { name, port }) if self.certificates.is_some() => {
                ConnectionAddr::TcpTls { host: name.clone(), port: *port, insecure: false, tls_params: None }
            }
            Place::Host(Host { name, port }) => ConnectionAddr::Tcp(name.clone(), *port),
        };
        let info = addr.into_connection_info()?.set_redis_settings(settings);
        match &self.certificates {
            Some(certificates) => Client::build_with_tls(info, certificates.clone()),
            None => Client::open(info),
        }
    }
}

async fn connected(client: Client) -> RedisResult<MultiplexedConnection> {
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(CONNECT_TIMEOUT))
        .set_response_timeout(Some(RESPONSE_TIMEOUT));
    let opening = client.get_multiplexed_async_connection_with_config(&config);
    let late = |_| RedisError::from(std::io::Error::from(std::io::ErrorKind::TimedOut));
    tokio::time::timeout(CONNECT_TIMEOUT, opening).await.map_err(late)?
}
