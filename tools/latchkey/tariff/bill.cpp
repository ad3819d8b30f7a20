// SPDX-License-Identifier: Apache-2.0
#include "tools/latchkey/tariff/bill.hpp"

#include "tools/latchkey/command.hpp"

namespace lk::tools {
namespace {

struct Collector final : tariff::PieceObserver {
  void on_piece(const tariff::Piece& piece) override { pieces.push_back(piece); }
  std::vector<tariff::Piece> pieces;
};

std::string reason_of(tariff::AdvanceError error) {
  switch (error) {
    case tariff::AdvanceError::energy_out_of_range:
      return "the energy is out of range; write 0 to 2000000 kWh";
    case tariff::AdvanceError::time_out_of_range:
      return "the time is out of range; prices are known for 1970 to 2105";
    case tariff::AdvanceError::interval_too_long:
      return "the interval is longer than 49 days; give shorter ones";
    case tariff::AdvanceError::overflow:
      return "the month's sum is beyond what can be counted; are the energies in kWh?";
  }
  return "";
}

}  // namespace

Bill price(const tariff::TariffSet& set, const Readings& readings, const std::string& file) {
  constexpr std::int64_t money_limit = std::int64_t{1} << 62U;  // one line is far below this
  Bill bill;
  tariff::Sets sets;
  sets.current = set;
  for (const Reading& reading : readings.list) {
    Collector collector;
    const auto advanced = bill.pricer.advance(sets, reading.energy, reading.from, reading.to, &collector);
    const std::string place = file + ":" + std::to_string(reading.line) + ": ";
    if (!advanced) throw UserError{place + reason_of(advanced.error())};
    if (bill.charges.total().count() > money_limit || bill.energy.count() > money_limit) {
      throw UserError{place + "the sum is beyond what can be counted; are the energies in kWh?"};
    }
    bill.energy += reading.energy;
    bill.charges += advanced->charges;
    for (const tariff::Piece& piece : collector.pieces) {
      StepTotal& total = bill.by_step[piece.step][piece.rate];
      total.energy += piece.energy;
      total.money += piece.money;
    }
    bill.lines.push_back({reading, std::move(collector.pieces), advanced->charges});
  }
  return bill;
}

}  // namespace lk::tools
