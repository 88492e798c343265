//! Which comments she asks for, as the address says it, and the choices beside the queue.

use crate::comment::{Attribute, QueueOrder, Role};
use crate::http::console::form::Fields;
use crate::http::console::refusal::Refusal;
use crate::http::console::words;
use crate::http::v1::filter::{BandBody, FilterBody};
use crate::service::{ClaimFilter, QueueOverview};
use actix_web::HttpRequest;
use url::form_urlencoded::Serializer;

/// How many names of a kind are offered; whoever wants another can write the address.
const OFFERED: usize = 12;

/// In which order, and which comments.
#[derive(Clone, Default)]
pub(super) struct Wanted {
    pub order: QueueOrder,
    pub filter: ClaimFilter,
    /// Whether she would like to judge what the machine decided, where nothing waits.
    pub checks: bool,
}

impl Wanted {
    /// What a request's address asks for.
    ///
    /// # Errors
    /// Refuses what is no score, language, article or role.
    pub(super) fn of(request: &HttpRequest) -> Result<Self, Refusal> {
        Self::parse(&Fields::parse(request.query_string().as_bytes()))
    }

    fn parse(fields: &Fields) -> Result<Self, Refusal> {
        let text = |name: &str| Some(fields.line(name).trim()).filter(|text| !text.is_empty()).map(str::to_owned);
        let order = match fields.line("order") {
            "uncertain" => QueueOrder::Uncertain,
            "harmful" => QueueOrder::Harmful,
            _ => QueueOrder::Oldest,
        };
        let bound = |name: &str, otherwise: f64| match text(name) {
            None => Ok(otherwise),
            Some(number) => number.parse().map_err(|_| Refusal::unreadable("A score is a number from 0 to 1.")),
        };
        let attribute = match text("attribute") {
            None => None,
            Some(name) => {
                let attribute: Attribute = name.parse().map_err(|_| Refusal::unreadable("There is no such score."))?;
                Some(BandBody { attribute, min: bound("min", 0.0)?, max: bound("max", 1.0)? })
            }
        };
        let filter = FilterBody {
            section: text("section"),
            article: text("article"),
            reason: text("reason"),
            attribute,
            language: text("language"),
            role: text("role"),
        };
        Ok(Self { order, filter: filter.parse("")?, checks: fields.line("checks") == "yes" })
    }

    /// What stands behind an address to ask for the same; empty for what is asked for without saying anything.
    pub(super) fn query(&self) -> String {
        let mut written = Serializer::new(String::new());
        let ClaimFilter { section, article, reason, band, language, role } = &self.filter;
        if self.checks {
            written.append_pair("checks", "yes");
        }
        if self.order != QueueOrder::Oldest {
            written.append_pair("order", order_name(self.order));
        }
        let named = [
            ("section", section.as_deref()),
            ("article", article.as_ref().map(crate::comment::ArticleId::as_str)),
            ("reason", reason.as_deref()),
            ("language", language.as_deref()),
            ("role", role.as_ref().map(Role::as_str)),
        ];
        for (name, value) in named.into_iter().filter_map(|(name, value)| Some((name, value?))) {
            written.append_pair(name, value);
        }
        if let Some(band) = band {
            written.append_pair("attribute", band.attribute().name());
            written.append_pair("min", &band.min().to_string()).append_pair("max", &band.max().to_string());
        }
        let query = written.finish();
        if query.is_empty() { query } else { format!("?{query}") }
    }

    /// The same with something else in its filter.
    fn with(&self, change: impl FnOnce(&mut ClaimFilter)) -> Self {
        let mut other = self.clone();
        change(&mut other.filter);
        other
    }

    /// Whether it asks for anything but all that waits for anybody.
    pub(super) fn is_narrowed(&self) -> bool {
        self.filter != ClaimFilter::default()
    }
}

pub(super) const fn order_name(order: QueueOrder) -> &'static str {
    match order {
        QueueOrder::Oldest => "oldest",
        QueueOrder::Uncertain => "uncertain",
        QueueOrder::Harmful => "harmful",
    }
}

/// One choice: where it leads, what it is called, how many wait there, and whether it is the one.
pub struct Choice {
    pub address: String,
    pub label: String,
    pub count: String,
    pub chosen: bool,
}

/// Choices of one kind.
pub struct Group {
    pub id: &'static str,
    pub title: &'static str,
    pub choices: Vec<Choice>,
}

/// The band of scores that is asked for, as fields of a form.
pub struct BandFields {
    /// Name, in words, whether it is the one.
    pub attributes: Vec<(&'static str, String, bool)>,
    pub min: String,
    pub max: String,
    /// What else is asked for, which the form carries along.
    pub hidden: Vec<(String, String)>,
}

/// The choices beside the queue. `base`: the queue's address. `roles`: those that she has.
pub(super) fn groups(wanted: &Wanted, overview: &QueueOverview, base: &str, roles: &[Role]) -> Vec<Group> {
    let orders = [
        (QueueOrder::Oldest, "Longest wait first"),
        (QueueOrder::Uncertain, "Least certain first"),
        (QueueOrder::Harmful, "Likely worst first"),
    ];
    let orders = orders.map(|(order, label)| {
        choice(base, label.to_owned(), None, &Wanted { order, ..wanted.clone() }, order == wanted.order)
    });
    let mut groups = vec![Group { id: "order", title: "Order", choices: orders.into() }];
    let filter = &wanted.filter;
    let mut lane =
        vec![choice(base, "Anybody".to_owned(), None, &wanted.with(|f| f.role = None), filter.role.is_none())];
    lane.extend(roles.iter().map(|role| {
        let waiting = overview.by_role.iter().find(|(name, _)| name == role.as_str()).map_or(0, |(_, n)| *n);
        let other = wanted.with(|f| f.role = Some(role.clone()));
        choice(base, words::capitalised(role.as_str()), Some(waiting), &other, filter.role.as_ref() == Some(role))
    }));
    if lane.len() > 1 {
        groups.push(Group { id: "lane", title: "Waits for", choices: lane });
    }
    groups.extend(facets(overview).into_iter().filter_map(|facet| facet.group(wanted, base)));
    groups
}

/// What comments can be told apart by, beside their scores.
struct Facet<'a> {
    id: &'static str,
    title: &'static str,
    counts: &'a [(String, u64)],
    /// Where the filter has it.
    field: fn(&mut ClaimFilter) -> &mut Option<String>,
    label: fn(&str) -> String,
}

