// SPDX-License-Identifier: Apache-2.0
#include "firmware/host/card_tray.hpp"

namespace lk::host {
namespace {

constexpr const char* in_use = "there is something in the slot; pull it first";

}  // namespace

std::string CardTray::insert(const std::string& path) {
  if (!is_empty()) return in_use;
  auto card = posix::CardFile::open(path);
  if (!card) return card.error();
  card_ = std::move(*card);
  contacts_.insert(card_->card());
  return {};
}

std::string CardTray::insert_metal() {
  if (!is_empty()) return in_use;
  contacts_.insert_metal();
  return {};
}

std::string CardTray::insert_reversed() {
  if (!is_empty()) return in_use;
  contacts_.insert_reversed();
  return {};
}

std::string CardTray::pull() {
  if (is_empty()) return "there is nothing in the slot";
  contacts_.pull();
  card_.reset();  // the file is free for another reader
  return {};
}

void CardTray::lose_power() {
  for (const auto contact : {port::CardContact::reset, port::CardContact::clock, port::CardContact::supply}) {
    contacts_.set(contact, false);
  }
}

}  // namespace lk::host
