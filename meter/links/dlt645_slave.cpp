// SPDX-License-Identifier: Apache-2.0
#include "meter/links/dlt645_slave.hpp"

#include <algorithm>

#include "assert/assert.hpp"
#include "dlt645/words.hpp"

namespace lk::links {
namespace {

using dlt645::Frame;
using dlt645::Function;
using dlt645::Function97;

constexpr std::uint8_t function_bits = 0x1F;
constexpr std::size_t di_bytes = 4;
constexpr std::size_t di97_bytes = 2;
// Data identifier and operator of a request of 2007's function 03; what is shorter is 1997's "read again".
constexpr std::size_t secure_min_bytes = 8;

bool is_of_1997(const Frame& request) {
  switch (static_cast<Function97>(request.control)) {
    case Function97::read:
    case Function97::read_on:
    case Function97::write:
    case Function97::write_address:
    case Function97::change_baud:
    case Function97::change_password:
    case Function97::clear_demand:
      return true;
    case Function97::read_again:
      return request.data.size() < secure_min_bytes;
    case Function97::broadcast_time:
      return false;  // the same in both
  }
  return false;
}

// What may be sent to a meter whose address the master does not know: it must be alone on the line.
bool is_for_any(std::uint8_t control) {
  return control == static_cast<std::uint8_t>(Function::read) ||
         control == static_cast<std::uint8_t>(Function::read_on) ||
         control == static_cast<std::uint8_t>(Function::read_address) ||
         control == static_cast<std::uint8_t>(Function::write_address) ||
         control == static_cast<std::uint8_t>(Function97::read) ||
         control == static_cast<std::uint8_t>(Function97::read_on) ||
         control == static_cast<std::uint8_t>(Function97::write_address);
}

}  // namespace

void Dlt645Slave::Answer::fail(std::uint8_t error) {
  marks = dlt645::is_error;
  data[0] = std::byte{error};
  size_bytes = 1;
}

void Dlt645Slave::Answer::set(std::span<const std::byte> bytes) {
  std::ranges::copy(bytes, data.begin());
  size_bytes = bytes.size();
}

std::size_t Dlt645Slave::serve(const Frame& request, std::span<std::byte, 256> answer,
                               const Dlt645Context& context) {
  if ((request.control & ~function_bits) != 0) return 0;  // somebody's answer
  if (request.address == dlt645::broadcast_address) {
    if (request.control == static_cast<std::uint8_t>(Function::broadcast_time))
      dlt645_changes::correct_time(request.data, context);
    if (request.control == static_cast<std::uint8_t>(Function::freeze))
      (void)dlt645_changes::freeze(request.data, context);
    return 0;
  }
  const dlt645::Address own = own_address(context.device);
  if (!dlt645::is_for(request.address, own)) return 0;
  if (request.address == dlt645::wild_address && !is_for_any(request.control)) return 0;
  Answer reply;
  if (is_of_1997(request)) {
    serve_1997(request, context, reply);
  } else {
    serve_2007(request, context, reply);
  }
  if (reply.is_silent) return 0;
  const auto control = static_cast<std::uint8_t>(request.control | dlt645::from_slave | reply.marks);
  return dlt645::build(answer, own_address(context.device), control,
                       std::span{reply.data}.first(reply.size_bytes));
}

void Dlt645Slave::serve_2007(const Frame& request, const Dlt645Context& context, Answer& answer) {
  const auto finish = [&answer](std::uint8_t error) {
    if (error != 0) answer.fail(error);
  };
  switch (static_cast<Function>(request.control)) {
    case Function::read:
      return read(request.data, context, answer);
    case Function::read_on:
      return read_on(request.data, context, answer);
    case Function::read_address:
      answer.is_silent = !request.data.empty();
      return answer.set(own_address(context.device));
    case Function::write:
      return finish(dlt645_changes::write(request.data, context));
    case Function::write_address:
      // Answered from the new address, or not at all.
      answer.is_silent = dlt645_changes::write_address(request.data, context) != 0;
      return;
    case Function::freeze:
      return finish(dlt645_changes::freeze(request.data, context));
    case Function::change_baud:
      answer.set(request.data);
      return finish(dlt645_changes::change_baud(request.data, context));
    case Function::change_password: {
      const std::uint8_t error = dlt645_changes::change_password(request.data, context);
      if (error != 0) return answer.fail(error);
      return answer.set(request.data.last(4));
    }
    case Function::clear_demand:
      return finish(dlt645_changes::clear_demand(request.data, context));
    case Function::clear_meter:
      // Registers never run backwards (docs/formats/dlt645.md).
      return answer.fail(dlt645::error::not_authorised);
    case Function::clear_events:
      return finish(dlt645_changes::clear_events(request.data, context));
    case Function::control:
      return finish(dlt645_changes::control(request.data, context));
    case Function::select_output:
      answer.set(request.data);
      return finish(dlt645_changes::select_output(request.data, context));
    case Function::secure: {
      bytes::Writer reply = answer.writer();
      std::uint16_t error = 0;
      if (!serve_secure(request.data, context, reply, error)) {
        reply = answer.writer();
        reply.little(error);
        answer.marks = dlt645::is_error;
      }
      answer.size_bytes = reply.size_bytes();
      return;
    }
    case Function::broadcast_time:
      break;  // to all, and never answered
  }
  answer.is_silent = true;
}

void Dlt645Slave::read(std::span<const std::byte> data, const Dlt645Context& context, Answer& answer) {
  bytes::Reader reader{data};
  const auto di = reader.little<std::uint32_t>();
  ProfileRequest request;
  if (reader.left() > 0) {
    request.block_count = static_cast<std::uint8_t>(
        std::min<std::uint64_t>(dlt645::decode_bcd(reader.take(1)).value_or(0), 0xFF));
  }
  if (reader.left() > 0) {
    std::array<std::uint8_t, 5> parts{};
    for (std::uint8_t& part : parts)
      part = static_cast<std::uint8_t>(dlt645::decode_bcd(reader.take(1)).value_or(0xFF));
    request.from = dlt645::Time{
        .year = parts[4], .month = parts[3], .day = parts[2], .hour = parts[1], .minute = parts[0]};
    if (!dlt645::is_time(*request.from)) return answer.fail(dlt645::error::other);
  }
  if (!reader.ok() || reader.left() > 0 || request.block_count == 0) return answer.fail(dlt645::error::other);
  parts_.di = 0;
  bytes::Writer whole{parts_.room};
  if (!read_data(di, request, context, whole)) return answer.fail(dlt645::error::no_data);
  parts_.size_bytes = whole.size_bytes();
  parts_.begin = parts_.end = 0;
  parts_.sequence = 0;
  parts_.di = di;
  parts_.is_infrared = context.is_infrared;
  bytes::Writer to = answer.writer();
  to.little(di);
  send_part(di_bytes, to, answer);
}

void Dlt645Slave::send_part(std::size_t reserved, bytes::Writer& to, Answer& answer) {
  parts_.begin = parts_.end;
  parts_.end = std::min(parts_.size_bytes, parts_.begin + dlt645::data_max_bytes - reserved);
  to.copy(std::span{parts_.room}.subspan(parts_.begin, parts_.end - parts_.begin));
  if (parts_.end < parts_.size_bytes) answer.marks = dlt645::has_more;
  answer.size_bytes = to.size_bytes();
}

// The same sequence number again asks for the same part again.
void Dlt645Slave::read_on(std::span<const std::byte> data, const Dlt645Context& context, Answer& answer) {
  bytes::Reader reader{data};
  const auto di = reader.little<std::uint32_t>();
  const std::uint8_t sequence = reader.byte();
  if (!reader.ok() || reader.left() > 0) return answer.fail(dlt645::error::other);
  const bool is_again = sequence > 0 && sequence == parts_.sequence;
  const bool is_next = sequence == parts_.sequence + 1 && parts_.end < parts_.size_bytes;
  const bool is_theirs = parts_.is_infrared == context.is_infrared;
  if (parts_.di == 0 || di != parts_.di || !is_theirs || (!is_again && !is_next))
    return answer.fail(dlt645::error::no_data);
  if (is_again) parts_.end = parts_.begin;
  parts_.sequence = sequence;
  bytes::Writer to = answer.writer();
  to.little(di);
  send_part(di_bytes + 1, to, answer);
  to.byte(sequence);
  answer.size_bytes = to.size_bytes();
}

void Dlt645Slave::serve_1997(const Frame& request, const Dlt645Context& context, Answer& answer) {
  const auto finish = [&answer](std::uint8_t error) {
    if (error != 0) answer.fail(error);
  };
  switch (static_cast<Function97>(request.control)) {
    case Function97::read:
      return read97(request.data, context, answer);
    case Function97::read_on:
      return read_on97(request.data, false, context, answer);
    case Function97::read_again:
      return read_on97(request.data, true, context, answer);
    case Function97::write:
      return finish(dlt645_changes::write97(request.data, context));
    case Function97::write_address:
      answer.is_silent = dlt645_changes::write_address(request.data, context) != 0;
      return;
    case Function97::change_baud:
      answer.set(request.data);
      return finish(dlt645_changes::change_baud(request.data, context));
    case Function97::change_password: {
      const std::uint8_t error = dlt645_changes::change_password97(request.data, context);
      if (error != 0) return answer.fail(error);
      return answer.set(request.data.last(4));
    }
    case Function97::clear_demand:
      return finish(dlt645_changes::clear_demand97(request.data, context));
    case Function97::broadcast_time:
      break;
  }
  answer.is_silent = true;
}

void Dlt645Slave::read97(std::span<const std::byte> data, const Dlt645Context& context, Answer& answer) {
  bytes::Reader reader{data};
  const auto di = reader.little<std::uint16_t>();
  if (!reader.ok() || reader.left() > 0) return answer.fail(dlt645::error97::illegal_data);
  parts_.di = 0;
  bytes::Writer whole{parts_.room};
  if (!read_data97(di, context, whole)) return answer.fail(dlt645::error97::no_data);
  parts_.size_bytes = whole.size_bytes();
  parts_.begin = parts_.end = 0;
  parts_.di = di;
  parts_.is_infrared = context.is_infrared;
  bytes::Writer to = answer.writer();
  to.little(di);
  send_part(di97_bytes, to, answer);
}

void Dlt645Slave::read_on97(std::span<const std::byte> data, bool is_again, const Dlt645Context& context,
                            Answer& answer) {
  bytes::Reader reader{data};
  const auto di = reader.little<std::uint16_t>();
  const bool is_theirs = parts_.is_infrared == context.is_infrared;
  const bool has_part = is_theirs && (is_again || parts_.end < parts_.size_bytes);
  if (!reader.ok() || reader.left() > 0 || di != parts_.di || di == 0 || !has_part)
    return answer.fail(dlt645::error97::no_data);
  if (is_again) parts_.end = parts_.begin;
  bytes::Writer to = answer.writer();
  to.little(di);
  send_part(di97_bytes, to, answer);
}

}  // namespace lk::links
