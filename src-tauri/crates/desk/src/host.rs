//! What a desk takes from the world outside: the time, and names for new things.

use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, FixedOffset, Local, TimeDelta};
use seal::key::{SecureRandom, SystemRandom};

use crate::DeskError;

/// Where the time comes from.
pub trait Clock: Send + Sync {
    /// Now, with the offset of the place.
    fn now(&self) -> DateTime<FixedOffset>;
}

/// The machine's clock.
#[derive(Debug)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<FixedOffset> {
        Local::now().fixed_offset()
    }
}

/// A clock that starts at a given moment and moves on by one second at each look: what is made with it is made again alike.
#[derive(Debug)]
pub struct SteppingClock {
    start: DateTime<FixedOffset>,
    looks: AtomicU64,
}

impl SteppingClock {
    /// Starts at that moment.
    #[must_use]
    pub const fn new(start: DateTime<FixedOffset>) -> Self {
        Self { start, looks: AtomicU64::new(0) }
    }
}

impl Clock for SteppingClock {
    fn now(&self) -> DateTime<FixedOffset> {
        let looks = self.looks.fetch_add(1, Ordering::Relaxed);
        let step = i64::try_from(looks).ok().and_then(TimeDelta::try_seconds);
        step.and_then(|step| self.start.checked_add_signed(step)).unwrap_or(self.start)
    }
}

/// Where names for rounds and sheets come from.
pub trait Names: Send + Sync {
    /// Sixteen characters of `0-9 a-f` that no other call gives.
    ///
    /// # Errors
    /// `INTERNAL` where the system has no randomness to give.
    fn next(&self) -> Result<String, DeskError>;
}

/// Random names.
#[derive(Debug)]
pub struct RandomNames;

impl Names for RandomNames {
    fn next(&self) -> Result<String, DeskError> {
        let mut bytes = [0; 8];
        SystemRandom::new().fill(&mut bytes).map_err(|_| DeskError::internal("no randomness"))?;
        Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

/// Names that follow from a seed: for the sample meeting, which is the same each time it is made.
#[derive(Debug)]
pub struct SeededNames {
    seed: u64,
    count: AtomicU64,
}

impl SeededNames {
    /// The names of this seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { seed, count: AtomicU64::new(0) }
    }
}

impl Names for SeededNames {
    fn next(&self) -> Result<String, DeskError> {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        let digest = seal::key::sha256(format!("hengjian name {} {count}", self.seed).as_bytes()).to_string();
        Ok(digest.chars().take(16).collect())
    }
}

/// Everything from outside, in one place.
pub struct Host {
    /// The time.
    pub clock: Box<dyn Clock>,
    /// Names.
    pub names: Box<dyn Names>,
    /// Randomness for keys, salts and signatures: never seeded.
    pub random: SystemRandom,
    /// How hard guessing a passphrase is: scrypt's log₂ N, from 1 to 18. See [`Host::system`].
    pub scrypt_log_n: u8,
}

impl Host {
    /// The real machine. 2¹⁷ rounds of scrypt take about 128 MB and half a second on a laptop.
    #[must_use]
    pub fn system() -> Self {
        Self {
            clock: Box::new(SystemClock),
            names: Box::new(RandomNames),
            random: SystemRandom::new(),
            scrypt_log_n: 17,
        }
    }

    /// A stepping clock and seeded names; its passphrases are public and need no hard work.
    #[must_use]
    pub fn sample(start: DateTime<FixedOffset>, seed: u64) -> Self {
        Self {
            clock: Box::new(SteppingClock::new(start)),
            names: Box::new(SeededNames::new(seed)),
            random: SystemRandom::new(),
            scrypt_log_n: 8,
        }
    }

    /// Sixteen random bytes in base64url.
    ///
    /// # Errors
    /// `INTERNAL` where the system has no randomness to give.
    pub(crate) fn salt(&self) -> Result<review::ids::Salt, DeskError> {
        let mut bytes = [0; 16];
        self.random.fill(&mut bytes).map_err(|_| DeskError::internal("no randomness"))?;
        seal::key::base64url(&bytes).parse().map_err(|_| DeskError::internal("salt"))
    }
}
