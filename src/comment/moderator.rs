//! The people who moderate: who they are, what each may do, and the steps of an account.

use super::{Actor, SiteId, Timestamp};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

/// How many steps an account remembers; of more, the oldest after the first make way.
const MAX_STEPS: usize = 100;

/// Why a string is no moderator's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidModeratorName {
    #[error("a name has 2 to 40 characters")]
    Length,
    #[error("a name has letters, digits, spaces and . - _ ' only, and begins and ends with a letter or digit")]
    Character,
    #[error("a name must not begin as an API key's does")]
    LikeAKey,
}

/// What a moderator signs in with, and what colleagues and the audit trail see. Unique on a site, however it is
/// capitalised, and never given to somebody else.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ModeratorName(String);

impl ModeratorName {
    /// Parses a name; spaces around it are dropped, and those within become one each.
    ///
    /// # Errors
    /// [`InvalidModeratorName`] says which rule it breaks.
    pub fn parse(name: &str) -> Result<Self, InvalidModeratorName> {
        let name: String = name.split_whitespace().collect::<Vec<_>>().join(" ").nfc().collect();
        if !(2..=40).contains(&name.chars().count()) {
            return Err(InvalidModeratorName::Length);
        }
        // No marks, no signs of direction, nothing invisible: what is seen is what is there.
        if !name.chars().all(|c| c.is_alphanumeric() || " .-_'".contains(c))
            || !name.starts_with(char::is_alphanumeric)
            || !name.ends_with(char::is_alphanumeric)
        {
            return Err(InvalidModeratorName::Character);
        }
        let name = Self(name);
        // Leases and decisions name either.
        if name.key().starts_with("key_") { Err(InvalidModeratorName::LikeAKey) } else { Ok(name) }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same for every way to write the name: what accounts are found by.
    #[must_use]
    pub fn key(&self) -> String {
        self.0.nfkc().flat_map(char::to_lowercase).collect()
    }
}

impl TryFrom<String> for ModeratorName {
    type Error = InvalidModeratorName;
    fn try_from(name: String) -> Result<Self, InvalidModeratorName> {
        Self::parse(&name)
    }
}

impl From<ModeratorName> for String {
    fn from(name: ModeratorName) -> Self {
        name.0
    }
}

impl std::str::FromStr for ModeratorName {
    type Err = InvalidModeratorName;
    fn from_str(name: &str) -> Result<Self, InvalidModeratorName> {
        Self::parse(name)
    }
}

impl std::fmt::Display for ModeratorName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A string names no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown role \"{0}\"; the roles are moderator, senior, editor and admin")]
pub struct UnknownModeratorRole(pub String);

/// What a person is on a site. Each may do what those before may, and more. Not to be taken for
/// [`super::Role`], a word of the policy's for those to whom comments are handed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModeratorRole {
    Moderator,
    Senior,
    Editor,
    Admin,
}

/// Something that some may do and others may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Duty {
    /// Read the queue and decide.
    Review,
    /// Decide on what others handed on, and on what several have to agree on.
    Escalations,
    /// See the policy and how the site does.
    Policy,
    /// Say who works here.
    People,
}

impl ModeratorRole {
    pub const ALL: [Self; 4] = [Self::Moderator, Self::Senior, Self::Editor, Self::Admin];

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Moderator => "moderator",
            Self::Senior => "senior",
            Self::Editor => "editor",
            Self::Admin => "admin",
        }
    }

    /// What somebody in this role does, for whoever gives it.
    #[must_use]
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Moderator => "reads the queue and decides",
            Self::Senior => "also decides on what others hand on",
            Self::Editor => "also sees the policy and how the site does",
            Self::Admin => "also says who works here",
        }
    }

    #[must_use]
    pub const fn may(self, duty: Duty) -> bool {
        match duty {
            Duty::Review => true,
            Duty::Escalations => matches!(self, Self::Senior | Self::Editor | Self::Admin),
            Duty::Policy => matches!(self, Self::Editor | Self::Admin),
            Duty::People => matches!(self, Self::Admin),
        }
    }

    /// The first role that may do this.
    #[must_use]
    pub const fn for_duty(duty: Duty) -> Self {
        match duty {
            Duty::Review => Self::Moderator,
            Duty::Escalations => Self::Senior,
            Duty::Policy => Self::Editor,
            Duty::People => Self::Admin,
        }
    }
}

