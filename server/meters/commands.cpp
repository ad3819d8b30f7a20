// SPDX-License-Identifier: Apache-2.0
#include "server/meters/commands.hpp"

#include "server/store/session.hpp"
#include "server/store/writer.hpp"

namespace lk::meters {

void begin_commands(store::Unit& unit, store::Batch& batch, const Ports& ports,
                    const std::vector<Begun>& begun) {
  const auto or_null = [](const std::string& text) {
    return text.empty() ? std::nullopt : std::optional<std::string>(text);
  };
  std::vector<store::Values> rows;
  for (const auto& [command, purpose] : begun) {
    rows.push_back({command.id, command.meter, or_null(purpose.purchase), or_null(purpose.order),
                    or_null(purpose.engineering), command.content, unit.now_ms, command.expires});
    unit.after_commit([&port = ports.commands, command] { port.send(command); });
  }
  batch.insert("command (id, meter, purchase, meter_order, engineering, content, ts, expires)", rows);
}

void begin_command(store::Unit& unit, const Ports& ports, const Command& command, const Purpose& purpose) {
  store::Batch batch(unit.session);
  begin_commands(unit, batch, ports, {{command, purpose}});
  batch.send();
}

std::vector<Command> open_commands(store::Session& session, const std::string& gateway,
                                   std::int64_t until_ms) {
  std::vector<Command> commands;
  for (auto& [id, gate, meter, is_token, is_order, content, expires, first, last] :
       session.rows<std::string, std::string, std::string, bool, bool, std::string, std::int64_t,
                    std::int64_t, std::int64_t>(
           "select c.id, m.gateway, c.meter, c.purchase is not null or c.engineering is not null, "
           "c.meter_order is not null, c.content, "
           "c.expires, g.first, g.last from command c join meter m on m.number = c.meter "
           "left join event_gap g on g.command = c.id where c.ended is null and (? = '' or m.gateway = ?) "
           "and c.ts "
           "<= ? "
           "order by c.ts",
           {gateway, gateway, until_ms})) {
    const CommandKind kind = is_token   ? CommandKind::token
                             : is_order ? CommandKind::order
                                        : CommandKind::events;
    commands.push_back(
        {std::move(id), std::move(gate), std::move(meter), kind, std::move(content), expires, {first, last}});
  }
  return commands;
}

bool has_open_command(store::Session& session, const std::string& id) {
  return session
      .row<std::int64_t>("select 1 from command where (purchase = ? or engineering = ?) and ended is null",
                         {id, id})
      .has_value();
}

std::int64_t count_commands(store::Session& session, const std::string& id) {
  return session.one<std::int64_t>("select count(*) from command where purchase = ? or engineering = ?",
                                   {id, id});
}

std::optional<Ended> end_command(store::Session& session, const std::string& id, const Teller& teller,
                                 std::int64_t now_ms) {
  auto row = session.row<std::string, std::string, std::string, std::string, std::string, std::int64_t>(
      "select c.purchase, c.meter_order, c.engineering, c.content, m.gateway, c.expires "
      "from command c join meter m on m.number = c.meter "
      "where c.id = ? and c.meter = ? and (? = '' or m.gateway = ?)",
      {id, teller.meter, teller.gateway, teller.gateway});
  if (!row) return std::nullopt;
  const bool was_open =
      session.run("update command set ended = ? where id = ? and ended is null", {now_ms, id}) == 1;
  auto& [purchase, order, engineering, content, gateway, expires] = *row;
  return Ended{{std::move(purchase), std::move(order), std::move(engineering)},
               std::move(content),
               std::move(gateway),
               expires,
               was_open};
}

}  // namespace lk::meters
