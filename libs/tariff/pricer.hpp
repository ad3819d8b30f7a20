// SPDX-License-Identifier: Apache-2.0
// The incremental pricer: energy and time come in, money to be deducted comes out, to the last count. Its
// state is small and goes into the account's own record; sets are handed in. What it is a law for:
//
//     Σ money = ⌊Σ energy · its price⌋ + ⌊Σ demand · its price⌋ + fixed charges + taxes on these counts
//
// however the time is cut into calls, across steps of the ladder, switching times, seasons, summer time and
// the replacement of the set. docs/design/tariff.md gives the rules. A plain value; copy, change, store, then
// let it take effect. Not thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>

#include "bytes/bytes.hpp"
#include "quantity/quantity.hpp"
#include "tariff/calendar.hpp"
#include "tariff/set.hpp"
#include "tariff/tariff.hpp"

namespace lk::tariff {

// The set in force and the one that follows it. Both are valid (`find_fault`).
struct Sets {
  TariffSet current;
  bool has_spare = false;
  TariffSet spare;
  quantity::Instant activation;  // the spare prices what flows from here on; meaningless without one
  // 1 to 8: this rate prices all that flows, whatever the calendar says, of whichever set is in force, as
  // long as the set has it. 0: the calendar's rates.
  std::uint8_t only_rate = 0;
};
// The rate that prices, from 0, where the calendar says `by_calendar`.
[[nodiscard]] std::uint8_t rate_in_force(const Sets& sets, std::uint8_t by_calendar);

// Money to be deducted, by what it is for; each is 0 or more.
struct Charges {
  quantity::Money energy;
  quantity::Money standing;
  quantity::Money minimum;  // what the month's energy was short of the minimum charge
  quantity::Money demand;
  std::array<quantity::Money, tax_max> taxes{};

  [[nodiscard]] quantity::Money total() const;
  Charges& operator+=(const Charges& other);
  bool operator==(const Charges&) const = default;
};

// Energy at one price: what a priced interval is made of.
struct Piece {
  quantity::Instant from;
  quantity::Instant to;
  std::uint32_t version = 0;  // of the set
  std::uint8_t rate = 0;
  std::uint8_t step = 0;
  quantity::Price price;
  quantity::Energy energy;
  quantity::Money money;
};

// Wants to see the pieces: registers by rate, a bill's lines. Called while `advance` runs, also where it is
// refused in the end.
class PieceObserver {
 public:
  virtual void on_piece(const Piece& piece) = 0;

