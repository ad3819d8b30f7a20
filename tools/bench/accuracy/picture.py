# SPDX-License-Identifier: Apache-2.0
"""The error curves of one meter and the goals as one small picture that stands by itself (docs/pictures/accuracy.svg)."""
import html
import math

import chart

GAP, PANEL_WIDE, TOP, ROW = 14, 430, 92, 23
GOOD, BAD, SOFT, INK = "#1a7f52", "#c62828", "#5b6878", "#1b2430"
STYLE = ("text{font-family:system-ui,'Segoe UI',Roboto,sans-serif}.tick{fill:#5b6878;font-size:11px}.grid{stroke:#e3e8ee}.zero{stroke:#9aa5b1}"
         ".unit-line{fill:none;stroke:#4a90b8;opacity:.42}.worst{fill:#0b6e99}.missed{fill:#c62828}.class_1{fill:none;stroke:#9aa5b1;stroke-width:1.4;stroke-dasharray:5 3}"
         ".class_05s{fill:none;stroke:#8a5cc2;stroke-width:1.6}rect.goal{fill:#1a7f52;fill-opacity:.13}")
LEGEND = (("one unit", '<path class="unit-line" style="opacity:1" d="M0,0h22"/>'), ("worst unit", '<circle class="worst" cx="11" r="3.4"/>'),
          ("goal", '<rect class="goal" y="-6" width="22" height="12"/>'), ("class 0.5 S", '<path class="class_05s" d="M0,0h22"/>'), ("class 1", '<path class="class_1" d="M0,0h22"/>'))


# Of the goals' titles, which are longer than a column.
SHORTER = ((", as a share of the class 0.5 S limit", ", of class 0.5 S"), (", as a share of half the class 0.5 S limit", ", of half class 0.5 S"),
           ("All other points of IEC 62053-21 and -22", "All other points"), ("time to the first pulse over the theoretical", "time to the first pulse"))


def text(x, y, words, size=13, colour=INK, bold=False, end=False):
    style = f'font-size="{size}" fill="{colour}"' + (' font-weight="bold"' if bold else "") + (' text-anchor="end"' if end else "")
    return f'<text x="{x:g}" y="{y:g}" {style}>{html.escape(words)}</text>'


def svg(data, panels, rows, title):
    """`panels` are (name, points of one curve), drawn side by side; `rows` the goals (goals.py), in two columns below."""
    wide = GAP + len(panels) * (PANEL_WIDE + GAP)
    panel_high = PANEL_WIDE * chart.HEIGHT / chart.WIDTH
    table_top = TOP + 24 + panel_high + 30
    half = math.ceil(len(rows) / 2)
    high = table_top + half * ROW + 6
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide:g}" height="{high:.0f}" viewBox="0 0 {wide:g} {high:.0f}"><style>{STYLE}</style>',
           '<rect width="100%" height="100%" fill="#fff"/>', text(GAP, 28, "Error of active energy against the current", 18, bold=True),
           text(GAP, 48, f"{title}; {data['units']} simulated units, each calibrated with three load points (seed {data['seed']})", 13, SOFT)]
    x = GAP
    for name, sample in LEGEND:
        out.append(f'<g transform="translate({x:g},70)">{sample}</g>' + text(x + 28, 74, name, 12, SOFT))
        x += 46 + 7 * len(name)
    for column, (name, points) in enumerate(panels):
        left = GAP + column * (PANEL_WIDE + GAP)
        points = sorted(points, key=lambda point: point["x"])
        out += [text(left + 4, TOP + 16, name, 14, bold=True), text(left + PANEL_WIDE - 8, TOP + 16, f"worst {max(p['worst'] for p in points):.3f} %", 13, SOFT, end=True),
                chart.curve(points, "%").replace("<svg ", f'<svg x="{left}" y="{TOP + 24}" width="{PANEL_WIDE}" height="{panel_high:.1f}" ', 1)]
    column_wide = (wide - GAP) / 2
    for index, row in enumerate(rows):
        left, y = GAP + column_wide * (index // half), table_top + ROW * (index % half)
        value = "no value" if not math.isfinite(row["value"]) else f'{row["value"]:.{row["digits"]}f} {row["unit"]}'.rstrip()
        title = row["title"]
        for long, short in SHORTER:
            title = title.replace(long, short)
        goal = f'{"≤ " if row["goal"] else ""}{row["goal"]:g}'
        out += [text(left, y, title, 12.5), text(left + column_wide - 84, y, value, 12.5, GOOD if row["held"] else BAD, True, True),
                text(left + column_wide - GAP, y, goal, 12.5, SOFT, end=True)]
    return "".join(out) + "</svg>\n"
