//! Which pending comments are wanted, as sent.

use crate::comment::{ArticleId, Attribute, Band, InvalidBand, Role};
use crate::http::problem::{Code, Problem};
use crate::service::ClaimFilter;
use crate::text::Language;
use serde::Deserialize;
use utoipa::ToSchema;

/// Between which bounds a score lies, both included.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BandBody {
    pub attribute: Attribute,
    /// 0 to 1; default 0.
    #[serde(default)]
    pub min: f64,
    /// 0 to 1; default 1.
    #[serde(default = "one")]
    pub max: f64,
}

const fn one() -> f64 {
    1.0
}

/// Which pending comments. What is named here must all hold.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FilterBody {
    pub section: Option<String>,
    /// An article's id.
    pub article: Option<String>,
    /// A reason's code.
    pub reason: Option<String>,
    pub attribute: Option<BandBody>,
    /// ISO 639-3 code.
    pub language: Option<String>,
    /// Comments that were handed on to this role; the key needs it. Without it, those that were not.
    pub role: Option<String>,
}

impl FilterBody {
    /// Checks it; `at` is what pointers into the body begin with.
    pub fn parse(self, at: &str) -> Result<ClaimFilter, Problem> {
        let pointer = |name: &str| format!("{at}{name}");
        let article = self.article.map(ArticleId::parse).transpose();
        let article = article.map_err(|e| Problem::from(e).at(&pointer("article")))?;
        let band = self.attribute.map(|band| Band::new(band.attribute, band.min, band.max)).transpose();
        let band = band.map_err(|e| {
            let wrong = Problem::new(Code::WrongType, e.to_string());
            let max_alone = matches!(e, InvalidBand::Range(bound) if bound > 1.0);
            wrong.at(&pointer(if max_alone { "attribute.max" } else { "attribute.min" }))
        })?;
        if self.language.as_deref().is_some_and(|code| !Language::is_code(code)) {
            let rule = "a language that ombud can tell, by its ISO 639-3 code, such as `eng`";
            return Err(Problem::new(Code::WrongType, rule).at(&pointer("language")));
        }
        let role = self.role.map(|role| role_of(role, &pointer("role"))).transpose()?;
        Ok(ClaimFilter { section: self.section, article, reason: self.reason, band, language: self.language, role })
    }
}

/// A role by its name; one that is no name of a role is unknown like any other.
pub fn role_of(name: String, pointer: &str) -> Result<Role, Problem> {
    Role::parse(name).map_err(|e| Problem::new(Code::UnknownRole, e.to_string()).at(pointer))
}
