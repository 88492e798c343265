//! Accounts of people, their sessions, and attempts to sign in.

use super::Handle;
use crate::support::sample::{at, site};
use ombud::comment::{
    Actor, AttemptSubject, Moderator, ModeratorName, ModeratorRole, PasswordHash, Session, SessionToken, SiteId, Theme,
};
use ombud::store::MAX_SESSIONS;
use std::sync::Arc;

fn name(name: &str) -> ModeratorName {
    ModeratorName::parse(name).unwrap()
}

fn account(of: &str) -> Moderator {
    let hash = PasswordHash("$argon2id$…".to_owned());
    Moderator::new(site(), name(of), ModeratorRole::Moderator, hash, true, Actor::Operator, at(0))
}

fn session(token: &str, of: &str, begun: i64, ends: i64) -> Session {
    Session {
        site: site(),
        hash: SessionToken::new(token).hash(),
        moderator: name(of),
        password_at: at(0),
        begun_at: at(begun),
        seen_at: at(begun),
        ends_at: at(ends),
        browser: "Firefox on Linux".to_owned(),
    }
}

pub async fn an_account_is_found_however_its_name_is_written(store: &Handle) {
    for person in ["Olga", "Anna"] {
        assert!(store.put_moderator(&account(person)).await.unwrap());
    }
    assert_eq!(store.moderator(&site(), &name("ANNA")).await.unwrap(), Some(account("Anna")));
    assert_eq!(store.moderator(&site(), &name("Nobody")).await.unwrap(), None);
    assert_eq!(store.moderators(&site()).await.unwrap(), [account("Anna"), account("Olga")]);
}

pub async fn an_account_is_written_over_the_version_before(store: &Handle) {
    let anna = account("Anna");
    assert!(store.put_moderator(&anna).await.unwrap());
    assert!(store.put_moderator(&anna).await.unwrap(), "the same again is done");
    let other = Moderator { role: ModeratorRole::Admin, ..account("anna") };
    assert!(!store.put_moderator(&other).await.unwrap(), "a name is one person's");

    let steps = [ModeratorRole::Senior, ModeratorRole::Editor].map(|role| anna.in_role(role, Actor::Operator, at(1)));
    assert!(store.put_moderator(&steps[0]).await.unwrap());
    assert!(!store.put_moderator(&steps[1]).await.unwrap(), "somebody was faster");
    assert_eq!(store.moderator(&site(), &anna.name).await.unwrap(), Some(steps[0].clone()));

    let stores: Vec<_> = (0..8).map(|_| Arc::clone(store)).collect();
    let racing = stores.into_iter().enumerate().map(|(n, store)| {
        let theme = if n % 2 == 0 { Theme::Dark } else { Theme::Light };
        let by = Actor::Moderator { name: format!("admin {n}") };
        let next = steps[0].in_role(ModeratorRole::Admin, by, at(2)).with_look(theme, theme == Theme::Dark);
        let next = Moderator { version: 3, ..next };
        tokio::spawn(async move { store.put_moderator(&next).await.unwrap() })
    });
    let mut written = 0;
    for one in racing.collect::<Vec<_>>() {
        written += usize::from(one.await.unwrap());
    }
    assert_eq!(written, 1);
}

pub async fn a_session_is_kept_until_it_is_ended(store: &Handle) {
    let one = session("one", "Anna", 0, 1_000);
    assert_eq!(store.session(&site(), &one.hash).await.unwrap(), None);
    assert!(!store.touch_session(&one).await.unwrap());
    store.put_session(&one, at(0)).await.unwrap();
    store.put_session(&session("two", "Anna", 5, 900), at(5)).await.unwrap();
    store.put_session(&session("olga's", "Olga", 5, 900), at(5)).await.unwrap();
    assert_eq!(store.session(&site(), &one.hash).await.unwrap(), Some(one.clone()));
    let seen = Session { seen_at: at(60), ..one.clone() };
    assert!(store.touch_session(&seen).await.unwrap());
    let listed = store.sessions(&site(), &name("anna")).await.unwrap();
    assert_eq!(listed, [session("two", "Anna", 5, 900), seen.clone()]);

    assert!(store.end_session(&site(), &one.hash).await.unwrap());
    assert!(!store.end_session(&site(), &one.hash).await.unwrap());
    assert!(!store.touch_session(&seen).await.unwrap(), "what was ended does not come back");
    assert_eq!(store.session(&site(), &one.hash).await.unwrap(), None);
    assert_eq!(store.sessions(&site(), &name("anna")).await.unwrap(), [session("two", "Anna", 5, 900)]);
}

