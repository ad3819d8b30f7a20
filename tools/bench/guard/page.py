# SPDX-License-Identifier: Apache-2.0
"""The report page of the guard's campaign: one file without anything from outside."""
import html as escape_html

KINDS = ["resistive", "half wave", "phase cut", "with capacitor", "in steps", "slow rise"]

STYLE = """
:root{--ink:#1c2430;--soft:#5b6675;--line:#dde3ea;--paper:#fff;--back:#f5f7fa;--good:#11734b;--bad:#b3261e;--accent:#1f5fae}
@media(prefers-color-scheme:dark){:root{--ink:#e6ebf2;--soft:#9aa7b8;--line:#303a47;--paper:#171d26;--back:#10151c;--good:#5fd3a0;--bad:#ff8a80;--accent:#7db4ff}}
*{box-sizing:border-box}body{margin:0;background:var(--back);color:var(--ink);font:16px/1.55 system-ui,sans-serif}
main{max-width:62rem;margin:0 auto;padding:2rem 1.2rem 4rem}h1{font-size:1.7rem;line-height:1.2;margin:0 0 .4rem}
h2{font-size:1.15rem;margin:2.4rem 0 .6rem}p{margin:.5rem 0;max-width:46rem}.soft{color:var(--soft);font-size:.9rem}
.card{background:var(--paper);border:1px solid var(--line);border-radius:.7rem;padding:1rem;overflow-x:auto}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}th,td{padding:.42rem .6rem;text-align:right;white-space:nowrap}
th:first-child,td:first-child{text-align:left;white-space:normal}thead th{color:var(--soft);font-weight:600;font-size:.85rem;border-bottom:1px solid var(--line)}
tbody tr+tr td,tbody tr+tr th{border-top:1px solid var(--line)}tbody th{font-weight:400}.held{color:var(--good);font-weight:600}.missed{color:var(--bad);font-weight:600}
.heat td.cell{border-radius:.3rem;color:#0d1a12;min-width:4.6rem}.legend{display:flex;gap:1rem;flex-wrap:wrap;margin:.4rem 0}
@media(max-width:36rem){main{padding:1.2rem .7rem 3rem}.card{padding:.5rem}th,td{padding:.35rem .3rem;font-size:.84rem}.heat td.cell{min-width:0}th:first-child,td:first-child{min-width:6.2rem}}
svg{display:block;width:100%;height:auto}svg text{fill:var(--soft);font:12px system-ui,sans-serif}
@media(max-width:36rem){svg text{font-size:15px}}
"""


def text(value):
    return escape_html.escape(str(value))


def colour(found):
    """From red over yellow to green: 50 % and less, 90 %, 100 %."""
    hue = 8 + max(0.0, min(1.0, (found - 0.5) / 0.4)) * 40 if found < 0.9 else 48 + (found - 0.9) / 0.1 * 92
    return f"hsl({hue:.0f} 62% 74%)"


def goal_table(rows):
    body = "".join(
        f"<tr><th scope=row>{text(name)}</th><td>{text(measured)}</td><td>{text(goal)}</td>"
        f"<td class={'held' if held else 'missed'}>{'held' if held else 'missed'}</td></tr>"
        for name, measured, goal, held in rows)
    return f"<div class=card><table><thead><tr><th></th><th>measured</th><th>goal</th><th></th></tr></thead><tbody>{body}</tbody></table></div>"


def amperes(cell):
    low, high = cell["amperes"]
    return "nothing" if high <= 0.1 else f"{low:g}–{high:g} A"


def heat_table(cells, row_name, head):
    columns = list(dict.fromkeys(amperes(cell) for cell in cells))
    rows = {}
    for cell in cells:
        rows.setdefault(row_name(cell), {})[amperes(cell)] = cell
    body = ""
    for name, by_background in rows.items():
        body += f"<tr><th scope=row>{text(name)}</th>"
        for column in columns:
            cell = by_background[column]
            found = cell["found"] / cell["scenes"]
            title = f"{cell['found']} of {cell['scenes']}, median {cell['median_s']:.2f} s"
            body += f"<td class=cell style='background:{colour(found)}' title='{title}'>{found:.1%}</td>"
        body += "</tr>"
    header = "".join(f"<th>{text(column)}</th>" for column in columns)
    return f"<div class='card heat'><table><thead><tr><th>{head}</th>{header}</tr></thead><tbody>{body}</tbody></table></div>"


