//! Timing on a machine that others use too: short batches of all ways in turn, and medians over many rounds.

use std::time::{Duration, Instant};

/// Time that a batch should take: long against the clock's own cost, short against a scheduler's slice.
const BATCH: Duration = Duration::from_micros(50);
/// Time that all rounds of a row may take.
const ROW: Duration = Duration::from_millis(800);

/// One way to do a piece of work.
pub struct Way {
    /// The column it stands in.
    pub name: &'static str,
    /// The column it is compared with.
    pub against: Option<&'static str>,
    /// How many pieces of work are done each time.
    pieces: u64,
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
        Self { name, against: None, pieces: 1, run: Box::new(run) }
    }

    /// Compared with another way.
    pub fn against(mut self, name: &'static str) -> Self {
        self.against = Some(name);
        self
    }

    /// With something done around each batch.
    pub fn around(self, around: impl Fn(&dyn Fn() -> Duration) -> Duration + 'static) -> Self {
        let run = self.run;
        Self { run: Box::new(move |n| around(&|| run(n))), ..self }
    }

    /// Counted as so many pieces of work each time.
    pub fn in_pieces(mut self, pieces: usize) -> Self {
        self.pieces = pieces as u64;
        self
    }

    /// Does the work `n` times.
    pub fn run(&self, n: u64) -> Duration {
        (self.run)(n)
    }

    /// How often to do the work in a batch, and how long that takes.
    fn calibrate(&self) -> (u64, Duration) {
        let mut n = 1;
        loop {
            let start = Instant::now();
            let time = self.run(n);
            if time >= BATCH / 4 {
                let n = n * (BATCH.as_nanos() / time.as_nanos()).max(1) as u64;
                return (n, start.elapsed().max(BATCH));
            }
            n *= 2;
        }
    }
}

/// Measures all ways in `rounds` rounds, fewer if they take long. Each round begins with another one.
pub fn interleave(ways: &[Way], rounds: usize) -> Vec<Measured> {
    let (batches, times): (Vec<u64>, Vec<Duration>) = ways.iter().map(Way::calibrate).unzip();
    let round: Duration = times.iter().sum();
    let rounds = rounds.min((ROW.as_nanos() / round.as_nanos()) as usize).max(5);
    let mut times = vec![Vec::with_capacity(rounds); ways.len()];
    for round in 0..rounds {
        for i in 0..ways.len() {
            let i = (i + round) % ways.len();
            times[i].push(ways[i].run(batches[i]).as_secs_f64() * 1e9 / (batches[i] * ways[i].pieces) as f64);
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
