// Vector clones of a function, chosen at run time.
#pragma once

// Function multiversioning needs ifunc, which sanitizers cannot instrument.
#if defined(__x86_64__) && defined(__linux__) && !__has_feature(address_sanitizer) && \
    !__has_feature(thread_sanitizer)
#define CLONES __attribute__((target_clones("default", "arch=x86-64-v3")))
#else
#define CLONES
#endif
