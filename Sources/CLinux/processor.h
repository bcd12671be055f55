#pragma once
#if defined(__x86_64__)
#include <cpuid.h>
#endif

// What the processor says of itself, without asking the kernel. Elsewhere than on x86: nothing.
struct lodger_processor { int virtualisation, is_virtual; };
static inline struct lodger_processor lodger_processor_abilities(void) {
    struct lodger_processor found = {0, 0};
#if defined(__x86_64__)
    unsigned a, b, c, d;
    if (__get_cpuid(1, &a, &b, &c, &d)) {
        found.virtualisation = (c >> 5) & 1; // VMX
        found.is_virtual = (c >> 31) & 1;
    }
    if (__get_cpuid(0x80000001, &a, &b, &c, &d)) found.virtualisation |= (c >> 2) & 1; // SVM
#endif
    return found;
}
