# SPDX-License-Identifier: Apache-2.0
"""What was promised, against what was measured: one row for each goal, the worst unit of all points it speaks of."""
import math

GOAL_METERS = {"direct-1", "direct-3"}  # the 92 dB front ends for 5(100) A
METER_NAMES = {"direct-1": "one phase", "direct-3": "three phases", "ct-3": "three phases, transformers", "direct-1-80": "one phase, 80 dB",
               "direct-1-101": "one phase, 101 dB", "direct-1-16": "one phase, 16 bit"}


def worst(point):
    """The largest value by magnitude over all units; NaN where any unit gave none."""
    if any(value is None for value in point["values"]):
        return math.nan
    return max((abs(value) for value in point["values"]), default=math.nan)


def limit_of(point):
    """What this point must keep: its goal, else class 0.5 S, else class 1; None where it is shown only."""
    for key in ("goal", "class_05s", "class_1"):
        if point[key] is not None:
            return point[key]
    return None


def held(point):
    """True, False, or None where there is nothing to keep. A unit that gave no value has not held."""
    limit = limit_of(point)
    if limit is None:
        return None
    value = worst(point)
    return not math.isnan(value) and value <= limit * (1 + 1e-9)


def share(point):
    """The worst value as a share of its limit; infinite where a unit gave no value."""
    value = worst(point)
    limit = limit_of(point)
    if math.isnan(value):
        return math.inf
    return value / limit if limit else (math.inf if value else 0)


def _row(title, goal, unit, points, digits=3):
    points = list(points)
    if not points:
        return None
    top = max(points, key=share)
    value = worst(top)
    return {
        "title": title, "goal": goal, "unit": unit, "digits": digits, "value": value, "held": all(held(p) for p in points),
        "where": describe(top), "count": len(points), "missed": sum(not held(p) for p in points),
    }


def describe(point):
    x = point["x"]
    axis = {"voltage": f"{x:.4g} V", "no-load": "", "frequency": f"{x:g} Hz"}.get(point["section"], f"{x:g} A" if x >= 1 else f"{x * 1000:g} mA")
    name = point["curve"] if point["section"] != "influence" else f"{point['curve']}, {point['title']}"
    return ", ".join(part for part in (METER_NAMES.get(point["meter"], point["meter"]), name, axis) if part)


def _of(points, *sections, **wanted):
    for point in points:
        if point["section"] in sections and all(point[key] == value for key, value in wanted.items()):
            yield point


def rows(points):
    """The goals in the order of the issue; each with its worst point and whether all of its points hold."""
    active = [p for p in _of(points, "active", "active-export") if p["meter"] in GOAL_METERS]
    unity = [p for p in active if p["curve"] == "PF 1"]
    half = [p for p in active if p["curve"] == "PF 0.5 ind"]
    rest = [p for p in _of(points, "active", "active-export", "single-phase-load") if p["goal"] is None and limit_of(p) is not None]
    influences = list(_of(points, "influence"))
    found = [
        _row("Active energy, PF 1, 50 mA to 100 A", 0.1, "%", (p for p in unity if p["x"] >= 0.05)),
        _row("Active energy, PF 0.5 ind, 50 mA to 100 A", 0.15, "%", half),
        _row("Active energy, PF 1, 20 mA", 0.5, "%", (p for p in unity if p["x"] < 0.05)),
        _share_row("All other points of IEC 62053-21 and -22, as a share of the class 0.5 S limit", rest),
        _row("Starting current: time to the first pulse over the theoretical", 1.2, "×", _of(points, "start"), 2),
        _row("No load: pulses", 0, "", _of(points, "no-load"), 0),
        _share_row("Each influence, as a share of half the class 0.5 S limit", influences),
        _row("Voltage RMS over 1000:1", 0.1, "%", _of(points, "voltage")),
        _row("Current RMS over 1000:1", 0.1, "%", _of(points, "current")),
        _row("Frequency, worst window", 5, "mHz", _of(points, "frequency"), 1),
        _row("THD of U and I", 0.2, "points", _of(points, "thd")),
        _row("Reactive energy, IEC 62053-23 and -24", 0.2, "%", _of(points, "reactive")),
    ]
    return [row for row in found if row is not None]


def _share_row(title, points):
    row = _row(title, 100, "%", points, 0)
    if row is not None:
        row["value"] = 100 * max(share(p) for p in points)
    return row
