#!/usr/bin/env bash
# Instructions per call of every cell of `cargo bench --bench table`, or of those whose line contains the argument:
# section, row, way, instructions. Counted by valgrind's callgrind, so that the machine's noise has no part in it: the
# difference of a run with 2,000 calls and one with 1,000. The K runtime's share is included.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
command -v valgrind >/dev/null || { echo "valgrind is not installed" >&2; exit 1; }

bench=$(cargo bench --bench table --no-run 2>&1 | sed -n 's/.*Executable.*(\(.*\))/\1/p')

instructions() {
  valgrind --tool=callgrind --callgrind-out-file=/dev/null "$bench" --only "$@" 2>&1 | sed -n 's/.*Collected : //p'
}

"$bench" --list | grep -F -- "${1:-}" | while IFS=$'\t' read -r section row way; do
  few=$(instructions "$section" "$row" "$way" 1000)
  many=$(instructions "$section" "$row" "$way" 2000)
  printf '%s\t%s\t%s\t%s\n' "$section" "$row" "$way" $(((many - few) / 1000))
done
