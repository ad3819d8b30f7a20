// SPDX-License-Identifier: Apache-2.0
// The long records as DL/T 645 goes through them: from the newest event back, without what its function 1B
// has hidden. Views of a Station and an Access; no memory of their own.
#pragma once

#include <cstdint>
#include <optional>

#include "meter/links/dlt645_reader.hpp"

namespace lk::links {

// The events of one log, the newest first.
class EventWalk {
 public:
  EventWalk(records::Log log, const Dlt645Context& context);
  // The next older one; nothing behind the oldest.
  [[nodiscard]] std::optional<records::Event> next();

 private:
  Station& station_;
  records::Log log_;
  std::uint32_t first_;
  std::uint32_t number_;  // one above the next
};

// Which events a row is of: those of a code, also of one detail of it, or an EventSet.
class EventSearch {
 public:
  explicit EventSearch(std::int32_t argument) : argument_(argument) {}
  [[nodiscard]] bool fits(const records::Event& event) const;
  [[nodiscard]] records::Log log() const;

 private:
  std::int32_t argument_;  // as in dlt645::Item
};

// The n-th event that fits, 1 the newest; `count` is how many there are up to it, or in all.
[[nodiscard]] std::optional<records::Event> event_back(const EventSearch& search, std::uint32_t n,
                                                       const Dlt645Context& context, std::uint32_t& count);

}  // namespace lk::links
