#!/usr/bin/env python3
"""Runs the same C functions through LuaJIT, Bun, Deno, koffi, cffi, ctypes and ffijit in qhost, as one table.

    cargo build --release && benches/peers/run.py

What is not installed is left out, and said. `npm install koffi bun deno` in a directory that the variable PEERS_NODE
names, `apt-get install luajit` and `pip install cffi` are what it takes. Each way checks its results before it is timed,
and gives the least of seven times; three processes of each take turns, and the least of them counts, since a machine that
others use only ever adds to a time.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
ROWS = {
    "call": "`double add2(double, double)`",
    "eight": "eight mixed arguments",
    "text": "a text",
    "callback": "a callback of two ints",
    "elements": "an element of a million",
}
PROCESSES = 3


def ways(node_modules):
    """Names, the commands that tell versions, and those that measure, without the library."""
    tool = lambda name: shutil.which(name) or str(node_modules / ".bin" / name)
    python = sys.executable
    return [
        ("ffijit", None, [str(ROOT / "target/release/qhost"), str(HERE / "peers.q")]),
        ("LuaJIT", [tool("luajit"), "-v"], [tool("luajit"), str(HERE / "peers.lua")]),
        ("Bun", [tool("bun"), "--version"], [tool("bun"), str(HERE / "bun.mjs")]),
        ("Deno", [tool("deno"), "--version"], [tool("deno"), "run", "--allow-all", str(HERE / "deno.mjs")]),
        ("koffi", ["node", "-p", "'koffi ' + require('koffi').version + ', node ' + process.version"], ["node", "koffi.mjs"]),
        ("cffi", [python, "-c", "import cffi; print(cffi.__version__)"], [python, str(HERE / "cffi_.py")]),
        ("ctypes", [python, "-c", "import sys; print('Python', sys.version.split()[0])"], [python, str(HERE / "ctypes_.py")]),
    ]


def run(command, directory):
    try:
        done = subprocess.run(command, cwd=directory, capture_output=True, text=True, timeout=120)
    except OSError as error:
        return None, str(error)
    return (done.stdout if done.returncode == 0 else None), done.stderr


def directory_of(name, node_modules, scratch):
    """Where a way is run: node finds modules from the script's directory upwards, qhost its files from the project's."""
    if name == "koffi":
        for file in ["koffi.mjs", "measure.mjs"]:
            shutil.copy(HERE / file, node_modules.parent / file)
        return node_modules.parent
    return ROOT if name == "ffijit" else scratch


def measured(command, library, directory):
    """The figures of one process, or why there are none."""
    out, error = run([*command, library], directory)
    if out is None:
        return None, error.strip().splitlines()[-1] if error.strip() else "it failed"
    figures = dict(line.split("\t") for line in out.splitlines() if "\t" in line)
    return {row: float(figures[row]) for row in ROWS}, None


def main():
    node_modules = Path(os.environ.get("PEERS_NODE", HERE)) / "node_modules"
    with tempfile.TemporaryDirectory() as scratch:
        library = f"{scratch}/libpeers.so"
        subprocess.run(["gcc", "-O2", "-shared", "-fPIC", "-o", library, HERE / "peers.c"], check=True)
        all_ways, best, missing = ways(node_modules), {}, {}
        for name, version, _ in all_ways:
            out, error = run(version, directory_of(name, node_modules, scratch)) if version else ("", "")
            if out is None:
                missing[name] = error.strip().splitlines()[0] if error.strip() else "not there"
            elif version:
                print(f"{name}: {out.strip().splitlines()[0]}")
        for _ in range(PROCESSES):
            for name, _, command in all_ways:
                if name in missing:
                    continue
                figures, why = measured(command, library, directory_of(name, node_modules, scratch))
                if figures is None:
                    missing[name] = why
                    continue
                known = best.setdefault(name, figures)
                best[name] = {row: min(known[row], figures[row]) for row in ROWS}
    present = [name for name, *_ in all_ways if name in best]
    print("\n| nanoseconds | " + " | ".join(present) + " |\n|---|" + "---:|" * len(present))
    for row, label in ROWS.items():
        print(f"| {label} | " + " | ".join(f"{best[name][row]:.1f}" for name in present) + " |")
    for name, why in missing.items():
        print(f"\n{name} could not be measured: {why}")
    if "ffijit" in missing:
        sys.exit("cargo build --release makes qhost and the library")


if __name__ == "__main__":
    main()
