//! URLs as the WHATWG has them, by the `url` crate.

use javascript::rquickjs::function::{Func, Opt};
use javascript::rquickjs::{self, Object};
use url::{Url, quirks};

/// Adds the host functions. A URL is handed over as the list of its parts, in the order of `URL`'s properties.
pub(crate) fn host_functions(h: &Object<'_>) -> rquickjs::Result<()> {
    h.set("urlParse", Func::from(parse))?;
    h.set("urlSet", Func::from(|href: String, part: String, value: String| set(&href, &part, &value)))?;
    h.set("domainToAscii", Func::from(|domain: String| quirks::domain_to_ascii(&domain)))?;
    h.set("domainToUnicode", Func::from(|domain: String| quirks::domain_to_unicode(&domain)))
}

fn parse(input: String, base: Opt<Option<String>>) -> Option<Vec<String>> {
    let base = base.0.flatten().map(|base| Url::parse(&base)).transpose().ok()?;
    Url::options().base_url(base.as_ref()).parse(&input).ok().map(|url| parts(&url))
}

fn parts(url: &Url) -> Vec<String> {
    let texts = [
        quirks::href(url),
        &quirks::origin(url),
        quirks::protocol(url),
        quirks::username(url),
        quirks::password(url),
        quirks::host(url),
        quirks::hostname(url),
        quirks::port(url),
        quirks::pathname(url),
        quirks::search(url),
        quirks::hash(url),
    ];
    texts.map(ToOwned::to_owned).into()
}

/// With another value of a part; what cannot be is left as it was. None for an address that is none.
fn set(href: &str, part: &str, value: &str) -> Option<Vec<String>> {
    let mut url = Url::parse(href).ok()?;
    // A part that cannot have the value keeps its own: the setters of `URL` say nothing of it.
    let _ = match part {
        "href" => {
            url = Url::parse(value).ok()?;
            Ok(())
        }
        "protocol" => quirks::set_protocol(&mut url, value),
        "username" => quirks::set_username(&mut url, value),
        "password" => quirks::set_password(&mut url, value),
        "host" => quirks::set_host(&mut url, value),
        "hostname" => quirks::set_hostname(&mut url, value),
        "port" => quirks::set_port(&mut url, value),
        "pathname" => {
            quirks::set_pathname(&mut url, value);
            Ok(())
        }
        "search" => {
            quirks::set_search(&mut url, value);
            Ok(())
        }
        _ => {
            quirks::set_hash(&mut url, value);
            Ok(())
        }
    };
    Some(parts(&url))
}
