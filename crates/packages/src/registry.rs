//! The registry's protocol: the versions of a package, and their archives.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use node_sdk::ports::{HttpBody, HttpClient, HttpErrorKind, HttpOptions, HttpRequest, TlsChoice};
use node_sdk::size::size;
use nodejs_semver::Version;
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};

use crate::error::{Error, Result, codes};
use crate::integrity::Integrity;
use crate::manifest::{brought, dependencies};
use crate::npmrc::Sources;
use crate::spec::{Name, Wanted};

/// How often a request is tried where the registry or the way to it fails.
const TRIES: usize = 3;

/// An answer over it is refused; bytes. All versions of a package with many take 10 MB.
const LARGEST: u64 = 128 << 20;

/// What the registry's short form says of one version (`application/vnd.npm.install-v1+json`).
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Published {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: Version,
    #[serde(default, deserialize_with = "dependencies")]
    dependencies: BTreeMap<String, String>,
    /// Those whose absence does not matter; npm lists them in `dependencies` too.
    #[serde(default, rename = "optionalDependencies", deserialize_with = "dependencies")]
    optional: BTreeMap<String, String>,
    #[serde(default, deserialize_with = "dependencies", rename = "peerDependencies")]
    peers: BTreeMap<String, String>,
    #[serde(default, rename = "peerDependenciesMeta")]
    of_peers: serde_json::Value,
    /// Why it should not be used any more.
    #[serde(default)]
    deprecated: Option<serde_json::Value>,
    dist: Dist,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Dist {
    tarball: String,
    integrity: Option<String>,
    shasum: Option<String>,
}

impl Published {
    /// What it needs: the name under which it is used, and the range. `own` is what the package of nodes depends on.
    pub fn needs(&self, own: &BTreeMap<String, String>) -> BTreeMap<String, String> {
        let needed = self.dependencies.iter().filter(|(name, _)| !self.optional.contains_key(*name));
        let mut needs = brought(&self.peers, &self.of_peers, own);
        needs.extend(needed.map(|(name, range)| (name.clone(), range.clone())));
        needs
    }

    /// Where its archive lies.
    pub fn archive(&self) -> &str {
        &self.dist.tarball
    }

    /// What its archive has to be.
    ///
    /// # Errors
    /// [`codes::INTEGRITY`]: the registry says nothing that can be checked.
    pub fn integrity(&self) -> Result<Integrity> {
        match (&self.dist.integrity, &self.dist.shasum) {
            (Some(integrity), _) => Integrity::parse(integrity),
            (None, Some(shasum)) => Integrity::from_shasum(shasum),
            (None, None) => Err(Error::new(codes::INTEGRITY, format!("The registry has no hash of {}@{}.", self.name, self.version))),
        }
    }
}

/// All versions of a package.
#[derive(Debug, Clone, Deserialize)]
pub struct Versions {
    #[serde(rename = "dist-tags", default)]
    tags: BTreeMap<String, String>,
    #[serde(deserialize_with = "readable")]
    versions: BTreeMap<String, Published>,
}

/// The versions that can be read: a broken one, as there are from before registries looked, is not to stand in the way of the others.
fn readable<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<BTreeMap<String, Published>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Told {
        Version(Box<Published>),
        Broken(IgnoredAny),
    }
    let all = BTreeMap::<String, Told>::deserialize(from)?;
    Ok(all.into_iter().filter_map(|(version, told)| if let Told::Version(published) = told { Some((version, *published)) } else { None }).collect())
}

impl Versions {
    /// The version that npm would take: the one of the tag; of a range the one that is `latest` where it fits, else the highest that is
    /// not deprecated, else the highest.
    pub fn choose(&self, wanted: Option<&Wanted>) -> Option<&Published> {
        let tagged = |tag: &str| self.tags.get(tag).and_then(|version| self.versions.get(version));
        let range = match wanted {
            None => return tagged("latest"),
            Some(Wanted::Tag(tag)) => return tagged(tag),
            Some(Wanted::Range(range)) => range,
        };
        let fits = |published: &&Published| range.satisfies(&published.version);
        let highest = |deprecated: bool| {
            let all = self.versions.values().filter(fits).filter(move |published| published.is_deprecated() == deprecated);
            all.max_by(|a, b| a.version.cmp(&b.version))
        };
        tagged("latest").filter(fits).filter(|latest| !latest.is_deprecated()).or_else(|| highest(false)).or_else(|| highest(true))
    }

    /// The newest versions, for a message.
    pub fn newest(&self, count: usize) -> Vec<String> {
        let mut all: Vec<&Version> = self.versions.values().map(|published| &published.version).collect();
        all.sort_by(|a, b| b.cmp(a));
        all.into_iter().take(count).map(Version::to_string).collect()
    }
}

impl Published {
    fn is_deprecated(&self) -> bool {
        self.deprecated.as_ref().is_some_and(|why| !matches!(why, serde_json::Value::Bool(false)) && why != "")
    }
}

/// Asks registries.
pub struct Registry {
    http: Arc<dyn HttpClient>,
    sources: Sources,
    /// Bytes that answers had so far, and how many they may have.
    fetched: AtomicU64,
    most: u64,
    /// Authorities besides Mozilla's, PEM, and whether they were needed.
    authorities: Option<String>,
    needs_authorities: AtomicBool,
}

