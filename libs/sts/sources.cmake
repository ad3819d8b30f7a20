# The sources of libs/sts, for the repository's build and for the package of its own (package/standalone.cmake).
set(LK_STS_SOURCES amount.cpp codec.cpp decimal.cpp digits.cpp identity.cpp key_change.cpp key_generation.cpp misty1.cpp
  sta.cpp tid.cpp c/latchkey_sts.cpp c/tokens.cpp)
