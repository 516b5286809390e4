//! Timing on a machine that others use too: short batches of all ways in turn, and medians over many rounds.

use std::time::Duration;

/// Time that a batch should take: long against the clock's own cost, short against a scheduler's slice.
const BATCH: Duration = Duration::from_micros(50);

/// One way to do a piece of work.
pub struct Way {
    /// The column it stands in.
    pub name: &'static str,
    /// The column it is compared with.
    pub against: Option<&'static str>,
    run: Box<dyn Fn(u64) -> Duration>,
}

/// What was measured of a way.
pub struct Measured {
    /// The column.
    pub name: &'static str,
    /// Median time of one piece of work, in nanoseconds.
    pub ns: f64,
    /// The column it is compared with, and the median of the rounds' quotients.
    pub ratio: Option<(&'static str, f64)>,
}

impl Way {
    /// A way whose function does the work as often as it is told and returns the time that took.
    pub fn new(name: &'static str, run: impl Fn(u64) -> Duration + 'static) -> Self {
        Self { name, against: None, run: Box::new(run) }
    }

    /// Compared with another way.
    pub fn against(mut self, name: &'static str) -> Self {
        self.against = Some(name);
        self
    }

    /// Does the work `n` times.
    pub fn run(&self, n: u64) -> Duration {
        (self.run)(n)
    }

    /// How often to do the work in a batch.
    fn calibrate(&self) -> u64 {
        let mut n = 1;
        loop {
            let time = self.run(n);
            if time >= BATCH / 4 {
                let scale = BATCH.as_secs_f64() / time.as_secs_f64();
                return ((n as f64 * scale) as u64).max(1);
            }
            n *= 2;
        }
    }
}

/// Measures all ways in `rounds` rounds. Each round begins with another one.
pub fn interleave(ways: &[Way], rounds: usize) -> Vec<Measured> {
    let batches: Vec<u64> = ways.iter().map(Way::calibrate).collect();
    let mut times = vec![Vec::with_capacity(rounds); ways.len()];
    for round in 0..rounds {
        for i in 0..ways.len() {
            let i = (i + round) % ways.len();
            times[i].push(ways[i].run(batches[i]).as_secs_f64() * 1e9 / batches[i] as f64);
        }
    }
    let column = |name| ways.iter().position(|w| w.name == name).expect("a column to compare with");
    let measured = |(i, way): (usize, &Way)| Measured {
        name: way.name,
        ns: median(times[i].clone()),
        ratio: way.against.map(|other| {
            let quotients = times[i].iter().zip(&times[column(other)]).map(|(a, b)| a / b);
            (other, median(quotients.collect()))
        }),
    };
    ways.iter().enumerate().map(measured).collect()
}

/// The median.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
