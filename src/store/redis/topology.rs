//! Which server holds which hash slots: one server all of them, by its address or as Sentinels tell it; a
//! Cluster's masters each some.

use super::dial::Place;
use super::failure::Failure;
use super::node::{Node, Opening};
use super::slot::SLOTS;
use crate::store::address::{Host, Topology as Address};
use redis::{RedisError, Value};
use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

/// The servers as they are known.
pub(super) struct Topology {
    address: Address,
    opening: Arc<Opening>,
    known: RwLock<Arc<Known>>,
    /// Counts discoveries, so that each begins with another node or Sentinel: one alone may be wrong.
    turn: AtomicUsize,
}

#[derive(Default)]
struct Known {
    masters: HashMap<Place, Arc<Node>>,
    slots: Vec<(RangeInclusive<u16>, Arc<Node>)>,
    /// Nodes that servers named, and that hold no slots yet.
    others: Mutex<HashMap<Place, Arc<Node>>>,
}

impl Known {
    fn others(&self) -> MutexGuard<'_, HashMap<Place, Arc<Node>>> {
        self.others.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Topology {
    /// Finds the servers.
    pub(super) async fn discovered(address: Address, opening: Opening) -> Result<Self, Failure> {
        let opening = Arc::new(opening);
        let topology = Self { address, opening, known: RwLock::default(), turn: AtomicUsize::new(0) };
        topology.discover().await?;
        Ok(topology)
    }

    /// The master that holds a slot; where none is known to, any, which then says more.
    pub(super) fn master(&self, slot: impl FnOnce() -> u16) -> Result<Arc<Node>, Failure> {
        let known = self.known();
        let node = match &known.slots[..] {
            [(_, only)] => Some(only),
            slots => {
                let slot = slot();
                let holder = slots.iter().find(|(range, _)| range.contains(&slot));
                holder.or(slots.first()).map(|(_, node)| node)
            }
        };
        node.map(Arc::clone).ok_or_else(|| Failure::Unfit("redis: no server is known".to_owned()))
    }

    /// Every master, and a slot that it holds.
    pub(super) fn masters(&self) -> Vec<(u16, Arc<Node>)> {
        let known = self.known();
        let slot = |node: &Arc<Node>| known.slots.iter().find(|(_, n)| Arc::ptr_eq(n, node)).map(|(r, _)| *r.start());
        known.masters.values().filter_map(|node| Some((slot(node)?, Arc::clone(node)))).collect()
    }

    /// The node that a server named, `HOST:PORT`; a missing host is that of the server which named it.
    pub(super) fn named(&self, address: &str, by: &Place) -> Option<Arc<Node>> {
        let (name, port) = address.rsplit_once(':')?;
        let place = host(name, port.parse().ok()?, by);
        let known = self.known();
        if let Some(node) = known.masters.get(&place) {
            return Some(Arc::clone(node));
        }
        let new = |place: &Place| Arc::new(Node::new(place.clone(), Arc::clone(&self.opening)));
        Some(Arc::clone(known.others().entry(place).or_insert_with_key(new)))
    }

    /// Finds the servers anew. Those that stay keep their connections.
    pub(super) async fn discover(&self) -> Result<(), Failure> {
        let found = match &self.address {
            Address::Server(host) => everything_at(Place::Host(host.clone())),
            Address::Socket(path) => everything_at(Place::Socket(path.clone())),
            Address::Sentinel { sentinels, master, .. } => everything_at(self.ask_sentinels(sentinels, master).await?),
            Address::Cluster(seeds) => self.ask_cluster(seeds).await?,
        };
        let before = self.known();
        let mut known = Known::default();
        for (range, place) in found {
            let node = known.masters.entry(place).or_insert_with_key(|place| {
                let kept = before.masters.get(place).cloned().or_else(|| before.others().get(place).cloned());
                kept.unwrap_or_else(|| Arc::new(Node::new(place.clone(), Arc::clone(&self.opening))))
            });
            known.slots.push((range, Arc::clone(node)));
        }
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(known);
        Ok(())
    }

    fn known(&self) -> Arc<Known> {
        Arc::clone(&self.known.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The same list, begun at another place each time.
    fn turned<T>(&self, mut list: Vec<T>) -> Vec<T> {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let length = list.len().max(1);
        list.rotate_left(turn % length);
        list
    }

    async fn ask_sentinels(&self, sentinels: &[Host], master: &str) -> Result<Place, Failure> {
        let mut last = Failure::Unfit(format!("no Sentinel knows a master called {master}"));
        for sentinel in self.turned(sentinels.to_vec()) {
            let asking = async {
                let mut connection = self.opening.dial.open_sentinel(&sentinel).await?;
                let asked = redis::cmd("SENTINEL").arg("GET-MASTER-ADDR-BY-NAME").arg(master).take();
                asked.query_async::<Option<(String, u16)>>(&mut connection).await
            };
            match asking.await {
                Ok(Some((name, port))) => return Ok(Place::Host(Host { name, port })),
                Ok(None) => {}
                Err(error) => last = error.into(),
            }
        }
        Err(last)
    }

    async fn ask_cluster(&self, seeds: &[Host]) -> Result<Vec<(RangeInclusive<u16>, Place)>, Failure> {
        let known = self.known();
        let mut nodes = self.turned(known.masters.values().cloned().collect());
        let new = |seed: &Host| Node::new(Place::Host(seed.clone()), Arc::clone(&self.opening));
        nodes.extend(self.turned(seeds.to_vec()).iter().map(new).map(Arc::new));
        let mut last = Failure::Unfit("redis: no node of the Cluster is known".to_owned());
        for node in nodes {
            let asking = async {
                let mut connection = self.opening.dial.open(&node.place).await?;
                redis::cmd("CLUSTER").arg("SLOTS").query_async::<Vec<Vec<Value>>>(&mut connection).await
            };
            match asking.await {
                Ok(ranges) if !ranges.is_empty() => return ranges.iter().map(|r| range(r, &node.place)).collect(),
                Ok(_) => last = Failure::Unfit("redis: the Cluster has no slots yet".to_owned()),
                Err(error) => last = error.into(),
            }
        }
        Err(last)
    }
}

fn everything_at(place: Place) -> Vec<(RangeInclusive<u16>, Place)> {
    vec![(0..=SLOTS - 1, place)]
}

fn host(name: &str, port: u16, by: &Place) -> Place {
    match by {
        // What a node that does not know its own name says.
        Place::Host(asked) if name.is_empty() || name == "?" => Place::Host(Host { name: asked.name.clone(), port }),
        Place::Host(_) | Place::Socket(_) => Place::Host(Host { name: name.to_owned(), port }),
    }
}

/// One range of `CLUSTER SLOTS`: first slot, last slot, the master, its replicas.
fn range(entry: &[Value], asked: &Place) -> Result<(RangeInclusive<u16>, Place), Failure> {
    let read = || -> Result<_, redis::ParsingError> {
        let [first, last, Value::Array(master), ..] = entry else { return Ok(None) };
        let [name, port, ..] = &master[..] else { return Ok(None) };
        let name: Option<String> = redis::from_redis_value_ref(name)?;
        let (first, last) = (redis::from_redis_value_ref(first)?, redis::from_redis_value_ref(last)?);
        Ok(Some((first..=last, host(name.as_deref().unwrap_or_default(), redis::from_redis_value_ref(port)?, asked))))
    };
    match read() {
        Ok(Some(range)) => Ok(range),
        Ok(None) => Err(Failure::Unfit("redis: a node describes its Cluster in another way".to_owned())),
        Err(error) => Err(RedisError::from(error).into()),
    }
}