def times_chart(cells):
    """Median to 99th percentile of the time to the decision, a bar for each power."""
    powers = {}
    for cell in cells:
        if cell["found"]:
            powers.setdefault(tuple(cell["watts"]), []).append(cell)
    height = 34 * len(powers) + 46
    left, right = 120, 690

    def x(seconds):
        return left + (right - left) * min(seconds, 1.1) / 1.1

    parts = []
    for tick in (0, 0.2, 0.4, 0.6, 0.8, 1.0):
        dash = "" if tick == 1.0 else " stroke-dasharray='2 4'"
        stroke = "var(--bad)" if tick == 1.0 else "var(--line)"
        parts.append(f"<line x1={x(tick):.0f} x2={x(tick):.0f} y1=8 y2={height - 30} stroke='{stroke}'{dash}/>"
                     f"<text x={x(tick):.0f} y={height - 12} text-anchor=middle>{tick:g} s</text>")
    for number, (watts, group) in enumerate(powers.items()):
        y = 18 + 34 * number
        median = max(c["median_s"] for c in group)
        slowest = max(c["p99_s"] for c in group)
        parts.append(f"<text x={left - 10} y={y + 13} text-anchor=end>{watts[0]:g}–{watts[1]:g} W</text>"
                     f"<rect x={left} y={y} width={x(slowest) - left:.0f} height=18 rx=4 fill='var(--accent)' opacity=.25 />"
                     f"<rect x={left} y={y} width={x(median) - left:.0f} height=18 rx=4 fill='var(--accent)'/>")
    return (f"<div class=card><svg viewBox='0 0 720 {height}' role=img aria-label='Time from switching on to the decision, by power'>"
            f"{''.join(parts)}</svg></div>")


def confusion_table(result):
    rows = {}
    for cell in result["cells"]:
        row = rows.setdefault(cell["trick"], [0] * (len(KINDS) + 2))
        for kind, count in enumerate(cell["as"]):
            row[kind] += count
        row[len(KINDS)] += cell["scenes"] - cell["found"]
        row[len(KINDS) + 1] += cell["scenes"]
    header = "".join(f"<th>{text(kind)}</th>" for kind in KINDS) + "<th>not found</th><th>scenes</th>"
    body = "".join(f"<tr><th scope=row>{text(name)}</th>{''.join(f'<td>{value or chr(183)}</td>' for value in row)}</tr>"
                   for name, row in rows.items())
    return f"<div class=card><table><thead><tr><th>what it was</th>{header}</tr></thead><tbody>{body}</tbody></table></div>"


def soak_table(soak):
    body = "".join(f"<tr><th scope=row>{text(kind['name'])}</th><td>{kind['switched_on']}</td><td>{kind['false'] or chr(183)}</td></tr>"
                   for kind in soak["kinds"])
    return ("<div class=card><table><thead><tr><th>switched on last before</th><th>times switched on</th><th>false findings</th>"
            f"</tr></thead><tbody>{body}</tbody></table></div>")


def html(result, rows, made):
    plain = [c for c in result["cells"] if c["trick"] == "plain"]
    tricks = [c for c in result["cells"] if c["trick"] != "plain"]
    soak = result["soak"]
    recordings = (f"{result['recordings']} recordings of real appliances among them" if result["recordings"]
                  else "no recordings were at hand")
    missed = sum(not row[3] for row in rows)
    return f"""<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content="width=device-width,initial-scale=1">
<title>Latchkey: recognising resistive loads</title><style>{STYLE}</style><main>
<h1>Knows a kettle when it sees one</h1>
<p>What the guard finds on composed scenes: one resistive appliance switched on at any phase of the mains while other loads run,
sampled at 8 kHz by a noisy converter. {text(recordings)}. Made {text(made)}, seed {result['seed']}.
{'All goals are held.' if not missed else f'{missed} of {len(rows)} goals are missed.'}</p>
{goal_table(rows)}
<p class=soft>Shares over 0–10 A count each ampere of background alike, so the cell of 5–10 A has half of the weight.</p>
<h2>Found, by power and by what else runs</h2>
{heat_table(plain, lambda c: f"{c['watts'][0]:g}–{c['watts'][1]:g} W", "power of the step")}
<p class=soft>The watched band begins at 80 W (for less than 100 W: at four fifths of the least power, 30 W at the lowest). Columns: current of
the other loads. A voltage that moves with the step asks for more power than the band's lower end, which shows below 100 W.</p>
<h2>Tricks, 200 to 2 000 W</h2>
{heat_table(tricks, lambda c: c["trick"], "trick")}
<p class=soft>Many small steps are of 30–70 W each, 0.5–4 s apart; a slow rise takes 2–40 s. Both begin with 15–20 s of other loads
alone and count as found up to 12 s after they are whole; something found before they begin counts as a miss.</p>
<h2>Time to the decision</h2>
{times_chart(plain)}
<p class=soft>Dark: the median of the slowest background; light: its 99th percentile. The line is the goal.</p>
<h2>What it was, and what it was taken for</h2>
{confusion_table(result)}
<h2>{soak['hours']:,.0f} hours of other loads alone</h2>
<p>{soak['switchings']:,} switchings of appliances that are no resistors, every cycle of the mains simulated; in four houses of ten a heater that is on
all the while. {sum(soak['false'])} times something was found: {', '.join(f'{count} {kind}' for kind, count in zip(KINDS, soak['false']) if count) or 'none'}.</p>
{soak_table(soak)}
<h2>How far to trust this</h2>
<p>The scenes are composed. Appliances are formulas and circuits with a spread of make, and the recordings are of nine kinds, most of them in
steady state; how those start is their class's formula. The hours are simulated as cycles of 32 points, not as samples. Appliances that have a heating
resistor (a laser printer's fuser, a washing machine that heats) are resistive loads to any meter; they are allowed by the white list and are not among the
other loads here. Different homes will differ; the seed makes each figure repeatable, not universal.</p>
</main></html>"""
