// SPDX-License-Identifier: Apache-2.0
// The guard's settings as parameters of the meter, and back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>

#include "dictionary/id.hpp"
#include "meter/guard/guard.hpp"

namespace lk::meter {

class Settings;

// What a parameter of the guard is in a new meter, where the row has no value for all of its slots.
[[nodiscard]] std::optional<std::int64_t> initial_of_guard(dictionary::Id id, std::size_t slot_index);
// Whether the parameters make a guard; if not, the address of one that is wrong.
[[nodiscard]] std::expected<void, std::uint16_t> check_guard(const Settings& settings);
// The parameters must have passed the check.
[[nodiscard]] guard::GuardSettings guard_settings_of(const Settings& settings);
// Whether two sets of parameters make different guards.
[[nodiscard]] bool is_other_guard(const Settings& one, const Settings& other);

}  // namespace lk::meter
