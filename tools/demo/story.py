# SPDX-License-Identifier: Apache-2.0
"""The whole loop, played and checked: credit runs out, the relay opens, a token is bought and arrives over RS485, the
relay closes; orders; power cuts and killed processes in mid-purchase; and in the end every book agrees with every meter."""
import http.client
import json
import platform
import random
import time

from api import Refused, money, new_id, wait_for
from site_processes import PRICE, all_live


class Story:
    presets = {11: "0.20"}  # the flat that runs out
    broke, ordered, priced, cut, killed = 11, 3, 4, 5, 7  # which flat plays which part

    def __init__(self, site, say, json_file=None):
        self.site, self.say, self.json_file = site, say, json_file
        self.steps, self.random = [], random.Random(site.seed)
        self.sold = {}  # meter number -> list of purchases

    # --- the frame -----------------------------------------------------------------------------------------------
    def step(self, title, act):
        """Runs one step and says its time; a step that does not hold ends the story."""
        start = time.monotonic()
        try:
            detail, passed = act() or "", True
        except (AssertionError, Refused, OSError, KeyError, http.client.HTTPException) as error:
            detail, passed = f"{type(error).__name__}: {error}", False
        seconds = time.monotonic() - start
        self.steps.append({"step": title, "passed": passed, "seconds": round(seconds, 3), "detail": detail})
        self.say(f"  {'ok  ' if passed else 'FAIL'} {seconds:7.2f} s  {title}{': ' + detail if detail else ''}")
        return passed

    def play(self, begun):
        chapters = [
            ("the site comes up", self.site.start),
            ("13 meters are live in the console's interface", self.live),
            ("a flat uses up its credit and its relay opens", self.run_out),
            ("its tenant buys; the same request again is the same sale", self.buy_twice),
            ("the token reaches the meter over RS485 and the relay closes", self.relay_closes),
            ("the same token at the keypad is refused as used, a mistyped one too", self.token_again),
            ("an order opens a relay, another closes it", self.order),
            ("a new price comes by order", self.new_price),
            ("a meter loses its power in mid-purchase", self.cut_power),
            ("the building's meters are killed in mid-purchase, five times", self.kill_building),
            ("the gateway is killed in mid-purchase", self.kill_gateway),
            ("the server is killed in mid-purchase", self.kill_server),
            ("the broker goes away and comes back: nothing is missing", self.stop_broker),
            ("every token was credited exactly once, says each meter itself", self.exactly_once),
            ("each meter's balance equals the server's shadow of it", self.shadows),
            ("the ledger balances", self.ledger),
        ]
        self.say(f"the whole loop, seed {self.site.seed}, the meters' clock {self.site.speed} times the wall clock:")
        passed = all(self.step(title, act) for title, act in chapters)
        took = time.monotonic() - begun
        if not passed:
            self.say(f"\nIt did not hold. Logs and state stay in {self.site.folder}; processes that ended: {self.site.dead() or 'none'}")
        self.say(f"\n{sum(s['passed'] for s in self.steps)} passed, {sum(not s['passed'] for s in self.steps)} failed"
                 f" (of {len(chapters)} steps, {took:.1f} s)")
        if self.json_file:
            with open(self.json_file, "w") as file:
                json.dump({"passed": passed, "seconds": round(took, 3), "seed": self.site.seed, "speed": self.site.speed,
                           "machine": platform.node(), "steps": self.steps}, file, indent=2)
                file.write("\n")
        return 0 if passed else 1

    # --- helpers -------------------------------------------------------------------------------------------------
    def number(self, flat):
        return self.site.meters[flat]["number"]

    def buy(self, flat, amount, identity=None):
        purchase = self.site.api.buy(self.number(flat), amount, identity)
        sold = self.sold.setdefault(self.number(flat), [])
        if purchase["id"] not in [p["id"] for p in sold]:
            sold.append(purchase)
        return purchase

    def accepted(self, purchase, seconds=60):
        return wait_for(f"the meter to accept the token of purchase {purchase['id']}", seconds, lambda: self.state(purchase) == "accepted")

    def state(self, purchase):
        state = self.site.api.get(f"/purchases/{purchase['id']}")["state"]
        assert state not in ("refused", "failed", "expired"), f"the delivery ended as {state}"
        return state

    def reading(self, flat):
        return self.site.api.meter(self.number(flat))["reading"]

    def relay(self, flat, state, seconds=60):
        wait_for(f"the relay of {self.number(flat)} to be {state}", seconds, lambda: self.reading(flat)["supply_state"] == state)

    def pause(self, most):
        """A moment by chance (of the seed): where in a purchase the blow falls. Not a wait for anything."""
        time.sleep(self.random.uniform(0, most))

    # --- the chapters --------------------------------------------------------------------------------------------
    def live(self):
        wait_for("13 live meters", 60, lambda: all_live(self.site.api, 13))
        feeder = self.site.api.meter(self.site.meters[12]["number"])["reading"]
        return f"feeder {feeder['active_power_dw'] / 10:.0f} W, {feeder['voltage_mv'] / 1000:.1f} V, {feeder['frequency_mhz'] / 1000:.2f} Hz"

    def run_out(self):
        assert self.site.tell(f"load {self.number(self.broke)} 6000") == "ok", "the building refused the load"
        self.relay(self.broke, "open", 180)
        reading = self.reading(self.broke)
        assert reading["hold_reasons"] == ["credit"], reading["hold_reasons"]
        assert money(reading["balance"]) <= 0, reading["balance"]
        wait_for("the alarm", 10, lambda: any(a["kind"] == "no_credit" and a["meter"] == self.number(self.broke)
                                              for a in self.site.api.get("/alarms")["alarms"]))
        self.site.tell(f"load {self.number(self.broke)} 0")
        return f"balance {reading['balance']}"

    def buy_twice(self):
        identity = new_id()
        first, again = self.buy(self.broke, "10.00", identity), self.buy(self.broke, "10.00", identity)
        assert first["token"] == again["token"] and first["receipt"] == again["receipt"], "the repeat was another sale"
        try:
            self.site.api.buy(self.number(self.broke), "11.00", identity)
        except Refused as refused:
            assert refused.status == 409, refused
        else:
            raise AssertionError("the same identity with another amount was sold")
        self.bought = first
        return f"token {first['token']}, credited {first['credited']}"

    def relay_closes(self):
        self.accepted(self.bought)
        self.relay(self.broke, "closed")
        return f"balance {self.reading(self.broke)['balance']}"

    def token_again(self):
        again = self.site.api.call("POST", f"/purchases/{self.bought['id']}/reissue")
        assert again["token"] == self.bought["token"], "the re-issue is another token"
        before = self.site.meters_themselves()[self.number(self.broke)]["credited"]
        answers = []
        for token in (again["token"], again["token"][::-1]):
            answers.append(self.site.tell(f"keypad {self.number(self.broke)} {token}"))
        after = self.site.meters_themselves()[self.number(self.broke)]["credited"]
        assert answers[0] == "used" and answers[1] != "accepted", f"the keypad answered {answers}"
        assert before == after, "credit came out of a used or mistyped token"
        return f"then with its digits reversed: {answers[1]}"

    def order(self):
        for verb, state in (("open", "open"), ("close", "closed")):
            order = self.site.api.order(self.number(self.ordered), verb)
            wait_for(f"the order to {verb}", 60, lambda: self.site.api.get(f"/orders/{order['id']}")["state"] == "done")
            self.relay(self.ordered, state)

    def new_price(self):
        self.site.api.call("POST", "/tariffs", {"code": "dear", "name": "Dear", "price": "0.4500"})
        order = self.site.api.order(self.number(self.priced), "set_price", tariff="dear")
        wait_for("the order to set the price", 60, lambda: self.site.api.get(f"/orders/{order['id']}")["state"] == "done")
        wait_for("the new price in a reading", 30, lambda: float(self.reading(self.priced)["price"]) == 0.45)

    def cut_power(self):
        for _ in range(5):
            purchase = self.buy(self.cut, "3.00")
            self.pause(0.6)
            assert self.site.tell(f"power-cut {self.number(self.cut)} 2000") == "ok", "the building refused the power cut"
            self.accepted(purchase)

    def kill_building(self):
        for _ in range(5):
            purchase = self.buy(self.killed, "2.00")
            self.pause(0.6)
            self.site.kill("building")
            self.site.run("building")
            self.accepted(purchase)

    def kill_gateway(self):
        for _ in range(3):
            purchase = self.buy(self.killed, "1.50")
            self.pause(0.4)
            self.site.kill("gateway")
            self.site.run("gateway")
            self.accepted(purchase)

    def kill_server(self):
        identity = new_id()
        purchase = self.buy(self.ordered, "4.00", identity)
        self.site.kill("server")
        self.site.run("server")
        again = wait_for("the server to answer", 30, lambda: self.buy(self.ordered, "4.00", identity))
        assert again["token"] == purchase["token"], "after the restart the same identity got another token"
        self.accepted(purchase)

    def stop_broker(self):
        self.site.end("broker")
        purchase = self.buy(self.ordered, "6.00")  # selling needs no broker
        self.pause(2)
        self.site.run("broker")
        self.accepted(purchase)

    def exactly_once(self):
        wait_for("every meter to have power", 30, lambda: all(m["power"] for m in self.site.meters_themselves().values()))
        themselves = self.site.meters_themselves()
        for meter in self.site.meters:
            expected = money(meter["preset"]) + sum(money(p["credited"]) for p in self.sold.get(meter["number"], []))
            held = themselves[meter["number"]]
            assert held["credited"] == expected, f"{meter['name']}: credited {held['credited']}, sold {expected}"
            price = 0 if meter["kind"] == "feeder" else money(PRICE) // 10
            changed_price = meter["number"] == self.number(self.priced)  # what it deducted is the shadows' step
            assert changed_price or held["deducted"] == held["priced_energy"] * price * 10 // 3_600_000_000, f"{meter['name']}: deducted {held['deducted']}"
            assert held["balance"] == held["credited"] - held["deducted"], meter["name"]
        return f"{sum(map(len, self.sold.values()))} purchases on 13 meters"

    def shadows(self):
        begun_ms = time.time() * 1000

        def agree():
            meters = self.site.api.get("/meters")["meters"]
            fresh = all(m["reading"]["ts"] > begun_ms for m in meters)
            return fresh and all(m["shadow"]["agrees"] and money(m["shadow"]["difference"]) == 0 for m in meters)

        wait_for("a fresh reading of every meter to agree with its shadow", 30, agree)
        missing = [a["detail"] for a in self.site.api.get("/alarms")["alarms"] if a["kind"] in ("lost_events", "shadow_difference")]
        return f"alarms of missing events: {missing or 'none'}"

    def ledger(self):
        trial = self.site.api.get("/ledger/balances")
        assert trial["balanced"] and money(trial["sum"]) == 0, trial
        cash = sum(money(p["amount"]) for sold in self.sold.values() for p in sold)
        booked = {a["name"]: money(a["balance"]) for a in trial["accounts"]}
        assert booked["cash"] == cash, f"cash is {booked['cash']}, sold for {cash}"
        return ", ".join(f"{a['name']} {a['balance']}" for a in trial["accounts"])
