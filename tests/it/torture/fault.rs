//! What goes wrong meanwhile.

use super::house::House;
use super::ledger::Ledger;
use super::store::{Backing, Blow, Kind};
use rand::{Rng as _, SeedableRng as _};
use rand_xoshiro::Xoshiro256PlusPlus;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Something that goes wrong.
#[derive(Debug, Clone, Copy)]
pub enum Fault {
    /// A replica is killed and started again.
    Kill,
    /// A replica is asked to end, and started again.
    Restart,
    /// A replica is stopped for a while.
    Pause(Duration),
    Store(Blow),
}

impl Fault {
    const fn name(self) -> &'static str {
        match self {
            Self::Kill => "replica killed",
            Self::Restart => "replica restarted",
            Self::Pause(_) => "replica stopped for a while",
            Self::Store(Blow::Kill) => "store killed",
            Self::Store(Blow::Pause(_)) => "store stopped for a while",
            Self::Store(Blow::Cut) => "connections to the store cut",
            Self::Store(Blow::Flush) => "scripts flushed",
        }
    }

    fn of_replica(rng: &mut Xoshiro256PlusPlus) -> Self {
        match rng.random_range(0..10) {
            0..5 => Self::Kill,
            5..6 => Self::Restart,
            // Past its leases, or not.
            _ => Self::Pause(Duration::from_millis(rng.random_range(200..14_000))),
        }
    }

    fn of_store(rng: &mut Xoshiro256PlusPlus) -> Self {
        Self::Store(match rng.random_range(0..10) {
            0..4 => Blow::Kill,
            4..7 => Blow::Pause(Duration::from_millis(rng.random_range(200..9_000))),
            7..9 => Blow::Cut,
            _ => Blow::Flush,
        })
    }
}

/// Whoever breaks things.
pub struct Breaker<'a> {
    pub house: &'a House,
    pub ledger: &'a Ledger,
    pub backing: Backing,
    pub rng: Xoshiro256PlusPlus,
}

impl Breaker<'_> {
    /// Breaks what is listed, one after the other.
    pub async fn run_list(&mut self, list: &[Fault]) {
        for fault in list {
            super::pause(Duration::from_millis(700)).await;
            self.strike(*fault).await;
        }
    }

    /// Breaks one thing after another, and sometimes two at the same time, until told to stop.
    pub async fn run(&mut self, kind: Kind, stop: &CancellationToken) {
        loop {
            let calm = Duration::from_millis(self.rng.random_range(500..6_000));
            if stop.run_until_cancelled(super::pause(calm)).await.is_none() {
                return;
            }
            let fault = match self.rng.random_range(0..10) {
                _ if kind == Kind::Sqlite => Fault::of_replica(&mut self.rng),
                0..4 => Fault::of_replica(&mut self.rng),
                4..9 => Fault::of_store(&mut self.rng),
                _ => {
                    self.strike_both().await;
                    continue;
                }
            };
            self.strike(fault).await;
        }
    }

    async fn strike(&mut self, fault: Fault) {
        let number = self.ledger.trouble_begins(fault.name());
        let replica = self.rng.random_range(0..self.house.count());
        match fault {
            Fault::Store(blow) => self.backing.strike(blow, &mut self.rng).await,
            of_replica => break_replica(self.house, self.ledger, of_replica, replica).await,
        }
        self.ledger.trouble_ends(number);
    }

    async fn strike_both(&mut self) {
        let of_replica = Fault::of_replica(&mut self.rng);
        let Fault::Store(blow) = Fault::of_store(&mut self.rng) else { return };
        let replica = self.rng.random_range(0..self.house.count());
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(self.rng.random());
        let numbers = [of_replica, Fault::Store(blow)].map(|fault| self.ledger.trouble_begins(fault.name()));
        tokio::join!(break_replica(self.house, self.ledger, of_replica, replica), self.backing.strike(blow, &mut rng));
        for number in numbers {
            self.ledger.trouble_ends(number);
        }
    }
}

async fn break_replica(house: &House, ledger: &Ledger, fault: Fault, replica: usize) {
    match fault {
        Fault::Kill => {
            house.kill(replica).await;
            house.start(replica).await;
        }
        Fault::Restart => {
            if !house.terminate(replica).await {
                ledger.violation("end", "a replica that was asked to end did not end well".to_owned());
            }
            house.start(replica).await;
        }
        Fault::Pause(time) => house.pause(replica, time).await,
        Fault::Store(_) => {}
    }
}
