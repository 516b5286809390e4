#!/usr/bin/env bash
# Runs the suites of calls and the q tests on Linux for AArch64, under qemu: on qhost's runtime, and those that are mostly
# K objects on KX's too when tools/fetch-libe.py has fetched it. `tools/test-aarch64.sh SUITE...` runs these suites alone.
#
# Needs qemu-user, gcc-aarch64-linux-gnu and `rustup target add aarch64-unknown-linux-gnu`; says what is missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

TARGET=aarch64-unknown-linux-gnu
# The others start programs, which qemu would have to be told of.
SUITES=(atomic callbacks errors forms instructions loops memory outs ownership random rawmemory structs types varargs)
ON_KX=(callbacks errors forms rawmemory structs types)

for tool in qemu-aarch64 aarch64-linux-gnu-gcc; do
  command -v "$tool" >/dev/null || { echo "skipped for AArch64: no $tool"; exit 0; }
done
if [[ ! -d $(rustc --print sysroot)/lib/rustlib/$TARGET ]]; then
  echo "skipped for AArch64: no Rust target $TARGET"
  exit 0
fi

export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc
export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER="qemu-aarch64 -L /usr/aarch64-linux-gnu"
export CC_aarch64_unknown_linux_gnu=aarch64-linux-gnu-gcc

# Runs suites, whose names are arguments, and options. The skipped tests run themselves as another program.
run() {
  cargo test --target "$TARGET" --package ffijit --package qhost "$@" \
    -- --skip what_a_forked_child_binds --skip all_is_the_same_
}

# The library is the one that cargo has built for the suites: by itself it would be another build of Cranelift, with fewer
# features.
LIBRARY=target/$TARGET/debug/deps/libffijit.so

run_q_tests() {
  local script
  cargo build --target "$TARGET" --package qhost --bin qhost
  aarch64-linux-gnu-gcc -shared -fPIC -o "target/$TARGET/libthreads.so" tests/c/threads.c
  for script in examples/quickstart.q tests/q/{address,calls,errors,events,forms,guard,outs,pipe,qsort,regex,threads}.q; do
    echo "$script"
    FFIJIT_LIB=$LIBRARY CHECK_Q=tests/q/check.q THREADS_SO=target/$TARGET/libthreads.so FFI_Q=q/ffi.q \
      timeout 300 qemu-aarch64 -L /usr/aarch64-linux-gnu "target/$TARGET/debug/qhost" "$script" -q | tail -1
  done
}

# An archive of what has been built, unpacked elsewhere: its files are whole, and its own library is found.
run_archive() {
  local folder
  folder=$(mktemp -d)
  cargo xtask dist --target l64arm --library "$LIBRARY" --to "$folder"
  tar -xzf "$folder"/ffijit-*-l64arm.tar.gz -C "$folder"
  host=$PWD/target/$TARGET/debug/qhost
  (cd "$folder"/ffijit-*-l64arm && sha256sum --quiet -c SHA256SUMS &&
    env -u FFIJIT_LIB -u QHOME timeout 300 qemu-aarch64 -L /usr/aarch64-linux-gnu "$host" examples/quickstart.q -q) | tail -1
  rm -rf "$folder"
}

if (($#)); then
  run "${@/#/--test=}"
  exit
fi
run "${SUITES[@]/#/--test=}"
run_q_tests
run_archive
if [[ -e target/libe/l64arm/libe.so ]]; then
  run "${ON_KX[@]/#/--test=}" --features qhost/libe
else
  echo "skipped for AArch64 on KX's runtime, which is not there: tools/fetch-libe.py fetches it"
fi