impl std::str::FromStr for ModeratorRole {
    type Err = UnknownModeratorRole;
    fn from_str(name: &str) -> Result<Self, UnknownModeratorRole> {
        Self::ALL.into_iter().find(|r| r.name() == name).ok_or_else(|| UnknownModeratorRole(name.to_owned()))
    }
}

impl std::fmt::Display for ModeratorRole {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// How the console looks to a person.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As her system says.
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// The hash of a password, in the PHC string format, with its salt and parameters. `Debug` prints it redacted.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PasswordHash(pub String);

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash(redacted)")
    }
}

/// What was done to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AccountStep {
    Added { role: ModeratorRole },
    RoleGiven { role: ModeratorRole },
    PasswordGiven,
    PasswordChosen,
    Revoked,
    Restored,
}

/// One line of what happened to an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountEntry {
    pub step: AccountStep,
    pub by: Actor,
    pub at: Timestamp,
}

/// A person's account on a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moderator {
    pub site: SiteId,
    pub name: ModeratorName,
    pub role: ModeratorRole,
    pub password: PasswordHash,
    /// Sessions begun with an earlier password are over.
    pub password_at: Timestamp,
    /// Whether somebody else knows the password: it has to be changed before anything else.
    pub password_given: bool,
    #[serde(default)]
    pub theme: Theme,
    /// Whether slurs and threats are shown to her at once, and not only when she uncovers them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub uncovered: bool,
    /// Counts the steps: an account is only written over the version that was read.
    pub version: u64,
    /// Oldest first.
    pub steps: Vec<AccountEntry>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Timestamp>,
}

impl Moderator {
    /// A new account. `given`: the password was chosen for her by somebody else.
    #[must_use]
    pub fn new(
        site: SiteId,
        name: ModeratorName,
        role: ModeratorRole,
        password: PasswordHash,
        given: bool,
        by: Actor,
        at: Timestamp,
    ) -> Self {
        let steps = vec![AccountEntry { step: AccountStep::Added { role }, by, at }];
        let theme = Theme::default();
        Self {
            site,
            name,
            role,
            password,
            password_at: at,
            password_given: given,
            theme,
            uncovered: false,
            version: 1,
            steps,
            revoked_at: None,
        }
    }

    /// Whether she may sign in and work.
    #[must_use]
    pub const fn is_active(&self) -> bool {
        self.revoked_at.is_none()
    }

    /// The account after a step.
    fn after(&self, step: AccountStep, by: Actor, at: Timestamp) -> Self {
        let mut next = Self { version: self.version + 1, ..self.clone() };
        next.steps.push(AccountEntry { step, by, at });
        if next.steps.len() > MAX_STEPS {
            // The first says when and by whom she was added.
            next.steps.remove(1);
        }
        next
    }

    /// The account in another role.
    #[must_use]
    pub fn in_role(&self, role: ModeratorRole, by: Actor, at: Timestamp) -> Self {
        Self { role, ..self.after(AccountStep::RoleGiven { role }, by, at) }
    }

    /// The account with a password that somebody else chose; every session is over.
    #[must_use]
    pub fn given_password(&self, password: PasswordHash, by: Actor, at: Timestamp) -> Self {
        let next = self.after(AccountStep::PasswordGiven, by, at);
        Self { password, password_at: later(self.password_at, at), password_given: true, ..next }
    }

