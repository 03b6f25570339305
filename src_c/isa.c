#include "isa.h"

#include <string.h>

#if CEVNS_HAS_TARGETS

#include <cpuid.h>

static int cevns_bit(uint64_t bits, int number) { return (int)(bits >> number & 1); }

/* Whether the operating system saves all registers of a mask of XCR0. */
static int cevns_saved(uint64_t mask)
{
    uint32_t low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (((uint64_t)high << 32 | low) & mask) == mask;
}

/* Asked of the processor itself: with some compilers' own libraries (zig's) __builtin_cpu_supports knows no instruction set. */
static int cevns_machine_has(const cevns_kernels *kernels)
{
    unsigned eax, ebx, ecx, edx;
    if (kernels == &cevns_kernels_baseline) return 1;
    if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx)) return 0;
    const int fma = cevns_bit(ecx, 12), xgetbv = cevns_bit(ecx, 27);
    if (!(fma && xgetbv && __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx))) return 0;
    if (kernels == &cevns_kernels_avx2) return cevns_bit(ebx, 5) && cevns_saved(0x6); /* xmm, ymm */
    const int f = cevns_bit(ebx, 16), dq = cevns_bit(ebx, 17), bw = cevns_bit(ebx, 30), vl = cevns_bit(ebx, 31);
    return f && dq && bw && vl && cevns_saved(0xe6); /* and the masks k, and both halves of zmm */
}

#else

static int cevns_machine_has(const cevns_kernels *kernels) { return kernels == &cevns_kernels_baseline; }

#endif

const cevns_kernels *cevns_kernels_find(const char *name)
{
    /* the widest first */
    static const cevns_kernels *const tables[] = {
#if CEVNS_HAS_TARGETS
        &cevns_kernels_avx512,
        &cevns_kernels_avx2,
#endif
        &cevns_kernels_baseline,
    };
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        if ((name == NULL || strcmp(name, tables[i]->name) == 0) && cevns_machine_has(tables[i])) return tables[i];
    return NULL;
}
