// One compilation of a function for each vector unit; which one runs is chosen when the program starts. Each gives the same bits:
// whoever includes this turns contraction off.
// Function multiversioning needs ifunc, which sanitizers cannot instrument.
#if defined(__x86_64__) && defined(__linux__) && !__has_feature(address_sanitizer) && \
    !__has_feature(thread_sanitizer)
#define CLONES __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define CLONES
#endif
