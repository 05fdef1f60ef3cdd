// A buffer a thread that stays from film to film: fresh pages cost as much time as undoing filters.
#pragma once
#include <stddef.h>

/// The thread's buffer of at least `size` bytes, of any content, or NULL. It is valid until the next call.
void *film_scratch(size_t size);
/// Gives an unusually large buffer back.
void film_trim_scratch(void);
