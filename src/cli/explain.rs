//! `ombud explain`: a decision with the policy and the model that made it, taken again.

use super::{model, open_with, runtime, site_id};
use crate::comment::{CommentId, Decision, SiteId};
use crate::config::Overrides;
use crate::service::{Explanation, ExplanationOutcome};
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

/// Show what decided on a comment, and take the decision again: exit code 0 if it is the same, 1 if it is not or can't be taken
#[derive(clap::Args)]
pub struct Args {
    /// The comment
    #[arg(value_parser = comment_id)]
    id: CommentId,
    #[arg(long, value_parser = site_id)]
    site: SiteId,
    /// The models that ombud is served with, as given to `ombud serve`
    #[arg(long, value_name = "PATH", env = "OMBUD_MODEL")]
    model: Option<PathBuf>,
    /// Print a JSON object
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    settings: Overrides,
}

fn comment_id(value: &str) -> Result<CommentId, String> {
    CommentId::parse(value).map_err(|e| e.to_string())
}

pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let classifier = Arc::new(model::load(args.model.as_deref())?);
    let explanation = runtime()?.block_on(async {
        let ombud = open_with(&args.settings, classifier).await?;
        anyhow::Ok(ombud.explain(&args.site, &args.id).await?)
    })?;
    if args.json {
        println!("{}", serde_json::to_string_pretty(&document(&explanation))?);
    } else {
        print(&explanation);
    }
    Ok(match explanation.outcome {
        ExplanationOutcome::Same | ExplanationOutcome::SameAsFarAsKnown => ExitCode::SUCCESS,
        ExplanationOutcome::Different | ExplanationOutcome::Impossible => ExitCode::FAILURE,
    })
}

fn document(explanation: &Explanation) -> serde_json::Value {
    let Explanation { step, policy, model, kept, remade, outcome, notes } = explanation;
    json!({
        "decided_at": step.at,
        "action": step.action,
        "reasons": step.reasons,
        "policy_revision": step.policy_revision,
        "policy": policy,
        "model_revision": step.model_revision,
        "model_is_here": model,
        "kept": kept,
        "again": remade,
        "outcome": outcome.name(),
        "notes": notes,
    })
}

fn print(explanation: &Explanation) {
    let Explanation { step, policy, kept, remade, outcome, notes, .. } = explanation;
    println!("Decided {}: {}.", step.at, step.action.name());
    match policy {
        Some(policy) => println!(
            "By the policy {}, number {}, published {} by {}.",
            policy.revision, policy.number, policy.at, policy.by
        ),
        None => println!("By the policy {}, which this store has not kept.", step.policy_revision),
    }
    println!("Scored by the models {}.", step.model_revision);
    let reasons = |decision: &Decision| {
        for reason in &decision.reasons {
            println!("  {:8} {:28} {}", reason.action.name(), reason.code, reason.text);
        }
    };
    match (remade, kept) {
        (Some(remade), _) => reasons(remade),
        (None, Some(kept)) => reasons(kept),
        (None, None) => {}
    }
    for note in notes {
        println!("{note}");
    }
    println!(
        "{}",
        match outcome {
            ExplanationOutcome::Same => "Taken again, it is the same, byte for byte.",
            ExplanationOutcome::SameAsFarAsKnown => "Taken again, it is the same, as far as it can be taken again.",
            ExplanationOutcome::Different => "TAKEN AGAIN, IT IS ANOTHER. Look at both with --json.",
            ExplanationOutcome::Impossible => "It can't be taken again.",
        }
    );
}
