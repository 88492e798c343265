//! The connection: multiplexed, reconnecting by itself, and its errors in the store's words.

use super::script::Call;
use crate::store::StoreError;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{ErrorKind, FromRedisValue, RedisError, ServerErrorKind, Value};
use std::time::Duration;

/// How long an answer may take.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a connection may take to open.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// How often a lost connection is tried again before the calls that wait for it fail. The next call
/// starts over.
const RETRIES: usize = 2;

/// A cheap handle; all clones share one connection.
#[derive(Clone)]
pub(super) struct Connection(ConnectionManager);

impl Connection {
    pub(super) async fn open(client: redis::Client) -> Result<Self, StoreError> {
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(CONNECT_TIMEOUT))
            .set_response_timeout(Some(RESPONSE_TIMEOUT))
            .set_number_of_retries(RETRIES)
            .set_max_delay(Duration::from_millis(500));
        Ok(Self(ConnectionManager::new_with_config(client, config).await?))
    }

    /// Makes one call.
    pub(super) async fn one<T: FromRedisValue>(&self, call: Call) -> Result<T, StoreError> {
        let [value] = self.all([call]).await?;
        Ok(T::from_redis_value(value)?)
    }

    /// Makes calls in one round trip and answers in their order; not atomic. A script that the server
    /// doesn't know (it was restarted, or never told) is told to it, and only its calls are made again.
    pub(super) async fn all<const N: usize>(&self, calls: [Call; N]) -> Result<[Value; N], StoreError> {
        let values = self.each(Vec::from(calls)).await?;
        values.try_into().map_err(|_| StoreError::Corrupt("the number of replies is not that of calls".to_owned()))
    }

    /// [`Connection::all`] for any number of calls.
    pub(super) async fn each(&self, calls: Vec<Call>) -> Result<Vec<Value>, StoreError> {
        let replies = self.send(calls.iter()).await?;
        let unknown = |reply: &Result<Value, RedisError>| {
            reply.as_ref().is_err_and(|e| e.kind() == ErrorKind::Server(ServerErrorKind::NoScript))
        };
        if !replies.iter().any(unknown) {
            return replies.into_iter().map(|reply| Ok(reply?)).collect();
        }
        let again: Vec<&Call> = calls.iter().zip(&replies).filter(|(_, r)| unknown(r)).map(|(call, _)| call).collect();
        let mut connection = self.0.clone();
        for script in again.iter().filter_map(|call| call.script) {
            script.load_async(&mut connection).await?;
        }
        let mut second = self.send(again.into_iter()).await?.into_iter();
        replies
            .into_iter()
            .map(|reply| match reply {
                reply if unknown(&reply) => Ok(second.next().unwrap_or(Ok(Value::Nil))?),
                reply => Ok(reply?),
            })
            .collect()
    }

    async fn send(&self, calls: impl Iterator<Item = &Call>) -> Result<Vec<Result<Value, RedisError>>, StoreError> {
        let mut pipeline = redis::pipe();
        pipeline.ignore_errors();
        for call in calls {
            pipeline.add_command(call.command.clone());
        }
        if pipeline.is_empty() {
            return Ok(Vec::new());
        }
        Ok(pipeline.query_async(&mut self.0.clone()).await?)
    }
}

/// Reads a reply as what it should be.
pub(super) fn parsed<T: FromRedisValue>(value: Value) -> Result<T, StoreError> {
    Ok(T::from_redis_value(value)?)
}

impl From<RedisError> for StoreError {
    fn from(error: RedisError) -> Self {
        // The detail of an error may quote what was sent; its category and code never do.
        let text = match error.code() {
            Some(code) => format!("redis: {} ({code})", error.category()),
            None => format!("redis: {}", error.category()),
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
