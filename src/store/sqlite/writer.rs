//! The one thread that writes, and groups what waits into one commit.

use crate::store::StoreError;
use crate::telemetry::metric::{SQLITE_COMMIT_DURATION, SQLITE_COMMIT_WRITES};
use metrics::Histogram;
use rusqlite::Connection;
use std::time::Instant;
use tokio::sync::{mpsc, oneshot, watch};

/// Most writes that share a commit: bounds how long the first of them waits.
const GROUP: usize = 256;

/// Writes that may wait before callers do.
const WAITING: usize = 1024;

/// Called after the commit with its outcome; sends the caller its answer.
type Answer = Box<dyn FnOnce(Result<(), &rusqlite::Error>) + Send>;
/// Runs in the group's transaction, or is told why there is none.
type Write = Box<dyn FnOnce(Result<&Connection, &rusqlite::Error>) -> Answer + Send>;

/// What waits for the thread.
enum Job {
    /// Shares a commit with the writes beside it.
    Write(Write),
    /// Is done between two commits.
    EmptyLog(oneshot::Sender<Result<(), StoreError>>),
}

/// How groups of writes are measured.
struct Measures {
    writes: Histogram,
    duration: Histogram,
}

/// A handle to the writing thread, which ends when the handle is dropped.
pub(super) struct Writer {
    jobs: mpsc::Sender<Job>,
    commits: watch::Receiver<u64>,
}

impl Writer {
    /// Starts the thread on a connection of its own.
    pub(super) fn start(connection: Connection) -> Result<Self, StoreError> {
        let (jobs, queue) = mpsc::channel(WAITING);
        let (writes, duration) = (SQLITE_COMMIT_WRITES.histogram(&[]), SQLITE_COMMIT_DURATION.histogram(&[]));
        let (committed, commits) = watch::channel(0);
        std::thread::Builder::new()
            .name("ombud-sqlite-writer".to_owned())
            .spawn(move || work(&connection, queue, &committed, &Measures { writes, duration }))
            .map_err(|e| StoreError::Unavailable(format!("can't start the writer: {e}")))?;
        Ok(Self { jobs, commits })
    }

    /// Counts commits.
    pub(super) fn commits(&self) -> watch::Receiver<u64> {
        self.commits.clone()
    }

    /// Runs a write and answers once it is on disk. A write that fails leaves nothing behind.
    pub(super) async fn run<T, F>(&self, write: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        let failed = |error: &rusqlite::Error| StoreError::Unavailable(format!("sqlite could not commit: {error}"));
        let write: Write = Box::new(move |db| {
            let outcome = db.map_err(failed).and_then(|db| in_savepoint(db, write));
            Box::new(move |commit| {
                let answer = commit.map_err(failed).and(outcome);
                // A caller that went away needs no answer.
                let _ = sender.send(answer);
            })
        });
        self.ask(Job::Write(write), receiver).await
    }

    /// Empties the write-ahead log, which has pages as they were before the latest writes.
    ///
    /// On this thread, because SQLite gives up at once where another connection writes the log back, as a commit does
    /// every thousand pages, and waits in vain for a pause where writes follow each other.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if something reads what the log alone has for as long as a connection waits.
    pub(super) async fn empty_log(&self) -> Result<(), StoreError> {
        let (sender, receiver) = oneshot::channel();
        self.ask(Job::EmptyLog(sender), receiver).await
    }

    async fn ask<T>(&self, job: Job, answer: oneshot::Receiver<Result<T, StoreError>>) -> Result<T, StoreError> {
        let gone = || StoreError::Unavailable("the writer has stopped".to_owned());
        self.jobs.send(job).await.map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }
}

fn in_savepoint<T>(db: &Connection, write: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
    db.execute_batch("SAVEPOINT job")?;
    let outcome = write(db);
    db.execute_batch(if outcome.is_ok() { "RELEASE job" } else { "ROLLBACK TO job; RELEASE job" })?;
    outcome
}

fn work(db: &Connection, mut queue: mpsc::Receiver<Job>, committed: &watch::Sender<u64>, measures: &Measures) {
    let mut next = None;
    while let Some(job) = next.take().or_else(|| queue.blocking_recv()) {
        let first = match job {
            Job::Write(write) => write,
            Job::EmptyLog(answer) => {
                let _ = answer.send(empty_log(db));
                continue;
            }
        };
        let mut group = vec![first];
        while group.len() < GROUP {
            match queue.try_recv() {
                Ok(Job::Write(write)) => group.push(write),
                other => {
                    next = other.ok();
                    break;
                }
            }
        }
        measures.writes.record(u32::try_from(group.len()).unwrap_or(u32::MAX));
        let started = Instant::now();
        let (answers, commit) = run_group(db, group);
        measures.duration.record(started.elapsed());
        for answer in answers {
            answer(commit.as_ref().copied());
        }
        committed.send_modify(|n| *n += 1);
    }
}

fn empty_log(db: &Connection) -> Result<(), StoreError> {
    let busy: bool = db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    let in_use = || StoreError::Unavailable("the write-ahead log is in use and can't be emptied now".to_owned());
    if busy { Err(in_use()) } else { Ok(()) }
}

/// Runs the writes of a group in one transaction; on any failure of the transaction itself nothing stands.
fn run_group(db: &Connection, group: Vec<Write>) -> (Vec<Answer>, Result<(), rusqlite::Error>) {
    if let Err(error) = db.execute_batch("BEGIN IMMEDIATE") {
        let answers = group.into_iter().map(|write| write(Err(&error))).collect();
        return (answers, Err(error));
    }
    let answers = group.into_iter().map(|write| write(Ok(db))).collect();
    let commit = db.execute_batch("COMMIT");
    if commit.is_err() {
        // If even this fails, the next BEGIN will say so to the next group.
        let _ = db.execute_batch("ROLLBACK");
    }
    (answers, commit)
}
