// SPDX-License-Identifier: Apache-2.0
#include "tools/latchkey/provision/vault_file.hpp"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <toml++/toml.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "assert/assert.hpp"
#include "crypto/secret.hpp"
#include "tools/latchkey/command.hpp"

namespace lk::tools {
namespace {

// A file descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

// A name that is removed again when this goes.
class Neighbour {
 public:
  explicit Neighbour(std::string path) : path_(std::move(path)) {}
  ~Neighbour() { ::unlink(path_.c_str()); }
  Neighbour(const Neighbour&) = delete;
  Neighbour& operator=(const Neighbour&) = delete;
  [[nodiscard]] const char* path() const { return path_.c_str(); }

 private:
  std::string path_;
};

UserError failure(const std::string& path, const char* what) {
  return UserError{path + ": " + what + ": " + std::strerror(errno)};
}

std::string text_of(const Vault& vault) {
  std::array<char, 7> group;
  std::snprintf(group.data(), group.size(), "%06u", vault.supply_group_code);
  return "# Latchkey vault: whoever reads this file can make credit. Keep a copy where it is safe; there is "
         "no other.\n"
         "vending_key = \"" +
         to_hex(vault.vending_key) + "\"     # DKGA04, EA11\nsupply_group_code = \"" + group.data() +
         "\"\nkey_revision_number = " + std::to_string(vault.key_revision_number) +
         "\nbase_date = " + std::to_string(sts::year_of(vault.base_date)) +
         "\nkey_type = " + std::to_string(static_cast<int>(vault.key_type)) + "\norder_master_key = \"" +
         to_hex(vault.order_master_key) + "\"\n";
}

void write_all(const Descriptor& file, std::string_view text, const char* path) {
  while (!text.empty()) {
    const ssize_t written = ::write(file.number(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) throw failure(path, "cannot be written");
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

void fill_random(std::span<std::byte> room) {
  if (::getentropy(room.data(), room.size()) != 0)
    throw failure("getentropy", "the system gives no random bytes");
}

std::uint8_t nibble_of(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<std::uint8_t>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<std::uint8_t>(c - 'A' + 10);
  return 0xFF;
}

class VaultReader {
 public:
  VaultReader(const toml::table& table, std::string path) : table_(table), path_(std::move(path)) {}

  void bytes(const char* key, std::span<std::byte> to) const {
    const auto text = table_[key].value<std::string>();
    const std::string wanted = std::to_string(2 * to.size()) + " hexadecimal digits in quotes";
    if (!text || text->size() != 2 * to.size()) throw wrong(key, wanted);
    for (std::size_t i = 0; i < to.size(); ++i) {
      const std::uint8_t high = nibble_of((*text)[2 * i]);
      const std::uint8_t low = nibble_of((*text)[2 * i + 1]);
      if (high > 15 || low > 15) throw wrong(key, wanted);
      to[i] = static_cast<std::byte>((high << 4U) | low);
    }
  }
  [[nodiscard]] std::int64_t number(const char* key, std::int64_t least, std::int64_t most) const {
    const auto number = table_[key].value<std::int64_t>();
    if (!number || *number < least || *number > most) {
      throw wrong(key, "a number from " + std::to_string(least) + " to " + std::to_string(most));
    }
    return *number;
  }
  [[nodiscard]] std::uint32_t supply_group_code() const {
    const char* const key = "supply_group_code";
    const auto text = table_[key].value<std::string>();
    if (!text || text->size() != 6 || text->find_first_not_of("0123456789") != std::string::npos) {
      throw wrong(key, "6 digits in quotes");
    }
    return static_cast<std::uint32_t>(std::stoul(*text));
  }
  [[nodiscard]] sts::BaseDate base_date() const {
    const auto base = sts::base_date(static_cast<std::uint32_t>(number("base_date", 1993, 2035)));
    if (!base) throw wrong("base_date", "1993, 2014 or 2035");
    return *base;
  }

 private:
  [[nodiscard]] UserError wrong(const char* key, const std::string& wanted) const {
    return UserError{path_ + ": " + key + " must be " + wanted};
  }

  const toml::table& table_;
  std::string path_;
};

}  // namespace

Vault::~Vault() {
  crypto::wipe(vending_key);
  crypto::wipe(order_master_key);
}

std::string to_hex(std::span<const std::byte> bytes) {
  std::string text;
  for (const std::byte b : bytes) {
    text += "0123456789abcdef"[std::to_integer<unsigned>(b >> 4U)];
    text += "0123456789abcdef"[std::to_integer<unsigned>(b & std::byte{0xF})];
  }
  return text;
}

Vault random_vault(std::uint32_t supply_group_code) {
  ensure(supply_group_code <= 999'999);
  Vault vault;
  vault.supply_group_code = supply_group_code;
  fill_random(vault.vending_key);
  fill_random(vault.order_master_key);
  return vault;
}

void write_vault(const Vault& vault, const std::string& path) {
  const Neighbour neighbour{path + ".new." + std::to_string(::getpid())};
  const Descriptor file{::open(neighbour.path(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR)};
  if (file.number() < 0) throw failure(path, "cannot be made");
  std::string text = text_of(vault);
  write_all(file, text, neighbour.path());
  crypto::wipe(std::as_writable_bytes(std::span{text}));
  if (::fsync(file.number()) != 0) throw failure(path, "cannot be written");
  // link, unlike rename, never takes the place of a file that is there.
  if (::link(neighbour.path(), path.c_str()) != 0) {
    if (errno == EEXIST) throw UserError{path + ": exists; a vault is never overwritten, name another file"};
    throw failure(path, "cannot be made");
  }
  const std::string folder = std::filesystem::path{path}.parent_path().string();
  const Descriptor directory{
      ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (directory.number() < 0 || ::fsync(directory.number()) != 0) throw failure(path, "cannot be written");
}

Vault read_vault(const std::string& path) {
  struct stat about{};
  if (::stat(path.c_str(), &about) != 0) {
    if (errno == ENOENT) throw UserError{path + ": there is no such vault; --make-vault makes one"};
    throw failure(path, "cannot be read");
  }
  if ((about.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    throw UserError{path + ": others than its owner may read or write it; chmod 600 " + path};
  }
  try {
    const toml::table table = toml::parse_file(path);
    const VaultReader reader{table, path};
    Vault vault;
    reader.bytes("vending_key", vault.vending_key);
    vault.supply_group_code = reader.supply_group_code();
    vault.key_revision_number = static_cast<std::uint8_t>(reader.number("key_revision_number", 1, 9));
    vault.base_date = reader.base_date();
    vault.key_type = static_cast<sts::KeyType>(reader.number("key_type", 0, 3));
    reader.bytes("order_master_key", vault.order_master_key);
    return vault;
  } catch (const toml::parse_error& error) {
    throw UserError{path + ":" + std::to_string(error.source().begin.line) + ": " +
                    std::string{error.description()}};
  }
}

}  // namespace lk::tools