impl Registry {
    /// Over this client.
    pub fn new(http: Arc<dyn HttpClient>, sources: Sources) -> Self {
        Self { http, sources, fetched: AtomicU64::new(0), most: u64::MAX, authorities: None, needs_authorities: AtomicBool::new(false) }
    }

    /// Trusts these authorities (PEM) too, as those of a proxy that looks into connections: they are asked where Mozilla's do not know who
    /// signed.
    #[must_use]
    pub fn trusting(mut self, authorities: Option<String>) -> Self {
        self.authorities = authorities;
        self
    }

    /// Fetches no more than this many bytes: what would go beyond is [`codes::LARGE`].
    #[must_use]
    pub fn at_most(mut self, bytes: u64) -> Self {
        self.most = bytes;
        self
    }

    /// Bytes that were fetched so far.
    pub fn fetched(&self) -> u64 {
        self.fetched.load(Ordering::Relaxed)
    }

    /// All versions of a package.
    ///
    /// # Errors
    /// [`codes::REGISTRY`]: it is not there, or there is no answer.
    pub async fn versions(&self, name: &Name) -> Result<Versions> {
        let url = format!("{}{}", self.sources.registry(name), path(name));
        self.json(&url, name).await
    }

    /// An archive of a package, checked.
    ///
    /// # Errors
    /// [`codes::INTEGRITY`]: it is not what it has to be. [`codes::REGISTRY`]: there is no answer.
    pub async fn archive(&self, name: &Name, url: &str, integrity: &Integrity) -> Result<Bytes> {
        let url = &self.sources.archive(url, name);
        let content = self.get(url, "*/*").await?;
        if integrity.fits(&content) {
            return Ok(content);
        }
        Err(Error::new(codes::INTEGRITY, format!("{url} is not what it has to be: its hash differs."))
            .help("Nothing of it was kept. Ask again; where it stays so, the registry or something on the way to it changes packages."))
    }

    async fn json<T: for<'de> Deserialize<'de>>(&self, url: &str, name: &Name) -> Result<T> {
        let answer = self.get(url, "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8").await?;
        serde_json::from_slice(&answer)
            .map_err(|error| Error::new(codes::REGISTRY, format!("The registry's answer about {name} cannot be read: {error}.")))
    }

    async fn get(&self, url: &str, accept: &str) -> Result<Bytes> {
        let mut failed = None;
        for _ in 0..TRIES {
            let left = self.most.saturating_sub(self.fetched());
            match self.http.send(self.request(url, accept, left)).await {
                Ok(answer) if answer.status == 200 => return self.counted(answer.body),
                Ok(answer) if answer.status >= 500 || answer.status == 429 => failed = Some(format!("answers with {}", answer.status)),
                Ok(answer) => return Err(refused(url, answer.status)),
                Err(error) if error.kind == HttpErrorKind::TooLarge && left < LARGEST => return Err(self.too_much()),
                Err(error) if error.kind == HttpErrorKind::TooLarge => return Err(answer_too_large(url)),
                Err(error) => {
                    if matches!(error.kind, HttpErrorKind::Tls(_)) {
                        self.needs_authorities.store(true, Ordering::Relaxed);
                    }
                    failed = Some(format!("does not answer: {}", error.message));
                }
            }
        }
        Err(Error::new(codes::REGISTRY, format!("{url} {}.", failed.unwrap_or_default()))
            .help("`konverte packages add` and `install` need the registry; with a filled cache, `install --offline` does not."))
    }

    fn counted(&self, body: Bytes) -> Result<Bytes> {
        let before = self.fetched.fetch_add(body.len() as u64, Ordering::Relaxed);
        if before + body.len() as u64 > self.most { Err(self.too_much()) } else { Ok(body) }
    }

    fn too_much(&self) -> Error {
        Error::new(codes::LARGE, format!("More than {} would have to be fetched.", size(self.most)))
    }

    fn request(&self, url: &str, accept: &str, left: u64) -> HttpRequest {
        let mut headers = vec![("accept".to_owned(), accept.to_owned()), ("user-agent".to_owned(), "konverte".to_owned())];
        headers.extend(self.sources.authorization(url).map(|value| ("authorization".to_owned(), value)));
        let authorities = self.authorities.clone().filter(|_| self.needs_authorities.load(Ordering::Relaxed));
        let tls = authorities.map(|ca| TlsChoice { ca: Some(ca), certificate: None, key: None, passphrase: None });
        let max_response = Some(LARGEST.min(left));
        let options =
            HttpOptions { timeout: Some(Duration::from_secs(120)), max_response, tls, proxy: self.sources.proxy(url), ..HttpOptions::default() };
        HttpRequest { method: "GET".into(), url: url.to_owned(), headers, body: HttpBody::Empty, options }
    }
}

fn answer_too_large(url: &str) -> Error {
    Error::new(codes::REGISTRY, format!("{url} answers with more than {}.", size(LARGEST))).help("No package of nodes needs that much.")
}

fn refused(url: &str, status: u16) -> Error {
    let help = match status {
        401 | 403 => "The registry wants a token: npm's configuration (`.npmrc`) has it as `//HOST/:_authToken=…`.",
        404 | 405 => "Look at the name and the version: the registry does not have them.",
        _ => "The registry does not give it.",
    };
    Error::new(codes::REGISTRY, format!("{url} answers with {status}.")).help(help)
}

/// A name in an address: the slash of a scope is escaped; a name has nothing else that would have to be.
fn path(name: &Name) -> String {
    name.as_str().replace('/', "%2f")
}
