//! Portals, categories and articles.

use serde_json::{Value, json as value};

use super::{Handlers, filled, set};
use crate::answer::{Answer, json};
use crate::call::Call;
use crate::failure::{Failure, Problems};
use crate::state::{Article, Category, Key, Portal};

pub(super) const HANDLERS: Handlers = &[
    ("get-portal", list),
    ("add-new-portal-to-account", create),
    ("update-new-portal-to-account", update),
    ("add-new-category-to-account", add_category),
    ("add-new-article-to-account", add_article),
];

const ARTICLE_STATES: [&str; 3] = ["draft", "published", "archived"];
/// How far articles of a category lie apart.
const POSITION_STEP: i64 = 10;

fn list(call: &mut Call<'_>) -> Answer {
    let portals = call.state.portals.all(&Key::of("account", call.account));
    let payload: Vec<Value> = portals.map(|portal| call.view().portal(portal)).collect();
    json(value!({ "meta": { "current_page": 1, "portals_count": payload.len() }, "payload": payload }))
}

fn create(call: &mut Call<'_>) -> Answer {
    call.root("portal")?;
    let mut portal = Portal { account_id: call.account, allowed_locales: vec!["en".into()], default_locale: "en".into(), ..Portal::default() };
    apply(call, &mut portal)?;
    let id = call.state.portals.insert(portal);
    answer(call, id)
}

fn update(call: &mut Call<'_>) -> Answer {
    let mut portal = portal_to_change(call)?;
    call.root("portal")?;
    apply(call, &mut portal)?;
    let id = portal.id;
    call.state.portals.update(id, |row| *row = portal);
    answer(call, id)
}

/// The portal whose slug stands in the path. The document's path has none, and is not there on the real server;
/// by default the body's slug names the portal then, or it is the account's only one.
fn portal_to_change(call: &Call<'_>) -> Result<Portal, Failure> {
    let found = match call.path("slug") {
        "" if call.as_server => return Err(Failure::no_page()),
        "" => {
            let mut own = call.state.portals.all(&Key::of("account", call.account));
            let named = call.body.text("slug").and_then(|slug| call.state.portals.find(&Key::text("slug", 0, &slug)));
            named.or_else(|| own.next().filter(|_| own.next().is_none()))
        }
        slug => call.state.portals.find(&Key::text("slug", 0, slug)),
    };
    found.filter(|portal| portal.account_id == call.account).cloned().ok_or_else(Failure::not_found)
}

fn answer(call: &Call<'_>, id: u64) -> Answer {
    let portal = call.state.portals.get(id).ok_or_else(Failure::not_found)?;
    json(call.view().portal(portal))
}

fn apply(call: &Call<'_>, portal: &mut Portal) -> Result<(), Failure> {
    let body = &call.body;
    set(&mut portal.name, body.text("name"));
    set(&mut portal.slug, body.text("slug"));
    set(&mut portal.color, body.nullable_text("color"));
    set(&mut portal.custom_domain, body.nullable_text("custom_domain").map(filled));
    set(&mut portal.header_text, body.nullable_text("header_text"));
    set(&mut portal.homepage_link, body.nullable_text("homepage_link"));
    set(&mut portal.page_title, body.nullable_text("page_title"));
    set(&mut portal.archived, body.flag("archived"));
    let config = body.object("config").unwrap_or_default();
    let locales = config.get("allowed_locales").and_then(Value::as_array);
    set(&mut portal.allowed_locales, locales.map(|list| list.iter().filter_map(|l| l.as_str().map(str::to_owned)).collect()));
    set(&mut portal.default_locale, config.get("default_locale").and_then(Value::as_str).map(str::to_owned));

    let mut problems = Problems::default();
    problems.blank("name", Some(&portal.name));
    problems.blank("slug", Some(&portal.slug));
    problems.when(call.state.portals.taken(&Key::text("slug", 0, &portal.slug), portal.id), "slug", "has already been taken");
    let domain = portal.custom_domain.as_deref().map(|domain| Key::text("custom_domain", 0, domain));
    let taken = domain.is_some_and(|domain| call.state.portals.taken(&domain, portal.id));
    problems.when(taken, "custom_domain", "has already been taken");
    let color = portal.color.as_deref().filter(|color| !color.is_empty());
    problems.when(call.as_server && color.is_some_and(|color| !is_color(color)), "color", "is invalid");
    problems.done()
}

/// `#RGB` or `#RRGGBB`.
fn is_color(text: &str) -> bool {
    let digits = text.strip_prefix('#').unwrap_or_default();
    matches!(digits.len(), 3 | 6) && digits.chars().all(|c| c.is_ascii_hexdigit())
}

