//! The address of a Redis: one server, a Cluster, or a master that Sentinels watch.

use percent_encoding::percent_decode_str;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// Port of a server, and of a Cluster's node, where none is named.
const SERVER_PORT: u16 = 6379;
/// Port of a Sentinel, where none is named.
const SENTINEL_PORT: u16 = 26379;

/// Why an address of a Redis is none. No message quotes the part that may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRedisAddress {
    #[error("a host of the address is empty, or its port is no number from 1 to 65535")]
    Host,
    #[error("{0} takes one host; several are for redis+cluster:// and redis+sentinel://")]
    OneHost(&'static str),
    #[error("the database is a number, as in redis://HOST:PORT/0")]
    Database,
    #[error("a Cluster has no databases but 0")]
    ClusterDatabase,
    #[error("redis+unix:// is to be followed by an absolute path, as in redis+unix:///run/redis.sock")]
    Socket,
    #[error("redis+sentinel:// needs the name of the master, as in ?master=NAME")]
    NoMaster,
    #[error("what stands after the ? is no option of this kind of address; in a password, ? is written %3F")]
    Option,
    #[error("user or password is not UTF-8 after its %XX are read")]
    Encoding,
    #[error("the password is empty")]
    NoPassword,
}

/// A server, a Cluster's node or a Sentinel. In writing `HOST:PORT`; an IPv6 address stands in brackets.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Host {
    /// A name or an address, without brackets.
    pub name: String,
    pub port: u16,
}

impl Host {
    fn parse(text: &str, default_port: u16) -> Result<Self, InvalidRedisAddress> {
        let (name, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((name, "")) => (name, None),
            Some((name, port)) => (name, Some(port.strip_prefix(':').ok_or(InvalidRedisAddress::Host)?)),
            None => text.split_once(':').map_or((text, None), |(name, port)| (name, Some(port))),
        };
        let port = port.map_or(Ok(default_port), |port| port.parse().map_err(|_| InvalidRedisAddress::Host))?;
        if name.is_empty() || port == 0 || name.contains(|c: char| c.is_whitespace() || "@/?#".contains(c)) {
            return Err(InvalidRedisAddress::Host);
        }
        Ok(Self { name: name.to_owned(), port })
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, port } = self;
        if name.contains(':') { write!(f, "[{name}]:{port}") } else { write!(f, "{name}:{port}") }
    }
}

/// How one shows oneself to a server. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    /// A user of the server's ACL; `None` for the default one.
    pub user: Option<String>,
    /// Empty while it is still to be read from a file.
    pub password: String,
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Login(***)")
    }
}

/// What stands at the address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Topology {
    /// One server.
    Server(Host),
    /// One server on this machine, by its socket.
    Socket(PathBuf),
    /// A Cluster, by any of its nodes.
    Cluster(Vec<Host>),
    /// The master of this name, by the Sentinels that watch it, and how to log in at these.
    Sentinel { sentinels: Vec<Host>, master: String, login: Option<Login> },
}

/// A parsed address. `Debug` and `Display` hide passwords.
#[derive(Clone, PartialEq, Eq)]
pub struct RedisAddress {
    pub topology: Topology,
    pub tls: bool,
    /// 0 on a Cluster.
    pub database: u16,
    pub login: Option<Login>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Server,
    Socket,
    Cluster,
    Sentinel,
}

/// Every scheme, what it stands for, and whether it is over TLS.
const SCHEMES: [(&str, Kind, bool); 8] = [
    ("redis://", Kind::Server, false),
    ("rediss://", Kind::Server, true),
    ("redis+unix://", Kind::Socket, false),
    ("unix://", Kind::Socket, false),
    ("redis+cluster://", Kind::Cluster, false),
    ("rediss+cluster://", Kind::Cluster, true),
    ("redis+sentinel://", Kind::Sentinel, false),
    ("rediss+sentinel://", Kind::Sentinel, true),
];

