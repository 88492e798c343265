use super::*;
use crate::comment::Action;
use crate::policy::file::{Appeals, AuditFile, Moderation, Queue, Reports};

const NO_WORDS: &str = "banned = []\nsuspect = []\nallowed = []\n";

fn parse(policy: &str) -> Result<Policy, PolicyError> {
    Policy::parse(policy, NO_WORDS)
}

/// Where a policy is wrong, and the beginning of the sentence about it.
fn mistake(policy: &str) -> (usize, usize, String) {
    let error = parse(policy).expect_err("this policy has a mistake");
    assert_eq!(error.file, "policy.toml");
    (error.line, error.column, error.message)
}

#[track_caller]
fn assert_mistake(policy: &str, line: usize, column: usize, message: &str) {
    let found = mistake(policy);
    assert_eq!((found.0, found.1), (line, column), "{}", found.2);
    assert!(found.2.contains(message), "{}", found.2);
}

#[test]
fn the_shipped_files_are_a_policy() {
    let (policy, words) = Policy::default_files();
    let policy = Policy::parse(policy, words).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(policy.thresholds(None).get(Attribute::Toxicity).judge(0.6), Some((Action::Review, 0.25)));
    assert_eq!(policy.reject_reasons().len(), 7);
    assert_eq!((policy.report_limit(), policy.lease_seconds()), (3, 300));
}

#[test]
fn the_shipped_file_shows_every_default() {
    let shipped: PolicyFile = toml::from_str(Policy::default_files().0).unwrap();
    let least: PolicyFile = toml::from_str("thresholds = {}").unwrap();
    assert_eq!(shipped.rules, Rules::default());
    assert_eq!((shipped.reports, shipped.queue), (Reports::default(), Queue::default()));
    assert_eq!(shipped.audit, AuditFile::default());
    assert_eq!(shipped.appeals.taken, Appeals::default().taken);
    assert_eq!(shipped.appeals.role.get_ref(), Appeals::default().role.get_ref());
    assert_eq!((shipped.on_error, shipped.unknown_article), (least.on_error, least.unknown_article));
    assert_eq!(shipped.moderation.mode, least.moderation.mode);
    let reasons = |m: Moderation| m.reject_reasons.into_iter().map(toml::Spanned::into_inner).collect::<Vec<_>>();
    assert_eq!(reasons(shipped.moderation), reasons(least.moderation));
}

#[test]
fn appeals_go_to_a_role_that_there_is() {
    let role = |policy: &str| parse(policy).expect("a policy").appeal_role().map(Role::to_string);
    assert_eq!(role("[thresholds]\n").as_deref(), Some("senior"));
    assert_eq!(role("[thresholds]\n[queue]\nroles = [\"desk\", \"chief\"]\n").as_deref(), Some("desk"));
    let named = "[thresholds]\n[queue]\nroles = [\"desk\", \"chief\"]\n[appeals]\nrole = \"chief\"\n";
    assert_eq!(role(named).as_deref(), Some("chief"));
    assert_eq!(role("[thresholds]\n[queue]\nroles = []\n"), None);
    assert_mistake("[thresholds]\n[appeals]\nrole = \"chief\"\n", 3, 8, "\"chief\" is none of `queue.roles`");
}

#[test]
fn a_share_for_audits_is_none_to_a_fifth() {
    let share = |line: &str| parse(&format!("[thresholds]\n[audit]\n{line}\n")).expect("a policy").audit_share();
    for (line, read) in [("", 0.01), ("share = 0", 0.0), ("share = 0.2", 0.2)] {
        assert!((share(line) - read).abs() < 1e-12, "{line}");
    }
    assert_mistake("[thresholds]\n[audit]\nshare = 0.3\n", 3, 9, "from 0 to 0.2, not 0.3");
    assert_mistake("[thresholds]\n[audit]\nshare = -1\n", 3, 9, "from 0 to 0.2, not -1");
    assert_mistake("[thresholds]\n[audit]\nshares = 0\n", 3, 1, "shares");
}

#[test]
fn unknown_keys_have_a_place() {
    assert_mistake("on_eror = \"review\"\n[thresholds]\n", 1, 1, "unknown key `on_eror`");
    assert_mistake("[thresholds]\nSPAM = { reviw = 0.5 }\n", 2, 10, "unknown key `reviw`");
    assert_mistake("[thresholds]\n[rules.links]\nmax = 3\n", 3, 1, "unknown key `max`");
    assert_mistake("[thresholds]\n[rules.sounds]\n", 2, 8, "unknown key `sounds`");
}

#[test]
fn wrong_types_and_syntax_have_a_place() {
    assert_mistake("[thresholds]\nSPAM = { review = \"high\" }\n", 2, 19, "invalid type");
    assert_mistake(
        "on_error = \"shrug\"\n[thresholds]\n",
        1,
        12,
        "unknown value `shrug`, expected `review` or `refuse`",
    );
    assert_mistake("[thresholds]\nSPAM = \n", 2, 8, "");
    assert_mistake("", 1, 1, "missing key `thresholds`");
}

#[test]
fn values_out_of_range_have_a_place() {
    assert_mistake("[thresholds]\nSPAM = { review = 1.5 }\n", 2, 19, "a number from 0 to 1, not 1.5");
    assert_mistake("[thresholds]\nSPAM = { review = nan }\n", 2, 19, "a number from 0 to 1");
    assert_mistake("[thresholds]\n[rules.rate]\nmax_comments = 51\n", 3, 16, "a whole number from 0 to 50");
    assert_mistake("[thresholds]\n[reports]\nlimit = -1\n", 3, 9, "a whole number from 1 to 1000");
    assert_mistake(
        "[thresholds]\n[rules.languages]\naccept = [\"eng\", \"english\"]\n",
        3,
        10,
        "\"english\" is no language",
    );
    assert_mistake(
        "[thresholds]\n[rules.links]\nfree_hosts = [\"https://a.com\"]\n",
        3,
        14,
        "\"https://a.com\" is no host",
    );
}

