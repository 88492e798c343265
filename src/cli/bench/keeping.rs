//! Submitting, claiming and reading on every store, with as many replicas as asked for, and as the store grows.

use super::Part;
use super::claiming::Moderator;
use super::ground::Ground;
use super::growth::Growth;
use super::load::{Load, Measured, measure};
use super::one_set;
use super::place::{Kind, Place};
use super::reading::Reader;
use super::replaying::{self, Replayed};
use super::room;
use super::row::{Filled, OneSet, OverHttp, Subject};
use super::server::{Bare, Serving};
use super::submitting::Platform;
use crate::classifier::Classifier;
use crate::store::StoreUrl;
use crate::training::Progress;
use std::sync::Arc;

/// What is measured, and on what.
pub struct Keeping<'a> {
    pub classifier: &'a Arc<Classifier>,
    pub load: Load,
    pub kinds: &'a [Kind],
    /// A Redis in place of the bench's own.
    pub named: Option<&'a StoreUrl>,
    /// Comments in a store before it is measured with each number of replicas.
    pub filled: usize,
    /// Under how many articles is submitted and read, at most.
    pub articles: usize,
    /// What is measured on each.
    pub parts: Vec<Part>,
}

/// What came of it.
#[derive(Default)]
pub struct Kept {
    pub submitting: Vec<OverHttp>,
    pub claiming: Vec<OverHttp>,
    pub reading: Vec<OverHttp>,
    pub replaying: Vec<Replayed>,
    /// Where a store was filled; in the order of the fillings.
    pub filled: Vec<Filled>,
    /// On each Redis, before it was filled.
    pub sets: Vec<OneSet>,
    /// An answer to a submission and one to a reader.
    answers: (Option<String>, Option<String>),
}

