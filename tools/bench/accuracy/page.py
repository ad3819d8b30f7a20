# SPDX-License-Identifier: Apache-2.0
"""The report page: one file of HTML with its style and pictures inside, and the same figures as CSV."""
import csv
import html
import math
import pathlib

import chart
import goals
import picture

HERE = pathlib.Path(__file__).resolve().parent
UNITS = {"voltage_thd": "points", "current_thd": "points", "frequency": "mHz", "start": "×", "no_load": "pulses"}
LEGEND = ('<div class="legend"><span><i></i>one unit</span><span><i class="lp"></i>worst unit</span><span><i class="lb"></i>limit missed</span>'
          '<span><i class="lg"></i>goal</span><span><i class="l2"></i>class 0.5 S</span><span><i class="l1"></i>class 1</span></div>')
REACTIVE_LEGEND = LEGEND.replace('<span><i class="l2"></i>class 0.5 S</span>', "").replace("class 1<", "class 2 (IEC 62053-23)<")


def unit_of(point):
    return UNITS.get(point["quantity"], "%") + ("/K" if point["curve"].startswith("temperature") else "")


def prepare(points):
    for point in points:
        point["worst"], point["limit"], point["held"] = goals.worst(point), goals.limit_of(point), goals.held(point)


def curves(points, section, meter):
    """The curves of a section for a meter, in the order of the plan."""
    found = {}
    for point in points:
        if point["section"] == section and point["meter"] == meter:
            found.setdefault(point["curve"], []).append(point)
    return found


def panel(title, points, **options):
    points = sorted(points, key=lambda p: p["x"])
    worst = max((p["worst"] for p in points), default=math.nan)
    bad = any(p["held"] is False for p in points)
    text = "no value" if math.isnan(worst) else f"worst {worst:.3f} {unit_of(points[0])}" if worst < 10 else f"worst {worst:.1f} {unit_of(points[0])}"
    picture = chart.curve(points, unit_of(points[0]), label=f"{title}: {text}", **options)
    return f'<figure class="{"bad" if bad else ""}"><figcaption><span>{html.escape(title)}</span><em>{text}</em></figcaption>{picture}</figure>'


def panels(points, section, meter, **options):
    found = curves(points, section, meter)
    return f'<div class="panels">{"".join(panel(name, of, **options) for name, of in found.items())}</div>' if found else ""


def goal_cards(rows):
    cards = []
    for row in rows:
        value = "no value" if not math.isfinite(row["value"]) else f'{row["value"]:.{row["digits"]}f}'
        missed = "" if row["held"] else f' <b>{row["missed"]} of {row["count"]} points missed.</b>'
        cards.append(f'<div class="goal-card{"" if row["held"] else " bad"}"><h3>{html.escape(row["title"])}</h3>'
                     f'<div class="figure">{value} <span>{html.escape(row["unit"])} &nbsp;goal {"≤ " if row["goal"] else ""}{row["goal"]:g}</span></div>'
                     f'<div class="where">{html.escape(row["where"])}{missed}</div></div>')
    return f'<div class="goals">{"".join(cards)}</div>'


def noise_section(points):
    meters = (("80 dB", "direct-1-80", "a"), ("92 dB", "direct-1", "b"), ("101 dB", "direct-1-101", "c"), ("16 bit", "direct-1-16", "d"))
    figures = []
    for name in ("PF 1", "PF 0.5 ind", "PF 0.25 ind"):
        series = [(title, curves(points, "active", key).get(name, []), css) for title, key, css in meters]
        if all(line for _, line, _ in series):
            figures.append(f'<figure><figcaption><span>{name}</span><em>worst of all units</em></figcaption>{chart.worst_lines(series, "%", "worst error by noise, " + name)}</figure>')
    if not figures:
        return ""
    return ('<h2 id="noise">What the converter’s noise does</h2><p>The same units with three qualities of converter, and with a 16-bit one of 92 dB. Below about 0.5 A '
            'noise is what is left, and it falls with the square root of the time: the points are measured for 4 to 120 s.</p>'
            f'<div class="panels">{"".join(figures)}</div>')


