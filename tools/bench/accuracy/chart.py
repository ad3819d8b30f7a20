# SPDX-License-Identifier: Apache-2.0
"""SVG error curves: every unit a thin line, the worst of all a thick one, limits as steps, goals as a band."""
import html
import math

WIDTH, HEIGHT = 380, 270
LEFT, RIGHT, TOP, BOTTOM = 44, 10, 20, 22


def _number(value):
    return f"{value:g}".replace("-", "−")


def amperes(value):
    return f"{value * 1000:g} mA" if value < 1 else f"{value:g} A"


class Scale:
    """From values to pixels; `bend` makes small errors and wide limits visible together (a signed square root)."""

    def __init__(self, low, high, from_px, to_px, bend):
        self.bend, self.low, self.high = bend, bend(low), bend(high)
        self.from_px, self.to_px = from_px, to_px

    def __call__(self, value):
        span = self.high - self.low or 1
        return self.from_px + (self.bend(value) - self.low) / span * (self.to_px - self.from_px)


def root(value):
    return math.copysign(math.sqrt(abs(value)), value)


def ticks_of(most):
    """Round values up to `most`, wide apart on a square-root scale."""
    steps = [s * 10.0**e for e in range(-4, 4) for s in (1, 2, 5)]
    chosen, last = [], math.inf
    for step in sorted((s for s in steps if s <= most * 1.001), reverse=True):
        if last - math.sqrt(step / most) > 0.13:
            chosen.append(step)
            last = math.sqrt(step / most)
        if step < most / 60:
            break
    return [-s for s in chosen] + [0] + chosen[::-1]


def _steps(points, key, xs, sign):
    """A limit as a staircase: a table's row holds from its current to the next row's."""
    path, previous = [], None
    for point in points:
        limit = point[key]
        if limit is None:
            previous = None
            continue
        x, y = xs(point["x"]), sign * limit
        path.append((x, previous if previous is not None else y, previous is None))
        path.append((x, y, False))
        previous = y
    return path


def _draw(path, ys):
    return "".join(f"{'M' if new else 'L'}{x:.1f},{ys(y):.1f}" for x, y, new in path)