fn facets(overview: &QueueOverview) -> [Facet<'_>; 3] {
    let QueueOverview { by_section, by_reason, by_language, .. } = overview;
    [
        Facet { id: "section", title: "Section", counts: by_section, field: |f| &mut f.section, label: str::to_owned },
        Facet { id: "reason", title: "Reason", counts: by_reason, field: |f| &mut f.reason, label: words::reason },
        Facet {
            id: "language",
            title: "Language",
            counts: by_language,
            field: |f| &mut f.language,
            label: words::language,
        },
    ]
}

impl Facet<'_> {
    /// The choices, fullest first; `None` where there is nothing to choose.
    fn group(&self, wanted: &Wanted, base: &str) -> Option<Group> {
        let chosen = (self.field)(&mut wanted.filter.clone()).clone();
        let mut counts = self.counts.to_vec();
        counts.sort_by(|(a, many), (b, more)| more.cmp(many).then_with(|| a.cmp(b)));
        counts.truncate(OFFERED);
        if let Some(name) = chosen.as_ref().filter(|name| counts.iter().all(|(found, _)| found != *name)) {
            counts.push((name.clone(), 0));
        }
        if counts.len() < 2 && chosen.is_none() {
            return None;
        }
        let with = |value: Option<String>| wanted.with(|filter| *(self.field)(filter) = value);
        let mut choices = vec![choice(base, "All".to_owned(), None, &with(None), chosen.is_none())];
        choices.extend(counts.into_iter().map(|(name, waiting)| {
            let is_it = chosen.as_ref() == Some(&name);
            choice(base, (self.label)(&name), Some(waiting), &with(Some(name)), is_it)
        }));
        Some(Group { id: self.id, title: self.title, choices })
    }
}

fn choice(base: &str, label: String, count: Option<u64>, other: &Wanted, chosen: bool) -> Choice {
    let address = format!("{base}{}", other.query());
    Choice { address, label, count: count.map(words::number).unwrap_or_default(), chosen }
}

/// The fields by which a band of scores is chosen.
pub(super) fn band(wanted: &Wanted, judged: impl Iterator<Item = Attribute>) -> BandFields {
    let band = wanted.filter.band.as_ref();
    let chosen = band.map(crate::comment::Band::attribute);
    let rest = wanted.with(|f| f.band = None).query();
    let rest = Fields::parse(rest.trim_start_matches('?').as_bytes());
    let bound = |bound: f64, otherwise: f64| {
        if (bound - otherwise).abs() < f64::EPSILON { String::new() } else { bound.to_string() }
    };
    BandFields {
        attributes: judged.map(|a| (a.name(), words::capitalised(a.phrase()), chosen == Some(a))).collect(),
        min: band.map(|band| bound(band.min(), 0.0)).unwrap_or_default(),
        max: band.map(|band| bound(band.max(), 1.0)).unwrap_or_default(),
        hidden: rest.written().cloned().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(query: &str) -> Option<Wanted> {
        Wanted::parse(&Fields::parse(query.as_bytes())).ok()
    }

    #[test]
    fn an_address_says_what_is_asked_for_and_back() {
        for query in [
            "",
            "?order=harmful",
            "?section=Local+news&reason=threshold.SPAM&language=eng&role=senior",
            "?article=a%26b%2F1&attribute=THREAT&min=0.5&max=0.9",
        ] {
            assert_eq!(wanted(query.trim_start_matches('?')).unwrap().query(), query);
        }
        assert_eq!(wanted("section=&min=0.2&order=oldest&role=+").unwrap().query(), "", "empty fields ask for nothing");
        assert_eq!(wanted("attribute=SPAM&min=&max=").unwrap().query(), "?attribute=SPAM&min=0&max=1");
        for bad in ["attribute=LOUD", "attribute=SPAM&min=x", "attribute=SPAM&min=0.9&max=0.1", "language=xx"] {
            assert!(wanted(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_choice_keeps_what_else_was_chosen() {
        let overview = QueueOverview {
            by_section: vec![("sport".to_owned(), 2), ("world".to_owned(), 9)],
            by_reason: vec![("threshold.TOXICITY".to_owned(), 11)],
            ..QueueOverview::default()
        };
        let groups = groups(&wanted("order=harmful&section=sport").unwrap(), &overview, "/q", &[]);
        let ids: Vec<_> = groups.iter().map(|group| group.id).collect();
        assert_eq!(ids, ["order", "section"], "one reason is no choice");
        let sections: Vec<_> =
            groups[1].choices.iter().map(|c| (c.label.as_str(), c.address.as_str(), c.chosen)).collect();
        assert_eq!(
            sections,
            [
                ("All", "/q?order=harmful", false),
                ("world", "/q?order=harmful&section=world", false),
                ("sport", "/q?order=harmful&section=sport", true),
            ]
        );
    }
}
