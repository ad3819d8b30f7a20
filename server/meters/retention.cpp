// SPDX-License-Identifier: Apache-2.0
#include "server/meters/retention.hpp"

#include "server/store/session.hpp"

namespace lk::meters {

std::int64_t drop_old_records(store::Session& session, std::int64_t before, std::int64_t most) {
  // A gap's count of lost events is worked out from the events in it: first the gap goes, then they.
  std::int64_t dropped = session.run(
      "delete from event_gap where id in (select id from event_gap where answered is not null and answered < "
      "? "
      "limit ?)",
      {before, most});
  dropped += session.run(
      "delete from command where id in (select c.id from command c where c.ended is not null and c.ended < ? "
      "and not exists (select 1 from event_gap g where g.command = c.id) limit ?)",
      {before, most});
  dropped += session.run(
      "delete from alarm where id in (select id from alarm where ended is not null and ended < ? limit ?)",
      {before, most});
  constexpr std::int64_t credit_returned = 23;
  dropped += session.run(
      "delete from event where (meter, number) in (select e.meter, e.number from event e where e.ts < ? and "
      "e.code <> ? and not exists (select 1 from event_gap g where g.meter = e.meter and e.number between "
      "g.first and g.last) limit ?)",
      {before, credit_returned, most});
  return dropped;
}

}  // namespace lk::meters