def influence_section(points, meters):
    parts = []
    for meter in meters:
        rows = []
        found = curves(points, "influence", meter["key"])
        for name, of in found.items():
            by_limits = {}
            for point in of:
                by_limits.setdefault((point["goal"], point["class_05s"], point["class_1"]), []).append(point)
            for (goal, class_05s, class_1), group in by_limits.items():
                top = max(group, key=goals.share)
                note = f'{top["title"]}, {chart.amperes(top["x"])}' + (f'; worst of {len(group)} loads' if len(group) > 1 else "")
                rows.append((name, goals.worst(top), goal, class_05s, class_1, all(p["held"] for p in group), note, unit_of(top)))
        if rows:
            parts.append(f'<h3>{html.escape(meter["title"])}</h3>{chart.bars(rows)}')
    return ('<h2 id="influences">Influences</h2><p>How much the error changes when one thing leaves its reference: the worst unit. The green mark is the goal (half of the '
            'class 0.5 S limit), violet the class 0.5 S limit, grey that of class 1; the scale is a square root.</p>' + "".join(parts)) if parts else ""


def pulse_section(points, meters):
    titles = {meter["key"]: meter["title"] for meter in meters}
    rows = []
    for point in points:
        if point["section"] not in ("start", "no-load"):
            continue
        value = "no pulse" if math.isnan(point["worst"]) else f'{point["worst"]:.2f} ×' if point["section"] == "start" else f'{point["worst"]:.0f} pulses'
        limit = "≤ 1.2 ×" if point["section"] == "start" else "none"
        rows.append(f'<tr class="{"" if point["held"] else "bad"}"><td>{html.escape(titles[point["meter"]])}</td><td>{html.escape(point["title"])}</td>'
                    f'<td class="n">{point["seconds"]:.0f} s</td><td class="n">{value}</td><td class="n">{limit}</td></tr>')
    return ('<h2 id="start">Starting and standing still</h2><p>From power-up with the load on. At no load not one pulse may come, and not one millijoule be counted, in the time of '
            'IEC 62053-21, 8.3.2.</p><div class="scroll"><table><tr><th>Meter</th><th>Test</th><th class="n">Time</th><th class="n">Worst unit</th><th class="n">To keep</th></tr>'
            + "".join(rows) + "</table></div>") if rows else ""


def rows_of(points, remarks):
    for point in points:
        value = "no value" if math.isnan(point["worst"]) else f'{point["worst"]:.4g} {unit_of(point)}'
        limit = "" if point["limit"] is None else f'{point["limit"]:g}'
        yield (f'<tr class="{"" if remarks else "bad"}"><td>{html.escape(goals.describe(point))}</td><td>{html.escape(point["section"])}</td><td class="n">{value}</td>'
               f'<td class="n">{limit}</td><td>{html.escape("; ".join(text.rstrip("; ") for text in point["faults"][:2]))}</td></tr>')


def table_of_points(points, remarks=False):
    rows = list(rows_of(points, remarks))
    more = f"<p>{len(rows) - 100} more are in the CSV file.</p>" if len(rows) > 100 else ""
    return ('<div class="scroll"><table><tr><th>Point</th><th>Part</th><th class="n">Worst unit</th><th class="n">To keep</th><th>Remarks</th></tr>'
            + "".join(rows[:100]) + "</table></div>" + more)


def missed_section(points):
    missed = [point for point in points if point["held"] is False]
    return f'<h2 id="missed">Missed</h2>{table_of_points(missed)}' if missed else ""


def remarks_section(points):
    remarks = [point for point in points if point["faults"] and point["held"] is not False]
    return ("<details><summary>What the meter itself remarked: fault codes and windows without whole cycles "
            f"({len(remarks)} points)</summary>{table_of_points(remarks, True)}</details>") if remarks else ""


def method_section(data):
    return f"""<h2 id="method">How it is measured</h2>
<p>{data["units"]} units of each design are drawn by chance from seed {data["seed"]}: gain of each channel within 1 to 2 %, offset, delay of the filters, lead of the current transformer and how it
changes over current, drift with temperature, and a clock within ±100 ppm. Noise is white, the converter rounds and clips. Each unit is calibrated once, at 23 °C, with the three load points of
<code>latchkey calibrate</code>, and is then left alone.</p>
<p>The reference is not a measurement: every test signal is a sum of spectral lines, and its energy over the very time of the counted windows is integrated in closed form in long double. What a
front end does to a line is a complex factor, so nothing but the meter and its front end is in the error. Not simulated: magnetic and electromagnetic fields, self-heating, a transformer that
saturates, converter nonlinearity, coupling between channels, ageing.</p>
<p>The curves of class 0.5 S are IEC 62053-22’s, read with the basic current of 5 A where a meter is direct connected. Where a table of class 0.5 S has no row (odd harmonics; direct current and even
harmonics) the goal is half of its 1.5 % for sub-harmonics. Values of every unit at every point: <a href="accuracy.csv">accuracy.csv</a>. This run took {data["seconds"]:.0f} s;
<code>./lk bench accuracy</code> makes it anew, <code>--seed N</code> with other units.</p>"""


