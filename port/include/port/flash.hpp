// SPDX-License-Identifier: Apache-2.0
// What a body must provide to store. The contract is the journal's, in `journal/storage.hpp`.
#pragma once

#include "journal/storage.hpp"

namespace lk::port {

using FlashGeometry = journal::Geometry;
using Flash = journal::Storage;

}  // namespace lk::port
