//! Many comments in one request: a line in, a line out, in the same order, with bounded memory.

use super::parse::CommentBody;
use crate::comment::{AuthorId, CommentId};
use crate::http::authority::Submitter;
use crate::http::json::parse;
use crate::http::limit::Limits;
use crate::http::metrics::refused;
use crate::http::problem::{Code, Problem};
use crate::service::{Ombud, Submission};
use crate::telemetry::carried;
use actix_web::http::header::ContentEncoding;
use actix_web::web::Bytes;
use actix_web::{HttpResponse, post, rt, web};
use futures_util::future::LocalBoxFuture;
use futures_util::stream::{FuturesOrdered, StreamExt as _};
use serde_json::{Value, json};
use std::collections::VecDeque;
use tokio::sync::mpsc;
use tokio::time::timeout;

/// How many comments are worked on at a time.
const IN_FLIGHT: usize = 64;

/// How many answers may wait for a caller that reads slowly.
const WAITING: usize = 64;

/// Submit many comments as NDJSON: one comment a line, one answer a line, in the same order.
///
/// Each line is a submission of its own: a bad one is answered with its problem and the others go on.
/// Comments of one author, and replies to a comment in the same batch, are taken in turn. Answers come
/// while lines are still being sent: read them, or the connection stalls.
#[utoipa::path(tag = "comments", request_body(content = String, content_type = "application/x-ndjson"),
    responses((status = 200, description = "A line each: `{line, id, status, state, version}` or `{line, id, status, problem}`",
               content_type = "application/x-ndjson")))]
#[post("/v1/comments:batch")]
pub async fn post(
    caller: Submitter,
    payload: web::Payload,
    ombud: web::Data<Ombud>,
    limits: web::Data<Limits>,
) -> HttpResponse {
    let (answers, waiting) = mpsc::channel(WAITING);
    let batch = Batch { caller, ombud, answers, line: 0, in_flight: FuturesOrdered::new(), concerned: VecDeque::new() };
    rt::spawn(carried(batch.run(payload, **limits)));
    let body = futures_util::stream::unfold(waiting, |mut waiting| async move {
        let line: Bytes = waiting.recv().await?;
        Some((Ok::<_, std::convert::Infallible>(line), waiting))
    });
    // Not compressed: an answer must leave when it is there, not when a block is full.
    HttpResponse::Ok().content_type("application/x-ndjson").insert_header(ContentEncoding::Identity).streaming(body)
}

struct Batch {
    caller: Submitter,
    ombud: web::Data<Ombud>,
    answers: mpsc::Sender<Bytes>,
    /// Number of the line last read, from 1.
    line: u64,
    in_flight: FuturesOrdered<LocalBoxFuture<'static, Value>>,
    /// Whose comment each submission in flight is, and which.
    concerned: VecDeque<Option<(AuthorId, Option<CommentId>)>>,
}

/// The caller went away.
struct Gone;

impl Batch {
    async fn run(mut self, mut payload: web::Payload, limits: Limits) {
        let mut buffer: Vec<u8> = Vec::new();
        let (mut skipping, mut silent) = (false, false);
        loop {
            let chunk = tokio::select! {
                answer = self.in_flight.next(), if !self.in_flight.is_empty() => {
                    if self.answer(answer).await.is_err() {
                        return;
                    }
                    continue;
                }
                // A broken connection ends the batch too, and one that says nothing for long: what was read whole is
                // still taken in.
                chunk = timeout(limits.body_time, payload.next()) => match chunk {
                    Ok(Some(Ok(chunk))) => chunk,
                    Ok(Some(Err(_)) | None) => break,
                    Err(_) => {
                        silent = true;
                        break;
                    }
                },
            };
            for piece in chunk.split_inclusive(|b| *b == b'\n') {
                let ends = piece.ends_with(b"\n");
                if !skipping {
                    buffer.extend_from_slice(piece);
                }
                if buffer.len() > limits.batch_line_bytes {
                    skipping = true;
                    buffer.clear();
                }
                if ends {
                    let line = std::mem::take(&mut buffer);
                    if self.take(&line, std::mem::take(&mut skipping)).await.is_err() {
                        return;
                    }
                }
            }
        }
        if (skipping || !buffer.is_empty()) && self.take(&buffer, skipping).await.is_err() {
            return;
        }
        if silent {
            self.line += 1;
            let problem = Problem::new(Code::BodyTooSlow, "the batch said nothing for too long; send the rest again");
            let refused = refusal(self.line, None, &problem);
            if self.push(None, Box::pin(std::future::ready(refused))).await.is_err() {
                return;
            }
        }
        while !self.in_flight.is_empty() {
            if self.answer_next().await.is_err() {
                return;
            }
        }
    }

    /// Takes a line in, after whatever it depends on or there is no room for.
    async fn take(&mut self, line: &[u8], too_long: bool) -> Result<(), Gone> {
        self.line += 1;
        if !too_long && line.trim_ascii().is_empty() {
            return Ok(());
        }
        match self.read(line, too_long) {
            Err(problem) => {
                let refused = refusal(self.line, None, &problem);
                self.push(None, Box::pin(std::future::ready(refused))).await
            }
            Ok(submission) => {
                while self.depends(&submission) {
                    self.answer_next().await?;
                }
                let concern = (submission.author.id.clone(), submission.id.clone());
                let (line, ombud, actor) = (self.line, self.ombud.clone(), self.caller.actor());
                let work = async move {
                    let id = submission.id.clone();
                    match ombud.submit(submission, actor).await {
                        Err(error) => refusal(line, id.as_ref(), &error.into()),
                        Ok(done) => json!({
                            "line": line,
                            "id": done.comment.id,
                            "status": if done.new { 201 } else { 200 },
                            "state": done.comment.state,
                            "version": done.comment.version,
                        }),
                    }
                };
                self.push(Some(concern), Box::pin(work)).await
            }
        }
    }

    fn read(&self, line: &[u8], too_long: bool) -> Result<Submission, Problem> {
        if too_long {
            return Err(Problem::new(Code::BodyTooLarge, "the line is too long"));
        }
        parse::<CommentBody>(line.trim_ascii())?.parse(&self.caller.site, None, self.ombud.now())
    }

    /// An author's comments are judged in turn, as each counts in the record that the next is judged by;
    /// a reply needs its parent stored.
    fn depends(&self, submission: &Submission) -> bool {
        self.concerned.iter().flatten().any(|(author, id)| {
            *author == submission.author.id || (id.is_some() && (*id == submission.parent_id || *id == submission.id))
        })
    }

    async fn push(
        &mut self,
        concern: Option<(AuthorId, Option<CommentId>)>,
        work: LocalBoxFuture<'static, Value>,
    ) -> Result<(), Gone> {
        if self.in_flight.len() >= IN_FLIGHT {
            self.answer_next().await?;
        }
        self.in_flight.push_back(work);
        self.concerned.push_back(concern);
        Ok(())
    }

    async fn answer_next(&mut self) -> Result<(), Gone> {
        let answer = self.in_flight.next().await;
        self.answer(answer).await
    }

    async fn answer(&mut self, answer: Option<Value>) -> Result<(), Gone> {
        let Some(answer) = answer else { return Ok(()) };
        self.concerned.pop_front();
        let mut line = answer.to_string().into_bytes();
        line.push(b'\n');
        self.answers.send(line.into()).await.map_err(|_| Gone)
    }
}

fn refusal(line: u64, id: Option<&CommentId>, problem: &Problem) -> Value {
    refused(problem.code());
    json!({"line": line, "id": id, "status": problem.code().status(), "problem": problem.body()})
}