impl RedisAddress {
    /// Parses an address; `None` if its scheme is none of Redis's.
    ///
    /// # Errors
    /// [`InvalidRedisAddress`] says what is wrong with one whose scheme is.
    pub fn parse(url: &str) -> Result<Option<Self>, InvalidRedisAddress> {
        let Some((rest, scheme, kind, tls)) =
            SCHEMES.into_iter().find_map(|(scheme, kind, tls)| Some((url.strip_prefix(scheme)?, scheme, kind, tls)))
        else {
            return Ok(None);
        };
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (userinfo, hosts) = authority.rsplit_once('@').map_or((None, authority), |(user, at)| (Some(user), at));
        let mut options = Options::parse(query)?;
        let login = match userinfo {
            Some(userinfo) => Some(login_of(userinfo)?),
            None => options.login("user", "pass")?,
        };
        let many = |port| hosts.split(',').map(|host| Host::parse(host, port)).collect::<Result<Vec<_>, _>>();
        let topology = match kind {
            Kind::Server if hosts.contains(',') => return Err(InvalidRedisAddress::OneHost(scheme)),
            Kind::Server => Topology::Server(Host::parse(hosts, SERVER_PORT)?),
            Kind::Socket if !hosts.is_empty() || path.len() < 2 => return Err(InvalidRedisAddress::Socket),
            Kind::Socket => Topology::Socket(PathBuf::from(path)),
            Kind::Cluster => Topology::Cluster(many(SERVER_PORT)?),
            Kind::Sentinel => Topology::Sentinel {
                sentinels: many(SENTINEL_PORT)?,
                master: options.take("master").filter(|m| !m.is_empty()).ok_or(InvalidRedisAddress::NoMaster)?,
                login: options.login("sentinel_username", "sentinel_password")?,
            },
        };
        let database = match kind {
            Kind::Socket => options.take("db").unwrap_or_default(),
            Kind::Server | Kind::Cluster | Kind::Sentinel => path.trim_start_matches('/').to_owned(),
        };
        let database = match database.as_str() {
            "" => 0,
            number => number.parse().map_err(|_| InvalidRedisAddress::Database)?,
        };
        if kind == Kind::Cluster && database != 0 {
            return Err(InvalidRedisAddress::ClusterDatabase);
        }
        options.expect_none()?;
        Ok(Some(Self { topology, tls, database, login }))
    }
}

fn decoded(text: &str) -> Result<String, InvalidRedisAddress> {
    Ok(percent_decode_str(text).decode_utf8().map_err(|_| InvalidRedisAddress::Encoding)?.into_owned())
}

/// Reads `USER:PASSWORD`, `:PASSWORD` or, as Redis's own tools do, `PASSWORD`; `USER:` where the password comes from
/// a file.
fn login_of(userinfo: &str) -> Result<Login, InvalidRedisAddress> {
    let (user, password) = userinfo.split_once(':').unwrap_or(("", userinfo));
    let (user, password) = (decoded(user)?, decoded(password)?);
    if user.is_empty() && password.is_empty() {
        return Err(InvalidRedisAddress::NoPassword);
    }
    Ok(Login { user: Some(user).filter(|u| !u.is_empty()), password })
}

/// What stands after the `?`; each option is taken out as it is read.
struct Options(Vec<(String, String)>);

impl Options {
    fn parse(query: &str) -> Result<Self, InvalidRedisAddress> {
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        let pairs = pairs.map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((name.to_owned(), decoded(value)?))
        });
        Ok(Self(pairs.collect::<Result<_, _>>()?))
    }

    fn take(&mut self, name: &str) -> Option<String> {
        let at = self.0.iter().position(|(found, _)| found == name)?;
        Some(self.0.remove(at).1)
    }

    fn login(&mut self, user: &str, password: &str) -> Result<Option<Login>, InvalidRedisAddress> {
        match (self.take(user), self.take(password)) {
            (user, Some(password)) if !password.is_empty() => Ok(Some(Login { user, password })),
            (None, None) => Ok(None),
            (_, Some(_) | None) => Err(InvalidRedisAddress::NoPassword),
        }
    }

    fn expect_none(self) -> Result<(), InvalidRedisAddress> {
        if self.0.is_empty() { Ok(()) } else { Err(InvalidRedisAddress::Option) }
    }
}