    /// The account with a password that she chose herself; every session but those begun with it is over.
    #[must_use]
    pub fn chose_password(&self, password: PasswordHash, at: Timestamp) -> Self {
        let by = Actor::Moderator { name: self.name.to_string() };
        let next = self.after(AccountStep::PasswordChosen, by, at);
        Self { password, password_at: later(self.password_at, at), password_given: false, ..next }
    }

    /// The account shut.
    #[must_use]
    pub fn revoked(&self, by: Actor, at: Timestamp) -> Self {
        Self { revoked_at: Some(at), ..self.after(AccountStep::Revoked, by, at) }
    }

    /// The account open again, with what it had.
    #[must_use]
    pub fn restored(&self, by: Actor, at: Timestamp) -> Self {
        Self { revoked_at: None, ..self.after(AccountStep::Restored, by, at) }
    }

    /// The account with another look. No step worth a line.
    #[must_use]
    pub fn with_look(&self, theme: Theme, uncovered: bool) -> Self {
        Self { theme, uncovered, version: self.version + 1, ..self.clone() }
    }
}

/// `at`, but after `before`: two passwords never share a moment, or sessions begun with the first would go on.
fn later(before: Timestamp, at: Timestamp) -> Timestamp {
    let next = before.saturating_add(jiff::SignedDuration::from_millis(1)).unwrap_or(before);
    at.max(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_what_is_seen() {
        let name = ModeratorName::parse("  Ása  Bjørk-O'Neil ").unwrap();
        assert_eq!((name.as_str(), name.key().as_str()), ("Ása Bjørk-O'Neil", "ása bjørk-o'neil"));
        assert_eq!(ModeratorName::parse("ANNA").unwrap().key(), ModeratorName::parse("anna").unwrap().key());
        // Composed or not, it is one name.
        assert_eq!(ModeratorName::parse("A\u{301}sa"), ModeratorName::parse("Ása"));
        for (bad, why) in [
            ("", InvalidModeratorName::Length),
            ("a", InvalidModeratorName::Length),
            (&"x".repeat(41), InvalidModeratorName::Length),
            ("an\u{202e}na", InvalidModeratorName::Character),
            ("an\u{200b}na", InvalidModeratorName::Character),
            ("<b>anna</b>", InvalidModeratorName::Character),
            ("-anna", InvalidModeratorName::Character),
            ("Key_4711", InvalidModeratorName::LikeAKey),
        ] {
            assert_eq!(ModeratorName::parse(bad), Err(why), "{bad}");
        }
    }

    #[test]
    fn each_role_may_what_those_before_may() {
        let duties = [Duty::Review, Duty::Escalations, Duty::Policy, Duty::People];
        for (n, role) in ModeratorRole::ALL.into_iter().enumerate() {
            let may = duties.map(|duty| role.may(duty));
            assert_eq!(may.iter().filter(|may| **may).count(), n + 1, "{role}");
            assert!(may.is_sorted_by(|a, b| a >= b), "{role}: {may:?}");
            assert_eq!(role.name().parse(), Ok(role));
            assert_eq!(ModeratorRole::for_duty(duties[n]), role);
        }
    }

    #[test]
    fn steps_are_kept_the_first_for_good() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let (site, name) = (SiteId::parse("daily").unwrap(), ModeratorName::parse("Anna").unwrap());
        let hash = PasswordHash("secret".to_owned());
        let role = ModeratorRole::Moderator;
        let mut account = Moderator::new(site, name, role, hash.clone(), true, Actor::Operator, at(0));
        let again = account.chose_password(hash.clone(), at(0));
        assert!(again.password_at > account.password_at && !again.password_given);
        for second in 1..200 {
            account = account.in_role(ModeratorRole::Senior, Actor::Operator, at(second));
        }
        assert_eq!((account.version, account.steps.len()), (200, MAX_STEPS));
        assert_eq!(account.steps[0].step, AccountStep::Added { role });
        assert!(!account.revoked(Actor::Operator, at(1)).is_active());
        assert_eq!(format!("{hash:?}"), "PasswordHash(redacted)");
    }
}