def curve(points, unit, axis=amperes, log=True, label="", most=None):
    """One panel: `points` of one curve in rising x."""
    values = [v for p in points for v in p["values"] if v is not None]
    limits = [p[k] for p in points for k in ("class_1", "class_05s", "goal") if p[k] is not None]
    most = most or max([abs(v) for v in values] + limits + [1e-6]) * 1.12
    xs_all = [p["x"] for p in points]
    xs = Scale(min(xs_all), max(xs_all), LEFT + 8, WIDTH - RIGHT - 8, math.log10 if log and min(xs_all) > 0 else float)
    ys = Scale(-most, most, HEIGHT - BOTTOM, TOP, root)
    parts = [f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{html.escape(label)}">']
    for tick in ticks_of(most):
        y = ys(tick)
        parts.append(f'<line class="{"zero" if tick == 0 else "grid"}" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text class="tick" x="{LEFT - 5}" y="{y + 3.5:.1f}" text-anchor="end">{_number(tick)}</text>')
    last_end = -math.inf
    for x_value in xs_all:
        x = xs(x_value)
        parts.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>')
        text = axis(x_value)
        if x - len(text) * 3.1 > last_end:
            parts.append(f'<text class="tick" x="{min(x, WIDTH - RIGHT - len(text) * 2.9):.1f}" y="{HEIGHT - BOTTOM + 14}" text-anchor="middle">{text}</text>')
            last_end = x + len(text) * 3.1 + 8
    parts.append(f'<text class="tick unit" x="{LEFT - 5}" y="10" text-anchor="end">{html.escape(unit)}</text>')
    parts += _band(points, xs, ys)
    for key in ("class_1", "class_05s"):
        for sign in (1, -1):
            parts.append(f'<path class="{key}" d="{_draw(_steps(points, key, xs, sign), ys)}"/>')
    parts += _units(points, xs, ys)
    parts += _worst(points, xs, ys, unit, axis)
    return "".join(parts) + "</svg>"


def _band(points, xs, ys):
    """The goal as a shaded corridor between neighbouring points that have one."""
    parts = []
    with_goal = [(p, q) for p, q in zip(points, points[1:]) if p["goal"] is not None and q["goal"] is not None]
    for left, right in with_goal:
        x1, x2, goal = xs(left["x"]), xs(right["x"]), max(left["goal"], right["goal"]) if left["goal"] != right["goal"] else left["goal"]
        parts.append(f'<rect class="goal" x="{x1:.1f}" width="{x2 - x1:.1f}" y="{ys(goal):.1f}" height="{ys(-goal) - ys(goal):.1f}"/>')
    return parts


def _units(points, xs, ys):
    parts = []
    for unit in range(max(len(p["values"]) for p in points)):
        line = [(xs(p["x"]), p["values"][unit]) for p in points if p["values"][unit] is not None]
        path = "".join(f"{'L' if k else 'M'}{x:.1f},{ys(v):.1f}" for k, (x, v) in enumerate(line))
        parts.append(f'<path class="unit-line" d="{path}"/>')
    return parts


def _worst(points, xs, ys, unit, axis):
    parts = []
    for point in points:
        values = [(abs(v), v, n) for n, v in enumerate(point["values"]) if v is not None]
        if not values:
            continue
        _, value, number = max(values)
        missed = point["held"] is False
        text = f"{axis(point['x'])}: worst {_number(round(value, 4))} {unit}, unit {number + 1}"
        text += "" if point["limit"] is None else f"; to keep ±{_number(point['limit'])}"
        parts.append(f'<circle class="{"missed" if missed else "worst"}" cx="{xs(point["x"]):.1f}" cy="{ys(value):.1f}" r="{4.2 if missed else 2.8}">'
                     f"<title>{html.escape(text)}</title></circle>")
    return parts


def bars(rows):
    """Horizontal bars of worst variation against goal and class limits; rows of (title, value, goal, class_05s, class_1, held, note, unit)."""
    out = ['<div class="bars">']
    for title, value, goal, class_05s, class_1, held, note, unit in rows:
        top = max(v for v in (value if math.isfinite(value) else 0, (class_05s or class_1 or goal or 1) * 1.02, goal or 0) if v is not None)
        width = 100 * math.sqrt(min(value, top) / top) if math.isfinite(value) and top else 100

        def mark(limit, kind):
            return f'<i class="{kind}" style="left:{100 * math.sqrt(limit / top):.2f}%"></i>' if limit is not None and limit <= top * 1.001 else ""

        shown = "no value" if not math.isfinite(value) else f"{value:.3f}" if value >= 0.001 else "< 0.001"
        out.append(f'<div class="bar{" bad" if held is False else ""}"><span class="name">{html.escape(title)}<small>{html.escape(note)}</small></span>'
                   f'<span class="track"><b style="width:{width:.2f}%"></b>{mark(goal, "g")}{mark(class_05s, "s")}{mark(class_1, "o")}</span>'
                   f'<span class="value">{shown} {html.escape(unit)}</span></div>')
    return "".join(out) + "</div>"


def worst_lines(series, unit, label):
    """Worst |error| of all units against current, both axes logarithmic: one line for each (name, points, css class)."""
    data = [(name, [(p["x"], p["worst"]) for p in points if math.isfinite(p["worst"]) and p["worst"] > 0], css) for name, points, css in series]
    flat = [pair for _, line, _ in data for pair in line]
    low = 10 ** math.floor(math.log10(min(v for _, v in flat)))
    high = 10 ** math.ceil(math.log10(max(v for _, v in flat)))
    right = WIDTH - 62
    xs = Scale(min(x for x, _ in flat), max(x for x, _ in flat), LEFT + 4, right, math.log10)
    ys = Scale(low, high, HEIGHT - BOTTOM, TOP, math.log10)
    parts = [f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{html.escape(label)}">']
    tick = low
    while tick <= high * 1.001:
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{right}" y1="{ys(tick):.1f}" y2="{ys(tick):.1f}"/>')
        parts.append(f'<text class="tick" x="{LEFT - 5}" y="{ys(tick) + 3.5:.1f}" text-anchor="end">{tick:g}</text>')
        tick *= 10
    last_end = -math.inf
    for x_value in sorted({x for x, _ in flat}):
        parts.append(f'<line class="grid" x1="{xs(x_value):.1f}" x2="{xs(x_value):.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>')
        text = amperes(x_value)
        if xs(x_value) - len(text) * 3.1 > last_end:
            parts.append(f'<text class="tick" x="{xs(x_value):.1f}" y="{HEIGHT - BOTTOM + 14}" text-anchor="middle">{text}</text>')
            last_end = xs(x_value) + len(text) * 3.1 + 8
    parts.append(f'<text class="tick unit" x="{LEFT - 5}" y="10" text-anchor="end">{html.escape(unit)}</text>')
    ends = sorted((ys(line[-1][1]), name, css) for name, line, css in data if line)
    for index, (y, name, css) in enumerate(ends):  # names at the lines' ends, pushed apart
        if index and y - ends[index - 1][0] < 13:
            y = ends[index - 1][0] + 13
            ends[index] = (y, name, css)
        parts.append(f'<text class="name {css}" x="{right + 6}" y="{y + 3.5:.1f}">{html.escape(name)}</text>')
    for name, line, css in data:
        path = "".join(f"{'L' if k else 'M'}{xs(x):.1f},{ys(v):.1f}" for k, (x, v) in enumerate(line))
        parts.append(f'<path class="series {css}" d="{path}"/>')
        for x, v in line:
            parts.append(f'<circle class="dot {css}" cx="{xs(x):.1f}" cy="{ys(v):.1f}" r="2.6"><title>{html.escape(f"{name}, {amperes(x)}: {v:.4f} {unit}")}</title></circle>')
    return "".join(parts) + "</svg>"
