/*
 * Host harness of the canceller `odd_bfan_siso`. Files are read and written byte by byte: any host, any byte order.
 *
 *   odd_bfan_siso_harness [--block N] [--interleaved] [--trace DIR] [--swap WEIGHTS --swap-at N] INPUT OUTPUT
 *   odd_bfan_siso_harness [--block N] [--interleaved] [--repeat N] --check STIMULUS EXPECTED
 *   odd_bfan_siso_harness --bench N
 *
 * INPUT, STIMULUS, EXPECTED: .npy files of integers [channel, sample], or raw little-endian odd_bfan_siso_input
 * (EXPECTED: odd_bfan_siso_output) samples, planar or, with --interleaved, channels sample by sample. OUTPUT is raw.
 * --block N feeds N samples a call. --trace DIR, in a build with PIM_TRACE, appends each node's integers to
 * DIR/<node>_<channel>.i64, little-endian int64. --check prints samples and mismatches and exits with 1 on any;
 * bad usage or input exits with 2. --repeat N processes the signal N times, each time from reset. --swap, in a build with
 * PIM_BANKED, puts the weights of a file like odd_bfan_siso_weights.bin in before the first block that begins at sample
 * --swap-at (0 by default) or later; refused weights exit with 3. --bench prints the seconds of each of several runs over
 * N samples.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "odd_bfan_siso.h"

#define INPUT_MIN (-32768)
#define INPUT_MAX 32767
#define BENCH_RUNS 15

typedef struct {
    unsigned char *bytes; /* of the file; little-endian integers of `width` bytes from `start` on */
    size_t start;
    size_t width;
    size_t channels;
    size_t samples;
    int is_interleaved;
} signal_data;

typedef struct {
    size_t block;
    int is_interleaved;
    int is_check;
    size_t bench;
    size_t repeat;
    size_t swap_at;
    const char *swap;
    const char *trace;
    const char *files[2];
} options;

static const char *trace_folder = NULL;

static void fail(const char *what, const char *where)
{
    (void)fprintf(stderr, "odd_bfan_siso_harness: %s: %s\n", where, what);
    exit(2);
}

static void *allocate(size_t count, size_t size)
{
    void *memory = calloc(count > 0 ? count : 1, size);
    if (memory == NULL) {
        fail("out of memory", "samples");
    }
    return memory;
}

static unsigned char *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    long length = -1;
    unsigned char *bytes;
    if (file == NULL || fseek(file, 0, SEEK_END) != 0 || (length = ftell(file)) < 0) {
        fail("cannot read this file", path);
    }
    rewind(file);
    *size = (size_t)length;
    bytes = (unsigned char *)allocate(*size + 1, 1);
    if (fread(bytes, 1, *size, file) != *size) {
        fail("cannot read all of this file", path);
    }
    (void)fclose(file);
    return bytes;
}

static int64_t decode(const unsigned char *bytes, size_t width)
{
    uint64_t bits = 0;
    const uint64_t sign = UINT64_C(1) << (8 * width - 1);
    for (size_t b = 0; b < width; ++b) {
        bits |= (uint64_t)bytes[b] << (8 * b);
    }
    if ((bits & sign) == 0) {
        return (int64_t)bits;
    }
    return -(int64_t)(~bits & (sign - 1)) - 1;
}

static void write_value(FILE *file, int64_t value, size_t width)
{
    unsigned char bytes[8] = {0};
    for (size_t b = 0; b < width; ++b) {
        bytes[b] = (unsigned char)(((uint64_t)value >> (8 * b)) & 0xff);
    }
    if (fwrite(bytes, 1, width, file) != width) {
        fail("cannot write", "output");
    }
}

