//! What is known of languages and regions: their words, and how they write dates and numbers.

/// One line per group of locales: names, a tab, JSON. `data/locales.mjs` makes it.
const DATA: &str = include_str!("../data/locales.tsv");

/// The data of a locale as JSON, where it has its own: of a language all of it, of a region what differs from its language.
pub(crate) fn data(tag: &str) -> Option<&'static str> {
    DATA.lines().find_map(|line| {
        let (tags, data) = line.split_once('\t')?;
        tags.split(' ').any(|known| known == tag).then_some(data)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_data_of_a_language_or_of_a_region_of_one() {
        for line in DATA.lines() {
            let (tags, data) = line.split_once('\t').unwrap();
            let data: serde_json::Value = serde_json::from_str(data).unwrap();
            let whole = data["months"][0][11].is_string() && data["dates"]["ynd"].is_string() && data["joints"][""].is_string();
            for tag in tags.split(' ') {
                let language = tag.split_once('-').map(|(language, _)| super::data(language));
                assert!(language.map_or(whole, |language| language.is_some()), "{tag}");
            }
        }
    }
}
