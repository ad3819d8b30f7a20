// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <optional>
#include <string>

#include "sts/sta.hpp"
#include "tools/latchkey/command.hpp"
#include "tools/latchkey/sts/lines.hpp"
#include "tools/latchkey/sts/table_file.hpp"

namespace lk::tools {
namespace {

using LineWork = std::string (*)(std::string_view, const sts::StaTables&);

// One answer for each line, at once, so that a program can hold a conversation through pipes.
void answer_lines(const std::string& tables_path, LineWork work) {
  std::optional<sts::StaTables> given;
  if (!tables_path.empty()) given.emplace(read_table_set(tables_path));
  const sts::StaTables& tables = given ? *given : sts::sample_tables;
  for (std::string line; std::getline(std::cin, line);) {
    std::cout << work(line, tables) << std::endl;
    if (!std::cout) throw UserError{"standard output is closed or full"};
  }
}

void add_work(CLI::App& sts, const std::string& name, const std::string& what, LineWork work) {
  CLI::App* const command = sts.add_subcommand(name, what);
  auto path = std::make_shared<std::string>();
  command->add_option(
      "--sta-tables", *path,
      "TOML file with a table set for EA07; without it the sample set of IEC 62055-41 is used, which no "
      "meter in the field has");
  command->callback([path, work] { answer_lines(*path, work); });
}

}  // namespace

void add_sts_command(CLI::App& app) {
  CLI::App* const sts =
      app.add_subcommand("sts", "Make STS tokens and take them apart: JSON lines in, JSON lines out");
  sts->require_subcommand(1);
  add_work(*sts, "encode", "Make the token, or the tokens of a key change, of each line's fields",
           encode_line);
  add_work(*sts, "decode", "Take the token or tokens in each line's \"tok\" apart", decode_line);
}

}  // namespace lk::tools