impl FromStr for RedisAddress {
    type Err = super::InvalidStoreUrl;
    fn from_str(url: &str) -> Result<Self, Self::Err> {
        Self::parse(url)?.ok_or(super::InvalidStoreUrl::Unknown)
    }
}

/// The address without its secrets.
impl fmt::Display for RedisAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let secure = if self.tls { "s" } else { "" };
        let login = if self.login.is_some() { "***@" } else { "" };
        let listed = |hosts: &[Host]| hosts.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
        let database = if self.database == 0 { String::new() } else { format!("/{}", self.database) };
        match &self.topology {
            Topology::Server(host) => write!(f, "redis{secure}://{login}{host}{database}"),
            Topology::Socket(path) => write!(f, "redis+unix://{login}{}", path.display()),
            Topology::Cluster(nodes) => write!(f, "redis{secure}+cluster://{login}{}", listed(nodes)),
            Topology::Sentinel { sentinels, master, .. } => {
                write!(f, "redis{secure}+sentinel://{login}{}{database}?master={master}", listed(sentinels))
            }
        }
    }
}

impl fmt::Debug for RedisAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RedisAddress({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(url: &str) -> RedisAddress {
        url.parse().unwrap_or_else(|e| panic!("{url}: {e}"))
    }

    fn host(name: &str, port: u16) -> Host {
        Host { name: name.to_owned(), port }
    }

    #[test]
    fn every_topology_has_its_form() {
        let server = address("rediss://h/3");
        assert_eq!((server.topology, server.tls, server.database), (Topology::Server(host("h", 6379)), true, 3));
        let cluster = address("redis+cluster://a:1,[::1]:2,c");
        assert_eq!(cluster.topology, Topology::Cluster(vec![host("a", 1), host("::1", 2), host("c", 6379)]));
        let sentinel = address("redis+sentinel://:p%40ss@s1,s2:7/2?master=m1&sentinel_password=q");
        assert_eq!(sentinel.login.as_ref().map(|l| l.password.as_str()), Some("p@ss"));
        assert_eq!(sentinel.database, 2);
        match sentinel.topology {
            Topology::Sentinel { sentinels, master, login } => {
                assert_eq!(sentinels, [host("s1", 26379), host("s2", 7)]);
                assert_eq!((master.as_str(), login.unwrap().password.as_str()), ("m1", "q"));
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(address("redis+unix:///run/r.sock?db=1").topology, Topology::Socket(PathBuf::from("/run/r.sock")));
    }

    #[test]
    fn no_form_shows_a_password() {
        for url in [
            "redis://user:hunter2@h:1/1",
            "rediss://:hunter2@h:1",
            "redis+unix:///s?user=u&pass=hunter2",
            "redis+cluster://user:hunter2@h:1,i:2",
            "rediss+sentinel://user:hunter2@h:1?master=m&sentinel_username=u&sentinel_password=hunter2",
        ] {
            let parsed = address(url);
            let said = format!("{parsed} {parsed:?} {:?} {:?}", parsed.topology, parsed.login);
            assert!(!said.contains("hunter2"), "{said}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_without_quoting_a_secret() {
        for (url, wrong) in [
            ("redis://", InvalidRedisAddress::Host),
            ("redis://u:hunter2@h:0", InvalidRedisAddress::Host),
            ("redis://u:hunter2/x@h:1", InvalidRedisAddress::Host),
            ("redis://a:1,b:2", InvalidRedisAddress::OneHost("redis://")),
            ("redis://h/x", InvalidRedisAddress::Database),
            ("redis+cluster://h/1", InvalidRedisAddress::ClusterDatabase),
            ("redis+unix://h", InvalidRedisAddress::Socket),
            ("redis+sentinel://h", InvalidRedisAddress::NoMaster),
            ("redis://h?pasword=hunter2", InvalidRedisAddress::Option),
            ("redis://h?hunter2@h:1", InvalidRedisAddress::Option),
            ("redis://:%ff@h", InvalidRedisAddress::Encoding),
            ("redis://:@h", InvalidRedisAddress::NoPassword),
        ] {
            let error = RedisAddress::parse(url).expect_err(url);
            assert_eq!(error, wrong, "{url}");
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
    }
}
