/*
 * Start of a program on the Cortex-M boards of QEMU: vector table, floating-point and vector unit, arguments by semihosting.
 * The emulator loads all sections where they are linked, so nothing is copied.
 */
#include <stdint.h>
#include <stdlib.h>

#define SYS_GET_CMDLINE 0x15
#define LINE_BYTES 4096
#define MOST_ARGUMENTS 64

extern char stack_top[];
extern char bss_start[];
extern char bss_end[];
void initialise_monitor_handles(void);
int main(int argc, char **argv);
void reset(void);

static char line[LINE_BYTES];
static char *arguments[MOST_ARGUMENTS + 1];

static int semihost(int operation, void *block)
{
    register int r0 __asm__("r0") = operation;
    register void *r1 __asm__("r1") = block;
    __asm__ volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

static int read_arguments(void)
{
    struct {
        char *text;
        size_t length;
    } block = {line, sizeof line};
    int count = 0;
    if (semihost(SYS_GET_CMDLINE, &block) != 0) {
        return 0;
    }
    for (char *at = line; *at != '\0' && count < MOST_ARGUMENTS;) {
        while (*at == ' ') {
            *at++ = '\0';
        }
        if (*at != '\0') {
            arguments[count++] = at;
        }
        while (*at != '\0' && *at != ' ') {
            ++at;
        }
    }
    return count;
}

__attribute__((used, noreturn)) static void start(void)
{
    for (char *at = bss_start; at < bss_end; ++at) {
        *at = 0;
    }
    initialise_monitor_handles();
    exit(main(read_arguments(), arguments));
}

/* No floating-point instruction runs before the unit is on. */
__attribute__((naked)) void reset(void)
{
    __asm__ volatile("ldr r0, =0xE000ED88\n"
                     "ldr r1, [r0]\n"
                     "orr r1, r1, #0xF00000\n"
                     "str r1, [r0]\n"
                     "dsb\n"
                     "isb\n"
                     "bl start\n");
}

static void fault(void)
{
    static uint32_t reason[2] = {0x20026, 70}; /* ADP_Stopped_ApplicationExit, a status of its own */
    (void)semihost(0x20, reason);              /* SYS_EXIT_EXTENDED */
    for (;;) {
    }
}

static const struct {
    void *stack;
    void (*handlers[15])(void);
} vectors __attribute__((section(".vectors"), used)) = {
    stack_top,
    {reset, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault},
};

/* What newlib calls around main; there are no constructors. */
void _init(void);
void _fini(void);

void _init(void)
{
}

void _fini(void)
{
}
