//! The workloads of the table one by one, under criterion's statistics, and what binding costs.

mod support;

use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group};

use support::binding::{self, Counting};
use support::host::Host;
use support::timing::Way;
use support::{atomics, callbacks, calls, many, rows};

#[global_allocator]
static HEAP: Counting = Counting;

fn group<'a>(criterion: &'a mut Criterion, name: &str) -> BenchmarkGroup<'a, WallTime> {
    let mut group = criterion.benchmark_group(name);
    group
        .sample_size(20)
        .warm_up_time(Duration::from_millis(50))
        .measurement_time(Duration::from_millis(200));
    group
}

fn ways(group: &mut BenchmarkGroup<WallTime>, row: &str, ways: Vec<Way>) {
    group.throughput(Throughput::Elements(1));
    for way in ways {
        group.bench_function(format!("{row}/{}", way.name), |b| b.iter_custom(|n| way.run(n)));
    }
}

fn all_calls(criterion: &mut Criterion) {
    let host = Host::new();
    let mut calls = group(criterion, "calls");
    rows::ROWS.iter().for_each(|row| ways(&mut calls, &row.label(), calls::ways(&host, row)));
    calls.finish();
    let mut in_turn = group(criterion, "in turn");
    many::COUNTS.iter().for_each(|&n| ways(&mut in_turn, &n.to_string(), many::ways(&host, n)));
    in_turn.finish();
    let mut vectors = group(criterion, "vectors, an element");
    atomics::LENGTHS.iter().for_each(|&n| ways(&mut vectors, &n.to_string(), atomics::ways(&host, n)));
    vectors.finish();
    let mut called_back = group(criterion, "callbacks");
    callbacks::ROWS.iter().for_each(|row| ways(&mut called_back, &row.label(), callbacks::ways(&host, row)));
    called_back.finish();
}

fn all_binds(criterion: &mut Criterion) {
    let host = Host::new();
    let mut group = group(criterion, "bind");
    group
        .sample_size(10)
        .warm_up_time(Duration::from_millis(20))
        .measurement_time(Duration::from_millis(100));
    let mut each = |name: &str, time: &dyn Fn() -> Duration| {
        group.bench_function(name, |b| b.iter_custom(|n| (0..n).map(|_| time()).sum()));
    };
    each("first in a process", &binding::first_in_process);
    each("new signature, 2 parameters", &|| binding::new_signature(2));
    each("new signature, 8 parameters", &|| binding::new_signature(8));
    // A binding is for life: a few at a time are timed, not as many as fit the time.
    each("signature in use, symbol known, 64 times", &|| binding::cached_signature(64));
    group.finish();
    println!("memory of a binding: {:.0} bytes", binding::bytes_each(&host));
}

criterion_group!(benches, all_calls, all_binds);

fn main() {
    if !binding::was_child() {
        benches();
        Criterion::default().configure_from_args().final_summary();
    }
}
