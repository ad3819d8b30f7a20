// SPDX-License-Identifier: Apache-2.0
#include "meter/links/modbus_settings.hpp"

#include <array>

#include "bytes/bytes.hpp"
#include "dictionary/commands.hpp"
#include "meter/links/modbus_registers.hpp"

namespace lk::links {
namespace {

using dictionary::CommandResult;
using dictionary::Id;
using dictionary::SdmSetting;
using modbus::Exception;

// As the command block unlocks it, whose results tell more.
Exception unlock(std::uint32_t password, Device& device) {
  std::array<std::byte, 4> argument{};
  bytes::Writer{argument}.big(password);
  device.prepare_command(argument);
  const Exception exception = exception_of(device.write(Id::command_code, 0, dictionary::command_unlock));
  if (exception != Exception::none) return exception;
  switch (static_cast<CommandResult>(device.number(Id::command_result, 0))) {
    case CommandResult::done:
      return Exception::none;
    case CommandResult::locked:
      return Exception::illegal_address;
    default:
      return Exception::illegal_value;
  }
}

}  // namespace

const SdmSetting* setting_of(const modbus::Request& request) {
  const bool is_by_function =
      request.function == static_cast<std::uint8_t>(modbus::Function::read_holding_registers) ||
      request.function == static_cast<std::uint8_t>(modbus::Function::write_multiple_registers);
  return is_by_function && request.count == 2 ? dictionary::find_sdm_setting(request.address) : nullptr;
}

void read_setting(const SdmSetting& setting, std::span<std::byte, 4> to, Device& device) {
  bytes::Writer{to}.big(dictionary::sdm_float(setting, device.number(setting.id, 0)));
}

Exception write_setting(const SdmSetting& setting, std::span<const std::byte, 4> from, Device& device) {
  const auto value = dictionary::value_of_sdm(setting, bytes::Reader{from}.big<std::uint32_t>());
  if (!value) return Exception::illegal_value;
  if (setting.id == Id::compatibility_password) return unlock(static_cast<std::uint32_t>(*value), device);
  return exception_of(device.write(setting.id, 0, *value));
}

}  // namespace lk::links
