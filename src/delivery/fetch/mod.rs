//! Reads articles where they are published, for platforms that send no text of them.
//!
//! The address comes from outside, so nothing is trusted: only HTTP and HTTPS, only addresses that the whole internet
//! may reach (`outward`), looked at after the name was resolved and for every redirect; bounded in bytes and in
//! time; and only what the publisher's robots.txt allows.

mod body;
mod readable;
mod robots;

pub use readable::{Readable, readable};

use super::outward::{Network, NoAddress, Reach, Resolver, caused_by, client_config};
use super::trace;
use moka::sync::Cache;
use reqwest::header::{ACCEPT, CONTENT_ENCODING, CONTENT_TYPE, LOCATION};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};
use robots::Robots;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// How often a page may send elsewhere.
const REDIRECTS: usize = 3;
/// How long a host's robots.txt is trusted.
const ROBOTS_TRUST: Duration = Duration::from_hours(1);
/// How many hosts' robots.txt are kept.
const ROBOTS_KEPT: u64 = 1_000;

/// What may be read, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchSettings {
    /// Hosts that may be asked, each with its subdomains, in lower case; none: any.
    pub hosts: Vec<String>,
    /// Networks that may be asked though they are private. Where there are any, ports other than 80 and 443 may be
    /// asked too.
    pub private_networks: Vec<Network>,
    /// Where whoever runs a site learns who asks: a web or mail address. Empty: not said.
    pub contact: String,
    /// How long one article may take, robots.txt and redirects included.
    pub timeout: Duration,
    /// How long a page may be, in bytes.
    pub page_bytes: usize,
}

impl Default for FetchSettings {
    fn default() -> Self {
        Self {
            hosts: Vec::new(),
            private_networks: Vec::new(),
            contact: String::new(),
            timeout: Duration::from_secs(5),
            page_bytes: 2 * 1024 * 1024,
        }
    }
}

/// Why an article could not be read. Messages name no address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    #[error("the address can't be fetched from: {0}")]
    Address(&'static str),
    #[error("the host leads to no address that may be asked")]
    Host,
    #[error("robots.txt does not allow it")]
    Robots,
    #[error("more than {REDIRECTS} redirects")]
    Redirects,
    #[error("the answer was {0}")]
    Status(u16),
    #[error("the page is not HTML")]
    NotHtml,
    #[error("the page is encoded, though that was not asked for")]
    Encoded,
    #[error("the page is too long")]
    TooLong,
    #[error("it took too long")]
    Timeout,
    #[error("the connection failed")]
    Connection,
    #[error("the page has no title or no text to read")]
    NoText,
}

/// Fetches and reads pages. Cheap to clone.
#[derive(Clone)]
pub struct Fetcher {
    client: Client,
    reach: Reach,
    settings: Arc<FetchSettings>,
    robots: Cache<String, Arc<Robots>>,
}

impl Fetcher {
    /// # Errors
    /// Says why there can be no client.
    pub fn new(settings: FetchSettings) -> Result<Self, String> {
        let version = env!("CARGO_PKG_VERSION");
        let agent = match settings.contact.as_str() {
            "" => format!("{}/{version}", robots::AGENT),
            contact => format!("{}/{version} (+{contact})", robots::AGENT),
        };
        let reach = Reach { internet: true, private_networks: settings.private_networks.clone() };
        let client = Client::builder()
            .user_agent(agent)
            .tls_backend_preconfigured(client_config(None).map_err(|e| e.to_string())?)
            .dns_resolver(Resolver(reach.clone()))
            // Redirects are followed below, where each is looked at. A proxy would resolve names by itself.
            .redirect(Policy::none())
            .no_proxy()
            .referer(false)
            .timeout(settings.timeout)
            .build()
            .map_err(|e| e.to_string())?;
        let robots = Cache::builder().max_capacity(ROBOTS_KEPT).time_to_live(ROBOTS_TRUST).build();
        Ok(Self { client, reach, settings: Arc::new(settings), robots })
    }

    /// Fetches a page and reads the article on it.
    ///
    /// # Errors
    /// [`FetchError`] says what kept it from being read.
    pub async fn fetch(&self, address: &str) -> Result<Readable, FetchError> {
        let url = Url::parse(address).map_err(|_| FetchError::Address("it is none"))?;
        let timeout = self.settings.timeout;
        let page = tokio::time::timeout(timeout, self.page(url)).await.map_err(|_| FetchError::Timeout)??;
        let read = tokio::task::spawn_blocking(move || readable(&page)).await;
        read.ok().flatten().ok_or(FetchError::NoText)
    }