/* Return the offset of the data of an .npy file and its width and shape; anything but [channels, samples] integers fails. */
static size_t parse_npy(const unsigned char *bytes, size_t size, size_t channels, size_t *width, const char *path)
{
    char header[1024];
    const size_t start = size > 6 && bytes[6] == 1 ? 10 : 12;
    const size_t length = size > 12 ? (size_t)decode(bytes + 8, 2) : 0;
    const char *descr;
    const char *shape;
    if (length == 0 || length >= sizeof header || start + length > size) {
        fail("not an .npy file with a short header", path);
    }
    memcpy(header, bytes + start, length);
    header[length] = '\0';
    descr = strstr(header, "'descr': '<i");
    shape = strstr(header, "'shape': (");
    if (descr == NULL || shape == NULL || strstr(header, "'fortran_order': False") == NULL) {
        fail("expected little-endian signed integers in C order", path);
        return 0;
    }
    *width = (size_t)strtoul(descr + 12, NULL, 10);
    if ((*width != 2 && *width != 4 && *width != 8) || strtoul(shape + 10, NULL, 10) != channels) {
        fail("expected int16, int32 or int64 of shape [channels, samples]", path);
    }
    return start + length;
}

static signal_data read_signal(const char *path, size_t channels, size_t raw_width, int is_interleaved)
{
    size_t size = 0;
    signal_data found = {read_file(path, &size), 0, raw_width, channels, 0, is_interleaved};
    if (size >= 6 && memcmp(found.bytes, "\x93NUMPY", 6) == 0) {
        found.start = parse_npy(found.bytes, size, channels, &found.width, path);
        found.is_interleaved = 0;
    }
    if ((size - found.start) % (found.width * channels) != 0) {
        fail("not a whole number of samples", path);
    }
    found.samples = (size - found.start) / (found.width * channels);
    return found;
}

/* Return the value at index i of the signal in planar order. */
static int64_t value_at(const signal_data *data, size_t i)
{
    const size_t at = data->is_interleaved ? i % data->samples * data->channels + i / data->samples : i;
    return decode(data->bytes + data->start + at * data->width, data->width);
}

static odd_bfan_siso_input *as_input(const signal_data *data, const char *path)
{
    const size_t count = data->samples * ODD_BFAN_SISO_INPUTS;
    odd_bfan_siso_input *samples = (odd_bfan_siso_input *)allocate(count, sizeof(odd_bfan_siso_input));
    for (size_t i = 0; i < count; ++i) {
        const int64_t value = value_at(data, i);
        if (value < INPUT_MIN || value > INPUT_MAX) {
            fail("a sample lies outside the input's format", path);
        }
        samples[i] = (odd_bfan_siso_input)value;
    }
    return samples;
}

#ifdef PIM_BANKED
static void swap_weights(odd_bfan_siso_state *state, const char *path)
{
    size_t size = 0;
    unsigned char *bytes = read_file(path, &size);
    odd_bfan_siso_weight *weights = (odd_bfan_siso_weight *)allocate(ODD_BFAN_SISO_WEIGHTS, sizeof(odd_bfan_siso_weight));
    int status = 0;
    if (size != ODD_BFAN_SISO_WEIGHTS * sizeof(odd_bfan_siso_weight)) {
        fail("not as many bytes as the weights of this network have", path);
    }
    for (size_t i = 0; i < ODD_BFAN_SISO_WEIGHTS; ++i) {
        weights[i] = (odd_bfan_siso_weight)decode(bytes + i * sizeof(odd_bfan_siso_weight), sizeof(odd_bfan_siso_weight));
    }
    status = odd_bfan_siso_swap(state, weights);
    free(bytes);
    free(weights);
    if (status != PIM_SWAP_TAKEN) {
        (void)fprintf(stderr, "odd_bfan_siso_harness: %s: weights refused, status %d\n", path, status);
        exit(3);
    }
}
#endif

