// SPDX-License-Identifier: Apache-2.0
// A card that sends anything at any time: the slot always comes to rest, and nothing gets into the meter.
#include <cstdint>
#include <span>

#include "assert/assert.hpp"
#include "meter/card/testing/paper_meter.hpp"

namespace {

class Babbler final : public lk::port::CardSlot {
 public:
  explicit Babbler(std::span<const std::uint8_t> script) : script_(script) {}
  bool is_inserted() override { return !is_pulled; }
  bool is_overloaded() override { return false; }
  void set(lk::port::CardContact contact, bool is_on) override {
    if (contact == lk::port::CardContact::supply) has_supply = is_on;
  }
  bool can_send() override { return true; }
  void send(std::byte) override {}
  std::optional<std::byte> receive() override {
    if (!has_supply || script_.empty()) return std::nullopt;
    const std::byte next{script_.front()};
    script_ = script_.subspan(1);
    // FE is a pause, so that scripts can be slow.
    if (next == std::byte{0xFE}) return std::nullopt;
    return next;
  }
  bool has_supply = false;
  bool is_pulled = false;

 private:
  std::span<const std::uint8_t> script_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lk;
  Babbler contacts{{data, size}};
  card::testing::PaperMeter meter;
  card::Slot slot{contacts, meter};
  quantity::Instant now;
  for (int i = 0; i < 4000; ++i) {
    slot.poll(now);
    now = now + quantity::milliseconds(20);
  }
  ensure(!slot.is_busy() && !contacts.has_supply);
  ensure(meter.tokens.empty() && meter.orders.empty() && meter.memory == card::Memory{});
  return 0;
}
