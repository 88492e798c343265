//! What was posted from a page of a session that is over: offered again after signing in, never sent by itself.
//!
//! It is kept in the page that asks to sign in, in her own browser, and nowhere else; the page is not cached. What holds
//! a password is not kept at all.

use super::authority::Entered;
use super::form::Fields;
use super::page;
use super::shell::{Room, Shell};
use actix_web::HttpRequest;
use askama::Template;
use url::form_urlencoded;

/// Most bytes of a form that are kept, encoded.
const MOST: usize = 64 * 1024;

/// A form as it was posted, and where to.
#[derive(Clone, Default)]
pub struct Kept {
    /// Where it was sent, a page of the console; empty if nothing is kept.
    pub to: String,
    /// Its fields, as a form is encoded.
    pub fields: String,
}

impl Kept {
    /// What can be kept of a form.
    pub(super) fn of(request: &HttpRequest, fields: &Fields) -> Self {
        let mut encoded = form_urlencoded::Serializer::new(String::new());
        for (name, value) in fields.written() {
            if name.starts_with("password") {
                return Self::default();
            }
            encoded.append_pair(name, value);
        }
        let fields = encoded.finish();
        if fields.len() > MOST { Self::default() } else { Self { to: request.path().to_owned(), fields } }
    }

    /// What a sign-in page carried along, if it can be sent to where it says.
    pub(super) fn carried(fields: &Fields, site: &str) -> Self {
        let (to, kept) = (fields.line("kept_to"), fields.line("kept"));
        let known = page::own_address(site, to).is_some() && !to.contains('?') && kept.len() <= MOST;
        if known { Self { to: to.to_owned(), fields: kept.to_owned() } } else { Self::default() }
    }

    /// Whether there is nothing to send again.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.to.is_empty()
    }
}

#[derive(Template)]
#[template(path = "console/again.html")]
struct Page<'a> {
    shell: Shell,
    to: &'a str,
    fields: Vec<(String, String)>,
}

/// The page that shows what was kept, and sends it if she says so.
pub(super) fn html(entered: &Entered, kept: &Kept) -> String {
    let fields = Fields::parse(kept.fields.as_bytes());
    let fields = fields.written().cloned().collect();
    Page { shell: entered.shell(Room::Elsewhere), to: &kept.to, fields }.render().unwrap_or_default()
}