/// The portal that `portal_id` of the path names: its slug; by default its id too, as the document has it.
fn portal_of_path(call: &Call<'_>) -> Result<Portal, Failure> {
    let text = call.path("portal_id");
    let by_id = || text.parse().ok().filter(|_| !call.as_server).and_then(|id| call.state.portals.get(id));
    let portal = call.state.portals.find(&Key::text("slug", 0, text)).or_else(by_id);
    portal.filter(|portal| portal.account_id == call.account).cloned().ok_or_else(Failure::not_found)
}

fn add_category(call: &mut Call<'_>) -> Answer {
    let portal = portal_of_path(call)?;
    call.root("category")?;
    let body = &call.body;
    let category = Category {
        account_id: call.account,
        portal_id: portal.id,
        name: body.text("name").unwrap_or_default(),
        slug: body.text("slug").unwrap_or_default(),
        locale: filled(body.text("locale")).unwrap_or_else(|| portal.default_locale.clone()),
        description: body.text("description"),
        position: body.integer("position"),
        parent_category_id: body.id("parent_category_id"),
        associated_category_id: body.id("associated_category_id"),
        ..Category::default()
    };
    let mut problems = Problems::default();
    problems.blank("name", Some(&category.name));
    problems.blank("slug", Some(&category.slug));
    problems.when(!portal.allowed_locales.contains(&category.locale), "locale", "is not part of the portal's allowed_locales");
    let slug = Key::text("slug", portal.id, &format!("{} {}", category.locale, category.slug));
    problems.when(call.state.categories.taken(&slug, 0), "slug", "has already been taken");
    for (name, id) in [("parent_category", category.parent_category_id), ("associated_category", category.associated_category_id)] {
        problems.when(id.is_some_and(|id| category_of(call, &portal, id).is_none()), name, "must exist");
    }
    problems.done()?;
    let id = call.state.categories.insert(category);
    let category = call.state.categories.get(id).ok_or_else(Failure::not_found)?;
    json(value!({ "payload": call.view().category(category) }))
}

fn category_of<'a>(call: &'a Call<'_>, portal: &Portal, id: u64) -> Option<&'a Category> {
    call.state.categories.get(id).filter(|category| category.portal_id == portal.id)
}

fn add_article(call: &mut Call<'_>) -> Answer {
    let portal = portal_of_path(call)?;
    call.root("article")?;
    let body = &call.body;
    let title = body.text("title").unwrap_or_default();
    let article = Article {
        account_id: call.account,
        portal_id: portal.id,
        category_id: body.id("category_id"),
        author_id: body.id("author_id").unwrap_or_default(),
        associated_article_id: body.id("associated_article_id"),
        slug: body.text("slug").unwrap_or_else(|| format!("{}-{}", call.now, slug_of(&title))),
        title,
        content: body.text("content"),
        description: body.text("description"),
        status: status(body.fields.get("status"))?,
        position: body.integer("position").filter(|position| *position != 0).or_else(|| Some(next_position(call, &portal))),
        meta: body.object("meta").unwrap_or_default(),
        updated_at: call.now,
        ..Article::default()
    };
    check_article(call, &portal, &article)?;
    let id = call.state.articles.insert(article);
    let article = call.state.articles.get(id).ok_or_else(Failure::not_found)?;
    json(value!({ "payload": call.view().article(article) }))
}

fn check_article(call: &Call<'_>, portal: &Portal, article: &Article) -> Result<(), Failure> {
    let mut problems = Problems::default();
    problems.blank("title", Some(&article.title));
    problems.when(call.state.member(call.account, article.author_id).is_none(), "author", "must exist");
    if article.status == "published" {
        problems.blank("content", article.content.as_deref());
    }
    let category = article.category_id;
    problems.when(category.is_some_and(|id| category_of(call, portal, id).is_none()), "category", "must exist");
    let associated = article.associated_article_id;
    problems.when(associated.is_some_and(|id| call.state.articles.get(id).is_none()), "associated_article", "must exist");
    let reserved = ["search", "articles", "categories"].contains(&article.slug.as_str());
    problems.when(reserved, "slug", "is reserved");
    problems.when(call.state.articles.taken(&Key::text("slug", 0, &article.slug), 0), "slug", "has already been taken");
    problems.done()
}

/// The name of a state, given by name or by number.
fn status(sent: Option<&Value>) -> Result<String, Failure> {
    let Some(sent) = sent.filter(|sent| !sent.is_null()) else { return Ok(ARTICLE_STATES[0].into()) };
    let number = crate::input::integer(sent).and_then(|number| usize::try_from(number).ok());
    let name = number.and_then(|number| ARTICLE_STATES.get(number)).or_else(|| ARTICLE_STATES.iter().find(|name| sent == *name));
    name.map(|name| (*name).to_owned()).ok_or_else(Failure::internal)
}

fn next_position(call: &Call<'_>, portal: &Portal) -> i64 {
    let articles = call.state.articles.all(&Key::of("portal", portal.id));
    articles.filter_map(|article| article.position).max().unwrap_or(0) + POSITION_STEP
}

fn slug_of(title: &str) -> String {
    let words = title.to_lowercase();
    let words = words.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}
