# SPDX-License-Identifier: Apache-2.0
"""The share found by power and background as one small picture."""
import html as escape_html

WIDE, HIGH, LEFT, TOP = 110, 26, 190, 64


def colour(share):
    """Red at half, green at all."""
    good = max(0.0, min(1.0, (share - 0.5) * 2))
    return f"hsl({int(10 + 125 * good)} 55% 72%)"


def name_of(cell):
    return f"{cell['watts'][0]}–{cell['watts'][1]} W" if cell["trick"] == "plain" else cell["trick"]


def svg(result, goals):
    names = list(dict.fromkeys(name_of(cell) for cell in result["cells"]))
    backgrounds = list(dict.fromkeys(tuple(cell["amperes"]) for cell in result["cells"]))
    wide = LEFT + WIDE * len(backgrounds) + 16
    high = TOP + HIGH * len(names) + 22 * len(goals) + 40
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}" font-family="sans-serif" font-size="13">',
           '<rect width="100%" height="100%" fill="#fff"/>',
           f'<text x="12" y="24" font-size="15" font-weight="bold">Resistive loads found, by what else runs (seed {result["seed"]})</text>']
    for column, (least, most) in enumerate(backgrounds):
        label = "nothing" if most <= 0.1 else f"{least:g}–{most:g} A"
        out.append(f'<text x="{LEFT + WIDE * (column + 0.5)}" y="52" text-anchor="middle" fill="#555">{label}</text>')
    for cell in result["cells"]:
        x = LEFT + WIDE * backgrounds.index(tuple(cell["amperes"]))
        y = TOP + HIGH * names.index(name_of(cell))
        share = cell["found"] / cell["scenes"]
        out.append(f'<rect x="{x}" y="{y}" width="{WIDE - 3}" height="{HIGH - 3}" rx="3" fill="{colour(share)}"/>')
        out.append(f'<text x="{x + WIDE / 2}" y="{y + 17}" text-anchor="middle">{share:.0%}</text>')
    for row, name in enumerate(names):
        out.append(f'<text x="12" y="{TOP + HIGH * row + 17}">{escape_html.escape(name)}</text>')
    y = TOP + HIGH * len(names) + 26
    for title, measured, goal, held in goals:
        style = "#11734b" if held else "#b3261e"
        out.append(f'<text x="12" y="{y}">{escape_html.escape(title)}</text><text x="{wide - 140}" y="{y}" text-anchor="end" '
                   f'fill="{style}" font-weight="bold">{measured}</text><text x="{wide - 16}" y="{y}" text-anchor="end" fill="#555">'
                   f'{escape_html.escape(goal)}</text>')
        y += 22
    return "".join(out) + "</svg>\n"