def write(data, folder):
    points, meters = data["points"], data["meters"]
    prepare(points)
    rows = goals.rows(points)
    held = sum(row["held"] for row in rows)
    main_meters = [m for m in meters if m["key"] in ("direct-1", "direct-3", "ct-3")]
    verdict = f"all {held} goals held" if held == len(rows) else f"{held} of {len(rows)} goals held"
    body = [f"<h1>What the meter measures</h1><p class='lead'>{data['units']} simulated units, each calibrated with three load points, over every point and influence of "
            f"IEC 62053-21, -22, -23 and -24. Worst unit of all, against the exact energy of the signal.</p><span class='chip{'' if held == len(rows) else ' bad'}'>{verdict}</span>",
            "<nav><a href='#curves'>Error curves</a><a href='#noise'>Noise</a><a href='#influences'>Influences</a><a href='#reactive'>Reactive</a><a href='#figures'>U, I, f, THD</a>"
            "<a href='#start'>Starting, no load</a><a href='#method'>Method</a></nav>", goal_cards(rows), missed_section(points),
            "<h2 id='curves'>Error of active energy</h2><p>Each line is a unit. The vertical scale is a square root, so that errors of a hundredth of a per cent and limits a hundred times "
            "wider are seen together.</p>", LEGEND]
    for meter in main_meters:
        body.append(f"<h3>{html.escape(meter['title'])}</h3>{panels(points, 'active', meter['key'])}")
        exported = panels(points, "active-export", meter["key"])
        if exported:
            body.append(f"<details><summary>The other direction (export)</summary>{exported}</details>")
        single = panels(points, "single-phase-load", meter["key"])
        if single:
            body.append(f"<details><summary>Single-phase loads, balanced voltages</summary>{single}</details>")
    body += [noise_section(points), influence_section(points, main_meters)]
    body.append("<h2 id='reactive'>Error of reactive energy</h2><p>Of the fundamental (IEC 62053-24), against the current.</p>" + REACTIVE_LEGEND)
    for meter in main_meters:
        body.append(f"<h3>{html.escape(meter['title'])}</h3>{panels(points, 'reactive', meter['key'])}")
    body.append("<h2 id='figures'>Voltage, current, frequency, distortion</h2><p>RMS over 1000:1 of the range as a mean of the windows; frequency of the worst single window; THD of harmonics 2 to 21.</p>")
    for meter in main_meters:
        body.append(f"<h3>{html.escape(meter['title'])}</h3><div class='panels'>")
        for section, axis in (("voltage", lambda x: f"{x:.3g} V"), ("current", chart.amperes), ("frequency", lambda x: f"{x:g}"), ("thd", chart.amperes)):
            for name, of in curves(points, section, meter["key"]).items():
                body.append(panel(name, of, axis=axis, log=section != "frequency"))
        body.append("</div>")
    body += [pulse_section(points, meters), remarks_section(points), method_section(data)]
    style = (HERE / "page.css").read_text()
    page = (f'<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Latchkey: accuracy</title>'
            f"<style>{style}</style></head><body><main>{''.join(body)}</main></body></html>")
    (folder / "index.html").write_text(page)
    write_csv(points, folder / "accuracy.csv", data["units"])
    write_picture(data, rows, main_meters, folder / "accuracy.svg")
    return rows


def write_picture(data, rows, meters, path):
    """Of the first meter; none where the run measured no curves of it."""
    found = curves(data["points"], "active", meters[0]["key"]) if meters else {}
    panels = [(name, found[name]) for name in ("PF 1", "PF 0.5 ind") if len(found.get(name, ())) > 1]
    if panels:
        path.write_text(picture.svg(data, panels, rows, meters[0]["title"]))


def write_csv(points, path, units):
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["part", "meter", "curve", "point", "x", "unit", "class_1", "class_05s", "goal", "held", "worst"] + [f"unit_{n + 1}" for n in range(units)])
        for point in points:
            shown = ["" if v is None else f"{v:.6g}" for v in [point["class_1"], point["class_05s"], point["goal"]]]
            held = {True: "yes", False: "no", None: ""}[point["held"]]
            writer.writerow([point["section"], point["meter"], point["curve"], point["title"], f"{point['x']:g}", unit_of(point), *shown, held,
                             "" if math.isnan(point["worst"]) else f"{point['worst']:.6g}"] + ["" if v is None else f"{v:.6g}" for v in point["values"]])
