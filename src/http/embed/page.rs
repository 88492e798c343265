//! What every page has: whose it is, how it looks, its links and its headers.

use super::look::Look;
use super::refusal::Refusal;
use super::setting::{EmbedSettings, EmbedSite};
use crate::comment::{ArticleId, CommentId, SiteId};
use crate::http::asset;
use crate::http::foreign::segment;
use crate::http::problem::{Code, Problem};
use crate::service::Ombud;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, REFERRER_POLICY};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use sha2::{Digest as _, Sha256};
use url::form_urlencoded::{Serializer, parse};

/// A query's or a form's parameters. Of several with one name, the first.
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    pub(super) fn of(request: &HttpRequest) -> Self {
        Self::parse(request.query_string())
    }

    pub(super) fn parse(written: &str) -> Self {
        Self(parse(written.as_bytes()).into_owned().collect())
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// A parameter that says something.
    pub(super) fn filled(&self, name: &str) -> Option<&str> {
        self.get(name).map(str::trim).filter(|value| !value.is_empty())
    }
}

/// In which order conversations stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Sort {
    #[default]
    Oldest,
    Newest,
}

impl Sort {
    pub(super) fn of(parameters: &Parameters) -> Self {
        if parameters.get("sort") == Some("newest") { Self::Newest } else { Self::Oldest }
    }
}

/// A place in a thread.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub sort: Sort,
    /// The store's cursor.
    pub after: Option<String>,
    /// How many comments after it are passed over.
    pub skip: usize,
}

impl Place {
    pub(super) fn of(parameters: &Parameters) -> Self {
        let skip = parameters.get("skip").and_then(|skip| skip.parse().ok()).unwrap_or(0);
        Self { sort: Sort::of(parameters), after: parameters.filled("after").map(str::to_owned), skip }
    }
}

/// A reader's visit to the pages of a site.
pub(super) struct Visit {
    pub site: SiteId,
    pub setting: EmbedSite,
    pub look: Look,
}

impl Visit {
    /// # Errors
    /// A page that says so, for a site without pages.
    pub(super) async fn to(request: &HttpRequest, ombud: &Ombud, site: &str) -> Result<Self, Refusal> {
        let look = Look::of(&Parameters::of(request));
        let nothing = |look: &Look| {
            let problem = Problem::new(Code::NoSuchAddress, "There are no comments at this address.");
            Refusal::new(&problem, look.clone())
        };
        let site = SiteId::parse(site).map_err(|_| nothing(&look))?;
        let settings = request.app_data::<web::Data<EmbedSettings>>();
        let setting = settings.and_then(|settings| settings.sites.get(&site)).ok_or_else(|| nothing(&look))?.clone();
        let serves = ombud.serves(&site).await.map_err(|error| Refusal::new(&error.into(), look.clone()))?;
        if !serves {
            return Err(nothing(&look));
        }
        Ok(Self { site, setting, look })
    }

    /// The same look for a refusal of this visit.
    pub(super) fn refuse(&self, problem: &Problem) -> Refusal {
        Refusal::new(problem, self.look.clone())
    }

    pub(super) fn frame(&self, title: &str) -> Frame {
        Frame::new(title, &self.look)
    }

    pub(super) fn faq(&self) -> String {
        self.address("faq", |_| {})
    }

    pub(super) fn thread(&self, article: &ArticleId, place: &Place, reply: Option<&CommentId>) -> String {
        self.address(&format!("articles/{}", segment(article.as_str())), |query| {
            if place.sort == Sort::Newest {
                query.append_pair("sort", "newest");
            }
            if let Some(after) = &place.after {
                query.append_pair("after", after);
            }
            if place.skip > 0 {
                query.append_pair("skip", &place.skip.to_string());
            }
            if let Some(reply) = reply {
                query.append_pair("reply", reply.as_str());
            }
        })
    }

    /// Where a comment is sent, or what concerns one comment: `report`, `follow/LINK`.
    pub(super) fn send(&self, article: &ArticleId) -> String {
        self.address(&format!("articles/{}/comments", segment(article.as_str())), |_| {})
    }

    pub(super) fn of_comment(&self, id: &CommentId, what: &str) -> String {
        self.address(&format!("comments/{}/{what}", segment(id.as_str())), |_| {})
    }

    fn address(&self, path: &str, add: impl FnOnce(&mut Serializer<'_, String>)) -> String {
        let mut query = Serializer::new(String::new());
        add(&mut query);
        self.look.append(&mut query);
        let query = query.finish();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("/embed/{}/{path}{mark}{query}", self.site)
    }
}

/// What stands around the content of a page.
pub(super) struct Frame {
    pub title: String,
    pub class: &'static str,
    pub styles: Vec<String>,
    pub script: String,
}

impl Frame {
    pub(super) fn new(title: &str, look: &Look) -> Self {
        let styles = [Some(asset::address("embed/thread.css")), look.sheet()].into_iter().flatten().collect();
        let script = asset::address("embed/thread.js");
        Self { title: title.to_owned(), class: look.class(), styles, script }
    }
}

/// How long a page may be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    /// For everybody: asked for anew each time, by its `ETag`.
    AskAgain,
    /// For one reader: not at all, and by no search engine.
    Never,
}

/// Answers a page.
pub(super) fn answer(
    request: &HttpRequest,
    page: &impl Template,
    status: StatusCode,
    keep: Keep,
    origins: &[super::setting::Origin],
) -> HttpResponse {
    let html = match page.render() {
        Ok(html) => html,
        Err(error) => {
            tracing::error!(%error, "a page can't be rendered");
            return actix_web::ResponseError::error_response(&Problem::new(Code::Internal, "a fault in ombud"));
        }
    };
    let mut answer = HttpResponse::build(status);
    let ancestors = origins.iter().fold(String::new(), |all, origin| all + " " + origin.as_str());
    let policy = format!(
        "default-src 'none'; style-src 'self'; script-src 'self'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'self'{ancestors}"
    );
    answer
        .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((CONTENT_SECURITY_POLICY, policy))
        // Not "no-referrer": a browser would then say of our own forms that they come from nowhere.
        .insert_header((REFERRER_POLICY, "same-origin"));
    match keep {
        Keep::Never => {
            answer.insert_header((CACHE_CONTROL, "no-store")).insert_header(("x-robots-tag", "noindex"));
        }
        Keep::AskAgain => {
            // Weak: the same page may travel compressed.
            let digest = Sha256::digest(html.as_bytes());
            let tag = digest.iter().take(12).fold("W/\"".to_owned(), |tag, byte| tag + &format!("{byte:02x}")) + "\"";
            answer.insert_header((CACHE_CONTROL, "no-cache")).insert_header((ETAG, tag.as_str()));
            if status == StatusCode::OK && asset::is_known(request, &tag) {
                return answer.status(StatusCode::NOT_MODIFIED).finish();
            }
        }
    }
    answer.body(html)
}
