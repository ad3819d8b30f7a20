// SPDX-License-Identifier: Apache-2.0
// Limits of error of the standards and the goals of this project, in per cent; NaN where a table has no
// value. The tables speak of the basic current of a direct connected meter, or the rated current of one
// behind transformers.
#pragma once

namespace lk::bench {

struct Limits {
  double class_1;  // IEC 62053-21 class 1 (reactive: IEC 62053-23 class 2)
  double
      class_05s;  // IEC 62053-22 class 0.5 S, read with the basic current where the meter is direct connected
  double goal;
};

enum class Factor { one, half_inductive, capacitive_08, quarter_inductive, half_capacitive };

// Balanced loads and single-phase meters. `times_basic` is the current in basic (rated) currents.
[[nodiscard]] Limits active_limits(bool is_direct, double times_basic, Factor factor);
[[nodiscard]] Limits single_phase_load_limits(bool is_direct, double times_basic, Factor factor);
// By the sine of the angle: 1, 0.5 or 0.25.
[[nodiscard]] Limits reactive_limits(bool is_direct, double times_basic, double sine);

}  // namespace lk::bench
