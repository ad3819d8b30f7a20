// SPDX-License-Identifier: Apache-2.0
// The parts of a tariff document that are about time: zone, day and week tables, seasons, special days.
#pragma once

#include "tools/latchkey/tariff/document.hpp"
#include "tools/latchkey/tariff/node.hpp"

namespace lk::tools {

void read_zone(const Node& node, tariff::Zone& zone);

// `root` is the document; the rates' names must have been read.
void read_calendar(const Node& root, TariffDocument& out);

}  // namespace lk::tools
