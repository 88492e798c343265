//! Probes for whoever runs ombud.

use super::problem::Problem;
use crate::service::{Alert, Ombud, PolicyAlert, PolicyStanding};
use actix_web::{HttpResponse, Responder, get, web};
use serde_json::{Value, json};

/// The process answers.
#[utoipa::path(tag = "health", security(()), responses((status = 200, description = "The process is alive")))]
#[get("/livez")]
pub async fn live() -> impl Responder {
    HttpResponse::Ok().json(json!({"status": "alive"}))
}

/// The store takes comments; what it promises about them, what policy and models are in force, and what to look at.
#[utoipa::path(tag = "health", security(()), responses(
    (status = 200, description = "Ready"),
    (status = 503, description = "`unavailable`: the store can't be reached"),
))]
#[get("/readyz")]
pub async fn ready(ombud: web::Data<Ombud>) -> Result<impl Responder, Problem> {
    let readiness = ombud.readiness().await?;
    let alert = |alert: &Alert| json!({"code": alert.code, "endpoint": alert.endpoint, "since": alert.since});
    let alerts = readiness.alerts.iter().map(alert).chain(readiness.policy.alerts.iter().map(policy_alert));
    let alerts: Vec<Value> = alerts.collect();
    // Without addresses: whoever asks has no key.
    let servers = readiness.durability.servers.iter().map(|server| {
        json!({
            "append_only": server.append_only,
            "appendfsync": server.appendfsync,
            "maxmemory_bytes": server.maxmemory_bytes,
            "maxmemory_policy": server.maxmemory_policy,
            "replicas": server.replicas,
            "min_replicas_to_write": server.min_replicas_to_write,
        })
    });
    Ok(HttpResponse::Ok().json(json!({
        "status": "ready",
        "store": {
            "kind": readiness.durability.store,
            "durability": readiness.durability.statement,
            "fsync": readiness.durability.fsync,
            "servers": servers.collect::<Vec<_>>(),
        },
        "policy_revision": readiness.policy.revision,
        "policy": policy(&readiness.policy),
        "model_revision": readiness.model_revision,
        "sites_with_own_model": readiness.own_models,
        "sites_with_unusable_model": readiness.unusable_models,
        "alerts": alerts,
    })))
}

/// The policy here and at the other replicas, without who published it: whoever asks has no key.
fn policy(standing: &PolicyStanding) -> Value {
    let replicas = standing.replicas.iter().map(|replica| {
        json!({"replica": replica.replica, "revision": replica.revision, "files": replica.files, "seen_at": replica.at})
    });
    json!({
        "revision": standing.revision,
        "number": standing.published.as_ref().map(|published| published.number),
        "published_at": standing.published.as_ref().map(|published| published.at),
        "replica": standing.replica,
        "replicas": replicas.collect::<Vec<_>>(),
    })
}

/// Where something is wrong, without the message, which may quote the word lists.
fn policy_alert(alert: &PolicyAlert) -> Value {
    let place = alert.place.map(|place| json!({"file": place.file, "line": place.line, "column": place.column}));
    json!({"code": alert.code, "at": place, "since": alert.since})
}
