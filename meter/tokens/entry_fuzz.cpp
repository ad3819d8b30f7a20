// SPDX-License-Identifier: Apache-2.0
// Any stored bytes as a token state, any digits and any fields as tokens: nothing crashes, a refusal changes
// nothing of value, and what a meter accepted it does not accept again.
#include <algorithm>
#include <cstdlib>

#include "meter/tokens/testing.hpp"
#include "meter/tokens/token_log.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lk;
  bytes::Reader reader{std::as_bytes(std::span{data, size})};
  tokens::State stored;
  bytes::Reader stored_reader = reader;
  (void)tokens::decode(stored_reader, stored);
  (void)tokens::decode_log_entry(std::as_bytes(std::span{data, size}));

  tokens::test::Organ organ{(reader.byte() & 1U) != 0 ? sts::EncryptionAlgorithm::ea07
                                                      : sts::EncryptionAlgorithm::ea11};
  organ.rules.takes_common_key = true;
  organ.rules.functions = 0xFFFF;
  while (reader.left() >= 9) {
    const std::uint8_t how = reader.byte();
    const auto token_class = static_cast<sts::TokenClass>(how & 3U);
    const auto block = reader.big<std::uint64_t>();
    // Half of them are authentic: whatever a block says, its check is made right.
    sts::Digits digits = sts::to_digits({token_class, block});
    if ((how & 4U) != 0 && token_class != sts::TokenClass::reserved) {
      const auto sub_class = static_cast<std::uint8_t>(block >> 60U);
      const std::uint32_t tid = static_cast<std::uint32_t>(block >> 32U) & sts::tid_max;
      if (sub_class < 4)
        digits = organ.made(sts::UnitCredit{sub_class, 5, tid, static_cast<std::uint16_t>(block)});
      if (sub_class > 7) digits = organ.made(sts::SecondKeySection{1, 1, static_cast<std::uint32_t>(block)});
      if (sub_class == 5) {
        digits = organ.made(sts::FirstKeySection{.key_type = static_cast<sts::KeyType>(how >> 6U),
                                                 .key_bits = static_cast<std::uint32_t>(block)});
      }
    }
    const tokens::State before = organ.state;
    const tokens::Outcome outcome = organ.enter(digits);
    if (outcome.changes_state()) {
      const bool has_identifier = outcome.kind != tokens::Kind::key_change;
      if (has_identifier && organ.enter(digits).result == sts::TokenResult::accept) std::abort();
    } else if (!(organ.state.key == before.key) || !(organ.state.settings == before.settings) ||
               !std::ranges::equal(organ.state.used.entries(), before.used.entries())) {
      std::abort();
    }
  }
  return 0;
}
