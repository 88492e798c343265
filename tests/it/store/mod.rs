//! The contract of the store: one suite, run on every adapter. What only one adapter does stands in a
//! file of its own.

mod admit;
mod appeal;
mod article;
mod audits;
mod candidate;
mod correction;
mod count;
mod event;
mod fact;
mod held;
mod key;
mod lease;
mod model;
mod moderator;
mod outbox;
mod policy;
mod queue;
mod readership;
mod redis_access;
mod redis_fail_over;
mod redis_only;
mod redis_trouble;
mod report;
mod retention;
mod search;
mod sqlite_only;
mod step;
mod thread;
mod waiting;

use crate::support::redis::cluster::RedisCluster;
use crate::support::redis::sentinel::RedisSentinel;
use crate::support::redis::{RedisServer, fresh_prefix, open};
use ombud::comment::{Change, Comment};
use ombud::store::sqlite::SqliteStore;
use ombud::store::{Admission, Lease, Store};
use std::any::Any;
use std::sync::Arc;

/// A store, as the cases see it.
type Handle = Arc<dyn Store>;

/// An empty store, and what must live as long as it.
struct Opened {
    store: Handle,
    _keep: Box<dyn Any + Send + Sync>,
}

async fn redis_store() -> Opened {
    Opened { store: open(&RedisServer::shared().url(), &fresh_prefix()).await, _keep: Box::new(()) }
}

async fn redis_cluster_store() -> Opened {
    Opened { store: open(&RedisCluster::shared().url(), &fresh_prefix()).await, _keep: Box::new(()) }
}

async fn redis_sentinel_store() -> Opened {
    Opened { store: open(&RedisSentinel::shared().url(), &fresh_prefix()).await, _keep: Box::new(()) }
}

#[expect(clippy::unused_async, reason = "opened as the others are")]
async fn sqlite_store() -> Opened {
    let folder = tempfile::tempdir().expect("a folder");
    let store = SqliteStore::open(&folder.path().join("ombud.db")).expect("a store");
    Opened { store, _keep: Box::new(folder) }
}

