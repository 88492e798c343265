//! The Lua scripts, and calls of them. Redis runs each as one atomic step.

use super::slot;
use redis::{Cmd, ToRedisArgs};
use std::sync::LazyLock;

/// What a call does to the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// Nothing.
    Reads,
    /// Nothing, but what is read is told to others, who can't be told later that it never was: so what a fail-over could
    /// still take back is not read.
    Tells,
    /// Writes what must not be lost once it is acknowledged.
    Writes,
    /// Writes what can be written again, so that nobody waits until it is safe.
    Notes,
}

/// A script, known to servers by its hash.
pub(super) struct Script {
    code: &'static str,
    hash: String,
    effect: Effect,
}

impl Script {
    fn new(code: &'static str, effect: Effect) -> Self {
        Self { code, hash: redis::Script::new(code).get_hash().to_owned(), effect }
    }

    /// Tells a server the script.
    pub(super) fn load(&self) -> Cmd {
        redis::cmd("SCRIPT").arg("LOAD").arg(self.code).take()
    }
}

macro_rules! scripts {
    ($($(#[$doc:meta])* $name:ident = $($file:literal),+ $(=> $effect:ident)?;)*) => {
        $($(#[$doc])* pub(super) static $name: LazyLock<Script> = LazyLock::new(|| {
            let effect = *[$(Effect::$effect,)? Effect::Writes].first().unwrap_or(&Effect::Writes);
            Script::new(concat!($(include_str!(concat!("lua/", $file)), "\n"),+), effect)
        });)*
    };
}

scripts! {
    /// Takes in a new comment.
    ADMIT = "step.lua", "admit.lua";
    /// Takes a step.
    ADVANCE = "step.lua", "advance.lua";
    /// Records a report, and takes a step if it was one too many.
    REPORT = "step.lua", "report.lua";
    /// Reads a comment with everything that is kept with it.
    ARCHIVED = "archived.lua" => Reads;
    /// Writes a comment whole.
    RESTORE = "step.lua", "restore.lua";
    /// Puts events of an import into the log.
    RESTORE_EVENTS = "restore_events.lua";
    /// Ends the right to admit a comment here.
    FENCE = "fence.lua";
    /// Moves a locator.
    RELOCATE = "relocate.lua";
    /// Reads a page of a thread.
    THREAD = "thread.lua" => Reads;
    /// Reads the latest published comments of an article.
    RECENT = "recent.lua" => Reads;
    /// Brings an author's record up to date.
    AUTHOR_NOTE = "author_note.lua" => Notes;
    /// Enters a comment among its author's.
    AUTHOR_ENTER = "author_enter.lua";
    /// Notes that an author is erased.
    AUTHOR_ERASE = "author_erase.lua";
    /// Notes that readers reported a comment of an author.
    AUTHOR_REPORTED = "author_reported.lua" => Notes;
    /// Takes comments out of what is known of their author.
    AUTHOR_FORGET = "author_forget.lua";
    /// Takes back a reader's reports.
    REPORT_FORGET = "report_forget.lua";
    /// Drops corrections.
    CORRECT_FORGET = "correct_forget.lua";
    /// Reads an author's record.
    AUTHOR = "author.lua" => Reads;
    /// Brings the record of a text up to date.
    TEXT_NOTE = "text_note.lua" => Notes;
    /// Counts the comments with a text.
    TEXT = "text.lua" => Reads;
    /// Brings the bands of nearly the same texts up to date.
    NEAR_NOTE = "near_note.lua" => Notes;
    /// Counts a partition's queue.
    OVERVIEW = "overview.lua" => Reads;
    /// Reads the head of a partition's queue.
    PEEK = "peek.lua" => Reads;
    /// Leases a comment.
    CLAIM = "claim.lua";
    /// Extends a lease.
    HEARTBEAT = "heartbeat.lua";
    /// Reads what somebody holds.
    CLAIMS_OF = "claims_of.lua" => Reads;
    /// Ends a lease.
    RELEASE = "release.lua";
    /// Gives a leased comment back that is not handed to its holder again.
    SKIP = "skip.lua" => Notes;
    /// Puts held events that are due into the log.
    TELL = "tell.lua";
    /// Takes events out of the log.
    TRIM = "trim.lua";
    /// Writes a document of a site's at the next version.
    STANDING = "standing.lua";
    /// Writes a person's account.
    ACCOUNT = "account.lua";
    /// Counts an attempt to sign in.
    ATTEMPT = "attempt.lua" => Notes;
    /// Keeps an audit.
    AUDIT_PUT = "audits.lua", "audit_put.lua" => Notes;
    /// Leases the next audit.
    AUDIT_CLAIM = "audits.lua", "audit_claim.lua" => Notes;
    /// Gives an audit back that is not handed to its holder again.
    AUDIT_PASS = "audits.lua", "audit_pass.lua" => Notes;
    /// Writes what became of an audit.
    AUDIT_SETTLE = "audits.lua", "audit_settle.lua";
    /// Drops what waits of a comment's audits.
    AUDIT_FORGET = "audits.lua", "audit_forget.lua";
    /// Drops audits that were kept long enough.
    AUDIT_TRIM = "audits.lua", "audit_trim.lua";
    /// Keeps a correction.
    CORRECT = "correct.lua";
    /// Keeps a candidate for the policy.
    CANDIDATE_PUT = "candidate_put.lua";
    /// Drops one.
    CANDIDATE_REMOVE = "candidate_remove.lua";
    /// Takes a webhook endpoint's lease.
    OUTBOX_TAKE = "outbox_take.lua" => Notes;
    /// Extends it, or ends it.
    OUTBOX_KEEP = "outbox_keep.lua" => Notes;
    /// Writes what was taken in for an endpoint and what became of it.
    OUTBOX_SETTLE = "outbox.lua", "outbox_settle.lua";
    /// Makes dead letters due again.
    OUTBOX_REPLAY = "outbox.lua", "outbox_replay.lua";
    /// Writes how an endpoint stands.
    OUTBOX_STAND = "outbox.lua", "outbox_stand.lua";
    /// Reads what is due to an endpoint.
    OUTBOX_DUE = "outbox_due.lua" => Reads;
}

/// Commands that write nothing.
const READING: [&str; 14] = [
    "GET",
    "HGET",
    "HLEN",
    "HMGET",
    "HVALS",
    "LINDEX",
    "LRANGE",
    "SCARD",
    "SISMEMBER",
    "XRANGE",
    "XREVRANGE",
    "ZCARD",
    "ZCOUNT",
    "ZRANGE",
];

/// One command, or one call of a script, for [`super::connection::Connection`]. Its first key decides which server
/// it goes to, and all its keys lie in one hash slot.
pub(super) struct Call {
    pub(super) command: Cmd,
    /// The script, where the command is a call of one: the server may have to be told it first.
    pub(super) script: Option<&'static Script>,
    pub(super) effect: Effect,
}

impl Call {
    /// A command whose first argument is its key.
    pub(super) fn command(name: &str) -> Self {
        let reads = READING.contains(&name);
        Self { command: redis::cmd(name), script: None, effect: if reads { Effect::Reads } else { Effect::Writes } }
    }

    /// A call of a script with its keys, one at least.
    pub(super) fn script(script: &'static LazyLock<Script>, keys: &[String]) -> Self {
        let mut command = redis::cmd("EVALSHA");
        command.arg(&script.hash).arg(keys.len()).arg(keys);
        Self { command, script: Some(script), effect: script.effect }
    }

    /// Marks a read as one of what others are told ([`Effect::Tells`]).
    #[must_use]
    pub(super) fn telling(self) -> Self {
        Self { effect: Effect::Tells, ..self }
    }

    #[must_use]
    pub(super) fn arg(mut self, value: impl ToRedisArgs) -> Self {
        self.command.arg(value);
        self
    }

    /// The hash slot of its keys.
    pub(super) fn slot(&self) -> u16 {
        // NAME KEY …, or EVALSHA HASH COUNT KEY …
        let first = if self.script.is_some() { 3 } else { 1 };
        match self.command.args_iter().nth(first) {
            Some(redis::Arg::Simple(key)) => slot::of(key),
            Some(_) | None => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_goes_where_its_key_is() {
        let slot = slot::of(b"{daily:p07}:x");
        assert_eq!(Call::command("GET").arg("{daily:p07}:y").slot(), slot);
        assert_eq!(Call::script(&PEEK, &["a{daily:p07}:z".to_owned()]).arg("1").slot(), slot);
    }

    #[test]
    fn the_steps_keep_as_many_decisions_as_the_port_says() {
        let kept = format!("local DECISIONS_KEPT = {}\n", crate::store::DECISIONS_KEPT);
        assert!(ADVANCE.code.contains(&kept));
    }

    #[test]
    fn what_is_not_known_to_read_is_taken_to_write() {
        assert_eq!(Call::command("ZRANGE").effect, Effect::Reads);
        assert_eq!(Call::command("SET").effect, Effect::Writes);
        assert_eq!((ADMIT.effect, PEEK.effect, TEXT_NOTE.effect), (Effect::Writes, Effect::Reads, Effect::Notes));
    }
}
