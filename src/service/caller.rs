//! Who acts on a site, and what they may do there: a program with an API key, or a person who signed in.

use crate::comment::{Actor, ApiKey, Duty, KeyId, Moderator, ModeratorName, ModeratorRole, Role, Scope, SiteId};

/// Whoever acts, after it was checked who they are. Every use-case that asks who takes this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    pub site: SiteId,
    who: Who,
    scopes: Vec<Scope>,
    /// The roles of the policy that the caller has.
    roles: Roles,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Who {
    Key(KeyId),
    Moderator(ModeratorName),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Roles {
    All,
    These(Vec<Role>),
}

impl Caller {
    /// A moderator who signed in. Who may decide on what others hand on may do so whatever the role it waits for.
    #[must_use]
    pub fn signed_in(moderator: &Moderator) -> Self {
        let mut scopes = vec![Scope::Read, Scope::Review];
        if moderator.role == ModeratorRole::Admin {
            scopes.push(Scope::Admin);
        }
        let all = moderator.role.may(Duty::Escalations);
        let roles = if all { Roles::All } else { Roles::These(Vec::new()) };
        Self { site: moderator.site.clone(), who: Who::Moderator(moderator.name.clone()), scopes, roles }
    }

    /// Whether the caller may do this. `admin` may do everything on its site.
    #[must_use]
    pub fn may(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope) || self.scopes.contains(&Scope::Admin)
    }

    /// Whether the caller has a role of the policy's. `admin` has every one.
    #[must_use]
    pub fn has_role(&self, role: &Role) -> bool {
        let has = match &self.roles {
            Roles::All => true,
            Roles::These(roles) => roles.contains(role),
        };
        has || self.scopes.contains(&Scope::Admin)
    }

    /// What leases, decisions and the audit trail call the caller: a moderator's name, or the key's id.
    #[must_use]
    pub fn name(&self) -> &str {
        match &self.who {
            Who::Key(key) => key.as_str(),
            Who::Moderator(name) => name.as_str(),
        }
    }

    /// The caller as the one who takes a step on the platform's behalf; a moderator takes hers in her own name.
    #[must_use]
    pub fn actor(&self) -> Actor {
        match &self.who {
            Who::Key(key) => Actor::Platform { key: key.clone() },
            Who::Moderator(name) => Actor::Moderator { name: name.to_string() },
        }
    }
}

/// A caller with an API key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyHolder {
    pub key: KeyId,
    caller: Caller,
}

impl KeyHolder {
    pub(super) fn new(key: ApiKey) -> Self {
        let (who, roles) = (Who::Key(key.id.clone()), Roles::These(key.roles));
        Self { key: key.id, caller: Caller { site: key.site, who, scopes: key.scopes, roles } }
    }
}

impl std::ops::Deref for KeyHolder {
    type Target = Caller;
    fn deref(&self) -> &Caller {
        &self.caller
    }
}
