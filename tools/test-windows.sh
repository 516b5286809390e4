#!/usr/bin/env bash
# Builds the library and qhost for Windows, and runs them under Wine: a tour, the examples, q tests and the suites of calls,
# whose C mingw compiles. Prints what passes. `tools/test-windows.sh build` only builds; `tools/test-windows.sh FILE.q`
# builds, and runs a script.
#
# Needs Wine of 64 bits, gcc-mingw-w64-x86-64, python3 and `rustup target add x86_64-pc-windows-gnu`; says what is missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

TARGET=x86_64-pc-windows-gnu
BUILT=target/$TARGET/debug
# Where what was built is run from: the program has the name that the library imports from.
RUN=target/$TARGET/wine
SUITES=(atomic callbacks errors forms random rawmemory structs types varargs)
# What uses nothing that Windows lacks: the others need fork, functions of glibc or POSIX, or a compiler where they run.
SCRIPTS=(examples/quickstart.q tests/windows/{windows,calls,unwind,faults}.q
  tests/q/{errors,forms,guard,named,qsort,threads}.q)

for tool in wine x86_64-w64-mingw32-gcc x86_64-w64-mingw32-dlltool python3; do
  command -v "$tool" >/dev/null || { echo "skipped for Windows: no $tool"; exit 0; }
done
if [[ ! -d $(rustc --print sysroot)/lib/rustlib/$TARGET ]]; then
  echo "skipped for Windows: no Rust target $TARGET"
  exit 0
fi

export CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER=wine
# A process that faults is to end, without Wine's debugger.
export WINEDEBUG=-all WINEDLLOVERRIDES=winedbg.exe=d

# Runs cargo on the suites. What it builds for them has more features than the library by itself, and is another build of
# Cranelift: so everything is done with this one.
suites() {
  cargo test --no-fail-fast --target "$TARGET" --package ffijit "${SUITES[@]/#/--test=}" "$@"
}

# A program of an archive's form: q.exe, and the library beside it.
assemble() {
  suites --no-run
  cargo build --target "$TARGET" --package qhost --bin qhost
  mkdir -p "$RUN" "$BUILT/deps"
  # Wine 8 lacks a library that Rust's own wants.
  x86_64-w64-mingw32-gcc -O2 -shared -o "$RUN/bcryptprimitives.dll" tests/c/prng.c -ladvapi32
  cp "$BUILT/qhost.exe" "$RUN/q.exe"
  cp "$BUILT/deps/ffijit.dll" "$RUN/libffijit.dll"
  # The suites run where cargo has put them.
  cp "$RUN/bcryptprimitives.dll" "$BUILT/deps/"
  x86_64-w64-mingw32-gcc -O2 -w -shared -static -o "$RUN/threads.dll" tests/c/threads.c -lpthread
  x86_64-w64-mingw32-gcc -O2 -w -shared -o "$RUN/windows.dll" tests/c/windows.c
  x86_64-w64-mingw32-gcc -O2 -w -shared -DHEADER='"named.h"' -Itests/c -o "$RUN/named.dll" tests/c/named.c
}

q() { timeout 120 wine "$RUN/q.exe" "$@" </dev/null; }

# Runs scripts that check themselves: each says how many checks it has made, and ends with 1 on a wrong result.
run_scripts() {
  local script failed=0
  for script in "$@"; do
    printf '%s: ' "$script"
    q "$script" -q >"$RUN/out" 2>&1 || { failed=1; cat "$RUN/out"; }
    tail -1 "$RUN/out"
  done
  return $failed
}

# How processes end of faults of C, by a table.
run_ends() {
  local status environment code wanted got lines count=0 failed=0
  while IFS=$'\t' read -r status code wanted; do
    [[ $status == \#* ]] && continue
    printf '\\l q/ffi.q\nL:getenv[`SCRATCH],"/windows.dll"\nf:{[name;args;ret] .ffi.fn[(L;string name);args;ret]}\n%s\n%s\nexit 88\n' \
      'read_at:f[`read_at;"r";"j"]' "$code" >"$RUN/ends.q"
    read -r status environment <<<"$status"
    got=0
    (export ${environment:-NONE=}; q "$RUN/ends.q" -q) >/dev/null 2>"$RUN/err" || got=$?
    lines=$(tr -d '\r' <"$RUN/err" | sed -E '/^wine: |^$/d; s/\+0x[0-9a-f]+/+N/g; s/ 0x[0-9a-f]{6,}/ N/g; s/\([0-9]+\)/(N)/g' | paste -sd/)
    count=$((count + 1))
    [[ $got == "$status" && $lines == "$wanted" ]] && continue
    failed=1
    printf '%s\n  ended with %s, not %s\n  said %s\n  not  %s\n' "$code" "$got" "$status" "$lines" "$wanted"
  done <tests/windows/ends.tsv
  echo "tests/windows/ends.tsv: $count ends"
  return $failed
}

# Wine starts programs of Linux but does not wait for them, so that something outside of it compiles.
with_compilers() {
  local port server
  coproc COMPILERS { exec python3 tools/compile-server.py; }
  server=$COMPILERS_PID
  # shellcheck disable=SC2064 # the process of now is meant
  trap "kill $server" EXIT
  read -r port <&"${COMPILERS[0]}"
  COMPILE_PORT=$port "$@"
}

# The skipped tests run themselves as another program, with what Linux alone has.
run_suites() {
  suites -- --skip all_is_the_same_ | tee "$RUN/suites"
  awk '/^test result/ { passed += $4; failed += $6; ignored += $8 }
    END { print "suites on Windows: " passed " passed, " failed " failed, " ignored " ignored" }' "$RUN/suites"
}

# An archive of what has been built, unpacked elsewhere: its files are whole, and its own library is found.
run_archive() {
  local folder host=$PWD/$RUN/q.exe
  folder=$(mktemp -d)
  cargo xtask dist --target w64 --library "$BUILT/deps/ffijit.dll" --to "$folder"
  tar -xzf "$folder"/ffijit-*-w64.tar.gz -C "$folder"
  (cd "$folder"/ffijit-*-w64 && sha256sum --quiet -c SHA256SUMS &&
    env -u FFIJIT_LIB -u QHOME timeout 120 wine "$host" examples/quickstart.q -q </dev/null) | tail -1
  rm -rf "$folder"
}

assemble
export FFIJIT_LIB=$RUN/libffijit.dll CHECK_Q=tests/q/check.q FFI_Q=q/ffi.q
export SCRATCH=$PWD/$RUN THREADS_SO=$PWD/$RUN/threads.dll NAMED_SO=$PWD/$RUN/named.dll NAMED_H=tests/c/named.h
case ${1:-} in
  build) exit 0 ;;
  *.q) q "$@"; exit ;;
esac
run_scripts "${SCRIPTS[@]}"
run_ends
run_archive
with_compilers run_suites
