// SPDX-License-Identifier: Apache-2.0
#include "tools/latchkey/card/reader.hpp"
#include "tools/latchkey/command.hpp"

namespace lk::tools::cards {
namespace {

constexpr const char* remedy =
    "this program was built without PC/SC; install libpcsclite-dev and build again, or use --card-file";

}  // namespace

std::vector<std::string> list_readers() {
  throw DeviceError(remedy);
}

std::unique_ptr<OpenReader> open_pcsc(const std::string&, int) {
  throw DeviceError(remedy);
}

}  // namespace lk::tools::cards
