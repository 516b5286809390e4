#!/usr/bin/env python3
"""Draws docs/performance.svg and fills the tables of README.md and docs/performance.md.

The figures come from docs/performance.tsv, which `cargo bench --bench table -- --save docs/performance.tsv` writes.
Needs nothing beyond Python 3. In the texts, what lies between `<!-- performance: SECTION -->` and
`<!-- performance: end -->` is replaced.
"""

import csv
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "docs/performance.tsv"

# The bars of the picture: section, column, colour. All lengths are times the first column's of each section.
BARS = {
    "calls": [("C wrapper", "#8c8c8c"), ("fn", "#2f6db3"), ("bind, f[a;b]", "#79a8d9"), ("ffikdb's steps", "#d98b4b")],
    "callbacks": [("C callback", "#8c8c8c"), ("ffijit", "#2f6db3"), ("ffikdb's steps", "#d98b4b")],
}
LABEL, SCALE, BAR, GAP, TOP = 120, 36, 9, 10, 64


def read(path):
    """The machine's description, and {section: {row: {column: cell}}} in the file's order."""
    lines = path.read_text().splitlines()
    machine = dict(line[2:].split(": ", 1) for line in lines if line.startswith("# "))
    sections = {}
    for cell in csv.DictReader((line for line in lines if not line.startswith("# ")), delimiter="\t"):
        sections.setdefault(cell["section"], {}).setdefault(cell["row"], {})[cell["column"]] = cell
    return machine, sections


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
    columns = list(dict.fromkeys(column for cells in rows.values() for column in cells))
    out = [f"| {name} | " + " | ".join(columns) + " |", "|---|" + "---:|" * len(columns)]
    for row, cells in rows.items():
        out.append(f"| `{row}` | " + " | ".join(shown(cells.get(c)) for c in columns) + " |")
    return "\n".join(out)


def description(machine):
    return ", ".join(f"{what} {value}" for what, value in machine.items())


def text_at(x, y, text, anchor="start", size=11):
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" font-size="{size}">{text.replace(">", "&gt;")}</text>'


def group(label, cells, bars, y):
    """The bars of one row, from `y` down; their lengths are multiples of the first one's."""
    out = [text_at(LABEL - 8, y + BAR * len(bars) / 2 + 4, label, "end")]
    base = float(cells[bars[0][0]]["value"])
    for i, (column, colour) in enumerate(bars):
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
        for section, bars in BARS.items() for cells in sections[section].values() for c, _ in bars
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
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{y}" font-family="sans-serif">'
    back = f'<rect width="{width}" height="{y}" fill="white"/>'
    return "\n".join([head, back, text_at(8, 20, f"{machine['processor']}, {machine['C compiler']}", size=11), *out, "</svg>\n"])


def fill(path, machine, sections):
    """Replaces the marked tables of a text."""
    def replacement(match):
        names = [name.strip() for name in match[1].split(";")]
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
