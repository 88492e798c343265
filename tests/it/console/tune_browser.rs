//! A change of the policy in a real browser: dragged on the drawing, tried, saved, approved by somebody else at another replica,
//! and in force on both.

use crate::support::app::{Setup, TestApp, comment};
use crate::support::browser::{Browser, key};
use crate::support::model::until;
use crate::support::redis::{Persistence, RedisServer};
use ombud::comment::{Attribute, ModeratorRole, SiteId};

/// Heated, and below the threshold that ships.
const HEATED: &str = "It is a shame and a farce what the ministers of Maravel do at the border.";

async fn sign_in(browser: &Browser, base: &str, path: &str, name: &str, password: &str) {
    browser.open(&format!("{base}/console/post{path}")).await;
    browser.fill("#name", name).await;
    browser.fill("#password", password).await;
    browser.press(&key::ENTER.to_string()).await;
    browser
        .until(&format!("return location.pathname === '/console/post{path}' && document.readyState === 'complete'"))
        .await;
}

fn review(app: &TestApp) -> f64 {
    app.ombud.policy().thresholds(None).get(Attribute::Toxicity).review.expect("a threshold")
}

/// What a page says of a threshold: in its field, on its handle, and on the drawing.
async fn shown(browser: &Browser, id: &str) -> (String, String, String) {
    let script = format!(
        "const input = document.getElementById('{id}'), card = input.closest('.dial');
         return [input.value, document.getElementById('{id}-handle').getAttribute('aria-valuenow'),
            card.querySelector('.mark-name[data-mark=' + input.dataset.mark + ']').textContent]"
    );
    serde_json::from_value(browser.run(&script).await).expect("three texts")
}

