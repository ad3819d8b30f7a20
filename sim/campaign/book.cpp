// SPDX-License-Identifier: Apache-2.0
#include "sim/campaign/book.hpp"

#include <algorithm>

#include "assert/assert.hpp"

namespace lk::sim {
namespace {

using quantity::Duration;
using quantity::Energy;
using quantity::Instant;
using quantity::Money;

// The past that a damaged meter may go back to; older ledgers are thinned out.
constexpr std::size_t past_max = 200;

}  // namespace

Book::Book(Money preset, quantity::Price price, Money standing, Instant born)
    : tariffs_{DayPrices::of(tariff::flat_set(price, 0))}, standing_(standing) {
  now_.run.at = born;
  now_.dealt.credited = preset;
  made_durable();
}

void Book::made_durable() {
  recent_.assign(1, now_.run);
  if (!past_.empty() && past_.back().dealt == now_.dealt && past_.back().run.import == now_.run.import)
    return;
  if (past_.size() == past_max)
    past_.erase(past_.begin(), past_.begin() + static_cast<std::ptrdiff_t>(past_max / 2));
  past_.push_back(now_);
}

void Book::fed(Energy import, Energy exported, Instant now) {
  now_.feed(tariffs_, import, exported, now);
  const bool is_same = recent_.back().import == now_.run.import &&
                       recent_.back().exported == now_.run.exported &&
                       recent_.back().tariff == now_.run.tariff;
  if (!is_same) recent_.push_back(now_.run);
  constexpr std::size_t remembered = 1000;  // seconds: more than any interval between two checkpoints
  if (recent_.size() > remembered) recent_.pop_front();
}

std::size_t Book::add(const tariff::TariffSet& set) {
  tariffs_.push_back(DayPrices::of(set));
  return tariffs_.size() - 1;
}

void Book::accepted(const meter::State& seen) {
  const SoldToken& token = value_of(offered_token_);
  sold_.push_back(token);
  now_.take(token, seen.account.returned());
  offered_token_.reset();
  made_durable();
}

void Book::done(std::int64_t value) {
  const Offer& offer = value_of(offered_order_);
  now_.take(offer.sequence, offer.command, value, offer.tariff);
  offered_order_.reset();
  made_durable();
}

void Book::refused() {
  offered_token_.reset();
  offered_order_.reset();
}

std::optional<std::string> Book::difference(const Ledger& ledger, const meter::Meter& meter) const {
  return ledger.difference(meter.state(), meter.tariff_sets().current.version, tariffs_, standing_);
}

void Book::see(const meter::Meter& meter) {
  now_.see_tariff(tariffs_, meter.tariff_sets().current.version);
}

void Book::judge_running(const meter::Meter& meter) {
  see(meter);
  if (const auto found = difference(now_, meter)) throw Broken(*found);
}

// The latest ledger with what was offered, or any since the durable one without it.
bool Book::take_what_is_there(const meter::Meter& meter, bool may_be_old, Duration unstored_at_most,
                              Instant now) {
  const meter::State& seen = meter.state();
  const auto is_there = [&](Ledger& ledger) {
    ledger.run.at = now;
    ledger.see_tariff(tariffs_, meter.tariff_sets().current.version);
    return !difference(ledger, meter);
  };
  Ledger with = now_;
  if (offered_token_) {
    with.take(*offered_token_, seen.account.returned());
    if (is_there(with)) {
      now_ = with;
      sold_.push_back(*offered_token_);
      return true;
    }
  }
  if (offered_order_ && seen.last_order.sequence == offered_order_->sequence) {
    with = now_;
    with.take(offered_order_->sequence, offered_order_->command, seen.order_value, offered_order_->tariff);
    if (is_there(with)) {
      now_ = with;
      return true;
    }
  }
  for (auto run = recent_.rbegin(); run != recent_.rend(); ++run) {
    Ledger earlier{*run, now_.dealt};
    if (!is_there(earlier)) continue;
    // It stood when the next one began, so that its time is that of the next.
    const Instant until = run == recent_.rbegin() ? now_.run.at : std::prev(run)->at;
    if (now_.run.at - until > unstored_at_most && !may_be_old)
      throw Broken("older than may be: " + std::to_string((now_.run.at - until).count()) + " ms");
    lost_energy_mj_ += static_cast<std::uint64_t>((now_.run.import - earlier.run.import).count());
    now_ = earlier;
    return true;
  }
  return false;
}

void Book::judge_started(const meter::Meter& meter, bool may_be_old, Duration unstored_at_most, Instant now) {
  if (!take_what_is_there(meter, may_be_old, unstored_at_most, now)) {
    if (!may_be_old) {
      const auto found = difference(now_, meter);
      throw Broken("after a start no ledger that it may be; of the last: " + found.value_or("nothing"));
    }
    go_back(meter, now);
  }
  // A set that waits may be what was hurt: it never becomes current.
  if (may_be_old && !meter.tariff_sets().has_spare) now_.run.spare.reset();
  refused();
  made_durable();
}

// To an account that it once had. What it was charged for energy since then lies between that ledger's and
// the last one's; from here on its own remainder is exact again.
void Book::go_back(const meter::Meter& meter, Instant now) {
  ++went_back_count_;
  const meter::State& seen = meter.state();
  const credit::Account& account = seen.account;
  const Money energy = account.deducted() - account.charged() - account.returned();
  const auto is_of = [&](const Ledger& past) {
    return past.dealt.order_sequence == seen.last_order.sequence &&
           past.dealt.token_count == seen.token_count && past.dealt.credited == account.credited() &&
           past.dealt.returned == account.returned() && past.run.import <= seen.import_energy &&
           past.energy_money() <= energy;
  };
  const auto found = std::find_if(past_.rbegin(), past_.rend(), is_of);
  if (found == past_.rend()) throw Broken("a damaged memory made an account that never was");
  if (seen.import_energy > now_.run.import) throw Broken("a damaged memory made energy out of nothing");
  Ledger back = *found;
  back.run.at = now;
  back.run.import = seen.import_energy;
  back.run.exported = seen.export_energy;
  const std::uint32_t remainder = account.mode().unit == credit::Unit::energy
                                      ? account.remainder().parts()
                                      : account.pricer().remainder().parts();
  back.run.parts = Wide{energy.count()} * tariff::remainder_parts + remainder;
  // By its prices too: a flat price may bear the number that a set had before.
  const DayPrices current = DayPrices::of(meter.tariff_sets().current);
  const auto set = std::find_if(tariffs_.begin(), tariffs_.end(), [&current](const DayPrices& known) {
    return known.version == current.version && known.prices == current.prices;
  });
  if (set == tariffs_.end()) throw Broken("a damaged memory made a tariff that never was");
  back.run.tariff = static_cast<std::size_t>(set - tariffs_.begin());
  if (!meter.tariff_sets().has_spare) back.run.spare.reset();
  while (sold_.size() > back.dealt.token_count) sold_.pop_back();
  now_ = back;
  if (const auto still = difference(now_, meter)) throw Broken("after a damage: " + *still);
  past_.erase(found.base(), past_.end());  // what came after it never was, and cannot come back
}

}  // namespace lk::sim