    /// The page's HTML.
    async fn page(&self, url: Url) -> Result<String, FetchError> {
        let response = self.get(url, true).await?;
        if response.status() != StatusCode::OK {
            return Err(FetchError::Status(response.status().as_u16()));
        }
        let media_type = header(&response, CONTENT_TYPE.as_str());
        let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if !matches!(essence.as_str(), "text/html" | "application/xhtml+xml") {
            return Err(FetchError::NotHtml);
        }
        let bytes = body::read(response, self.settings.page_bytes).await?;
        Ok(body::decode(&bytes, &media_type))
    }

    /// Asks for an address, and for those that it sends to.
    async fn get(&self, mut url: Url, heed_robots: bool) -> Result<Response, FetchError> {
        for _ in 0..=REDIRECTS {
            self.check(&url)?;
            if heed_robots && !Box::pin(self.allowed(&url)).await? {
                return Err(FetchError::Robots);
            }
            let accept = if heed_robots { "text/html, application/xhtml+xml" } else { "text/plain" };
            let response = self
                .client
                .get(url.clone())
                .headers(trace::headers())
                .header(ACCEPT, accept)
                .send()
                .await
                .map_err(|e| failure(&e))?;
            if !response.status().is_redirection() {
                let encoding = header(&response, CONTENT_ENCODING.as_str());
                let plain = encoding.is_empty() || encoding.eq_ignore_ascii_case("identity");
                return if plain { Ok(response) } else { Err(FetchError::Encoded) };
            }
            url = url.join(&header(&response, LOCATION.as_str())).map_err(|_| FetchError::Redirects)?;
        }
        Err(FetchError::Redirects)
    }

    /// Whether an address may be asked, as far as can be told before its name is resolved.
    fn check(&self, url: &Url) -> Result<(), FetchError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(FetchError::Address("it is neither http nor https"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(FetchError::Address("it names a user"));
        }
        // `None` is the scheme's own.
        if url.port().is_some_and(|port| !matches!(port, 80 | 443)) && self.settings.private_networks.is_empty() {
            return Err(FetchError::Address("it names a port other than 80 and 443"));
        }
        // Addresses in numbers are not resolved, so the resolver does not see them.
        if !self.reach.allows_host(url).ok_or(FetchError::Address("it names no host"))? {
            return Err(FetchError::Host);
        }
        let host = url.host_str().unwrap_or_default().to_lowercase();
        let listed = |h: &String| host == *h || host.strip_suffix(h.as_str()).is_some_and(|sub| sub.ends_with('.'));
        if self.settings.hosts.is_empty() || self.settings.hosts.iter().any(listed) {
            return Ok(());
        }
        Err(FetchError::Address("its host is not among those that may be asked"))
    }

    /// Whether the host's robots.txt allows an address.
    async fn allowed(&self, url: &Url) -> Result<bool, FetchError> {
        let origin = url.origin().ascii_serialization();
        let robots = if let Some(known) = self.robots.get(&origin) {
            known
        } else {
            let asked = Arc::new(self.robots_of(url).await?);
            self.robots.insert(origin, Arc::clone(&asked));
            asked
        };
        let url = url.to_string();
        let asked = tokio::task::spawn_blocking(move || robots.allows(&url)).await;
        // Whoever writes what can't be read allows nothing.
        Ok(asked.unwrap_or(false))
    }

    /// The host's robots.txt, as RFC 9309 reads what is missing: there is none, or nobody can tell.
    async fn robots_of(&self, url: &Url) -> Result<Robots, FetchError> {
        let at = url.join("/robots.txt").map_err(|_| FetchError::Address("it names no host"))?;
        let response = match self.get(at, false).await {
            Ok(response) => response,
            Err(FetchError::Redirects) => return Ok(Robots::none()),
            Err(error) => return Err(error),
        };
        match response.status() {
            StatusCode::OK => Ok(Robots::read(&body::read_up_to(response, robots::MAX_BYTES).await?)),
            status if status.is_client_error() => Ok(Robots::none()),
            status => Err(FetchError::Status(status.as_u16())),
        }
    }
}

fn header(response: &Response, name: &str) -> String {
    let value = response.headers().get(name).and_then(|value| value.to_str().ok());
    value.unwrap_or_default().to_owned()
}

/// What went wrong on the way, without the address that reqwest would name.
fn failure(error: &reqwest::Error) -> FetchError {
    if error.is_timeout() {
        return FetchError::Timeout;
    }
    if caused_by::<NoAddress>(error) { FetchError::Host } else { FetchError::Connection }
}
