//! Follows single stages over time: `cargo bench -p tablewarden-bench`.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark that lacks what it measures fails by panicking"
)]

use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use tablewarden_bench::corpus::{self, Kind};
use tablewarden_bench::stage::{self, Reference};
use tablewarden_core::log_file::INFLATER;

fn stages(criterion: &mut Criterion) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench");
    let policy = corpus::compiled(&corpus::policy(&folder).unwrap()).unwrap();
    for kind in Kind::ALL {
        let files = corpus::files(kind, &folder).unwrap();
        let file = &files[0];
        let mut group = criterion.benchmark_group(kind.name());
        group.throughput(Throughput::Bytes(file.bytes as u64)).sample_size(20);
        let mut reference = Reference::default();
        group.bench_function("inflate", |bencher| bencher.iter(|| reference.inflate(black_box(file)).unwrap()));
        group.bench_function(INFLATER, |bencher| bencher.iter(|| stage::inflate(black_box(file)).unwrap()));
        group.bench_function("split", |bencher| bencher.iter(|| stage::split(black_box(file)).unwrap()));
        group.bench_function("audit", |bencher| {
            bencher.iter(|| stage::audit(black_box(&files[..1]), &policy).unwrap());
        });
        group.finish();
    }
}

criterion_group!(benches, stages);
criterion_main!(benches);
