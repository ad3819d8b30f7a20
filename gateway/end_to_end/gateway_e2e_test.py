# SPDX-License-Identifier: Apache-2.0
"""The gateway from end to end: fake meters on TCP serial lines, the real program, a real Mosquitto.

gateway_e2e_test.py PROGRAM [unittest's arguments]"""

import signal
import subprocess
import sys
import time
import unittest

from fake_meters import FakeLine, PtyLine
from rig import BASE, Rig, find_broker, wait_for

PROGRAM = ""
TOKEN = "12345678901234567890"
ORDER = bytes([1]) + bytes(6) + (9).to_bytes(4, "big") + b"\xff" * 4 + bytes([1, 0]) + b"\x11" * 16


@unittest.skipUnless(find_broker(), "mosquitto is not installed")
class GatewayEndToEnd(unittest.TestCase):
    log_of_failed = ""

    def setUp(self):
        self.lines = [FakeLine([1, 2, 3]), PtyLine([11, 12]) if "serial" in self.id() else FakeLine([11, 12])]
        self.a, self.b = self.lines
        self.rig = Rig(PROGRAM, self.lines)

    def run(self, result=None):
        """As always, but what the programs wrote is printed where a test failed."""
        before = len(result.failures) + len(result.errors)
        super().run(result)
        if len(result.failures) + len(result.errors) > before:
            print(self.log_of_failed, file=sys.stderr)
        return result

    def tearDown(self):
        self.log_of_failed = self.rig.log()
        self.rig.close()

    def start(self):
        self.rig.start_gateway()
        wait_for("all meters are read", lambda: len(self.read_meters()) == 5)

    def read_meters(self):
        return {topic.split("/")[-2] for _, topic, _ in self.rig.listener.messages("/reading")}

    def readings(self):
        return self.rig.listener.payloads("/reading")

    def meter(self, address):
        return (self.a if address < 10 else self.b).meters[address]

    def test_reads_all_meters_of_both_lines(self):
        self.start()
        reading = self.readings()[0]
        self.assertEqual(reading["voltage_mv"], 230_120)
        self.assertEqual(reading["power_factor_e4"], 9965)
        self.assertEqual(reading["balance"], 500_000)
        self.assertEqual(reading["supply_state"], "closed")
        self.assertEqual(reading["hold_reasons"], [])
        status = wait_for("a status with both lines",
                          lambda: [s for s in self.rig.listener.payloads("/status") if len(s.get("lines", [])) == 2],
                          25)[-1]
        self.assertTrue(status["online"])
        self.assertEqual([line["meters"] for line in status["lines"]], [3, 2])

    def test_ends_cleanly_and_says_that_it_is_gone(self):
        self.start()
        self.assertEqual(self.rig.stop_gateway(), 0)
        wait_for("offline status", lambda: self.rig.listener.payloads("/status")[-1] == {"online": False})
        time.sleep(0.5)
        offline = [status for status in self.rig.listener.payloads("/status") if status == {"online": False}]
        self.assertEqual(len(offline), 1, "the will is not sent after a good-bye")

    def test_the_will_tells_of_a_killed_gateway(self):
        self.start()
        self.rig.stop_gateway(signal.SIGKILL)
        wait_for("the will", lambda: self.rig.listener.payloads("/status")[-1] == {"online": False})

    def test_a_token_is_entered_once_and_its_id_is_answered_again(self):
        self.start()
        command = self.rig.command(meter=self.meter(2).number, kind="token", token=TOKEN)
        result = self.rig.result(command)
        self.assertEqual((result["outcome"], result["result_name"], result["value"]), ("done", "accepted", 1_000_000))
        self.rig.command(**command)
        wait_for("the first result again", lambda: len(self.rig.results(command)) == 2)
        self.assertEqual(self.rig.results(command)[1], result)
        self.assertEqual(self.meter(2).token_writes, [TOKEN])
        wait_for("the event of it", lambda: [e for e in self.rig.listener.payloads(self.meter(2).number + "/event")
                                             if e["name"] == "token_accepted"])

    def test_a_refused_token_is_refused(self):
        self.start()
        result = self.rig.result(self.rig.command(meter=self.meter(1).number, kind="token", token="9" * 20))
        self.assertEqual((result["outcome"], result["result"], result["result_name"]), ("refused", 13, "crc"))

    def test_orders_are_done_and_refused(self):
        self.start()
        number = self.meter(11).number
        result = self.rig.result(self.rig.command(meter=number, kind="order", order=ORDER.hex()))
        self.assertEqual((result["outcome"], result["result_name"]), ("done", "done"))
        self.assertEqual(self.meter(11).order_writes, [ORDER])
        forged = (ORDER[:-1] + b"\xff").hex()
        result = self.rig.result(self.rig.command(meter=number, kind="order", order=forged))
        self.assertEqual((result["outcome"], result["result"]), ("refused", 3))

    def test_bad_commands_are_answered_by_name(self):
        self.start()
        for fields, error in [({"meter": "07999999999", "kind": "token", "token": TOKEN}, "unknown_meter"),
                              ({"meter": self.meter(1).number, "kind": "token", "token": "12"}, "bad_request"),
                              ({"meter": self.meter(1).number, "kind": "dance"}, "bad_request"),
                              ({"meter": self.meter(1).number, "kind": "order", "order": "zz"}, "bad_request"),
                              ({"meter": self.meter(1).number, "kind": "events", "from": 2, "to": 1}, "bad_request"),
                              ({"meter": self.meter(1).number, "kind": "token", "token": TOKEN, "x": 1}, "bad_request")]:
            result = self.rig.result(self.rig.command(**fields))
            self.assertEqual((result["outcome"], result["error"]), ("failed", error), fields)
        self.rig.send("no json at all")
        self.rig.send('{"id": 3}')
        result = self.rig.result(self.rig.command(meter=self.meter(1).number, kind="token", token=TOKEN))
        self.assertEqual(result["outcome"], "done")

    def test_a_lost_answer_is_read_back_and_the_token_not_sent_again(self):
        self.start()
        self.meter(1).deaf_to_tokens = 1
        result = self.rig.result(self.rig.command(meter=self.meter(1).number, kind="token", token=TOKEN))
        self.assertEqual((result["outcome"], result["result_name"]), ("done", "accepted"))
        self.assertEqual(len(self.meter(1).token_writes), 1)

    def test_a_command_to_a_silent_meter_expires(self):
        self.meter(3).dead = True
        self.rig.start_gateway()
        wait_for("four meters are read", lambda: len(self.read_meters()) == 4)
        command = self.rig.command(meter=self.meter(3).number, kind="token", token=TOKEN,
                                   expires=int(time.time() * 1000) + 1500)
        result = self.rig.result(command)
        self.assertEqual(result["outcome"], "expired")
        self.assertEqual(self.meter(3).token_writes, [])

    def test_a_silent_meter_is_told_and_does_not_stop_the_others(self):
        self.start()
        self.meter(2).dead = True
        link = self.rig.listener
        leaf = self.meter(2).number + "/link"
        wait_for("the link message", lambda: link.payloads(leaf)[-1]["reachable"] is False)
        self.assertEqual(link.payloads(leaf)[-1]["reason"], "timeout")
        before = self.meter(1).reads
        time.sleep(2)
        self.assertGreater(self.meter(1).reads - before, 20)
        self.meter(2).dead = False
        wait_for("the meter is back", lambda: link.payloads(leaf)[-1]["reachable"] is True, 40)

    def test_a_foreign_meter_at_an_address_is_told_and_not_read(self):
        self.meter(3).number = "07123456789"
        configured = "07000000003"
        real = self.rig.configuration
        self.rig.configuration = lambda: self._rewritten(real(), "07123456789", configured)
        self.rig.start_gateway()
        leaf = configured + "/link"
        wait_for("wrong_meter", lambda: [l for l in self.rig.listener.payloads(leaf) if l.get("reason") == "wrong_meter"])
        self.assertNotIn(configured, self.read_meters())

    def test_a_meter_that_is_exchanged_is_asked_for_its_number_before_it_is_read_again(self):
        self.start()
        old, leaf = self.meter(2).number, self.meter(2).number + "/link"
        self.meter(2).dead = True
        wait_for("polls go unanswered", lambda: self.rig.listener.payloads(leaf)[-1]["reachable"] is False)
        self.meter(2).number = "07123456789"
        self.meter(2).dead = False
        before = len(self.rig.listener.payloads(old + "/reading"))
        wait_for("wrong_meter", lambda: self.rig.listener.payloads(leaf)[-1].get("reason") == "wrong_meter", 40)
        self.assertEqual(len(self.rig.listener.payloads(old + "/reading")), before)

    @staticmethod
    def _rewritten(path, old, new):
        path.write_text(path.read_text().replace(old, new))
        return path

    def test_no_reading_is_lost_while_the_broker_is_away(self):
        self.start()
        self.rig.broker.stop()
        polled = self.meter(1).reads
        wait_for("polling goes on", lambda: self.meter(1).reads > polled + 30)
        self.rig.broker.start()
        last = len(self.readings())
        wait_for("what waited and what is new", lambda: len(self.readings()) > last + 60)
        numbers = [reading["seq"] for reading in self.readings()]
        self.assertEqual(sorted(set(numbers)), list(range(min(numbers), max(numbers) + 1)))

    def test_readings_wait_through_a_restart_without_a_broker(self):
        self.start()
        self.rig.broker.stop()
        time.sleep(1)
        self.assertEqual(self.rig.stop_gateway(), 0)
        self.rig.start_gateway()
        polled = self.meter(1).reads
        wait_for("polling goes on", lambda: self.meter(1).reads > polled + 10)
        self.rig.broker.start()
        last = len(self.readings())
        wait_for("what waited and what is new", lambda: len(self.readings()) > last + 40)
        numbers = [reading["seq"] for reading in self.readings()]
        self.assertEqual(sorted(set(numbers)), list(range(min(numbers), max(numbers) + 1)))

    def test_a_full_disk_is_told_and_stops_nothing(self):
        self.rig.start_gateway(file_bytes=120_000)
        wait_for("all meters are read", lambda: len(self.read_meters()) == 5)
        self.rig.broker.stop()
        wait_for("the log names it", lambda: "messages are kept in memory" in self.rig.log(), 40)
        self.rig.broker.start()
        status = wait_for("the status names it", lambda: [s for s in self.rig.listener.payloads("/status")
                                                          if s.get("storage", "ok") != "ok"], 30)[-1]
        self.assertIn("gateway.db", status["storage"])
        count = len(self.readings())
        wait_for("readings go on", lambda: len(self.readings()) > count + 50)
        self.assertIsNone(self.rig.gateway.poll())
        self.assertEqual(self.rig.stop_gateway(), 0)

    def test_sequence_numbers_never_repeat_after_a_kill(self):
        self.start()
        self.rig.stop_gateway(signal.SIGKILL)
        highest = max(reading["seq"] for reading in self.readings())
        count = len(self.readings())
        self.rig.start_gateway()
        wait_for("new readings", lambda: len(self.readings()) > count + 10)
        self.assertTrue(all(reading["seq"] > highest for reading in self.readings()[count + 5:]))

    def test_a_command_in_the_middle_of_a_kill_ends_exactly_once(self):
        self.start()
        meter = self.meter(1)
        meter.deaf_to_tokens = 1
        self.a.turnaround_s = 0.05  # slow enough that the kill comes between the entry and its answer
        command = self.rig.command(meter=meter.number, kind="token", token=TOKEN)
        wait_for("the token is at the meter", lambda: meter.token_writes)
        self.rig.stop_gateway(signal.SIGKILL)
        self.a.turnaround_s = 0
        self.rig.start_gateway()
        result = self.rig.result(command)
        self.assertEqual((result["outcome"], result["result_name"]), ("done", "accepted"))
        self.assertEqual(meter.token_writes, [TOKEN])
        self.assertEqual(meter.credited, 15_00000)
        time.sleep(1)
        self.assertTrue(all(again == result for again in self.rig.results(command)))

    def test_commands_sent_while_the_gateway_is_down_are_done_when_it_is_back(self):
        self.start()
        self.rig.stop_gateway(signal.SIGKILL)
        command = self.rig.command(meter=self.meter(12).number, kind="token", token=TOKEN)
        self.rig.start_gateway()
        self.assertEqual(self.rig.result(command)["outcome"], "done")

    def test_events_are_told_once_across_restarts_and_a_gap_is_told(self):
        meter = self.meter(1)
        meter.add_event(1, 0, 1)
        self.start()
        leaf = meter.number + "/event"
        wait_for("the first event", lambda: self.rig.listener.payloads(leaf))
        self.rig.stop_gateway(signal.SIGKILL)
        meter.add_event(4, 1, -1200)
        self.rig.start_gateway()
        wait_for("the second event", lambda: self.rig.listener.payloads(leaf)[-1].get("number") == 2)
        self.rig.stop_gateway()
        for _ in range(15):
            meter.add_event(12)
        self.rig.start_gateway()
        wait_for("the events behind the gap", lambda: self.rig.listener.payloads(leaf)[-1].get("number") == 17)
        # A kill may repeat what was on its way (QoS 1): an event is known by its number.
        events = list({event["number"]: event for event in self.rig.listener.payloads(leaf)}.values())
        self.assertEqual([event["number"] for event in events], [1, 2, 5] + list(range(6, 18)))
        self.assertEqual(events[1]["name"], "supply_opened")
        self.assertEqual((events[2]["name"], events[2]["value"]), ("lost_events", 3))

    def test_events_that_left_the_slots_are_read_from_the_long_log(self):
        meter = self.meter(1)
        meter.add_event(1, 0, 1)
        self.start()
        leaf = meter.number + "/event"
        wait_for("the first event", lambda: self.rig.listener.payloads(leaf))
        self.rig.stop_gateway()
        for _ in range(150):
            meter.add_event(12)
        # Of some the log has nothing: the first missed ones, and one in the middle.
        meter.keep_log(lost=(2, 3, 77), torn=(20, 21, 90, 120))
        self.rig.start_gateway()
        wait_for("the latest event", lambda: self.rig.listener.payloads(leaf)[-1].get("number") == 151, 60)
        events = list({event["number"]: event for event in self.rig.listener.payloads(leaf)}.values())
        told = {event["number"]: event["value"] for event in events if event["name"] == "lost_events"}
        self.assertEqual(told, {3: 2, 77: 1})
        self.assertEqual([event["number"] for event in events], [1] + list(range(3, 152)))

    def test_an_event_that_the_broker_has_confirmed_is_told_again_when_asked_for(self):
        meter = self.meter(1)
        for detail in range(3):
            meter.add_event(12, detail)
        self.start()
        told = lambda: self.rig.listener.payloads(meter.number + "/event")  # noqa: E731
        first = wait_for("the events", lambda: len(told()) == 3 and told())
        self.rig.stop_gateway()
        self.rig.start_gateway()
        result = self.rig.result(self.rig.command(meter=meter.number, kind="events", **{"from": 2, "to": 9}))
        self.assertEqual((result["outcome"], result["value"], result["attempts"]), ("done", 2, 0))
        # The restart may repeat what was on its way (QoS 1); what was asked for comes last, right before the result.
        self.assertGreaterEqual(len(told()), 5)
        self.assertEqual(told()[-2:], first[1:])

    def test_a_line_that_hangs_up_is_opened_again(self):
        self.start()
        self.b.hang_up()
        leaf = self.meter(11).number + "/link"
        wait_for("line_down", lambda: [l for l in self.rig.listener.payloads(leaf) if l.get("reason") == "line_down"])
        wait_for("the meter is back", lambda: self.rig.listener.payloads(leaf)[-1]["reachable"] is True)

    def test_reads_and_commands_meters_on_a_serial_device(self):
        self.start()
        result = self.rig.result(self.rig.command(meter=self.meter(12).number, kind="token", token=TOKEN))
        self.assertEqual(result["outcome"], "done")

    def test_links_and_status_are_retained(self):
        self.start()
        found = subprocess.run(["mosquitto_sub", "-h", "127.0.0.1", "-p", str(self.rig.broker.port), "-t",
                                BASE + "/meter/+/link", "-t", BASE + "/status", "--retained-only", "-C", "6", "-W", "5"],
                               capture_output=True, text=True, timeout=20)
        self.assertEqual(len(found.stdout.splitlines()), 6, found.stdout)

    def test_a_wrong_configuration_is_refused_with_all_its_problems(self):
        path = self.rig.configuration()
        path.write_text(path.read_text().replace("baud = 115200", "baud = 1234").replace("address = 2", "address = 1"))
        for arguments in (["--check"], []):
            done = subprocess.run([PROGRAM, "--config", str(path), *arguments], capture_output=True, text=True,
                                  timeout=20)
            self.assertEqual(done.returncode, 2)
            self.assertIn("line[0].baud: 1234 is not a baud rate", done.stderr)
            self.assertIn("share address 1: give each meter", done.stderr)
        self.assertEqual(subprocess.run([PROGRAM, "--config", str(self.rig.configuration()), "--check"]).returncode, 0)


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main(verbosity=2)