#[test]
fn contradictions_have_a_place() {
    assert_mistake("[thresholds]\n\nTOXICTY = { review = 0.5 }\n", 3, 1, "unknown attribute \"TOXICTY\"");
    assert_mistake("[thresholds]\nSPAM = { review = 0.9, reject = 0.5 }\n", 2, 8, "must not be above `reject` (0.50)");
    assert_mistake("[thresholds]\nSPAM = {}\n", 2, 8, "set `review`, `reject` or both");
    assert_mistake("[thresholds]\nOFF_TOPIC = { reject = 0.9 }\n", 2, 13, "allow_reject_off_topic = true");
    let section = "[thresholds]\nSPAM = { reject = 0.5 }\n[sections.opinion.thresholds]\nSPAM = { review = 0.6 }\n";
    assert_mistake(section, 4, 8, "must not be above");
    assert_mistake("[thresholds]\n[sections.Opinion]\n[sections.opinion]\n", 3, 11, "twice");
    let reasons = "[thresholds]\n[moderation]\nreject_reasons = [{code=\"a\",text=\"A\"}, {code=\"a\",text=\"B\"}]\n";
    assert_mistake(reasons, 3, 40, "twice");
}

#[test]
fn off_topic_rejects_once_it_is_switched_on() {
    let policy = parse("allow_reject_off_topic = true\n[thresholds]\nOFF_TOPIC = { reject = 0.9 }\n").unwrap();
    assert_eq!(policy.thresholds(None).get(Attribute::OffTopic).judge(0.95), Some((Action::Reject, 0.9)));
}

#[test]
fn a_section_changes_what_it_names_and_nothing_else() {
    let policy = parse(
        "[thresholds]\nTOXICITY = { review = 0.5, reject = 0.9 }\nSPAM = { review = 0.6 }\n\
         [sections.Opinion.thresholds]\nTOXICITY = { review = 0.7 }\n[sections.letters]\nmode = \"pre\"\n",
    )
    .unwrap();
    let opinion = policy.thresholds(Some("opinion"));
    assert_eq!(opinion.get(Attribute::Toxicity), Threshold { review: Some(0.7), reject: Some(0.9) });
    assert_eq!(opinion.get(Attribute::Spam), policy.thresholds(None).get(Attribute::Spam));
    assert_eq!(policy.thresholds(Some("unheard-of")), policy.thresholds(None));
    assert_eq!(policy.mode(Some("LETTERS")), Mode::Pre);
    assert_eq!(policy.mode(Some("opinion")), Mode::Post);
}

#[test]
fn the_queue_has_terms_and_a_section_its_number_of_opinions() {
    let policy = parse(
        "[thresholds]\n[queue]\nopinions = 2\nskip_minutes = 5\nundo_seconds = 0\nroles = [\"senior\", \"legal\"]\n\
         [sections.Letters.queue]\nopinions = 1\n[sections.sport]\n",
    )
    .unwrap();
    assert_eq!((policy.skip_minutes(), policy.undo_seconds(), policy.roles().len()), (5, 0, 2));
    let opinions = |section| policy.opinions(section);
    assert_eq!([opinions(None), opinions(Some("letters")), opinions(Some("sport"))], [2, 1, 2]);
    assert_mistake("[thresholds]\n[queue]\nopinions = 6\n", 3, 12, "a whole number from 1 to 5");
    assert_mistake("[thresholds]\n[queue]\nundo_seconds = 301\n", 3, 16, "a whole number from 0 to 300");
    assert_mistake("[thresholds]\n[queue]\nroles = [\"a\", \"a\"]\n", 3, 9, "twice");
    assert_mistake("[thresholds]\n[queue]\nroles = [\"Chief\"]\n", 3, 9, "a role is 1 to 40");
    assert_mistake("[thresholds]\n[sections.a.queue]\nroles = []\n", 3, 1, "unknown key `roles`");
}

#[test]
fn a_word_list_with_a_mistake_has_a_place() {
    let words = |w: &str| Policy::parse("[thresholds]\n", w).expect_err("a mistake");
    let error = words("banned = [\n  \"fine\",\n  \"b*d\",\n]\nsuspect = []\nallowed = []\n");
    assert_eq!((error.file, error.line, error.column), ("words.toml", 3, 3));
    let error = words("banned = [\"x1\"]\nsuspect = []\nallowed = [\"X1\"]\n");
    assert_eq!((error.line, error.column), (3, 12), "{error}");
    assert!(error.message.contains("banned list"), "{error}");
    assert!(words("banned = []\nsuspect = []\n").message.contains("missing key `allowed`"));
}

#[test]
fn a_revision_names_both_files() {
    let revision = |p: &str, w: &str| Policy::parse(p, w).unwrap().revision().to_owned();
    let first = revision("[thresholds]\n", NO_WORDS);
    assert!(first.len() == 12 && first.bytes().all(|b| b.is_ascii_hexdigit()), "{first}");
    assert_eq!(first, revision("[thresholds]\n", NO_WORDS));
    assert_ne!(first, revision("[thresholds]\n\n", NO_WORDS));
    assert_ne!(first, revision("[thresholds]\n", &format!("{NO_WORDS}\n")));
}
