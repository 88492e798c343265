//! Reading the queue through a filter, by the index that leads to few rows.
//!
//! Of a filter that few comments pass, those are looked at and sorted; with one that many pass, the next in the order
//! asked for soon is one of them. How many it is costs no more to find out than to look at the few.

use crate::comment::{ArticleId, Band, CommentId, QueueOrder, Role, SiteId};
use crate::store::{ClaimFilter, StoreError};
use rusqlite::types::Value;
use rusqlite::{Connection, Params, params_from_iter};

/// Up to this many are few.
const FEW: i64 = 1_000;

/// A query on `queue q`.
pub(super) struct Select {
    order: QueueOrder,
    /// The index that leads to the rows; `None` where a list of ids does.
    index: Option<&'static str>,
    conditions: String,
    values: Vec<Value>,
}

impl Select {
    /// Those that a filter lets through, in an order.
    pub(super) fn through(
        db: &Connection,
        site: &SiteId,
        filter: &ClaimFilter,
        order: QueueOrder,
    ) -> Result<Self, StoreError> {
        let index = match order {
            QueueOrder::Oldest => "queue_oldest",
            QueueOrder::Uncertain => "queue_uncertain",
            QueueOrder::Harmful => "queue_harmful",
        };
        let role = filter.role.as_ref().map_or("", Role::as_str);
        let mut select = Self { order, index: Some(index), conditions: String::new(), values: Vec::new() };
        select.only("q.site = ? AND q.role = ?", [text(site.as_str()), text(role)]);
        let facets = [
            ("section", "queue_section", filter.section.as_deref()),
            ("article_id", "queue_article", filter.article.as_ref().map(ArticleId::as_str)),
            ("language", "queue_language", filter.language.as_deref()),
        ];
        for (column, index, value) in facets {
            let Some(value) = value else { continue };
            let rows = format!("FROM queue WHERE site = ?1 AND role = ?2 AND {column} = ?3");
            // By age the facet's own index has the order too.
            if order == QueueOrder::Oldest || few(db, &rows, [site.as_str(), role, value])? {
                select.index = Some(index);
            }
            select.only(&format!("q.{column} = ?"), [text(value)]);
        }
        if let Some(code) = &filter.reason {
            select.of_table(db, "queue_reasons", "code = ?", &[text(site.as_str()), text(code)])?;
        }
        if let Some(band) = &filter.band {
            select.within(db, site, band)?;
        }
        Ok(select)
    }

    fn within(&mut self, db: &Connection, site: &SiteId, band: &Band) -> Result<(), StoreError> {
        let bounds = [Value::Real(band.min()), Value::Real(band.max())];
        let values = [text(site.as_str()), text(band.attribute().name())].into_iter().chain(bounds);
        self.of_table(db, "queue_scores", "attribute = ? AND score BETWEEN ? AND ?", &values.collect::<Vec<_>>())
    }

    /// Those of which a table beside the queue has such a row. The first value is the site.
    fn of_table(&mut self, db: &Connection, table: &str, row: &str, values: &[Value]) -> Result<(), StoreError> {
        let rows = format!("FROM {table} WHERE site = ? AND {row}");
        if few(db, &rows, params_from_iter(values))? {
            self.index = None;
            self.only(&format!("q.comment_id IN (SELECT comment_id {rows})"), values.iter().cloned());
        } else {
            let beside = format!(
                "EXISTS (SELECT 1 FROM {table} t WHERE t.site = q.site AND t.comment_id = q.comment_id AND t.{row})"
            );
            self.only(&beside, values.iter().skip(1).cloned());
        }
        Ok(())
    }

    /// Those of them for which this holds; it has a `?` for every value.
    pub(super) fn only(&mut self, condition: &str, values: impl IntoIterator<Item = Value>) {
        if !self.conditions.is_empty() {
            self.conditions.push_str(" AND ");
        }
        self.conditions.push_str(condition);
        self.values.extend(values);
    }

    /// Their ids and since when they wait, in milliseconds.
    pub(super) fn run(mut self, db: &Connection, limit: usize) -> Result<Vec<(CommentId, i64)>, StoreError> {
        let by = self.index.map(|index| format!("INDEXED BY {index}")).unwrap_or_default();
        let order = match self.order {
            QueueOrder::Oldest => "",
            QueueOrder::Uncertain => "q.uncertain DESC, ",
            QueueOrder::Harmful => "q.harmful DESC, ",
        };
        let sql = format!(
            "SELECT q.comment_id, q.queued_ms FROM queue q {by} WHERE {}
             ORDER BY {order}q.queued_ms, q.comment_id LIMIT ?",
            self.conditions
        );
        self.values.push(Value::Integer(i64::try_from(limit).unwrap_or(i64::MAX)));
        let mut statement = db.prepare_cached(&sql)?;
        let rows =
            statement.query_map(params_from_iter(self.values), |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))?;
        rows.map(|row| {
            let (id, queued_ms) = row?;
            Ok((CommentId::parse(id).map_err(|e| StoreError::Corrupt(e.to_string()))?, queued_ms))
        })
        .collect()
    }
}

pub(super) fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}

fn few(db: &Connection, rows: &str, values: impl Params) -> Result<bool, StoreError> {
    let sql = format!("SELECT count(*) FROM (SELECT 1 {rows} LIMIT {FEW})");
    let count: i64 = db.prepare_cached(&sql)?.query_row(values, |row| row.get(0))?;
    Ok(count < FEW)
}