/* Run from reset over planar samples, block samples a call; block 0 means all at once. */
static void process_all(const odd_bfan_siso_input *in, odd_bfan_siso_output *out, size_t samples, const options *how)
{
    odd_bfan_siso_state state;
    const odd_bfan_siso_input *x[ODD_BFAN_SISO_INPUTS];
    odd_bfan_siso_output *y[ODD_BFAN_SISO_OUTPUTS];
    const size_t step = how->block > 0 ? how->block : samples;
#ifdef PIM_BANKED
    int is_swapped = how->swap == NULL;
#endif
    odd_bfan_siso_init(&state);
    for (size_t start = 0; start < samples; start += step) {
        const size_t left = samples - start;
        for (size_t c = 0; c < ODD_BFAN_SISO_INPUTS; ++c) {
            x[c] = in + c * samples + start;
        }
        for (size_t c = 0; c < ODD_BFAN_SISO_OUTPUTS; ++c) {
            y[c] = out + c * samples + start;
        }
#ifdef PIM_BANKED
        if (!is_swapped && start >= how->swap_at) {
            swap_weights(&state, how->swap);
            is_swapped = 1;
        }
#endif
        odd_bfan_siso_process(&state, x, y, left < step ? left : step);
    }
#ifdef PIM_BANKED
    if (!is_swapped) {
        fail("no block begins at sample --swap-at or later", how->swap);
    }
#endif
}

static void write_signal(const odd_bfan_siso_output *out, size_t samples, const options *how)
{
    FILE *file = fopen(how->files[1], "wb");
    const size_t rows = how->is_interleaved ? samples : ODD_BFAN_SISO_OUTPUTS;
    const size_t columns = how->is_interleaved ? ODD_BFAN_SISO_OUTPUTS : samples;
    if (file == NULL) {
        fail("cannot write this file", how->files[1]);
        return;
    }
    for (size_t r = 0; r < rows; ++r) {
        for (size_t c = 0; c < columns; ++c) {
            const size_t at = how->is_interleaved ? c * samples + r : r * samples + c;
            write_value(file, out[at], sizeof(odd_bfan_siso_output));
        }
    }
    if (fclose(file) != 0) {
        fail("cannot write all of this file", how->files[1]);
    }
}

static int check(const odd_bfan_siso_output *out, size_t samples, const options *how)
{
    const signal_data expected =
        read_signal(how->files[1], ODD_BFAN_SISO_OUTPUTS, sizeof(odd_bfan_siso_output), how->is_interleaved);
    size_t mismatches = 0;
    if (expected.samples != samples) {
        fail("not as many samples as the stimulus", how->files[1]);
    }
    for (size_t i = 0; i < samples * ODD_BFAN_SISO_OUTPUTS; ++i) {
        const int64_t wanted = value_at(&expected, i);
        if (out[i] != wanted) {
            if (mismatches == 0) {
                (void)printf("first mismatch: channel %lu, sample %lu, expected %ld, got %ld\n", (unsigned long)(i / samples),
                    (unsigned long)(i % samples), (long)wanted, (long)out[i]);
            }
            ++mismatches;
        }
    }
    free(expected.bytes);
    (void)printf("odd_bfan_siso: block=%lu samples=%lu mismatches=%lu\n", (unsigned long)how->block, (unsigned long)samples,
        (unsigned long)mismatches);
    return mismatches == 0 ? 0 : 1;
}

static int bench(size_t samples)
{
    odd_bfan_siso_input *in = (odd_bfan_siso_input *)allocate(samples * ODD_BFAN_SISO_INPUTS, sizeof(odd_bfan_siso_input));
    odd_bfan_siso_output *out = (odd_bfan_siso_output *)allocate(samples * ODD_BFAN_SISO_OUTPUTS, sizeof(odd_bfan_siso_output));
    const options how = {0, 0, 0, 0, 1, 0, NULL, NULL, {NULL, NULL}};
    uint32_t seed = 1;
    for (size_t i = 0; i < samples * ODD_BFAN_SISO_INPUTS; ++i) {
        seed = seed * UINT32_C(1664525) + UINT32_C(1013904223);
        in[i] = (odd_bfan_siso_input)((int64_t)(seed >> (32 - ODD_BFAN_SISO_INPUT_BITS)) + INPUT_MIN);
    }
    process_all(in, out, samples, &how); /* touch every page */
    for (int run = 0; run < BENCH_RUNS; ++run) {
        const clock_t begin = clock();
        process_all(in, out, samples, &how);
        (void)printf("%.9f\n", (double)(clock() - begin) / CLOCKS_PER_SEC);
    }
    free(in);
    free(out);
    return 0;
}

