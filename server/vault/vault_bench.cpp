// SPDX-License-Identifier: Apache-2.0
// Tokens a second out of a vault, with audit: over the sealed file and over SoftHSM, from 1 to 8 threads.
// "durable" has each token's entry on disk before the next is asked for, as a single till does.
#include <benchmark/benchmark.h>

#include "server/vault/testing/place.hpp"

namespace {

using namespace lk::vault;

struct Bench {
  explicit Bench(Form form) : opening(test::opening_in(folder, form)) {
    opening.session_count = 8;
    test::make_vault(opening);
    vault = test::must(Vault::open(opening, [] { return test::now_ms; }));
  }
  test::Folder folder;
  Opening opening;
  std::unique_ptr<Vault> vault;
};

Bench& bench_of(Form form) {
  if (form == Form::file) {
    static Bench sealed(Form::file);
    return sealed;
  }
  static Bench module(Form::module);
  return module;
}

void issue(benchmark::State& state, Form form, bool durable) {
  if (form == Form::module && !test::SoftHsm::instance().is_there()) {
    state.SkipWithError("no SoftHSM 2 here (package softhsm2)");
    return;
  }
  Vault& vault = *bench_of(form).vault;
  TokenRequest request = test::credit(static_cast<std::uint32_t>(1 + state.thread_index()));
  request.settle_later = !durable;
  for (auto _ : state) {
    const auto issued = vault.issue_token(request);
    if (!issued) {
      state.SkipWithError(issued.error().text.c_str());
      return;
    }
    benchmark::DoNotOptimize(issued->digits.data());
  }
  state.SetItemsProcessed(state.iterations());
}

void sealed(benchmark::State& state) {
  issue(state, Form::file, false);
}
void sealed_durable(benchmark::State& state) {
  issue(state, Form::file, true);
}
void softhsm(benchmark::State& state) {
  issue(state, Form::module, false);
}
void softhsm_durable(benchmark::State& state) {
  issue(state, Form::module, true);
}

BENCHMARK(sealed)->ThreadRange(1, 8)->UseRealTime();
BENCHMARK(sealed_durable)->ThreadRange(1, 8)->UseRealTime();
BENCHMARK(softhsm)->ThreadRange(1, 8)->UseRealTime();
BENCHMARK(softhsm_durable)->ThreadRange(1, 8)->UseRealTime();

}  // namespace
