#!/usr/bin/env python3
"""Draws docs/performance.svg and fills the tables of README.md and docs/performance.md.

The figures come from docs/performance.tsv, which `cargo bench --bench table -- --save docs/performance.tsv` writes, and
those of another processor, ranges of ratios, from docs/performance-amd.tsv. Needs nothing beyond Python 3. In the texts, what lies between `<!-- performance: SECTION -->` and
`<!-- performance: end -->` is replaced.
"""

import csv
import html
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "docs/performance.tsv"
OTHER = ROOT / "docs/performance-amd.tsv"

# The groups of rows whose ratios are told for both processors: section, column, and which rows. A row of calls is named by
# its types, "args -> ret"; scalars are letters that are no vectors and no texts.
GROUPS = {
    "fn, one to six scalars": ("calls", "fn", lambda row: is_scalars(row) and len(row.split(" ")[0]) <= 6),
    "fn, eight mixed": ("calls", "fn", lambda row: row.startswith("ifjehfxj ")),
    "bind, f[a;b]": ("calls", "bind, f[a;b]", lambda row: is_plain(row)),
    "bind, f (a;b;::)": ("calls", "bind, f (a;b;::)", lambda row: is_plain(row)),
    "atomic, 10 elements": ("vectors, an element", "atomic", lambda row: row == "10 elements"),
    "atomic, 1000 elements": ("vectors, an element", "atomic", lambda row: row == "1000 elements"),
    "atomic, 1000000 elements": ("vectors, an element", "atomic", lambda row: row == "1000000 elements"),
    "256 functions in turn": ("in turn", "fn", lambda row: row == "256 functions"),
    "1024 functions in turn": ("in turn", "fn", lambda row: row == "1024 functions"),
    "callbacks": ("callbacks", "ffijit", lambda row: True),
}

# The bars of the picture: section, column, colour. All lengths are times the first column's of each section.
BARS = {
    "calls": [("C wrapper", "#8c8c8c"), ("fn", "#2f6db3"), ("bind, f[a;b]", "#79a8d9"), ("ffikdb's steps", "#d98b4b")],
    "callbacks": [("C callback", "#8c8c8c"), ("ffijit", "#2f6db3"), ("ffikdb's steps", "#d98b4b")],
}
LABEL, SCALE, BAR, GAP, TOP = 120, 36, 9, 10, 64
# The two processors' ranges: where they begin, and pixels for the time of hand-written C.
RANGES, UNIT = 170, 220
COLOURS = ["#2f6db3", "#d98b4b"]


def is_plain(row):
    """Whether a row of calls is one of those that are compared on both: values, a vector, a text, by name."""
    return "," not in row and "&" not in row and not row.startswith("ww")


def is_scalars(row):
    return is_plain(row) and row.split(" ")[0].islower() and "s" not in row.split(" ")[0]


def read(path):
    """The machine's description, and {section: {row: {column: cell}}} in the file's order."""
    lines = path.read_text().splitlines()
    machine = dict(line[2:].split(": ", 1) for line in lines if line.startswith("# "))
    sections = {}
    for cell in csv.DictReader((line for line in lines if not line.startswith("# ")), delimiter="\t"):
        sections.setdefault(cell["section"], {}).setdefault(cell["row"], {})[cell["column"]] = cell
    return machine, sections


def ranges(machine, sections):
    """For each processor its name and {group: (lowest ratio, highest)}."""
    own = {}
    for group, (section, column, is_of) in GROUPS.items():
        cells = [cells[column] for row, cells in sections[section].items() if is_of(row) and column in cells]
        ratios = [float(cell["ratio"]) for cell in cells]
        own[group] = (min(ratios), max(ratios))
    lines = OTHER.read_text().splitlines()
    name = dict(line[2:].split(": ", 1) for line in lines if line.startswith("# "))["processor"]
    rows = csv.DictReader((line for line in lines if not line.startswith("# ")), delimiter="\t")
    other = {row["group"]: (float(row["low"]), float(row["high"])) for row in rows}
    return [(machine["processor"], own), (name, other)]


def range_text(low, high):
    return f"{low:.2f}" if low == high else f"{low:.2f}–{high:.2f}"


def range_table(both):
    """A Markdown table of the ratios on both processors."""
    out = ["| times hand-written C | " + " | ".join(name for name, _ in both) + " |", "|---|" + "---:|" * len(both)]
    for group in GROUPS:
        out.append(f"| {group} | " + " | ".join(range_text(*of[group]) for _, of in both) + " |")
    return "\n".join(out)


