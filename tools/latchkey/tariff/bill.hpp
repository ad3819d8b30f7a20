// SPDX-License-Identifier: Apache-2.0
// Readings priced by a tariff set, line by line and in total, as a table or as JSON. All figures are exact.
#pragma once

#include <cstdio>
#include <string>
#include <vector>

#include "tariff/pricer.hpp"
#include "tools/latchkey/tariff/document.hpp"
#include "tools/latchkey/tariff/readings.hpp"

namespace lk::tools {

struct BillLine {
  Reading reading;
  std::vector<tariff::Piece> pieces;
  tariff::Charges charges;
};

struct StepTotal {
  quantity::Energy energy;
  quantity::Money money;
};

struct Bill {
  std::vector<BillLine> lines;
  quantity::Energy energy;
  tariff::Charges charges;
  std::array<std::array<StepTotal, tariff::rate_max>, tariff::step_max> by_step{};  // [step][rate]
  tariff::Pricer pricer;  // as the last reading left it
};

// Prices the readings in their order. A UserError names the line that cannot be priced.
[[nodiscard]] Bill price(const tariff::TariffSet& set, const Readings& readings, const std::string& file);

void print_table(const Bill& bill, const TariffDocument& document, std::FILE* to);
// One JSON object, a line of the file for each reading.
void print_json(const Bill& bill, const TariffDocument& document, const std::vector<std::string>& warnings,
                std::FILE* to);

}  // namespace lk::tools