/// Makes a test of each case for an adapter. A case that is not listed is dead code, and so an error.
macro_rules! store_tests {
    ($adapter:ident, $open:path) => {
        mod $adapter {
            store_tests! { @cases $open;
                admit: a_new_comment_is_kept_whole, the_same_again_is_answered_as_it_stands,
                    an_id_is_one_comment_over_all_articles, racing_admissions_make_one_comment,
                    sites_do_not_see_each_other, comments_are_found_by_their_ids;
                appeal: an_appealed_comment_waits_for_its_role, racing_appeals_are_one, an_appeal_goes_with_its_body,
                    undoing_a_decision_opens_the_appeal_again;
                article: an_article_is_replaced, a_new_article_replaces_none, an_idempotency_key_stays_tied;
                candidate: a_candidate_is_kept_whole_until_it_is_removed, of_many_candidates_those_written_first_make_way,
                    racing_candidates_are_all_kept;
                audits: an_audit_is_kept_whole_and_once, the_lowest_number_is_handed_out_first, no_audit_is_handed_out_twice,
                    an_audit_passed_over_goes_to_others, an_audit_is_judged_once, racing_judgements_have_one_winner,
                    audits_are_paged_by_time_each_once, what_waits_of_an_erased_comment_goes,
                    what_was_kept_long_enough_goes;
                correction: a_correction_is_kept_whole_and_once, the_last_word_of_a_key_counts,
                    what_is_said_at_the_same_time_is_all_kept, corrections_are_paged_each_once,
                    of_many_corrections_the_oldest_make_way, corrections_of_other_sites_are_not_seen;
                count: counts_are_what_a_recount_says;
                event: every_step_is_told_once_in_order, pages_follow_on_from_each_other,
                    nothing_is_missed_while_writers_run, the_latest_cursor_skips_the_past, bad_cursors_are_refused,
                    a_step_is_news, the_audit_trail_equals_the_steps;
                fact: nothing_is_known_of_a_stranger, the_article_and_the_parent_are_found,
                    the_thread_is_what_was_published_lately, an_authors_record_follows_the_steps,
                    earlier_submissions_come_newest_first, the_same_text_counts_for_a_day,
                    nearly_the_same_text_counts_for_a_day, of_many_near_texts_the_newest_are_counted;
                held: a_held_event_is_told_when_it_is_due, an_undone_decision_is_never_told,
                    the_next_step_tells_what_was_held, a_clock_that_went_back_holds_nothing_for_long,
                    many_tell_each_event_once, a_withdrawal_tells_the_decision_first;
                key: sites_are_listed_and_replaced, a_key_is_found_by_its_hash_even_when_revoked,
                    a_replaced_key_leaves_no_old_secret;
                lease: no_comment_is_handed_out_twice, a_lease_expires, a_heartbeat_extends_a_live_lease,
                    a_released_comment_is_free, a_decision_needs_its_claim_alive, a_step_without_a_claim_respects_others,
                    every_step_ends_the_lease;
                model: what_people_decided_is_listed_once_while_it_stands, a_model_is_kept_with_its_file,
                    the_standing_changes_only_from_the_version_before, shadows_are_counted_as_comments_come_and_go;
                moderator: an_account_is_found_however_its_name_is_written, an_account_is_written_over_the_version_before,
                    a_session_is_kept_until_it_is_ended, of_many_sessions_those_that_end_first_make_way,
                    attempts_wait_longer_and_longer, many_attempts_at_once_are_all_counted,
                    an_attempt_is_forgotten_after_an_hour, people_of_other_sites_are_not_seen;
                outbox: one_replica_holds_an_outbox_until_its_lease_expires, racing_replicas_take_an_outbox_once,
                    a_holder_of_the_past_writes_nothing, what_waits_is_due_by_comment_in_order,
                    a_dead_letter_is_kept_and_goes_out_again, of_many_dead_letters_the_oldest_make_way,
                    a_standing_follows_the_one_before;
                policy: racing_publishers_agree_on_one, policies_are_listed_newest_first,
                    replicas_are_forgotten_unless_they_speak;
                queue: each_order_hands_out_its_best, filters_narrow_what_is_claimed,
                    counts_follow_every_kind_of_step, an_empty_queue_has_nothing_to_say;
                readership: a_sites_secrets_change_only_from_the_version_before, newest_conversations_come_first_page_by_page;
                report: distinct_readers_reach_the_limit, a_decision_starts_the_count_anew,
                    a_report_on_another_version_records_nothing, an_author_is_known_by_what_was_reported,
                    a_restored_comment_was_reported_too, reports_that_race_with_an_erasure_leave_nothing;
                retention: what_stands_long_enough_is_found, a_dropped_body_leaves_every_index,
                    an_erased_author_is_found_once_and_gone, what_was_received_before_an_erasure_is_not_taken_in,
                    a_trimmed_log_tells_where_it_begins, a_trim_stops_at_what_somebody_has_not_had,
                    a_listener_that_takes_too_long_is_cut_off,
                    a_reader_who_reconnects_misses_nothing_while_the_log_is_trimmed,
                    an_erasure_that_was_broken_off_goes_on,
                    racing_admissions_do_not_survive_an_erasure, a_readers_reports_are_taken_back;
                search: the_latest_step_comes_first_page_by_page, filters_narrow_what_is_found,
                    many_steps_of_one_moment_are_paged_each_once, what_was_dropped_is_nobodys_and_found,
                    foreign_places_to_go_on_from_are_refused, a_decision_is_hers_until_it_is_taken_back,
                    her_decisions_are_paged_the_latest_first, a_restored_comment_is_hers_too;
                step: a_stale_step_changes_nothing, a_step_needs_its_comment, racing_decisions_have_one_winner,
                    undo_brings_the_state_back;
                thread: only_published_comments_are_shown, conversations_come_whole_page_by_page,
                    a_conversation_leaves_with_its_last_comment, bad_cursors_are_refused;
                waiting: a_band_and_a_language_narrow_what_is_claimed, many_in_a_band_are_found_in_order,
                    what_was_handed_on_waits_in_a_lane_of_its_own, a_skipped_comment_goes_to_others,
                    a_skip_needs_a_live_claim, what_somebody_holds_is_found_again, nobody_is_handed_in_a_rush_what_she_skipped, who_has_an_opinion_is_not_asked_again, pages_hold_all_that_waits_once,
                    a_claim_that_nobody_may_hold_forbids_the_step, what_moved_since_it_was_found_is_not_leased;
            }
        }
    };
    (@cases $open:path; $($file:ident: $($case:ident),+;)+) => {
        $(mod $file {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                let opened = $open().await;
                crate::store::$file::$case(&opened.store).await;
            })+
        })+
    };
}

store_tests!(redis, crate::store::redis_store);
store_tests!(redis_cluster, crate::store::redis_cluster_store);
store_tests!(redis_sentinel, crate::store::redis_sentinel_store);
store_tests!(sqlite, crate::store::sqlite_store);

/// Takes a comment in, which must be new.
async fn admitted(store: &Handle, change: Change) -> Comment {
    assert_eq!(store.admit(&change).await.expect("an answer"), Admission::New);
    change.comment
}

/// Takes a step that must go through, whoever holds the comment.
async fn taken(store: &Handle, change: Change) -> Comment {
    let now = change.comment.updated_at;
    store.advance(&change, &Lease::Free, now).await.expect("an answer").expect("no conflict");
    change.comment
}

/// The ids of these comments, in order.
fn ids<'a>(comments: impl IntoIterator<Item = &'a Comment>) -> Vec<&'a str> {
    comments.into_iter().map(|c| c.id.as_str()).collect()
}
