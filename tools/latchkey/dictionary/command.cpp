// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>

#include "tools/latchkey/command.hpp"
#include "tools/latchkey/dictionary/document.hpp"

namespace lk::tools {

void add_dictionary_command(CLI::App& app) {
  const auto format = std::make_shared<std::string>("md");
  CLI::App* command = app.add_subcommand("dictionary", "Print the register map of the meter");
  command->add_option("--format", *format, "md, csv, or json (a device profile for other gateways)")
      ->check(CLI::IsMember({"md", "csv", "json"}));
  command->callback([format] {
    const std::string text = *format == "csv"    ? register_table()
                             : *format == "json" ? device_profile()
                                                 : register_map();
    std::fwrite(text.data(), 1, text.size(), stdout);
  });
}

}  // namespace lk::tools