static int process_files(const options *how)
{
    const signal_data stimulus =
        read_signal(how->files[0], ODD_BFAN_SISO_INPUTS, sizeof(odd_bfan_siso_input), how->is_interleaved);
    odd_bfan_siso_input *in = as_input(&stimulus, how->files[0]);
    odd_bfan_siso_output *out = NULL;
    int status = 0;
    free(stimulus.bytes);
    out = (odd_bfan_siso_output *)allocate(stimulus.samples * ODD_BFAN_SISO_OUTPUTS, sizeof(odd_bfan_siso_output));
    trace_folder = how->trace;
    for (size_t run = 0; run < how->repeat; ++run) {
        process_all(in, out, stimulus.samples, how);
    }
    if (how->is_check) {
        status = check(out, stimulus.samples, how);
    } else {
        write_signal(out, stimulus.samples, how);
    }
    free(in);
    free(out);
    return status;
}

#ifdef PIM_TRACE
#include "pim_trace.h"

void pim_trace(const char *node, size_t channel, const int64_t *values, size_t n_samples)
{
    char path[1024];
    FILE *file;
    if (trace_folder == NULL) {
        return;
    }
    if (strlen(trace_folder) + strlen(node) + 32 > sizeof path) {
        fail("this path is too long", trace_folder);
    }
    (void)sprintf(path, "%s/%s_%lu.i64", trace_folder, node, (unsigned long)channel);
    file = fopen(path, "ab");
    if (file == NULL) {
        fail("cannot write this file", path);
        return;
    }
    for (size_t n = 0; n < n_samples; ++n) {
        write_value(file, values[n], sizeof(int64_t));
    }
    (void)fclose(file);
}
#endif

static size_t number(const char *text)
{
    char *end = NULL;
    const unsigned long value = text != NULL ? strtoul(text, &end, 10) : 0;
    if (text == NULL || end == text || *end != '\0' || value == 0 || text[0] == '-') {
        fail("expected a number of samples, at least 1", text != NULL ? text : "--block");
    }
    return (size_t)value;
}

static options parse(int argc, char **argv)
{
    options how = {0, 0, 0, 0, 1, 0, NULL, NULL, {NULL, NULL}};
    int files = 0;
    for (int i = 1; i < argc; ++i) {
        if (strcmp(argv[i], "--block") == 0) {
            how.block = number(argv[++i]);
        } else if (strcmp(argv[i], "--bench") == 0) {
            how.bench = number(argv[++i]);
        } else if (strcmp(argv[i], "--repeat") == 0) {
            how.repeat = number(argv[++i]);
        } else if (strcmp(argv[i], "--swap-at") == 0) {
            how.swap_at = number(argv[++i]);
        } else if (strcmp(argv[i], "--swap") == 0 && i + 1 < argc) {
            how.swap = argv[++i];
        } else if (strcmp(argv[i], "--interleaved") == 0) {
            how.is_interleaved = 1;
        } else if (strcmp(argv[i], "--check") == 0) {
            how.is_check = 1;
        } else if (strcmp(argv[i], "--trace") == 0 && i + 1 < argc) {
            how.trace = argv[++i];
        } else if (files < 2 && strncmp(argv[i], "--", 2) != 0) {
            how.files[files++] = argv[i];
        } else {
            fail("unknown or superfluous argument", argv[i]);
        }
    }
    if (how.bench == 0 && files != 2) {
        fail("expected INPUT OUTPUT, --check STIMULUS EXPECTED, or --bench N", "arguments");
    }
#ifndef PIM_BANKED
    if (how.swap != NULL) {
        fail("build with -DPIM_BANKED to replace weights", "--swap");
    }
#endif
#ifndef PIM_TRACE
    if (how.trace != NULL) {
        fail("build with -DPIM_TRACE to see the nodes", "--trace");
    }
#endif
    return how;
}

int main(int argc, char **argv)
{
    const options how = parse(argc, argv);
    return how.bench > 0 ? bench(how.bench) : process_files(&how);
}
