// memory_polynomial_siso: formats, sizes and constants of every node, docs/spec/datapath.md and docs/spec/fixed_point.md.
// *_BITS and *_FRAC: value = integer * 2^-FRAC. *_ACC_BITS: proven to hold every intermediate value of the node, partial
// sums in any order included. *_FILE: the table, beside this file; words in the order that its head states.
// *_SHIFT of a requantizer: right by that many bits, negative: left. requantize_<node>: all of that node, one channel.
/* verilator lint_off UNUSEDPARAM */
/* verilator lint_off UNUSEDSIGNAL */
package memory_polynomial_siso_pkg;

  localparam logic [1:0] ROUND_FLOOR = 2'd0;
  localparam logic [1:0] ROUND_HALF_UP = 2'd1;
  localparam logic [1:0] ROUND_HALF_EVEN = 2'd2;
  localparam logic [1:0] ROUND_HALF_AWAY = 2'd3;
  localparam logic [1:0] OVERFLOW_SATURATE = 2'd0;
  localparam logic [1:0] OVERFLOW_WRAP = 2'd1;
  localparam logic [1:0] SYMMETRY_ODD = 2'd0;
  localparam logic [1:0] SYMMETRY_EVEN = 2'd1;
  localparam logic [1:0] SYMMETRY_PLAIN = 2'd2;
  localparam logic [1:0] SYMMETRY_INDEX = 2'd3;
  localparam logic [1:0] MAGNITUDE_SQRT = 2'd0;
  localparam logic [1:0] MAGNITUDE_ALPHA_BETA = 2'd1;
  localparam logic [1:0] MAGNITUDE_SQUARE = 2'd2;
  localparam logic [255:0] GRAPH_SHA256 = 256'hd90deb40e1e2929334db085b48f9f67e98981fe67f00b4dcf209104c72cc14da;
  localparam int DELAY_SAMPLES = 6;  // z[n] estimates the received sample n - DELAY_SAMPLES
  localparam int WARMUP_SAMPLES = 12;  // past samples on which an output may depend
  localparam int GOLDEN_SAMPLES = 8192;  // samples of each channel in ../golden/stimulus.hex and expected.hex
  localparam int NODES_SAMPLES = 128;  // samples of each channel in golden/<node>.hex

  // x = input 2 channels s16.15
  localparam int X_CHANNELS = 2;
  localparam int X_BITS = 16;
  localparam int X_FRAC = 15;
  localparam int X_ACC_BITS = 16;
  typedef logic signed [15:0] x_t;

  // m = magnitude %x square
  localparam int M_CHANNELS = 1;
  localparam int M_BITS = 32;
  localparam int M_FRAC = 30;
  localparam int M_ACC_BITS = 33;
  localparam logic [1:0] M_KIND = MAGNITUDE_SQUARE;
  localparam int M_ALPHA = 0;
  localparam int M_BETA = 0;
  localparam int M_COEFFICIENTS_FRAC = 0;
  typedef logic [31:0] m_t;

  // r = requantize %m u16.15 half_up saturate
  localparam int R_CHANNELS = 1;
  localparam int R_BITS = 16;
  localparam int R_FRAC = 15;
  localparam int R_ACC_BITS = 33;
  localparam int R_SHIFT = 15;
  localparam logic [1:0] R_ROUNDING = ROUND_HALF_UP;
  localparam logic [1:0] R_OVERFLOW = OVERFLOW_SATURATE;
  localparam int R_MIN = 0;
  localparam int R_MAX = 65535;
  typedef logic [15:0] r_t;
  function automatic r_t requantize_r(input m_t value);
    logic signed [33:0] wide;
    wide = 34'(value);
    wide = (wide + 34'sh4000) >>> 15;
    if (wide > 34'shffff) wide = 34'shffff;
    if (wide < 34'sh0) wide = 34'sh0;
    return wide[15:0];
  endfunction

  // P1 = convolution %r real taps 1x1x1 s16.14
  localparam int P1_CHANNELS = 1;
  localparam int P1_BITS = 32;
  localparam int P1_FRAC = 29;
  localparam int P1_ACC_BITS = 32;
  localparam int P1_KERNEL = 1;
  localparam int P1_GROUPS = 1;
  localparam int P1_DILATION = 1;
  localparam int P1_MEMORY = 0;
  localparam bit P1_COMPLEX = 1'b0;
  localparam int P1_TAPS_BITS = 16;
  localparam int P1_TAPS_FRAC = 14;
  localparam int P1_TAPS_WORDS = 1;
  localparam P1_TAPS_FILE = "P1_taps.mem";
  localparam int P1_BIAS_BITS = 29;
  localparam int P1_BIAS_FRAC = 29;
  localparam int P1_BIAS_WORDS = 1;
  localparam P1_BIAS_FILE = "P1_bias.mem";
  typedef logic signed [31:0] P1_t;

  // q1 = requantize %P1 s16.14 half_up saturate
  localparam int Q1_CHANNELS = 1;
  localparam int Q1_BITS = 16;
  localparam int Q1_FRAC = 14;
  localparam int Q1_ACC_BITS = 32;
  localparam int Q1_SHIFT = 15;
  localparam logic [1:0] Q1_ROUNDING = ROUND_HALF_UP;
  localparam logic [1:0] Q1_OVERFLOW = OVERFLOW_SATURATE;
  localparam int Q1_MIN = -32768;
  localparam int Q1_MAX = 32767;
  typedef logic signed [15:0] q1_t;
  function automatic q1_t requantize_q1(input P1_t value);
    logic signed [32:0] wide;
    wide = 33'(value);
    wide = (wide + 33'sh4000) >>> 15;
    if (wide > 33'sh7fff) wide = 33'sh7fff;
    if (wide < 33'sh1ffff8000) wide = 33'sh1ffff8000;
    return wide[15:0];
  endfunction

  // eq1 = multiply %r %q1 real
  localparam int EQ1_CHANNELS = 1;
  localparam int EQ1_BITS = 32;
  localparam int EQ1_FRAC = 29;
  localparam int EQ1_ACC_BITS = 32;
  localparam bit EQ1_COMPLEX = 1'b0;
  typedef logic signed [31:0] eq1_t;

  // s2 = concatenate %eq1 %q1
  localparam int S2_CHANNELS = 2;
  localparam int S2_BITS = 32;
  localparam int S2_FRAC = 29;
  localparam int S2_ACC_BITS = 32;
  localparam int S2_SHIFT_0 = 0;
  localparam int S2_SHIFT_1 = 15;
  typedef logic signed [31:0] s2_t;

  // P2 = convolution %s2 real taps 1x2x1 s16.14
  localparam int P2_CHANNELS = 1;
  localparam int P2_BITS = 47;
  localparam int P2_FRAC = 43;
  localparam int P2_ACC_BITS = 47;
  localparam int P2_KERNEL = 1;
  localparam int P2_GROUPS = 1;
  localparam int P2_DILATION = 1;
  localparam int P2_MEMORY = 0;
  localparam bit P2_COMPLEX = 1'b0;
  localparam int P2_TAPS_BITS = 16;
  localparam int P2_TAPS_FRAC = 14;
  localparam int P2_TAPS_WORDS = 2;
  localparam P2_TAPS_FILE = "P2_taps.mem";
  localparam int P2_BIAS_BITS = 40;
  localparam int P2_BIAS_FRAC = 43;
  localparam int P2_BIAS_WORDS = 1;
  localparam P2_BIAS_FILE = "P2_bias.mem";
  typedef logic signed [46:0] P2_t;

  // q2 = requantize %P2 s16.15 half_up saturate
  localparam int Q2_CHANNELS = 1;
  localparam int Q2_BITS = 16;
  localparam int Q2_FRAC = 15;
  localparam int Q2_ACC_BITS = 47;
  localparam int Q2_SHIFT = 28;
  localparam logic [1:0] Q2_ROUNDING = ROUND_HALF_UP;
  localparam logic [1:0] Q2_OVERFLOW = OVERFLOW_SATURATE;
  localparam int Q2_MIN = -32768;
  localparam int Q2_MAX = 32767;
  typedef logic signed [15:0] q2_t;
  function automatic q2_t requantize_q2(input P2_t value);
    logic signed [47:0] wide;
    wide = 48'(value);
    wide = (wide + 48'sh8000000) >>> 28;
    if (wide > 48'sh7fff) wide = 48'sh7fff;
    if (wide < 48'shffffffff8000) wide = 48'shffffffff8000;
    return wide[15:0];
  endfunction

  // eq2 = multiply %r %q2 real
  localparam int EQ2_CHANNELS = 1;
  localparam int EQ2_BITS = 32;
  localparam int EQ2_FRAC = 30;
  localparam int EQ2_ACC_BITS = 32;
  localparam bit EQ2_COMPLEX = 1'b0;
  typedef logic signed [31:0] eq2_t;

  // s3 = concatenate %eq2 %q2 %q1
  localparam int S3_CHANNELS = 3;
  localparam int S3_BITS = 32;
  localparam int S3_FRAC = 30;
  localparam int S3_ACC_BITS = 32;
  localparam int S3_SHIFT_0 = 0;
  localparam int S3_SHIFT_1 = 15;
  localparam int S3_SHIFT_2 = 16;
  typedef logic signed [31:0] s3_t;

  // P3 = convolution %s3 real taps 1x3x1 s16.13
  localparam int P3_CHANNELS = 1;
  localparam int P3_BITS = 47;
  localparam int P3_FRAC = 43;
  localparam int P3_ACC_BITS = 47;
  localparam int P3_KERNEL = 1;
  localparam int P3_GROUPS = 1;
  localparam int P3_DILATION = 1;
  localparam int P3_MEMORY = 0;
  localparam bit P3_COMPLEX = 1'b0;
  localparam int P3_TAPS_BITS = 16;
  localparam int P3_TAPS_FRAC = 13;
  localparam int P3_TAPS_WORDS = 3;
  localparam P3_TAPS_FILE = "P3_taps.mem";
  typedef logic signed [46:0] P3_t;

  // q3 = requantize %P3 s16.15 half_up saturate
  localparam int Q3_CHANNELS = 1;
  localparam int Q3_BITS = 16;
  localparam int Q3_FRAC = 15;
  localparam int Q3_ACC_BITS = 47;
  localparam int Q3_SHIFT = 28;
  localparam logic [1:0] Q3_ROUNDING = ROUND_HALF_UP;
  localparam logic [1:0] Q3_OVERFLOW = OVERFLOW_SATURATE;
  localparam int Q3_MIN = -32768;
  localparam int Q3_MAX = 32767;
  typedef logic signed [15:0] q3_t;
  function automatic q3_t requantize_q3(input P3_t value);
    logic signed [47:0] wide;
    wide = 48'(value);
    wide = (wide + 48'sh8000000) >>> 28;
    if (wide > 48'sh7fff) wide = 48'sh7fff;
    if (wide < 48'shffffffff8000) wide = 48'shffffffff8000;
    return wide[15:0];
  endfunction

  // eq3 = multiply %r %q3 real
  localparam int EQ3_CHANNELS = 1;
  localparam int EQ3_BITS = 32;
  localparam int EQ3_FRAC = 30;
  localparam int EQ3_ACC_BITS = 32;
  localparam bit EQ3_COMPLEX = 1'b0;
  typedef logic signed [31:0] eq3_t;

  // s4 = concatenate %eq3 %q3 %q2
  localparam int S4_CHANNELS = 3;
  localparam int S4_BITS = 32;
  localparam int S4_FRAC = 30;
  localparam int S4_ACC_BITS = 32;
  localparam int S4_SHIFT_0 = 0;
  localparam int S4_SHIFT_1 = 15;
  localparam int S4_SHIFT_2 = 15;
  typedef logic signed [31:0] s4_t;

  // P4 = convolution %s4 real taps 1x3x1 s16.13
  localparam int P4_CHANNELS = 1;
  localparam int P4_BITS = 47;
  localparam int P4_FRAC = 43;
  localparam int P4_ACC_BITS = 47;
  localparam int P4_KERNEL = 1;
  localparam int P4_GROUPS = 1;
  localparam int P4_DILATION = 1;
  localparam int P4_MEMORY = 0;
  localparam bit P4_COMPLEX = 1'b0;
  localparam int P4_TAPS_BITS = 16;
  localparam int P4_TAPS_FRAC = 13;
  localparam int P4_TAPS_WORDS = 3;
  localparam P4_TAPS_FILE = "P4_taps.mem";
  typedef logic signed [46:0] P4_t;

  // q4 = requantize %P4 s16.15 half_up saturate
  localparam int Q4_CHANNELS = 1;
  localparam int Q4_BITS = 16;
  localparam int Q4_FRAC = 15;
  localparam int Q4_ACC_BITS = 47;
  localparam int Q4_SHIFT = 28;
  localparam logic [1:0] Q4_ROUNDING = ROUND_HALF_UP;
  localparam logic [1:0] Q4_OVERFLOW = OVERFLOW_SATURATE;
  localparam int Q4_MIN = -32768;
  localparam int Q4_MAX = 32767;
  typedef logic signed [15:0] q4_t;
  function automatic q4_t requantize_q4(input P4_t value);
    logic signed [47:0] wide;
    wide = 48'(value);
    wide = (wide + 48'sh8000000) >>> 28;
    if (wide > 48'sh7fff) wide = 48'sh7fff;
    if (wide < 48'shffffffff8000) wide = 48'shffffffff8000;
    return wide[15:0];
  endfunction

  // eq4 = multiply %r %q4 real
  localparam int EQ4_CHANNELS = 1;
  localparam int EQ4_BITS = 32;
  localparam int EQ4_FRAC = 30;
  localparam int EQ4_ACC_BITS = 32;
  localparam bit EQ4_COMPLEX = 1'b0;
  typedef logic signed [31:0] eq4_t;

  // s5 = concatenate %eq4 %q4 %q3
  localparam int S5_CHANNELS = 3;
  localparam int S5_BITS = 32;
  localparam int S5_FRAC = 30;
  localparam int S5_ACC_BITS = 32;
  localparam int S5_SHIFT_0 = 0;
  localparam int S5_SHIFT_1 = 15;
  localparam int S5_SHIFT_2 = 15;
  typedef logic signed [31:0] s5_t;

  // P5 = convolution %s5 real taps 1x3x1 s16.13
  localparam int P5_CHANNELS = 1;
  localparam int P5_BITS = 48;
  localparam int P5_FRAC = 43;
  localparam int P5_ACC_BITS = 48;
  localparam int P5_KERNEL = 1;
  localparam int P5_GROUPS = 1;
  localparam int P5_DILATION = 1;
  localparam int P5_MEMORY = 0;
  localparam bit P5_COMPLEX = 1'b0;
  localparam int P5_TAPS_BITS = 16;
  localparam int P5_TAPS_FRAC = 13;
  localparam int P5_TAPS_WORDS = 3;
  localparam P5_TAPS_FILE = "P5_taps.mem";
  typedef logic signed [47:0] P5_t;

  // q5 = requantize %P5 s16.16 half_up saturate
  localparam int Q5_CHANNELS = 1;
  localparam int Q5_BITS = 16;
  localparam int Q5_FRAC = 16;
  localparam int Q5_ACC_BITS = 48;
  localparam int Q5_SHIFT = 27;
  localparam logic [1:0] Q5_ROUNDING = ROUND_HALF_UP;
  localparam logic [1:0] Q5_OVERFLOW = OVERFLOW_SATURATE;
  localparam int Q5_MIN = -32768;
  localparam int Q5_MAX = 32767;
  typedef logic signed [15:0] q5_t;
  function automatic q5_t requantize_q5(input P5_t value);
    logic signed [48:0] wide;
    wide = 49'(value);
    wide = (wide + 49'sh4000000) >>> 27;
    if (wide > 49'sh7fff) wide = 49'sh7fff;
    if (wide < 49'sh1ffffffff8000) wide = 49'sh1ffffffff8000;
    return wide[15:0];
  endfunction

  // eq5 = multiply %r %q5 real
  localparam int EQ5_CHANNELS = 1;
  localparam int EQ5_BITS = 32;
  localparam int EQ5_FRAC = 31;
  localparam int EQ5_ACC_BITS = 32;
  localparam bit EQ5_COMPLEX = 1'b0;
  typedef logic signed [31:0] eq5_t;

  // s6 = concatenate %eq5 %q5 %q4
  localparam int S6_CHANNELS = 3;
  localparam int S6_BITS = 32;
  localparam int S6_FRAC = 31;
  localparam int S6_ACC_BITS = 32;
  localparam int S6_SHIFT_0 = 0;
  localparam int S6_SHIFT_1 = 15;
  localparam int S6_SHIFT_2 = 16;
  typedef logic signed [31:0] s6_t;

  // P6 = convolution %s6 real taps 1x3x1 s16.13
  localparam int P6_CHANNELS = 1;
  localparam int P6_BITS = 48;
  localparam int P6_FRAC = 44;
  localparam int P6_ACC_BITS = 48;
  localparam int P6_KERNEL = 1;
  localparam int P6_GROUPS = 1;
  localparam int P6_DILATION = 1;
  localparam int P6_MEMORY = 0;
  localparam bit P6_COMPLEX = 1'b0;
  localparam int P6_TAPS_BITS = 16;
  localparam int P6_TAPS_FRAC = 13;
  localparam int P6_TAPS_WORDS = 3;
  localparam P6_TAPS_FILE = "P6_taps.mem";
  typedef logic signed [47:0] P6_t;

  // q6 = requantize %P6 s16.18 half_up saturate
  localparam int Q6_CHANNELS = 1;
  localparam int Q6_BITS = 16;
  localparam int Q6_FRAC = 18;
  localparam int Q6_ACC_BITS = 48;
  localparam int Q6_SHIFT = 26;
  localparam logic [1:0] Q6_ROUNDING = ROUND_HALF_UP;
  localparam logic [1:0] Q6_OVERFLOW = OVERFLOW_SATURATE;
  localparam int Q6_MIN = -32768;
  localparam int Q6_MAX = 32767;
  typedef logic signed [15:0] q6_t;
  function automatic q6_t requantize_q6(input P6_t value);
    logic signed [48:0] wide;
    wide = 49'(value);
    wide = (wide + 49'sh2000000) >>> 26;
    if (wide > 49'sh7fff) wide = 49'sh7fff;
    if (wide < 49'sh1ffffffff8000) wide = 49'sh1ffffffff8000;
    return wide[15:0];
  endfunction

  // q1_pair = select %q1 channels 0,0
  localparam int Q1_PAIR_CHANNELS = 2;
  localparam int Q1_PAIR_BITS = 16;
  localparam int Q1_PAIR_FRAC = 14;
  localparam int Q1_PAIR_ACC_BITS = 16;
  localparam int Q1_PAIR_CHANNELS_BITS = 1;
  localparam int Q1_PAIR_CHANNELS_FRAC = 0;
  localparam int Q1_PAIR_CHANNELS_WORDS = 2;
  localparam Q1_PAIR_CHANNELS_FILE = "q1_pair_channels.mem";
  typedef logic signed [15:0] q1_pair_t;

  // xt1 = multiply %x %q1_pair real
  localparam int XT1_CHANNELS = 2;
  localparam int XT1_BITS = 31;
  localparam int XT1_FRAC = 29;
  localparam int XT1_ACC_BITS = 31;
  localparam bit XT1_COMPLEX = 1'b0;
  typedef logic signed [30:0] xt1_t;

  // t1 = requantize %xt1 s16.15 half_up saturate
  localparam int T1_CHANNELS = 2;
  localparam int T1_BITS = 16;
  localparam int T1_FRAC = 15;
  localparam int T1_ACC_BITS = 31;
  localparam int T1_SHIFT = 14;
  localparam logic [1:0] T1_ROUNDING = ROUND_HALF_UP;
  localparam logic [1:0] T1_OVERFLOW = OVERFLOW_SATURATE;
  localparam int T1_MIN = -32768;
  localparam int T1_MAX = 32767;
  typedef logic signed [15:0] t1_t;
  function automatic t1_t requantize_t1(input xt1_t value);
    logic signed [31:0] wide;
    wide = 32'(value);
    wide = (wide + 32'sh2000) >>> 14;
    if (wide > 32'sh7fff) wide = 32'sh7fff;
    if (wide < 32'shffff8000) wide = 32'shffff8000;
    return wide[15:0];
  endfunction

  // q2_pair = select %q2 channels 0,0
  localparam int Q2_PAIR_CHANNELS = 2;
  localparam int Q2_PAIR_BITS = 16;
  localparam int Q2_PAIR_FRAC = 15;
  localparam int Q2_PAIR_ACC_BITS = 16;
  localparam int Q2_PAIR_CHANNELS_BITS = 1;
  localparam int Q2_PAIR_CHANNELS_FRAC = 0;
  localparam int Q2_PAIR_CHANNELS_WORDS = 2;
  localparam Q2_PAIR_CHANNELS_FILE = "q2_pair_channels.mem";
  typedef logic signed [15:0] q2_pair_t;

  // xt2 = multiply %x %q2_pair real
  localparam int XT2_CHANNELS = 2;
  localparam int XT2_BITS = 32;
  localparam int XT2_FRAC = 30;
  localparam int XT2_ACC_BITS = 32;
  localparam bit XT2_COMPLEX = 1'b0;
  typedef logic signed [31:0] xt2_t;

  // t2 = requantize %xt2 s16.15 half_up saturate
  localparam int T2_CHANNELS = 2;
  localparam int T2_BITS = 16;
  localparam int T2_FRAC = 15;
  localparam int T2_ACC_BITS = 32;
  localparam int T2_SHIFT = 15;
  localparam logic [1:0] T2_ROUNDING = ROUND_HALF_UP;
  localparam logic [1:0] T2_OVERFLOW = OVERFLOW_SATURATE;
  localparam int T2_MIN = -32768;
  localparam int T2_MAX = 32767;
  typedef logic signed [15:0] t2_t;
  function automatic t2_t requantize_t2(input xt2_t value);
    logic signed [32:0] wide;
    wide = 33'(value);
    wide = (wide + 33'sh4000) >>> 15;
    if (wide > 33'sh7fff) wide = 33'sh7fff;
    if (wide < 33'sh1ffff8000) wide = 33'sh1ffff8000;
    return wide[15:0];
  endfunction

  // q3_pair = select %q3 channels 0,0
  localparam int Q3_PAIR_CHANNELS = 2;
  localparam int Q3_PAIR_BITS = 16;
  localparam int Q3_PAIR_FRAC = 15;
  localparam int Q3_PAIR_ACC_BITS = 16;
  localparam int Q3_PAIR_CHANNELS_BITS = 1;
  localparam int Q3_PAIR_CHANNELS_FRAC = 0;
  localparam int Q3_PAIR_CHANNELS_WORDS = 2;
  localparam Q3_PAIR_CHANNELS_FILE = "q3_pair_channels.mem";
  typedef logic signed [15:0] q3_pair_t;

  // xt3 = multiply %x %q3_pair real
  localparam int XT3_CHANNELS = 2;
  localparam int XT3_BITS = 32;
  localparam int XT3_FRAC = 30;
  localparam int XT3_ACC_BITS = 32;
  localparam bit XT3_COMPLEX = 1'b0;
  typedef logic signed [31:0] xt3_t;

  // t3 = requantize %xt3 s16.15 half_up saturate
  localparam int T3_CHANNELS = 2;
  localparam int T3_BITS = 16;
  localparam int T3_FRAC = 15;
  localparam int T3_ACC_BITS = 32;
  localparam int T3_SHIFT = 15;
  localparam logic [1:0] T3_ROUNDING = ROUND_HALF_UP;
  localparam logic [1:0] T3_OVERFLOW = OVERFLOW_SATURATE;
  localparam int T3_MIN = -32768;
  localparam int T3_MAX = 32767;
  typedef logic signed [15:0] t3_t;
  function automatic t3_t requantize_t3(input xt3_t value);
    logic signed [32:0] wide;
    wide = 33'(value);
    wide = (wide + 33'sh4000) >>> 15;
    if (wide > 33'sh7fff) wide = 33'sh7fff;
    if (wide < 33'sh1ffff8000) wide = 33'sh1ffff8000;
    return wide[15:0];
  endfunction

  // q4_pair = select %q4 channels 0,0
  localparam int Q4_PAIR_CHANNELS = 2;
  localparam int Q4_PAIR_BITS = 16;
  localparam int Q4_PAIR_FRAC = 15;
  localparam int Q4_PAIR_ACC_BITS = 16;
  localparam int Q4_PAIR_CHANNELS_BITS = 1;
  localparam int Q4_PAIR_CHANNELS_FRAC = 0;
  localparam int Q4_PAIR_CHANNELS_WORDS = 2;
  localparam Q4_PAIR_CHANNELS_FILE = "q4_pair_channels.mem";
  typedef logic signed [15:0] q4_pair_t;

  // xt4 = multiply %x %q4_pair real
  localparam int XT4_CHANNELS = 2;
  localparam int XT4_BITS = 32;
  localparam int XT4_FRAC = 30;
  localparam int XT4_ACC_BITS = 32;
  localparam bit XT4_COMPLEX = 1'b0;
  typedef logic signed [31:0] xt4_t;

  // t4 = requantize %xt4 s16.15 half_up saturate
  localparam int T4_CHANNELS = 2;
  localparam int T4_BITS = 16;
  localparam int T4_FRAC = 15;
  localparam int T4_ACC_BITS = 32;
  localparam int T4_SHIFT = 15;
  localparam logic [1:0] T4_ROUNDING = ROUND_HALF_UP;
  localparam logic [1:0] T4_OVERFLOW = OVERFLOW_SATURATE;
  localparam int T4_MIN = -32768;
  localparam int T4_MAX = 32767;
  typedef logic signed [15:0] t4_t;
  function automatic t4_t requantize_t4(input xt4_t value);
    logic signed [32:0] wide;
    wide = 33'(value);
    wide = (wide + 33'sh4000) >>> 15;
    if (wide > 33'sh7fff) wide = 33'sh7fff;
    if (wide < 33'sh1ffff8000) wide = 33'sh1ffff8000;
    return wide[15:0];
  endfunction

  // q5_pair = select %q5 channels 0,0
  localparam int Q5_PAIR_CHANNELS = 2;
  localparam int Q5_PAIR_BITS = 16;
  localparam int Q5_PAIR_FRAC = 16;
  localparam int Q5_PAIR_ACC_BITS = 16;
  localparam int Q5_PAIR_CHANNELS_BITS = 1;
  localparam int Q5_PAIR_CHANNELS_FRAC = 0;
  localparam int Q5_PAIR_CHANNELS_WORDS = 2;
  localparam Q5_PAIR_CHANNELS_FILE = "q5_pair_channels.mem";
  typedef logic signed [15:0] q5_pair_t;

  // xt5 = multiply %x %q5_pair real
  localparam int XT5_CHANNELS = 2;
  localparam int XT5_BITS = 32;
  localparam int XT5_FRAC = 31;
  localparam int XT5_ACC_BITS = 32;
  localparam bit XT5_COMPLEX = 1'b0;
  typedef logic signed [31:0] xt5_t;

  // t5 = requantize %xt5 s16.16 half_up saturate
  localparam int T5_CHANNELS = 2;
  localparam int T5_BITS = 16;
  localparam int T5_FRAC = 16;
  localparam int T5_ACC_BITS = 32;
  localparam int T5_SHIFT = 15;
  localparam logic [1:0] T5_ROUNDING = ROUND_HALF_UP;
  localparam logic [1:0] T5_OVERFLOW = OVERFLOW_SATURATE;
  localparam int T5_MIN = -32768;
  localparam int T5_MAX = 32767;
  typedef logic signed [15:0] t5_t;
  function automatic t5_t requantize_t5(input xt5_t value);
    logic signed [32:0] wide;
    wide = 33'(value);
    wide = (wide + 33'sh4000) >>> 15;
    if (wide > 33'sh7fff) wide = 33'sh7fff;
    if (wide < 33'sh1ffff8000) wide = 33'sh1ffff8000;
    return wide[15:0];
  endfunction

  // q6_pair = select %q6 channels 0,0
  localparam int Q6_PAIR_CHANNELS = 2;
  localparam int Q6_PAIR_BITS = 16;
  localparam int Q6_PAIR_FRAC = 18;
  localparam int Q6_PAIR_ACC_BITS = 16;
  localparam int Q6_PAIR_CHANNELS_BITS = 1;
  localparam int Q6_PAIR_CHANNELS_FRAC = 0;
  localparam int Q6_PAIR_CHANNELS_WORDS = 2;
  localparam Q6_PAIR_CHANNELS_FILE = "q6_pair_channels.mem";
  typedef logic signed [15:0] q6_pair_t;

  // xt6 = multiply %x %q6_pair real
  localparam int XT6_CHANNELS = 2;
  localparam int XT6_BITS = 32;
  localparam int XT6_FRAC = 33;
  localparam int XT6_ACC_BITS = 32;
  localparam bit XT6_COMPLEX = 1'b0;
  typedef logic signed [31:0] xt6_t;

  // t6 = requantize %xt6 s16.17 half_up saturate
  localparam int T6_CHANNELS = 2;
  localparam int T6_BITS = 16;
  localparam int T6_FRAC = 17;
  localparam int T6_ACC_BITS = 32;
  localparam int T6_SHIFT = 16;
  localparam logic [1:0] T6_ROUNDING = ROUND_HALF_UP;
  localparam logic [1:0] T6_OVERFLOW = OVERFLOW_SATURATE;
  localparam int T6_MIN = -32768;
  localparam int T6_MAX = 32767;
  typedef logic signed [15:0] t6_t;
  function automatic t6_t requantize_t6(input xt6_t value);
    logic signed [32:0] wide;
    wide = 33'(value);
    wide = (wide + 33'sh8000) >>> 16;
    if (wide > 33'sh7fff) wide = 33'sh7fff;
    if (wide < 33'sh1ffff8000) wide = 33'sh1ffff8000;
    return wide[15:0];
  endfunction

  // terms = concatenate %x %t1 %t2 %t3 %t4 %t5 %t6
  localparam int TERMS_CHANNELS = 14;
  localparam int TERMS_BITS = 18;
  localparam int TERMS_FRAC = 17;
  localparam int TERMS_ACC_BITS = 18;
  localparam int TERMS_SHIFT_0 = 2;
  localparam int TERMS_SHIFT_1 = 2;
  localparam int TERMS_SHIFT_2 = 2;
  localparam int TERMS_SHIFT_3 = 2;
  localparam int TERMS_SHIFT_4 = 2;
  localparam int TERMS_SHIFT_5 = 1;
  localparam int TERMS_SHIFT_6 = 0;
  typedef logic signed [17:0] terms_t;

  // W = convolution %terms complex taps 1x7x2x13 s16.13
  localparam int W_CHANNELS = 2;
  localparam int W_BITS = 39;
  localparam int W_FRAC = 30;
  localparam int W_ACC_BITS = 39;
  localparam int W_KERNEL = 13;
  localparam int W_GROUPS = 1;
  localparam int W_DILATION = 1;
  localparam int W_MEMORY = 12;
  localparam bit W_COMPLEX = 1'b1;
  localparam int W_TAPS_BITS = 16;
  localparam int W_TAPS_FRAC = 13;
  localparam int W_TAPS_WORDS = 182;
  localparam W_TAPS_FILE = "W_taps.mem";
  typedef logic signed [38:0] W_t;

  // z = requantize %W s16.14 half_up saturate
  localparam int Z_CHANNELS = 2;
  localparam int Z_BITS = 16;
  localparam int Z_FRAC = 14;
  localparam int Z_ACC_BITS = 39;
  localparam int Z_SHIFT = 16;
  localparam logic [1:0] Z_ROUNDING = ROUND_HALF_UP;
  localparam logic [1:0] Z_OVERFLOW = OVERFLOW_SATURATE;
  localparam int Z_MIN = -32768;
  localparam int Z_MAX = 32767;
  typedef logic signed [15:0] z_t;
  function automatic z_t requantize_z(input W_t value);
    logic signed [39:0] wide;
    wide = 40'(value);
    wide = (wide + 40'sh8000) >>> 16;
    if (wide > 40'sh7fff) wide = 40'sh7fff;
    if (wide < 40'shffffff8000) wide = 40'shffffff8000;
    return wide[15:0];
  endfunction

  // y = output %z
  localparam int Y_CHANNELS = 2;
  localparam int Y_BITS = 16;
  localparam int Y_FRAC = 14;
  localparam int Y_ACC_BITS = 16;
  typedef logic signed [15:0] y_t;

endpackage
/* verilator lint_on UNUSEDSIGNAL */
/* verilator lint_on UNUSEDPARAM */
