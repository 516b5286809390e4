#!/usr/bin/env python3
"""Draws docs/architecture.svg: the modules of src/ in their order, who imports whom, and three ways through them.

The order comes from src/lib.rs, the grey arcs from the `use` lines and paths of the files. The steps of the ways are
written here, and each has to be an import: one that is called directly imports what it calls; one that is reached from
machine code by an address, which whoever imports `jit` gives it, is imported the other way. A step that the code does
not have any more ends the script with an error. With --check nothing is written: the exit status says whether the
picture is the code's.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs/architecture.svg"

# Outside of src/: above all modules and below them.
OUTSIDE = {"q", "C"}

# Title, colour, and a step a line: from -> to, or from => to by an address, and what it is for.
WAYS = [
    ("a function is bound", "#3f7d4e", """
        q -> natives: func, args, ret
        natives -> policy: may this caller?
        natives -> signature: letters become types
        natives -> library: the function is found
        natives -> prototype: one for a signature
        prototype -> plan: where each value crosses
        plan -> abi: by this platform's rules
        prototype -> jit: a template, compiled once
        natives -> binding: a copy of it, for this function
    """),
    ("q calls C", "#2f6db3", """
        q -> jit: the stub checks types, loads values
        jit -> C: and calls; k.h boxes the result
        jit => binding: other types: the cold path
        binding -> marshal: converts, copies texts
        binding -> call: by a stub for C's values,
        call -> jit: or libffi
        binding -> faults: a fault becomes an error
    """),
    ("C calls q", "#b3622f", """
        C -> jit: the thunk boxes what C gives
        jit -> q: and applies the q function
        jit => callback: another thread, other types
        callback -> calls: whose thread, which error waits
        callback -> marshal: the result becomes C's
        callback -> k: the q function is applied
    """),
]

ROW, TOP, LEFT, BOX, LANE = 30, 70, 190, 96, 300


def modules():
    """The modules of src/lib.rs, lowest first."""
    return re.findall(r"^pub mod (\w+);", (ROOT / "src/lib.rs").read_text(), re.M)


def files(module):
    """The files of a module."""
    single, folder = ROOT / f"src/{module}.rs", ROOT / f"src/{module}"
    return sorted([single] * single.exists() + list(folder.rglob("*.rs")))


def imports(module, all_modules):
    """The modules that a module's files name by paths from the root."""
    text = "\n".join(re.sub(r"//.*", "", path.read_text()) for path in files(module))
    names = set(re.findall(r"\bcrate::(\w+)", text))
    for group in re.findall(r"\bcrate::\{([^;]*)\};", text):
        names |= set(re.findall(r"\w+", group))
    return {name for name in names if name in all_modules and name != module}


def steps(lines):
    """The steps of a way: from, to, whether by an address, what for."""
    parts = re.findall(r"^ *(\w+) ([-=])> (\w+): (.*)$", lines, re.M)
    return [(source, target, arrow == "=", words) for source, arrow, target, words in parts]


def check_ways(graph):
    for title, _, lines in WAYS:
        for source, target, by_address, _ in steps(lines):
            importer, imported = (target, source) if by_address else (source, target)
            if not OUTSIDE & {source, target} and imported not in graph[importer]:
                sys.exit(f"{title}: {importer} does not import {imported}")


def text(x, y, words, anchor="start", size=11, colour="black", weight="normal"):
    words = words.replace("&", "&amp;").replace("<", "&lt;")
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" font-size="{size}" fill="{colour}" font-weight="{weight}">{words}</text>'


def boxes(rows):
    out = []
    for name, y in rows.items():
        fill = "#eeeeee" if name in OUTSIDE else "white"
        out.append(f'<rect x="{LEFT}" y="{y - 10}" width="{BOX}" height="20" rx="3" fill="{fill}" stroke="#555"/>')
        out.append(text(LEFT + BOX / 2, y + 4, name, "middle", 12))
    return out


def arcs(graph, rows):
    """An arc on the left for each import; longer ones reach further out."""
    out = []
    for module, others in graph.items():
        for other in sorted(others):
            y0, y1 = rows[module], rows[other]
            reach = LEFT - 12 - min(LEFT - 20, abs(y1 - y0) * 0.28)
            out.append(f'<path d="M{LEFT},{y0} C{reach:.0f},{y0} {reach:.0f},{y1} {LEFT},{y1}" fill="none" stroke="#999" stroke-width="0.6" stroke-opacity="0.6"/>')
    return out


def way(lane, title, colour, arrows, rows):
    """One lane: each step an arrow from row to row, its number and words where it arrives."""
    left = LEFT + BOX + 30 + lane * LANE
    out = [text(left, TOP - 32, title, size=13, colour=colour, weight="bold")]
    taken = {}
    for number, (source, target, by_address, words) in enumerate(arrows, 1):
        x = left + 11 * (number - 1)
        y0, y1 = rows[source], rows[target]
        head = 5 if y1 > y0 else -5
        dash = ' stroke-dasharray="4 3"' if by_address else ""
        out.append(f'<line x1="{x}" y1="{y0}" x2="{x}" y2="{y1 - head}" stroke="{colour}" stroke-width="1.6"{dash}/>')
        out.append(f'<circle cx="{x}" cy="{y0}" r="2" fill="{colour}"/>')
        out.append(f'<path d="M{x - 4},{y1 - head} L{x + 4},{y1 - head} L{x},{y1} Z" fill="{colour}"/>')
        below = taken.get(target, 0)
        taken[target] = below + 1
        out.append(text(left + 11 * len(arrows) + 4, y1 + 4 + 12 * below, f"{number} {words}", size=11, colour=colour))
    return out


def picture():
    names = modules()
    graph = {name: imports(name, names) for name in names}
    check_ways(graph)
    rows = {name: TOP + ROW * i for i, name in enumerate(["q", *reversed(names), "C"])}
    width, height = LEFT + BOX + 40 + LANE * len(WAYS), TOP + ROW * len(rows)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif">',
           f'<rect width="{width}" height="{height}" fill="white"/>',
           text(8, 20, "Modules of src/, each importing only from those below it (grey); dashed: from machine code, by an address that it was given")]
    for y in rows.values():
        out.append(f'<line x1="{LEFT + BOX}" y1="{y}" x2="{width}" y2="{y}" stroke="#eee"/>')
    out += arcs(graph, rows) + boxes(rows)
    for lane, (title, colour, lines) in enumerate(WAYS):
        out += way(lane, title, colour, steps(lines), rows)
    return "\n".join([*out, "</svg>\n"])


def main():
    drawn = picture()
    if sys.argv[1:] == ["--check"]:
        sys.exit(0 if PICTURE.read_text() == drawn else "docs/architecture.svg is not what tools/architecture.py draws")
    PICTURE.write_text(drawn)


if __name__ == "__main__":
    main()