async fn id_of(browser: &Browser, name: &str) -> String {
    let id = browser.run(&format!("return document.querySelector('[name=\"{name}\"]').id")).await;
    id.as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn a_threshold_is_dragged_tried_saved_and_approved_at_another_replica() {
    let server = RedisServer::start(Persistence::None);
    let clock = Setup::default().clock;
    let replica = async || {
        let store = Some(server.url().parse().expect("a store"));
        TestApp::with(Setup { store, clock: clock.clone(), ..Setup::default() }).await
    };
    let (one, two) = (replica().await, replica().await);
    one.ombud.revoke_site(&SiteId::parse("gazette").expect("a site id")).await.expect("revoked");
    one.article("a1").await;
    for n in 0..6 {
        one.published(&format!("c{n}"), "a1", None).await;
    }
    let platform = one.platform.at(&two.base);
    let heated = platform.post("/v1/comments", &comment("h1", "a1", None, HEATED)).await.expect_status(201).body;
    let score = heated["scores"]["TOXICITY"].as_f64().expect("a score");
    assert!(score > 0.06 && score < 0.25 && heated["state"] == "published", "{heated}");
    let editors = one.person("Anna Berg", ModeratorRole::Editor).await;
    let admins = one.person("Chief Desk", ModeratorRole::Admin).await;

    let browser = Browser::start().await;
    sign_in(&browser, &one.base, "/policy", "Anna Berg", &editors).await;
    browser.follow("a[href$='/policy/try']").await;
    browser.until("return document.querySelectorAll('.handle').length > 10").await;
    let id = id_of(&browser, "TOXICITY.review").await;
    let handle = format!("#{id}-handle");
    assert_eq!(shown(&browser, &id).await, ("0.25".into(), "0.25".into(), "review 0.25".into()));
    // By the handle: a fifth of the axis, which is 306 of the drawing's 352 units, to the left.
    let widths = "return document.querySelector('.dial-frame').getBoundingClientRect().width * 306 / 352 / 28";
    let axis = browser.run(widths).await.as_f64().expect("a number");
    browser.drag(&handle, (0.5, 0.5), (0.5 - 0.2 * axis, 0.5)).await;
    let (typed, now, drawn) = shown(&browser, &id).await;
    let dragged: f64 = typed.parse().expect("a number");
    assert!((dragged - 0.05).abs() < 0.015, "{typed}");
    assert_eq!((now.parse::<f64>().expect("a number"), drawn), (dragged, format!("review {typed}")));
    // Then by keys: a hundredth, a tenth, and never past the other threshold of the attribute.
    assert_eq!(browser.focused().await, handle);
    let keys = |keys: &[char]| keys.iter().collect::<String>();
    browser.press(&keys(&[key::END])).await;
    assert_eq!(shown(&browser, &id).await.0, "0.80", "it stops at reject");
    browser.press(&keys(&[key::HOME, key::PAGE_UP, key::LEFT, key::LEFT, key::LEFT, key::LEFT])).await;
    assert_eq!(shown(&browser, &id).await, ("0.06".into(), "0.06".into(), "review 0.06".into()));
    let said = browser.run(&format!("return document.querySelector('{handle}').getAttribute('aria-valuetext')")).await;
    assert_eq!(said, "0.06: 1 score at or above, 14 %");
    // A number that is typed moves the handle.
    browser
        .run(&format!(
            "const i = document.getElementById('{id}'); i.value = '0,07'; i.dispatchEvent(new Event('input'))"
        ))
        .await;
    assert_eq!(shown(&browser, &id).await, ("0,07".into(), "0.07".into(), "review 0.07".into()));
    // The line itself can be taken too.
    let line = browser
        .run("const b = document.querySelector('.dial-frame').getBoundingClientRect(); return [b.width, b.height]")
        .await;
    assert!(line[1].as_f64().expect("a height") > 100.0, "{line}");
    let at = |score: f64| ((38.0 + 306.0 * score) / 352.0, 0.5);
    let frame = format!(".dial-frame:has({handle})");
    browser.drag(&frame, at(0.07), at(0.06)).await;
    assert_eq!(shown(&browser, &id).await.0, "0.06");

    browser.follow("button[value=show]").await;
    assert!(browser.text(".effect").await.contains("Abusive: held from 0.06 instead of 0.25"));
    let effect = browser.text(".effect .tiles").await;
    assert!(effect.contains("Newly held\n1\n1 published now"), "{effect}");
    assert_eq!(browser.run("return document.querySelector('[name=\"TOXICITY.review\"]').value").await, "0.06");
    browser.fill("#note", "Heated talk waits until the talks are over").await;
    browser.follow("button[value=save]").await;
    let candidate = browser.address().await.rsplit('/').next().expect("an id").to_owned();
    assert!(browser.text("#word + p").await.contains("You wrote it"), "{}", browser.text("main").await);
    assert_eq!(browser.count("form[action$='/approve']").await, 0);

    // Somebody else, in a browser of her own, at the other replica.
    let second = Browser::start().await;
    sign_in(&second, &two.base, "/policy", "Chief Desk", &admins).await;
    second.follow(&format!("a[href$='/candidates/{candidate}']")).await;
    assert!(second.text("main").await.contains("Heated talk waits"));
    second.follow("form[action$='/approve'] button").await;
    assert!(second.text("main").await.contains("published by Anna Berg, approved by Chief Desk, in the console"));
    assert_eq!(second.address().await, format!("{}/console/post/policy/2", two.base));
    assert!((review(&two) - 0.06).abs() < 1e-9);
    until(async || (review(&one) - 0.06).abs() < 1e-9).await;
    for (id, client) in [("h2", &one.platform), ("h3", &platform)] {
        let text = format!("{HEATED} Again.");
        let judged = client.post("/v1/comments", &comment(id, "a1", None, &text)).await.expect_status(201).body;
        assert_eq!(judged["state"], "pending", "{judged}");
    }
    for browser in [browser, second] {
        assert_eq!(browser.complaints().await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_change_is_made_without_scripts() {
    let app = TestApp::start().await;
    app.ombud.revoke_site(&SiteId::parse("gazette").expect("a site id")).await.expect("revoked");
    app.article("a1").await;
    app.published("c1", "a1", None).await;
    let editors = app.person("Anna Berg", ModeratorRole::Editor).await;
    let admins = app.person("Chief Desk", ModeratorRole::Admin).await;
    let browser = Browser::start().await;
    let enter = key::ENTER.to_string();
    let open = async |path: &str, name: &str, password: &str| {
        browser.open(&format!("{}/console/post{path}", app.base)).await;
        browser.allow_scripts(true).await;
        browser.fill("#name", name).await;
        browser.fill("#password", password).await;
        browser.allow_scripts(false).await;
        browser.follow("main button").await;
    };
    open("/policy/try", "Anna Berg", &editors).await;
    assert_eq!(browser.text("h1").await, "Try a change");
    assert_eq!(browser.count("input[data-mark]").await, 15);
    assert_eq!(browser.count(".handle").await, 0, "no script runs");
    browser.click("[name='INSULT.review']").await;
    browser.press("1").await;
    // Enter in a field shows; 0.351 is written behind what stands there.
    browser.press(&enter).await;
    assert!(browser.text(".effect").await.contains("An insult: held from 0.351 instead of 0.35"));
    browser.follow("button[value=save]").await;
    assert!(browser.text("main").await.contains("You wrote it"));
    let page = browser.address().await;
    assert!(!page.contains('#'), "{page}");
    let path = page.strip_prefix(&format!("{}/console/post", app.base)).expect("a page of ours").to_owned();
    browser.forget_cookies().await;
    open(&path, "Chief Desk", &admins).await;
    browser.follow("form[action$='/approve'] button").await;
    assert!(browser.text("main").await.contains("approved by Chief Desk"));
}
