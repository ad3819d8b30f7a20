// SPDX-License-Identifier: Apache-2.0
// Credit that meters give back, orders whose answers were lost, and what is forgotten after some time.
#include "server/vending/returned.hpp"

#include <gtest/gtest.h>

#include "server/ingest/ingest.hpp"
#include "server/ledger/ledger.hpp"
#include "server/meters/alarms.hpp"
#include "server/meters/orders.hpp"
#include "server/meters/retention.hpp"
#include "server/test_site.hpp"

namespace lk::vending {
namespace {

using quantity::Money;

constexpr const char* order_id = "00000000-0000-4000-8000-000000000042";

class Returned : public test::Site {
 protected:
  void take(const std::variant<ingest::Status, meters::Reading, meters::Event, ingest::Link,
                               ingest::CommandResult>& body) {
    work([&](store::Unit& unit) { (void)ingest::apply(unit, ports, {"gw1", test::flat, body}); });
  }
  void event(std::int64_t number, std::int64_t code, std::int64_t detail, std::int64_t value) {
    take(meters::Event{now_ms, number, code, "event", detail, value});
  }
  void reading(std::int64_t balance, std::int64_t events, std::int64_t version = 1, std::int64_t priced = 0) {
    meters::Reading reading;
    reading.ts = now_ms += 20'000;
    reading.seq = ++seq_;
    reading.balance = balance;
    reading.credited = 500'000;
    reading.priced_energy_mj = priced;
    reading.tariff_version = version;
    reading.event_count = events;
    take(reading);
  }
  std::string place(const std::string& verb, const std::string& tariff, std::optional<Money> amount) {
    work([&](store::Unit& unit) {
      const auto placed = meters::place_order(unit, vault, ports, {600'000},
                                              {order_id, test::flat, verb, tariff, amount, "olga"});
      ASSERT_TRUE(placed);
    });
    return remembered.commands.back().id;
  }
  std::string alarm() {
    return session.one<std::string>(
        "select detail from alarm where kind = 'shadow_difference' and ended is null");
  }
  Money balance(std::string_view account) {
    return session.one<Money>("select coalesce(sum(amount), 0) from ledger_line where account = ?",
                              {std::string(account)});
  }
  std::expected<bool, RefundRefusal> pay(Money amount, const std::string& proof) {
    std::expected<bool, RefundRefusal> paid = false;
    work([&](store::Unit& unit) { paid = pay_refund(unit, vault, {order_id, amount, proof, "olga"}); });
    return paid;
  }

 private:
  std::int64_t seq_ = 0;
};

TEST_F(Returned, WhatAMeterGivesBackIsBookedAndNoDifference) {
  event(1, credit_returned_code, 1, 500'000);
  reading(0, 1);
  EXPECT_EQ(alarm(), "");
  EXPECT_EQ(balance("preset"), quantity::units(5)) << "of the other flat";
  EXPECT_EQ(balance("customer_credit"), quantity::units(-5));
  EXPECT_TRUE(ledger::trial_balance(session).balanced());
}

TEST_F(Returned, AReadingAheadOfTheEventIsNotJudged) {
  reading(500'000, 0);
  reading(200'000, 1);
  EXPECT_EQ(alarm(), "") << "the event tells why, and is on its way";
  event(1, credit_returned_code, 2, 300'000);
  reading(200'000, 1);
  EXPECT_EQ(alarm(), "");
  EXPECT_EQ(balance("credit_cleared"), Money::of(-300'000));
  reading(100'000, 1);
  EXPECT_NE(alarm(), "") << "and this nobody told";
}

TEST_F(Returned, ARefundIsPaidForTheProofOfThatMeterOrderAndAmount) {
  place("refund", "", quantity::units(4));
  const auto sequence = session.one<std::int64_t>("select sequence from meter_order");
  const auto proof = vault.refund_proof(test::flat, static_cast<std::uint32_t>(sequence), quantity::units(4));
  ASSERT_TRUE(proof.has_value());
  event(1, credit_returned_code, 0, 400'000);
  EXPECT_EQ(balance("refunds_due"), Money::of(-400'000));

  EXPECT_EQ(pay(quantity::units(5), *proof).error(), RefundRefusal::wrong_proof);
  EXPECT_EQ(pay(quantity::units(4), std::string(32, '0')).error(), RefundRefusal::wrong_proof);
  EXPECT_EQ(pay(Money{}, *proof).error(), RefundRefusal::no_amount);
  EXPECT_EQ(balance("cash"), Money{});
  EXPECT_EQ(pay(quantity::units(4), *proof), true);
  EXPECT_EQ(pay(quantity::units(4), *proof), false) << "a repeat pays nothing";
  EXPECT_EQ(pay(quantity::units(3), *proof).error(), RefundRefusal::paid_already);
  EXPECT_EQ(balance("cash"), quantity::units(-4));
  EXPECT_EQ(balance("refunds_due"), Money{});
  session.run("update meter_order set verb = 'open'");
  EXPECT_EQ(pay(quantity::units(4), *proof).error(), RefundRefusal::unknown_order);
}

TEST_F(Returned, AnEventSettlesAPriceWhoseAnswerWasLost) {
  work([&](store::Unit& unit) {
    ASSERT_TRUE(meters::add_tariff(unit.session, {"dear", "Dear", quantity::Price::of(24'000)}, now_ms));
  });
  place("set_price", "dear", std::nullopt);
  const auto version = session.one<std::int64_t>("select tariff_version from meter_order");
  reading(380'000, 0, version, 3'600'000'000);
  EXPECT_EQ(alarm(), "") << "the answer may still come";
  work([&](store::Unit& unit) {
    meters::end_order(unit, ports, order_id, {"expired", "", std::nullopt, now_ms});
  });
  reading(380'000, 0, version, 3'600'000'000);
  EXPECT_NE(alarm().find("never answered"), std::string::npos);
  event(1, tariff_changed_code, version, 3'600'000'000);
  EXPECT_EQ(meters::find_order(session, order_id)->state, "done");
  reading(380'000, 1, version, 3'600'000'000);
  EXPECT_EQ(alarm(), "") << "1 kWh at the old price";
}

TEST_F(Returned, OnlyWhatCarriesNoValueIsForgotten) {
  event(1, credit_returned_code, 2, 1);
  event(2, 4, 1, 0);
  event(3, 5, 0, 0);
  place("open", "", std::nullopt);
  work([&](store::Unit& unit) {
    unit.session.run("update command set ended = 5");
    (void)meters::set_alarm(unit.session, meters::AlarmKind::low_credit, {test::flat, ""}, true, "", 1);
    (void)meters::set_alarm(unit.session, meters::AlarmKind::low_credit, {test::flat, ""}, false, "", 2);
    (void)meters::set_alarm(unit.session, meters::AlarmKind::no_credit, {test::flat, ""}, true, "", 1);
  });
  const auto count = [&](const std::string& table) {
    return session.one<std::int64_t>("select count(*) from " + table);
  };
  work([&](store::Unit& unit) { EXPECT_EQ(meters::drop_old_records(unit.session, 1, 100), 0); });
  work([&](store::Unit& unit) { EXPECT_EQ(meters::drop_old_records(unit.session, now_ms + 1, 1), 3); });
  work([&](store::Unit& unit) { EXPECT_EQ(meters::drop_old_records(unit.session, now_ms + 1, 100), 1); });
  EXPECT_EQ(count("event"), 1) << "the credit that was given back stays";
  EXPECT_EQ(count("command"), 0);
  EXPECT_EQ(count("alarm"), 1) << "an open alarm stays";
  EXPECT_EQ(count("meter_order"), 1);
}

TEST_F(Returned, ARegistrationIsKnownAgainAfterTheMeterHasChanged) {
  const meters::Meter asked{"07000000039", "Flat", "flat", "gw1", "a", 2, "", "basic", {}, "201457", 1, 1};
  const auto add = [&](const meters::Meter& meter) {
    std::expected<bool, meters::MeterRefusal> added = false;
    work([&](store::Unit& unit) { added = meters::register_meter(unit, meter); });
    return added;
  };
  EXPECT_EQ(add(asked), true);
  session.run("update meter set key_revision_number = 7, tariff_index = 2 where number = '07000000039'");
  EXPECT_EQ(add(asked), false);
  meters::Meter other = asked;
  other.name = "Other";
  EXPECT_EQ(add(other).error(), meters::MeterRefusal::id_reused);
}

}  // namespace
}  // namespace lk::vending
