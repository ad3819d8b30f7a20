// SPDX-License-Identifier: Apache-2.0
// The pages: files below one folder, and nothing outside it. A path without a file, and without an extension,
// is a place inside the pages and gets index.html.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "server/http/message.hpp"

namespace lk::http {

class StaticFiles {
 public:
  // `root` need not exist: then there are no pages, and a note in their place.
  explicit StaticFiles(std::filesystem::path root) : root_(std::move(root)) {}

  // The answer to GET or HEAD of a path. Files below /assets/ have the hash of their content in their name
  // and may be kept for ever; all others are asked for again, by their ETag.
  [[nodiscard]] Response serve(const Request& request) const;

 private:
  // The file of a path, where it lies below the root.
  [[nodiscard]] std::optional<std::filesystem::path> find(const std::string& path) const;

  std::filesystem::path root_;
};

// The content type of a file name.
[[nodiscard]] std::string content_type_of(const std::string& name);

}  // namespace lk::http
