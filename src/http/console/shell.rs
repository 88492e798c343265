//! What stands around every page of somebody who is signed in: the bar.

use super::authority::Entered;
use super::words;
use crate::comment::{Duty, ModeratorRole, Theme};

/// Where in the console a page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    Overview,
    Queue,
    Search,
    Mine,
    Today,
    Policy,
    People,
    Me,
    /// On none of the pages that the bar names.
    Elsewhere,
}

/// A link of the bar.
pub struct Link {
    pub address: String,
    pub label: &'static str,
    /// What leads there after `G`, where there are keys.
    pub key: Option<char>,
    /// Whether this is the page that one looks at.
    pub here: bool,
}

/// The bar, and what every page and form has.
pub struct Shell {
    pub site_id: String,
    pub site_name: String,
    /// Who is signed in.
    pub name: String,
    pub role: ModeratorRole,
    pub theme: &'static str,
    pub form_token: String,
    /// The pages that her role may see.
    pub links: Vec<Link>,
    /// Whether her own page is the one that she looks at.
    pub at_me: bool,
}

impl Shell {
    pub(super) fn new(entered: &Entered, here: Room) -> Self {
        let (site, moderator) = (&entered.site, entered.moderator());
        let home = format!("/console/{}", site.id);
        let rooms = [
            (Room::Overview, "", "Overview", Some('o'), Duty::Review),
            (Room::Queue, "/queue", "Queue", Some('q'), Duty::Review),
            // Search has a key of its own.
            (Room::Search, "/search", "Search", None, Duty::Review),
            (Room::Mine, "/mine", "My decisions", Some('m'), Duty::Review),
            (Room::Today, "/today", "Today", Some('s'), Duty::Policy),
            (Room::Policy, "/policy", "Policy", Some('p'), Duty::Policy),
            (Room::People, "/people", "People", None, Duty::People),
        ];
        // Who has to choose a password first may see nothing else.
        let rooms = rooms.into_iter().filter(|(.., duty)| moderator.role.may(*duty) && !moderator.password_given);
        let link =
            |(room, path, label, key, _)| Link { address: format!("{home}{path}"), label, key, here: room == here };
        Self {
            site_id: site.id.to_string(),
            site_name: site.name.clone(),
            name: moderator.name.to_string(),
            role: moderator.role,
            theme: theme(moderator.theme),
            form_token: entered.form_token(),
            links: rooms.map(link).collect(),
            at_me: here == Room::Me,
        }
    }

    /// The address of a page of this site.
    #[must_use]
    pub fn to(&self, path: &str) -> String {
        format!("/console/{}{path}", self.site_id)
    }

    /// Her role in a word for people.
    #[must_use]
    pub fn role_word(&self) -> &'static str {
        words::role(self.role)
    }
}

/// What the page's root says of the theme; empty where the system decides.
const fn theme(theme: Theme) -> &'static str {
    match theme {
        Theme::System => "",
        Theme::Light | Theme::Dark => theme.name(),
    }
}