def range_bars(both, y):
    """The same as bars from the lowest to the highest, with a line where hand-written C is; and where they end."""
    out, start = [text_at(8, y, "times hand-written C, lowest to highest, on two processors", size=12)], y
    for (name, _), colour in zip(both, COLOURS):
        y += 14
        out.append(f'<rect x="8" y="{y - 9}" width="10" height="10" fill="{colour}"/>' + text_at(22, y, name, size=10))
    y += 10
    for group in GROUPS:
        out.append(text_at(RANGES - 8, y + BAR + 4, group, "end"))
        for (_, of), colour in zip(both, COLOURS):
            low, high = of[group]
            width = max((high - low) * UNIT, 3)
            out.append(f'<rect x="{RANGES + low * UNIT:.1f}" y="{y}" width="{width:.1f}" height="{BAR - 1}" fill="{colour}"/>')
            out.append(text_at(f"{RANGES + low * UNIT + width + 4:.1f}", y + BAR - 1, range_text(low, high), size=9))
            y += BAR
        y += GAP
    line = RANGES + UNIT
    out.append(f'<line x1="{line}" y1="{start + 40}" x2="{line}" y2="{y}" stroke="#444" stroke-width="0.7"/>')
    return out, y + 10


def shown(cell):
    """A cell as text: the value, and how many times that of the column it is compared with."""
    if cell is None:
        return ""
    value = float(cell["value"])
    text = f"{value:,.0f}" if value >= 1000 else f"{value:.2f}" if value < 10 else f"{value:.1f}"
    unit = {"ns": "", "us": " µs"}.get(cell["unit"], " " + cell["unit"])
    return text + unit + (f" ({float(cell['ratio']):.2f})" if cell["ratio"] else "")


def table(name, rows):
    """A Markdown table of a section."""
    columns = dict.fromkeys(column for cells in rows.values() for column in cells)
    # What the guard costs is told in words.
    columns = [column for column in columns if "guard" not in column]
    out = [f"| {name} | " + " | ".join(columns) + " |", "|---|" + "---:|" * len(columns)]
    for row, cells in rows.items():
        out.append(f"| `{row}` | " + " | ".join(shown(cells.get(c)) for c in columns) + " |")
    return "\n".join(out)


def description(machine):
    return ", ".join(f"{what} {value}" for what, value in machine.items())


def text_at(x, y, text, anchor="start", size=11):
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" font-size="{size}">{html.escape(text, quote=False)}</text>'


def group(label, cells, bars, y):
    """The bars of one row, from `y` down; their lengths are multiples of the first one's."""
    out = [text_at(LABEL - 8, y + BAR * len(bars) / 2 + 4, label, "end")]
    base = float(cells[bars[0][0]]["value"])
    for i, (column, colour) in enumerate(bars):
        if column not in cells:
            continue
        times = float(cells[column]["value"]) / base
        top, width = y + i * BAR, times * SCALE
        out.append(f'<rect x="{LABEL}" y="{top}" width="{width:.1f}" height="{BAR - 1}" fill="{colour}"/>')
        out.append(text_at(f"{LABEL + width + 4:.1f}", top + BAR - 1, f"{times:.2f}", size=9))
    return out


def picture(machine, sections):
    """All groups of bars below one another, with a legend and a line where hand-written C ends."""
    legend = {column: colour for bars in BARS.values() for column, colour in bars}
    longest = max(
        float(cells[c]["value"]) / float(cells[bars[0][0]]["value"])
        for section, bars in BARS.items() for cells in sections[section].values() for c, _ in bars if c in cells
    )
    width, y, out = int(LABEL + longest * SCALE + 50), TOP, []
    for section, bars in BARS.items():
        out.append(text_at(LABEL, y, f"{section}: time, hand-written C = 1", size=12))
        y += 8
        for row, cells in sections[section].items():
            out += group(row, cells, bars, y)
            y += BAR * len(bars) + GAP
        y += 18
    x = LABEL
    for column, colour in legend.items():
        out.append(f'<rect x="{x}" y="32" width="10" height="10" fill="{colour}"/>' + text_at(x + 14, 41, column))
        x += 30 + 7 * len(column)
    out.append(f'<line x1="{LABEL + SCALE}" y1="{TOP}" x2="{LABEL + SCALE}" y2="{y - 18}" stroke="#444" stroke-width="0.7"/>')
    bars, y = range_bars(ranges(machine, sections), y + 6)
    out += bars
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{y}" font-family="sans-serif">'
    back = f'<rect width="{width}" height="{y}" fill="white"/>'
    return "\n".join([head, back, text_at(8, 20, f"{machine['processor']}, {machine['C compiler']}", size=11), *out, "</svg>\n"])


def fill(path, machine, sections):
    """Replaces the marked tables of a text."""
    def replacement(match):
        names = [name.strip() for name in match[1].split(";")]
        if names == ["two processors"]:
            body = range_table(ranges(machine, sections))
        else:
            tables = [table(name, sections[name]) for name in names]
            body = "\n\n".join([f"Measured on: {description(machine)}.", *tables])
        return f"<!-- performance: {match[1]} -->\n{body}\n<!-- performance: end -->"

    text = path.read_text()
    marked = re.compile(r"<!-- performance: (?!end)(.*?) -->.*?<!-- performance: end -->", re.S)
    path.write_text(marked.sub(replacement, text))


def main():
    machine, sections = read(DATA)
    (ROOT / "docs/performance.svg").write_text(picture(machine, sections))
    for name in ["README.md", "docs/performance.md"]:
        fill(ROOT / name, machine, sections)


if __name__ == "__main__":
    main()