 protected:
  ~PieceObserver() = default;
};

struct Advance {
  Charges charges;
  bool has_switched = false;              // the spare set is now the current one
  quantity::Energy energy_before_switch;  // the part that the old set priced
};

enum class AdvanceError : std::uint8_t {
  energy_out_of_range,  // below 0 or above energy_max
  time_out_of_range,    // `from` after `to`, or beyond 1970 to 2105
  interval_too_long,    // energy over more than interval_max: nobody knows when it flowed
  overflow,             // the month's energy or money is beyond what can be counted
};

// The most that one call prices, and the longest time that it spreads energy over.
inline constexpr quantity::Energy energy_max = quantity::kwh(2'000'000);
inline constexpr quantity::Duration interval_max = quantity::Duration::of(0xFFFF'FFFFLL);  // 49.7 days
// A step of the clock beyond this shows that it was wrong, and bills no fixed charge.
inline constexpr std::int32_t clock_step_max_days = 32;

class Pricer {
 public:
  static constexpr std::size_t stored_bytes = 75;

  // Prices energy that flowed evenly from `from` to `to` (exclusive; both UTC by the meter's clock), and
  // bills the fixed charges that fall due. Where the spare set's activation lies before `to`, it becomes the
  // current one, and what flowed before is priced by the old one. With `from` = `to` the energy flows in that
  // instant. Without energy any time may pass at once. A time before that of the last call prices at its own
  // rate, but what was billed by the calendar is not billed again. On an error nothing is changed.
  [[nodiscard]] std::expected<Advance, AdvanceError> advance(Sets& sets, quantity::Energy energy,
                                                             quantity::Instant from, quantity::Instant to,
                                                             PieceObserver* observer = nullptr);
  // Prices energy while the clock is known to be wrong, by the current set: its default rate, the ladder goes
  // on, the calendar stands still.
  [[nodiscard]] std::expected<Charges, AdvanceError> advance_without_clock(const Sets& sets,
                                                                           quantity::Energy energy,
                                                                           PieceObserver* observer = nullptr);
  // To be called after each step of the clock, with its new time. A step of up to `clock_step_max_days` needs
  // nothing more: `advance` bills the days that it skips, once, and waits where it went back. A longer one
  // sets the calendar anew and bills no fixed charge for it. The running demand window is dropped in both
  // cases.
  void clock_was_set(const TariffSet& set, quantity::Instant at);
  // To be called where the current set is replaced otherwise than by `advance`: the new one may have the
  // number of the old one, and prices by its own calendar from here on.
  void set_was_replaced() { lookup_.is_valid = false; }

  // Used since the ladder's settlement (counted also where the set has no ladder).
  [[nodiscard]] quantity::Energy ladder_energy() const { return ladder_energy_; }
  // The energy charges of the running month of account.
  [[nodiscard]] quantity::Money month_money() const { return month_money_; }
  // The highest window of the running month of account, as mean power.
  [[nodiscard]] quantity::Power month_demand() const;
  [[nodiscard]] Remainder remainder() const { return remainder_; }
  // The rate, from 0, and the price of the next energy at an instant.
  [[nodiscard]] std::uint8_t rate_at(const Sets& sets, quantity::Instant at,
                                     bool is_clock_wrong = false) const;
  [[nodiscard]] quantity::Price price_at(const Sets& sets, quantity::Instant at,
                                         bool is_clock_wrong = false) const;

  // `stored_bytes` bytes; fields in docs/formats/tariff.md.
  void encode(bytes::Writer& to) const;
  // False where the bytes are no pricer's; this is then unchanged.
  [[nodiscard]] bool decode(bytes::Reader& from);

  bool operator==(const Pricer& other) const;

 private:
  const Moment& moment(const TariffSet& set, quantity::Instant at);
  void begin_calendar(const TariffSet& set, const Moment& at);
  void settle(const TariffSet& set, quantity::Instant at, Charges& charges);
  void settle_month(const TariffSet& set, std::int32_t month, Charges& charges);
  void bill_standing(const TariffSet& set, const Moment& at, Charges& charges);
  void close_window(const TariffSet& set);
  void count_demand(const TariffSet& set, quantity::Energy energy, quantity::Instant at);
  [[nodiscard]] bool is_full() const;
  void switch_over(Sets& sets, quantity::Energy priced, Charges& charges);
  void price(const TariffSet& set, Piece piece, Charges& charges, PieceObserver* observer);
  void add_taxes(const TariffSet& set, quantity::Energy energy, Charges& charges);
  [[nodiscard]] quantity::Instant end_of_piece(const Sets& sets, quantity::Instant at, quantity::Instant to,
                                               bool has_energy);

  Remainder remainder_;
  Remainder demand_remainder_;
  std::array<Remainder, tax_max> tax_remainders_{};
  quantity::Energy ladder_energy_;
  quantity::Money month_money_;
  quantity::Energy window_energy_;
  quantity::Energy demand_energy_;  // the highest window of the month, as energy in an hour
  std::int32_t window_ = 0;         // which one, counted from 1970 in local standard time
  std::int32_t day_ = 0;            // the last local day that was begun
  std::int32_t standing_month_ = 0;
  std::int32_t month_ = 0;        // of account, the last that was begun
  std::uint16_t settlement_ = 0;  // by which `month_` is counted
  bool is_yearly_ = false;        // the ladder's count
  bool has_begun_ = false;

  // Not stored, not compared: the moment that was looked up last.
  struct Lookup {
    bool is_valid = false;
    std::uint32_t version = 0;
    quantity::Instant from;
    Moment moment;
  } lookup_;
};

}  // namespace lk::tariff
