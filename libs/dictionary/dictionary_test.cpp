// SPDX-License-Identifier: Apache-2.0
#include "dictionary/dictionary.hpp"

#include <gtest/gtest.h>

#include <string>

namespace lk::dictionary {
namespace {

TEST(Dictionary, RowsAreFoundByNameAndById) {
  for (const Row& r : rows()) {
    EXPECT_EQ(find(r.name), &r) << std::string{r.name};
    EXPECT_EQ(&row(r.id), &r) << std::string{r.name};
  }
  EXPECT_EQ(find("no_such_name"), nullptr);
}

TEST(Dictionary, EachRegisterOfARowIsFoundByAddress) {
  for (const Row& r : rows()) {
    for (std::uint16_t slot = 0; slot < r.slot_count; ++slot) {
      for (std::uint16_t i = 0; i < r.register_count; ++i) {
        const auto place = find(static_cast<std::uint16_t>(r.address + slot * r.slot_stride + i));
        ASSERT_EQ(place.row, &r) << std::string{r.name};
        EXPECT_EQ(place.slot_index, slot);
        EXPECT_EQ(place.register_index, i);
      }
    }
  }
}

struct AddressRow {
  std::uint16_t address;
  const char* name;  // null: none
};

TEST(Dictionary, AddressesBetweenRowsHaveNone) {
  const AddressRow table[] = {
      {0x0000, nullptr},       {0x0048, nullptr},
      {0x0050, nullptr},       {0x2052, "total_reactive_energy"},
      {0x2058, nullptr},       {0x5026, nullptr},
      {0x5228, nullptr},       {0x5240, "order_result"},
      {0x5309, "event_value"}, {0x530A, "event_number"},
      {0x5377, "event_value"}, {0x5378, nullptr},
      {0xFFFF, nullptr},
  };
  for (const AddressRow& r : table) {
    const auto place = find(r.address);
    EXPECT_EQ(place.row == nullptr ? "" : std::string{place.row->name}, r.name == nullptr ? "" : r.name)
        << "address " << r.address;
  }
}

}  // namespace
}  // namespace lk::dictionary
