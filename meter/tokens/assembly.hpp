// SPDX-License-Identifier: Apache-2.0
// The sections of a key change until they are a set: in any order, each as often as one likes. Kept in RAM
// only: a power cut, a time-out or a set that is not allowed begins anew.
//
//   first ┐
//   second├─► complete (EA07: 2, or 3 where the first says so; EA11: 4) ─► KeyChange
//   third │
//   fourth┘      a section that differs from the one of its name there begins a new set
//
// Wiped when it is dropped, and when it goes. Not thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "quantity/quantity.hpp"
#include "sts/key_change.hpp"
#include "sts/result.hpp"

namespace lk::tokens {

class Assembly {
 public:
  Assembly() = default;
  ~Assembly() { drop(); }
  Assembly(const Assembly&) = default;
  Assembly& operator=(const Assembly&) = default;

  // Whether a token is a section at all.
  [[nodiscard]] static bool is_section(const sts::Token& token);
  // Takes a section; sections that came longer than `timeout` ago are dropped before. The answer is that of a
  // set that is not complete with it: 1stKCT, 2ndKCT, and so on.
  sts::TokenResult take(const sts::Token& section, quantity::Instant now, quantity::Duration timeout);
  // The change, where the set is complete.
  [[nodiscard]] std::optional<sts::KeyChange> complete(sts::EncryptionAlgorithm algorithm) const;
  // Forgets all sections.
  void drop();

  [[nodiscard]] std::size_t count() const;

 private:
  // One place for each name; the third has two layouts, of which a meter knows one.
  struct Sections {
    std::optional<sts::FirstKeySection> first;
    std::optional<sts::SecondKeySection> second;
    std::optional<sts::SupplyGroupSection> group;
    std::optional<sts::ThirdKeySection> third;
    std::optional<sts::FourthKeySection> fourth;
  };

  template <class Section>
  void put(std::optional<Section> Sections::* place, const Section& section);

  Sections sections_;
  quantity::Instant taken_at_;
};

}  // namespace lk::tokens
