//! The Lua scripts, and calls of them. Redis runs each as one atomic step.

use redis::{Cmd, Script, ToRedisArgs};
use std::sync::LazyLock;

macro_rules! scripts {
    ($($(#[$doc:meta])* $name:ident = $($file:literal),+;)*) => {
        $($(#[$doc])* pub(super) static $name: LazyLock<Script> =
            LazyLock::new(|| Script::new(concat!($(include_str!(concat!("lua/", $file)), "\n"),+)));)*
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
    ARCHIVED = "archived.lua";
    /// Writes a comment whole.
    RESTORE = "step.lua", "restore.lua";
    /// Puts events of an import into the log.
    RESTORE_EVENTS = "restore_events.lua";
    /// Ends the right to admit a comment here.
    FENCE = "fence.lua";
    /// Moves a locator.
    RELOCATE = "relocate.lua";
    /// Reads a page of a thread.
    THREAD = "thread.lua";
    /// Reads the latest published comments of an article.
    RECENT = "recent.lua";
    /// Brings an author's record up to date.
    AUTHOR_NOTE = "author_note.lua";
    /// Enters a comment among its author's.
    AUTHOR_ENTER = "author_enter.lua";
    /// Notes that an author is erased.
    AUTHOR_ERASE = "author_erase.lua";
    /// Takes comments out of what is known of their author.
    AUTHOR_FORGET = "author_forget.lua";
    /// Takes back a reader's reports.
    REPORT_FORGET = "report_forget.lua";
    /// Drops corrections.
    CORRECT_FORGET = "correct_forget.lua";
    /// Reads an author's record.
    AUTHOR = "author.lua";
    /// Brings the record of a text up to date.
    TEXT_NOTE = "text_note.lua";
    /// Counts the comments with a text.
    TEXT = "text.lua";
    /// Brings the bands of nearly the same texts up to date.
    NEAR_NOTE = "near_note.lua";
    /// Counts a partition's queue.
    OVERVIEW = "overview.lua";
    /// Reads the head of a partition's queue.
    PEEK = "peek.lua";
    /// Leases a comment.
    CLAIM = "claim.lua";
    /// Extends a lease.
    HEARTBEAT = "heartbeat.lua";
    /// Ends a lease.
    RELEASE = "release.lua";
    /// Gives a leased comment back that is not handed to its holder again.
    SKIP = "skip.lua";
    /// Puts held events that are due into the log.
    TELL = "tell.lua";
    /// Takes events out of the log.
    TRIM = "trim.lua";
    /// Writes how a site's models stand.
    STANDING = "standing.lua";
    /// Keeps a correction.
    CORRECT = "correct.lua";
}

/// One command, or one call of a script, for [`super::connection::Connection`].
pub(super) struct Call {
    pub(super) command: Cmd,
    /// The script, where the command is a call of one: the server may have to be told it first.
    pub(super) script: Option<&'static Script>,
}

impl Call {
    pub(super) fn command(name: &str) -> Self {
        Self { command: redis::cmd(name), script: None }
    }

    pub(super) fn script(script: &'static LazyLock<Script>, keys: &[String]) -> Self {
        let mut command = redis::cmd("EVALSHA");
        command.arg(script.get_hash()).arg(keys.len()).arg(keys);
        Self { command, script: Some(script) }
    }

    #[must_use]
    pub(super) fn arg(mut self, value: impl ToRedisArgs) -> Self {
        self.command.arg(value);
        self
    }
}