impl Keeping<'_> {
    fn does(&self, part: Part) -> bool {
        self.parts.contains(&part)
    }

    /// Every store with each number of replicas, a server that does nothing, and one `SET`.
    pub async fn everywhere(&self, replicas: &[usize], bar: &mut (impl Progress + Send)) -> anyhow::Result<Kept> {
        let mut kept = Kept::default();
        for &kind in self.kinds {
            for &replicas in replicas {
                self.grow(kind, replicas, &[self.filled], &mut kept, bar).await;
            }
        }
        for rows in [&mut kept.submitting, &mut kept.claiming, &mut kept.reading] {
            OverHttp::compare_with_sets(rows, &kept.sets);
        }
        self.on_nothing(&mut kept, bar).await?;
        Ok(kept)
    }

    /// Every store with one replica, filled to one number of comments after the other.
    pub async fn growing(&self, stored: &[usize], bar: &mut (impl Progress + Send)) -> Growth {
        let mut kept = Kept::default();
        for &kind in self.kinds {
            self.grow(kind, 1, stored, &mut kept, bar).await;
        }
        Growth::of(kept)
    }

    /// Measures a store at each of these sizes. What can't be measured has a row that says why.
    async fn grow(
        &self,
        kind: Kind,
        replicas: usize,
        sizes: &[usize],
        kept: &mut Kept,
        bar: &mut (impl Progress + Send),
    ) {
        let mut done = 0;
        if let Err(error) = self.on_store(kind, replicas, sizes, &mut done, kept, bar).await {
            for &stored in &sizes[done..] {
                let row = || OverHttp::missing(Subject::of(kind, replicas, stored), format!("{error:#}"));
                kept.submitting.extend(self.does(Part::Submitting).then(row));
                kept.claiming.extend(self.does(Part::Claiming).then(row));
                kept.reading.extend(self.does(Part::Reading).then(row));
            }
        }
    }

    async fn on_store(
        &self,
        kind: Kind,
        replicas: usize,
        sizes: &[usize],
        done: &mut usize,
        kept: &mut Kept,
        bar: &mut (impl Progress + Send),
    ) -> anyhow::Result<()> {
        let place = Place::open(kind, self.named).await?;
        if !kept.sets.iter().any(|set| set.store == kind.name()) {
            let Load { connections, duration, .. } = self.load;
            kept.sets.extend(one_set::measure(kind, &place, connections, duration).await);
        }
        let serving = Serving::start(&place.url(), self.classifier, None, replicas).await?;
        let measured = self.at_each_size(kind, &place, &serving, sizes, done, kept, bar).await;
        serving.stop().await?;
        measured
    }

    #[expect(clippy::too_many_arguments, reason = "what is measured, and where it is noted")]
    async fn at_each_size(
        &self,
        kind: Kind,
        place: &Place,
        serving: &Serving,
        sizes: &[usize],
        done: &mut usize,
        kept: &mut Kept,
        bar: &mut (impl Progress + Send),
    ) -> anyhow::Result<()> {
        let empty = place.bytes().await?;
        let mut ground = Ground::new(&serving.site, self.classifier)?;
        let mut each = None;
        for &size in sizes {
            room::check(place, size.saturating_sub(ground.stored), each)?;
            let took = ground.fill(&place.url(), size, bar).await?;
            let bytes = place.bytes().await?.zip(empty).map(|(bytes, empty)| bytes.saturating_sub(empty));
            let filled = Filled::of(kind.name(), ground.stored, ground.states, took, bytes);
            each = filled.bytes_per_comment;
            kept.filled.push(filled);
            if self.does(Part::Replaying) && serving.addresses.len() == 1 {
                kept.replaying.push(replaying::measure(serving, Subject::of(kind, 1, ground.stored), bar).await?);
            }
            kept.add(self.at_this_size(kind, serving, &mut ground, bar).await?);
            *done += 1;
        }
        Ok(())
    }

    /// Submitting comes last: it alone makes the store larger.
    async fn at_this_size(
        &self,
        kind: Kind,
        serving: &Serving,
        ground: &mut Ground,
        bar: &mut (impl Progress + Send),
    ) -> anyhow::Result<[Option<(OverHttp, String)>; 3]> {
        let (addresses, first) = (&serving.addresses[..], serving.address());
        let subject = Subject::of(kind, addresses.len(), ground.stored);
        let row = |measured: Measured| {
            let answer = measured.answer.clone();
            Some((OverHttp::on(subject, measured), answer))
        };
        let stage = |work: &str| format!("{work}, {}", subject.name());
        let articles = ground.articles().min(self.articles);
        let (mut read, mut claimed, mut submitted) = (None, None, None);
        if self.does(Part::Reading) {
            let reader = Reader::on(articles, first, &serving.key);
            read = row(measure(&stage("reading"), addresses, reader, &self.load, bar).await?.0);
        }
        if self.does(Part::Claiming) {
            let moderator = Moderator::new(first, &serving.key);
            claimed = row(measure(&stage("claiming"), addresses, moderator, &self.load, bar).await?.0);
        }
        if self.does(Part::Submitting) {
            let platform = Platform::<201>::on(articles, ground.stored, first, &serving.key);
            let (measured, platform) = measure(&stage("submitting"), addresses, platform, &self.load, bar).await?;
            ground.stored += platform.sent;
            submitted = row(measured)
                .map(|(row, answer)| (OverHttp { durability: Some(serving.durability.clone()), ..row }, answer));
        }
        Ok([submitted, claimed, read])
    }

    /// A bare server that reads the body, looks at nothing, and gives the same answer to everything.
    async fn on_nothing(&self, kept: &mut Kept, bar: &mut (impl Progress + Send)) -> anyhow::Result<()> {
        const NAME: &str = "nothing but HTTP";
        if let Some(answer) = kept.answers.0.take() {
            let bare = Bare::start(Some(answer), None)?;
            let platform = Platform::<200>::anywhere(bare.address);
            let measured = measure("submitting, nothing", &[bare.address], platform, &self.load, bar).await;
            bare.stop().await?;
            kept.submitting.push(OverHttp::of(NAME, measured?.0));
            OverHttp::compare(&mut kept.submitting);
        }
        if let Some(answer) = kept.answers.1.take() {
            let bare = Bare::start(Some(answer), None)?;
            let reader = Reader::anywhere(bare.address);
            let measured = measure("reading, nothing", &[bare.address], reader, &self.load, bar).await;
            bare.stop().await?;
            kept.reading.push(OverHttp::of(NAME, measured?.0));
            OverHttp::compare(&mut kept.reading);
        }
        Ok(())
    }
}

impl Kept {
    fn add(&mut self, [submitted, claimed, read]: [Option<(OverHttp, String)>; 3]) {
        if let Some((row, answer)) = submitted {
            self.submitting.push(row);
            self.answers.0 = Some(answer);
        }
        self.claiming.extend(claimed.map(|(row, _)| row));
        if let Some((row, answer)) = read {
            self.reading.push(row);
            self.answers.1 = Some(answer);
        }
    }
}
