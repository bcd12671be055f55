#pragma once

#include <stddef.h>
#include <stdint.h>

// Runs a fuzzer inside a program that has a main of its own; LLVM ships no header for it.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*one_input)(const uint8_t *data, size_t size));
