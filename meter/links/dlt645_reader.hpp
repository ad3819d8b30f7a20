// SPDX-License-Identifier: Apache-2.0
// What a data identifier of DL/T 645 reads of this meter, by the rows of `dlt645/item.hpp`. Pure views of a
// Device and a Station.
#pragma once

#include <cstdint>
#include <optional>

#include "bytes/bytes.hpp"
#include "dlt645/frame.hpp"
#include "dlt645/item.hpp"
#include "meter/links/access.hpp"
#include "meter/links/device.hpp"
#include "meter/links/station.hpp"

namespace lk::links {

// What the functions of DL/T 645 work on.
struct Dlt645Context {
  Device& device;
  Station& station;
  Access& access;
  bool is_infrared = false;  // the port that asks: its rate is fixed, and its long answers are its own
};

// What stands behind the identifier in a request for load records.
struct ProfileRequest {
  std::uint8_t block_count = 1;
  std::optional<dlt645::Time> from;
};

// The meter's own address: the parameter, or the meter's number where there is none.
[[nodiscard]] dlt645::Address own_address(Device& device);

// Appends the data of an identifier, also of a block; false where there is none. What has no room is cut.
[[nodiscard]] bool read_data(std::uint32_t di, const ProfileRequest& request, const Dlt645Context& context,
                             bytes::Writer& to);
// The same for an identifier of 1997.
[[nodiscard]] bool read_data97(std::uint16_t di, const Dlt645Context& context, bytes::Writer& to);

// One item of a row, DI1 and DI0 as given; the records' kinds stand in files of their own.
namespace dlt645_kinds {
[[nodiscard]] bool value(const dlt645::Item& item, std::uint8_t di1, std::uint8_t di0,
                         const Dlt645Context& context, bytes::Writer& to);
// Word 1 to 7.
void status(std::int32_t word, const Dlt645Context& context, bytes::Writer& to);
[[nodiscard]] bool event(const dlt645::Item& item, std::uint8_t di0, const Dlt645Context& context,
                         bytes::Writer& to);
// The log in which the events of a row stand; nothing where the row is not of events.
[[nodiscard]] std::optional<records::Log> log_of_events(const dlt645::Item& item);
[[nodiscard]] records::Log log_of_condition(std::int32_t condition);
[[nodiscard]] bool condition(const dlt645::Item& item, std::uint8_t di1, std::uint8_t di0,
                             const Dlt645Context& context, bytes::Writer& to);
[[nodiscard]] bool condition_total(const dlt645::Item& item, const Dlt645Context& context, bytes::Writer& to);
[[nodiscard]] bool condition_time(const dlt645::Item& item, const Dlt645Context& context, bytes::Writer& to);
[[nodiscard]] bool quality(std::uint8_t di1, std::uint8_t di0, const Dlt645Context& context,
                           bytes::Writer& to);
[[nodiscard]] bool event_count(const dlt645::Item& item, const Dlt645Context& context, bytes::Writer& to);
[[nodiscard]] bool purchase(const dlt645::Item& item, std::uint8_t di1, std::uint8_t di0,
                            const Dlt645Context& context, bytes::Writer& to);
[[nodiscard]] bool freeze(const dlt645::Item& item, std::uint8_t di1, std::uint8_t di0,
                          const Dlt645Context& context, bytes::Writer& to);
[[nodiscard]] bool profile(const dlt645::Item& item, std::uint8_t di0, const ProfileRequest& request,
                           const Dlt645Context& context, bytes::Writer& to);
// The n-th freeze of a log, 1 the newest.
[[nodiscard]] std::optional<records::Freeze> freeze_back(records::Log log, std::uint32_t n, Station& station);
}  // namespace dlt645_kinds

// Parts that several kinds are made of.
namespace dlt645_fields {
void number(std::int64_t value, std::size_t size_bytes, bool is_signed, bytes::Writer& to);
// An energy of 4 bytes, 0.01 kWh, rounded down.
void energy(quantity::Energy energy, bytes::Writer& to);
// mm hh DD MM YY, with ss in front where asked for; FF where the time is 0.
void time(std::uint32_t unix_s, bool has_seconds, Station& station, bytes::Writer& to);
void fill(std::byte value, std::size_t size_bytes, bytes::Writer& to);
// Greatest demand (0.1 W) and the end of its window.
void demand(std::uint32_t demand_dw, std::uint32_t end_s, Station& station, bytes::Writer& to);
}  // namespace dlt645_fields

}  // namespace lk::links
