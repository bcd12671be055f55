#pragma once
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Parses TOML and returns the same values as JSON text, or NULL with `*error` set to a sentence that names the line.
///
/// The caller frees both with `lodger_toml_free`.
char *_Nullable lodger_toml_to_json(const char *_Nonnull text, size_t length, char *_Nullable *_Nonnull error);
void lodger_toml_free(char *_Nullable text);

#ifdef __cplusplus
}
#endif
