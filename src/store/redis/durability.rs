//! What the server promises about what it took, in plain words.

use super::RedisStore;
use super::connection::parsed;
use super::script::Call;
use crate::store::{Durability, StoreError};
use std::collections::HashMap;

/// How long the probe stays, in milliseconds.
const PROBE_MS: u64 = 60_000;

/// Writes a probe, so that a server that is up but takes no writes (a replica, a full one) is found
/// out too, and reads the settings that matter.
pub(super) async fn check(store: &RedisStore) -> Result<Durability, StoreError> {
    let probe = Call::command("SET").arg(store.keys.probe()).arg("1").arg("PX").arg(PROBE_MS);
    store.connection.one::<()>(probe).await?;
    let read = Call::command("CONFIG").arg("GET").arg("appendonly").arg("appendfsync").arg("maxmemory-policy");
    // A managed server may forbid CONFIG.
    let config = match store.connection.all([read]).await {
        Ok([config]) => parsed(config)?,
        Err(_) => HashMap::new(),
    };
    Ok(judge(&config))
}

fn judge(config: &HashMap<String, String>) -> Durability {
    let setting = |name: &str| config.get(name).map(String::as_str);
    let (fsync, loss) = match (setting("appendonly"), setting("appendfsync")) {
        (Some("yes"), Some("always")) => {
            (true, "Every acknowledged comment is on disk before it is answered (appendfsync always).")
        }
        (Some("yes"), Some("no")) => (
            false,
            "A power cut may lose what the operating system has not yet written, often 30 seconds (appendfsync no).",
        ),
        (Some("yes"), _) => (false, "A power cut may lose the last second (appendfsync everysec)."),
        (Some(_), _) => (false, "A crash may lose everything since the last snapshot (appendonly no)."),
        (None, _) => (false, "What a crash may lose is unknown: the server does not tell its configuration."),
    };
    let evicts = setting("maxmemory-policy").filter(|policy| *policy != "noeviction");
    let eviction = evicts.map(|policy| {
        format!(" When memory is full the server may drop comments (maxmemory-policy {policy}); set noeviction.")
    });
    Durability {
        store: "redis",
        statement: format!("{loss}{}", eviction.unwrap_or_default()),
        fsync: fsync && evicts.is_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(settings: &[(&str, &str)]) -> Durability {
        judge(&settings.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect())
    }

    #[test]
    fn only_what_is_synced_and_kept_is_promised() {
        let always = [("appendonly", "yes"), ("appendfsync", "always"), ("maxmemory-policy", "noeviction")];
        assert!(said(&always).fsync);
        let evicting = said(&[always[0], always[1], ("maxmemory-policy", "allkeys-lru")]);
        assert!(!evicting.fsync && evicting.statement.contains("allkeys-lru"), "{}", evicting.statement);
        let second = said(&[("appendonly", "yes"), ("appendfsync", "everysec")]);
        assert!(!second.fsync && second.statement.contains("last second"), "{}", second.statement);
        assert!(said(&[("appendonly", "no")]).statement.contains("snapshot"));
        assert!(said(&[]).statement.contains("unknown"));
    }
}
