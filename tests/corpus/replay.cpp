// SPDX-License-Identifier: Apache-2.0
// The main of NAME_corpus: runs each line of a file of hexadecimal inputs through the fuzz target that it is
// linked with. A finding ends the program as it would end the fuzzer; the line is named.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s FILE.hex\n", argv[0]);
    return 2;
  }
  std::ifstream file{argv[1]};
  std::string line;
  int count = 0;
  while (std::getline(file, line)) {
    ++count;
    std::fprintf(stderr, "\rline %d", count);
    std::vector<std::uint8_t> input;
    for (std::size_t i = 0; i + 1 < line.size(); i += 2) {
      input.push_back(static_cast<std::uint8_t>(std::stoul(line.substr(i, 2), nullptr, 16)));
    }
    (void)LLVMFuzzerTestOneInput(input.data(), input.size());
  }
  std::fprintf(stderr, "\r%d inputs\n", count);
  return count > 0 ? 0 : 1;
}
