//! What went wrong with a call, and whether to try again.

use crate::store::StoreError;
use redis::{ErrorKind, RedisError, ServerErrorKind};

/// Why a call has no reply.
#[derive(Debug, Clone)]
pub(super) enum Failure {
    Redis(RedisError),
    /// The write was made, or what was read had been, but it is not as safe as was asked.
    Unconfirmed(String),
    /// The server can't be used as it is: it is a replica, or can't promise what is asked of it.
    Unfit(String),
    /// The server has been away for longer than calls are tried for.
    Away(String),
}

/// What to do about a [`Failure`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Remedy {
    /// Nothing helps: a mistake, or a state that only an administrator ends.
    None,
    /// Tell the server the script and call again.
    TellScript,
    /// Call this node, this once, with `ASKING`.
    Ask(String),
    /// Call this node from now on.
    Move(String),
    /// Call again a little later. `unhealthy`: the node should be looked at. `made`: the call may have been
    /// made all the same.
    Wait { unhealthy: bool, made: bool },
}

impl Failure {
    pub(super) fn remedy(&self) -> Remedy {
        let wait = |unhealthy, made| Remedy::Wait { unhealthy, made };
        let error = match self {
            Self::Redis(error) => error,
            Self::Unconfirmed(_) => return wait(false, true),
            Self::Unfit(_) => return wait(true, false),
            Self::Away(_) => return Remedy::None,
        };
        let node = || error.redirect_node().map(|(node, _)| node.to_owned());
        match error.kind() {
            ErrorKind::Server(ServerErrorKind::NoScript) => Remedy::TellScript,
            ErrorKind::Server(ServerErrorKind::Ask) => node().map_or(wait(true, false), Remedy::Ask),
            ErrorKind::Server(ServerErrorKind::Moved) => node().map_or(wait(true, false), Remedy::Move),
            // Keys of a slot that is being moved: both nodes are well, and neither has all of them.
            ErrorKind::Server(ServerErrorKind::TryAgain) => wait(false, false),
            ErrorKind::Server(
                ServerErrorKind::ClusterDown
                | ServerErrorKind::MasterDown
                | ServerErrorKind::BusyLoading
                | ServerErrorKind::ReadOnly,
            ) => wait(true, false),
            ErrorKind::Io => wait(true, true),
            _ if error.code() == Some("BUSY") => wait(false, false),
            _ => Remedy::None,
        }
    }
}

impl From<RedisError> for Failure {
    fn from(error: RedisError) -> Self {
        Self::Redis(error)
    }
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Redis(error) => error.into(),
            Failure::Unconfirmed(why) | Failure::Unfit(why) | Failure::Away(why) => Self::Unavailable(why),
        }
    }
}

impl From<RedisError> for StoreError {
    fn from(error: RedisError) -> Self {
        // The detail of an error may quote what was sent. Its category and code never do, nor does what the
        // system or TLS says of a connection.
        let text = match (error.kind(), error.code()) {
            (ErrorKind::Io, _) => format!("redis: {error}"),
            (_, Some("OOM")) => "redis: the server is full (OOM): raise its maxmemory".to_owned(),
            (_, Some("MISCONF")) => "redis: the server can't write to its disk (MISCONF)".to_owned(),
            (_, Some("NOREPLICAS")) => "redis: the server has too few replicas (NOREPLICAS)".to_owned(),
            (_, Some("NOAUTH")) => "redis: the server asks for a password (NOAUTH)".to_owned(),
            (_, Some(code)) => format!("redis: {} ({code})", error.category()),
            (_, None) => format!("redis: {}", error.category()),
        };
        match error.kind() {
            ErrorKind::UnexpectedReturnType | ErrorKind::Parse => Self::Corrupt(text),
            _ => Self::Unavailable(text),
        }
    }
}

impl From<redis::ParsingError> for StoreError {
    fn from(_: redis::ParsingError) -> Self {
        Self::Corrupt("redis: a reply of another type".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use redis::Value;

    /// What a server's error line leads to.
    fn remedy(line: &str) -> Remedy {
        let reply = redis::parse_redis_value(format!("-{line}\r\n").as_bytes()).expect("a reply");
        Failure::from(reply.extract_error().expect_err("an error")).remedy()
    }

    #[test]
    fn only_what_passes_is_tried_again() {
        let wait = |unhealthy, made| Remedy::Wait { unhealthy, made };
        assert_eq!(remedy("MOVED 7 127.0.0.1:7001"), Remedy::Move("127.0.0.1:7001".to_owned()));
        assert_eq!(remedy("ASK 7 127.0.0.1:7001"), Remedy::Ask("127.0.0.1:7001".to_owned()));
        assert_eq!(remedy("NOSCRIPT no"), Remedy::TellScript);
        assert_eq!(remedy("TRYAGAIN x"), wait(false, false));
        for line in ["CLUSTERDOWN x", "MASTERDOWN x", "LOADING x", "READONLY x"] {
            assert_eq!(remedy(line), wait(true, false), "{line}");
        }
        for line in ["OOM x", "MISCONF x", "NOREPLICAS x", "NOPERM x", "ERR x", "WRONGPASS x", "CROSSSLOT x"] {
            assert_eq!(remedy(line), Remedy::None, "{line}");
        }
        let cut = RedisError::from(std::io::Error::from(std::io::ErrorKind::UnexpectedEof));
        assert_eq!(Failure::from(cut).remedy(), wait(true, true));
        assert_eq!(Failure::Unconfirmed(String::new()).remedy(), wait(false, true));
        assert_eq!(Value::Okay.extract_error().ok(), Some(Value::Okay));
    }
}