pub async fn of_many_sessions_those_that_end_first_make_way(store: &Handle) {
    store.put_session(&session("over", "Anna", 0, 10), at(0)).await.unwrap();
    let many = i64::try_from(MAX_SESSIONS).unwrap() + 2;
    for n in 0..many {
        store.put_session(&session(&format!("s{n}"), "Anna", 20, 1_000 + n), at(20)).await.unwrap();
    }
    let left = store.sessions(&site(), &name("Anna")).await.unwrap();
    let expected: Vec<Session> = (2..many).map(|n| session(&format!("s{n}"), "Anna", 20, 1_000 + n)).collect();
    assert_eq!(left, expected);
    assert_eq!(store.session(&site(), &SessionToken::new("s0").hash()).await.unwrap(), None);
}

pub async fn attempts_wait_longer_and_longer(store: &Handle) {
    let subjects = [AttemptSubject::account("anna"), AttemptSubject::address("192.0.2.1")];
    let site = site();
    let begin = |second| store.begin_attempt(&site, &subjects, at(second));
    for _ in 0..5 {
        assert_eq!(begin(0).await.unwrap(), None);
    }
    assert_eq!(begin(0).await.unwrap(), Some(at(2)));
    assert_eq!(begin(1).await.unwrap(), Some(at(2)), "who waits is not made to wait longer");
    assert_eq!(begin(2).await.unwrap(), None);
    assert_eq!(begin(2).await.unwrap(), Some(at(6)));
    // Another name from the same address need not wait, and is counted on the address.
    let other = [AttemptSubject::account("olga"), subjects[1].clone()];
    assert_eq!(store.begin_attempt(&site, &other, at(2)).await.unwrap(), None);
    store.forget_attempts(&site, &subjects[0]).await.unwrap();
    assert_eq!(begin(2).await.unwrap(), None);
}

pub async fn many_attempts_at_once_are_all_counted(store: &Handle) {
    let racing: Vec<_> = (0..30)
        .map(|_| {
            let store = Arc::clone(store);
            let attempt = async move { store.begin_attempt(&site(), &[AttemptSubject::account("anna")], at(0)).await };
            tokio::spawn(attempt)
        })
        .collect();
    let mut let_through = 0;
    for one in racing {
        let_through += usize::from(one.await.unwrap().unwrap().is_none());
    }
    assert_eq!(let_through, 5);
}

pub async fn an_attempt_is_forgotten_after_an_hour(store: &Handle) {
    let anna = [AttemptSubject::account("anna")];
    for _ in 0..5 {
        assert_eq!(store.begin_attempt(&site(), &anna, at(0)).await.unwrap(), None);
    }
    for _ in 0..5 {
        assert_eq!(store.begin_attempt(&site(), &anna, at(3_600)).await.unwrap(), None);
    }
    assert_eq!(store.begin_attempt(&site(), &anna, at(3_600)).await.unwrap(), Some(at(3_602)));
}

pub async fn people_of_other_sites_are_not_seen(store: &Handle) {
    let other = SiteId::parse("weekly").unwrap();
    store.put_moderator(&account("Anna")).await.unwrap();
    store.put_session(&session("one", "Anna", 0, 1_000), at(0)).await.unwrap();
    assert_eq!(store.moderator(&other, &name("Anna")).await.unwrap(), None);
    assert_eq!(store.moderators(&other).await.unwrap(), []);
    let hash = SessionToken::new("one").hash();
    assert_eq!(store.session(&other, &hash).await.unwrap(), None);
    assert!(!store.end_session(&other, &hash).await.unwrap());
    assert_eq!(store.sessions(&other, &name("Anna")).await.unwrap(), []);
}
