// cnn_lightweight: formats, sizes and constants of every node, docs/spec/datapath.md and docs/spec/fixed_point.md.
// *_BITS and *_FRAC: value = integer * 2^-FRAC. *_ACC_BITS: proven to hold every intermediate value of the node, partial
// sums in any order included. *_FILE: the table, beside this file; words in the order that its head states.
// *_SHIFT of a requantizer: right by that many bits, negative: left. requantize_<node>: all of that node, one channel.
/* verilator lint_off UNUSEDPARAM */
/* verilator lint_off UNUSEDSIGNAL */
package cnn_lightweight_pkg;

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
  localparam logic [255:0] GRAPH_SHA256 = 256'h5aa8c4e2c309252982cd85ef55e12413be2a8388998b2f729273f9fe4b5b2e17;
  localparam int DELAY_SAMPLES = 10;  // z[n] estimates the received sample n - DELAY_SAMPLES
  localparam int WARMUP_SAMPLES = 20;  // past samples on which an output may depend
  localparam int GOLDEN_SAMPLES = 64;  // samples of each channel in ../golden/stimulus.hex and expected.hex
  localparam int NODES_SAMPLES = 8;  // samples of each channel in golden/<node>.hex

  // x = input 64 channels s16.15
  localparam int X_CHANNELS = 64;
  localparam int X_BITS = 16;
  localparam int X_FRAC = 15;
  localparam int X_ACC_BITS = 16;
  typedef logic signed [15:0] x_t;

  // c1d = convolution %x real taps 64x1x5 s16.10 groups 64
  localparam int C1D_CHANNELS = 64;
  localparam int C1D_BITS = 31;
  localparam int C1D_FRAC = 25;
  localparam int C1D_ACC_BITS = 31;
  localparam int C1D_KERNEL = 5;
  localparam int C1D_GROUPS = 64;
  localparam int C1D_DILATION = 1;
  localparam int C1D_MEMORY = 4;
  localparam bit C1D_COMPLEX = 1'b0;
  localparam int C1D_TAPS_BITS = 16;
  localparam int C1D_TAPS_FRAC = 10;
  localparam int C1D_TAPS_WORDS = 320;
  localparam C1D_TAPS_FILE = "c1d_taps.mem";
  typedef logic signed [30:0] c1d_t;

  // c1d_leaky = rectify %c1d slope 2^-1
  localparam int C1D_LEAKY_CHANNELS = 64;
  localparam int C1D_LEAKY_BITS = 32;
  localparam int C1D_LEAKY_FRAC = 26;
  localparam int C1D_LEAKY_ACC_BITS = 32;
  localparam bit C1D_LEAKY_RELU = 1'b0;
  localparam int C1D_LEAKY_SLOPE_LOG2 = 1;
  typedef logic signed [31:0] c1d_leaky_t;

  // a1d = requantize %c1d_leaky s16.12 half_up saturate
  localparam int A1D_CHANNELS = 64;
  localparam int A1D_BITS = 16;
  localparam int A1D_FRAC = 12;
  localparam int A1D_ACC_BITS = 32;
  localparam int A1D_SHIFT = 14;
  localparam logic [1:0] A1D_ROUNDING = ROUND_HALF_UP;
  localparam logic [1:0] A1D_OVERFLOW = OVERFLOW_SATURATE;
  localparam int A1D_MIN = -32768;
  localparam int A1D_MAX = 32767;
  typedef logic signed [15:0] a1d_t;
  function automatic a1d_t requantize_a1d(input c1d_leaky_t value);
    logic signed [32:0] wide;
    wide = 33'(value);
    wide = (wide + 33'sh2000) >>> 14;
    if (wide > 33'sh7fff) wide = 33'sh7fff;
    if (wide < 33'sh1ffff8000) wide = 33'sh1ffff8000;
    return wide[15:0];
  endfunction

  // c1p = convolution %a1d real taps 48x64x1 s16.12
  localparam int C1P_CHANNELS = 48;
  localparam int C1P_BITS = 31;
  localparam int C1P_FRAC = 24;
  localparam int C1P_ACC_BITS = 31;
  localparam int C1P_KERNEL = 1;
  localparam int C1P_GROUPS = 1;
  localparam int C1P_DILATION = 1;
  localparam int C1P_MEMORY = 0;
  localparam bit C1P_COMPLEX = 1'b0;
  localparam int C1P_TAPS_BITS = 16;
  localparam int C1P_TAPS_FRAC = 12;
  localparam int C1P_TAPS_WORDS = 3072;
  localparam C1P_TAPS_FILE = "c1p_taps.mem";
  localparam int C1P_BIAS_BITS = 24;
  localparam int C1P_BIAS_FRAC = 24;
  localparam int C1P_BIAS_WORDS = 48;
  localparam C1P_BIAS_FILE = "c1p_bias.mem";
  typedef logic signed [30:0] c1p_t;

  // c1p_leaky = rectify %c1p slope 2^-1
  localparam int C1P_LEAKY_CHANNELS = 48;
  localparam int C1P_LEAKY_BITS = 32;
  localparam int C1P_LEAKY_FRAC = 25;
  localparam int C1P_LEAKY_ACC_BITS = 32;
  localparam bit C1P_LEAKY_RELU = 1'b0;
  localparam int C1P_LEAKY_SLOPE_LOG2 = 1;
  typedef logic signed [31:0] c1p_leaky_t;

  // a1 = requantize %c1p_leaky s16.12 half_up saturate
  localparam int A1_CHANNELS = 48;
  localparam int A1_BITS = 16;
  localparam int A1_FRAC = 12;
  localparam int A1_ACC_BITS = 32;
  localparam int A1_SHIFT = 13;
  localparam logic [1:0] A1_ROUNDING = ROUND_HALF_UP;
  localparam logic [1:0] A1_OVERFLOW = OVERFLOW_SATURATE;
  localparam int A1_MIN = -32768;
  localparam int A1_MAX = 32767;
  typedef logic signed [15:0] a1_t;
  function automatic a1_t requantize_a1(input c1p_leaky_t value);
    logic signed [32:0] wide;
    wide = 33'(value);
    wide = (wide + 33'sh1000) >>> 13;
    if (wide > 33'sh7fff) wide = 33'sh7fff;
    if (wide < 33'sh1ffff8000) wide = 33'sh1ffff8000;
    return wide[15:0];
  endfunction

  // c2d = convolution %a1 real taps 48x1x5 s16.13 groups 48 dilation 2
  localparam int C2D_CHANNELS = 48;
  localparam int C2D_BITS = 31;
  localparam int C2D_FRAC = 25;
  localparam int C2D_ACC_BITS = 31;
  localparam int C2D_KERNEL = 5;
  localparam int C2D_GROUPS = 48;
  localparam int C2D_DILATION = 2;
  localparam int C2D_MEMORY = 8;
  localparam bit C2D_COMPLEX = 1'b0;
  localparam int C2D_TAPS_BITS = 16;
  localparam int C2D_TAPS_FRAC = 13;
  localparam int C2D_TAPS_WORDS = 240;
  localparam C2D_TAPS_FILE = "c2d_taps.mem";
  typedef logic signed [30:0] c2d_t;

  // c2d_leaky = rectify %c2d slope 2^-1
  localparam int C2D_LEAKY_CHANNELS = 48;
  localparam int C2D_LEAKY_BITS = 32;
  localparam int C2D_LEAKY_FRAC = 26;
  localparam int C2D_LEAKY_ACC_BITS = 32;
  localparam bit C2D_LEAKY_RELU = 1'b0;
  localparam int C2D_LEAKY_SLOPE_LOG2 = 1;
  typedef logic signed [31:0] c2d_leaky_t;

  // a2d = requantize %c2d_leaky s16.13 half_up saturate
  localparam int A2D_CHANNELS = 48;
  localparam int A2D_BITS = 16;
  localparam int A2D_FRAC = 13;
  localparam int A2D_ACC_BITS = 32;
  localparam int A2D_SHIFT = 13;
  localparam logic [1:0] A2D_ROUNDING = ROUND_HALF_UP;
  localparam logic [1:0] A2D_OVERFLOW = OVERFLOW_SATURATE;
  localparam int A2D_MIN = -32768;
  localparam int A2D_MAX = 32767;
  typedef logic signed [15:0] a2d_t;
  function automatic a2d_t requantize_a2d(input c2d_leaky_t value);
    logic signed [32:0] wide;
    wide = 33'(value);
    wide = (wide + 33'sh1000) >>> 13;
    if (wide > 33'sh7fff) wide = 33'sh7fff;
    if (wide < 33'sh1ffff8000) wide = 33'sh1ffff8000;
    return wide[15:0];
  endfunction

  // c2p = convolution %a2d real taps 48x48x1 s16.12
  localparam int C2P_CHANNELS = 48;
  localparam int C2P_BITS = 31;
  localparam int C2P_FRAC = 25;
  localparam int C2P_ACC_BITS = 31;
  localparam int C2P_KERNEL = 1;
  localparam int C2P_GROUPS = 1;
  localparam int C2P_DILATION = 1;
  localparam int C2P_MEMORY = 0;
  localparam bit C2P_COMPLEX = 1'b0;
  localparam int C2P_TAPS_BITS = 16;
  localparam int C2P_TAPS_FRAC = 12;
  localparam int C2P_TAPS_WORDS = 2304;
  localparam C2P_TAPS_FILE = "c2p_taps.mem";
  localparam int C2P_BIAS_BITS = 26;
  localparam int C2P_BIAS_FRAC = 25;
  localparam int C2P_BIAS_WORDS = 48;
  localparam C2P_BIAS_FILE = "c2p_bias.mem";
  typedef logic signed [30:0] c2p_t;

  // c2p_leaky = rectify %c2p slope 2^-1
  localparam int C2P_LEAKY_CHANNELS = 48;
  localparam int C2P_LEAKY_BITS = 32;
  localparam int C2P_LEAKY_FRAC = 26;
  localparam int C2P_LEAKY_ACC_BITS = 32;
  localparam bit C2P_LEAKY_RELU = 1'b0;
  localparam int C2P_LEAKY_SLOPE_LOG2 = 1;
  typedef logic signed [31:0] c2p_leaky_t;

  // a2 = requantize %c2p_leaky s16.12 half_up saturate
  localparam int A2_CHANNELS = 48;
  localparam int A2_BITS = 16;
  localparam int A2_FRAC = 12;
  localparam int A2_ACC_BITS = 32;
  localparam int A2_SHIFT = 14;
  localparam logic [1:0] A2_ROUNDING = ROUND_HALF_UP;
  localparam logic [1:0] A2_OVERFLOW = OVERFLOW_SATURATE;
  localparam int A2_MIN = -32768;
  localparam int A2_MAX = 32767;
  typedef logic signed [15:0] a2_t;
  function automatic a2_t requantize_a2(input c2p_leaky_t value);
    logic signed [32:0] wide;
    wide = 33'(value);
    wide = (wide + 33'sh2000) >>> 14;
    if (wide > 33'sh7fff) wide = 33'sh7fff;
    if (wide < 33'sh1ffff8000) wide = 33'sh1ffff8000;
    return wide[15:0];
  endfunction

  // fc1 = convolution %a2 real taps 16x48x1 s16.11
  localparam int FC1_CHANNELS = 16;
  localparam int FC1_BITS = 32;
  localparam int FC1_FRAC = 23;
  localparam int FC1_ACC_BITS = 32;
  localparam int FC1_KERNEL = 1;
  localparam int FC1_GROUPS = 1;
  localparam int FC1_DILATION = 1;
  localparam int FC1_MEMORY = 0;
  localparam bit FC1_COMPLEX = 1'b0;
  localparam int FC1_TAPS_BITS = 16;
  localparam int FC1_TAPS_FRAC = 11;
  localparam int FC1_TAPS_WORDS = 768;
  localparam FC1_TAPS_FILE = "fc1_taps.mem";
  localparam int FC1_BIAS_BITS = 24;
  localparam int FC1_BIAS_FRAC = 23;
  localparam int FC1_BIAS_WORDS = 16;
  localparam FC1_BIAS_FILE = "fc1_bias.mem";
  typedef logic signed [31:0] fc1_t;

  // s1 = requantize %fc1 s16.12 half_up saturate
  localparam int S1_CHANNELS = 16;
  localparam int S1_BITS = 16;
  localparam int S1_FRAC = 12;
  localparam int S1_ACC_BITS = 32;
  localparam int S1_SHIFT = 11;
  localparam logic [1:0] S1_ROUNDING = ROUND_HALF_UP;
  localparam logic [1:0] S1_OVERFLOW = OVERFLOW_SATURATE;
  localparam int S1_MIN = -32768;
  localparam int S1_MAX = 32767;
  typedef logic signed [15:0] s1_t;
  function automatic s1_t requantize_s1(input fc1_t value);
    logic signed [32:0] wide;
    wide = 33'(value);
    wide = (wide + 33'sh400) >>> 11;
    if (wide > 33'sh7fff) wide = 33'sh7fff;
    if (wide < 33'sh1ffff8000) wide = 33'sh1ffff8000;
    return wide[15:0];
  endfunction

  // g1 = piecewise %s1 plain segments 64 of 2^10 slopes s16.17 shared
  localparam int G1_CHANNELS = 16;
  localparam int G1_BITS = 30;
  localparam int G1_FRAC = 29;
  localparam int G1_ACC_BITS = 30;
  localparam logic [1:0] G1_SYMMETRY = SYMMETRY_PLAIN;
  localparam int G1_SEGMENTS = 64;
  localparam int G1_SEGMENT_LOG2 = 10;
  localparam int G1_FUNCTIONS = 1;
  localparam int G1_OUTPUTS = 1;
  localparam int G1_OFFSET = 32768;
  localparam int G1_BASIS_ACC_BITS = 32;
  localparam int G1_SLOPES_BITS = 16;
  localparam int G1_SLOPES_FRAC = 17;
  localparam int G1_SLOPES_WORDS = 64;
  localparam G1_SLOPES_FILE = "g1_slopes.mem";
  localparam int G1_BASES_BITS = 20;
  localparam int G1_BASES_FRAC = 19;
  localparam int G1_BASES_WORDS = 64;
  localparam G1_BASES_FILE = "g1_bases.mem";
  localparam int G1_WEIGHTS_BITS = 16;
  localparam int G1_WEIGHTS_FRAC = 17;
  localparam int G1_WEIGHTS_WORDS = 64;
  localparam G1_WEIGHTS_FILE = "g1_weights.mem";
  typedef logic signed [29:0] g1_t;

  // h1 = requantize %g1 s16.14 half_up saturate
  localparam int H1_CHANNELS = 16;
  localparam int H1_BITS = 16;
  localparam int H1_FRAC = 14;
  localparam int H1_ACC_BITS = 30;
  localparam int H1_SHIFT = 15;
  localparam logic [1:0] H1_ROUNDING = ROUND_HALF_UP;
  localparam logic [1:0] H1_OVERFLOW = OVERFLOW_SATURATE;
  localparam int H1_MIN = -32768;
  localparam int H1_MAX = 32767;
  typedef logic signed [15:0] h1_t;
  function automatic h1_t requantize_h1(input g1_t value);
    logic signed [30:0] wide;
    wide = 31'(value);
    wide = (wide + 31'sh4000) >>> 15;
    if (wide > 31'sh7fff) wide = 31'sh7fff;
    if (wide < 31'sh7fff8000) wide = 31'sh7fff8000;
    return wide[15:0];
  endfunction

  // fc2 = convolution %h1 real taps 48x16x1 s16.13
  localparam int FC2_CHANNELS = 48;
  localparam int FC2_BITS = 32;
  localparam int FC2_FRAC = 27;
  localparam int FC2_ACC_BITS = 32;
  localparam int FC2_KERNEL = 1;
  localparam int FC2_GROUPS = 1;
  localparam int FC2_DILATION = 1;
  localparam int FC2_MEMORY = 0;
  localparam bit FC2_COMPLEX = 1'b0;
  localparam int FC2_TAPS_BITS = 16;
  localparam int FC2_TAPS_FRAC = 13;
  localparam int FC2_TAPS_WORDS = 768;
  localparam FC2_TAPS_FILE = "fc2_taps.mem";
  localparam int FC2_BIAS_BITS = 28;
  localparam int FC2_BIAS_FRAC = 27;
  localparam int FC2_BIAS_WORDS = 48;
  localparam FC2_BIAS_FILE = "fc2_bias.mem";
  typedef logic signed [31:0] fc2_t;

  // s2 = requantize %fc2 s16.12 half_up saturate
  localparam int S2_CHANNELS = 48;
  localparam int S2_BITS = 16;
  localparam int S2_FRAC = 12;
  localparam int S2_ACC_BITS = 32;
  localparam int S2_SHIFT = 15;
  localparam logic [1:0] S2_ROUNDING = ROUND_HALF_UP;
  localparam logic [1:0] S2_OVERFLOW = OVERFLOW_SATURATE;
  localparam int S2_MIN = -32768;
  localparam int S2_MAX = 32767;
  typedef logic signed [15:0] s2_t;
  function automatic s2_t requantize_s2(input fc2_t value);
    logic signed [32:0] wide;
    wide = 33'(value);
    wide = (wide + 33'sh4000) >>> 15;
    if (wide > 33'sh7fff) wide = 33'sh7fff;
    if (wide < 33'sh1ffff8000) wide = 33'sh1ffff8000;
    return wide[15:0];
  endfunction

  // g2 = piecewise %s2 plain segments 64 of 2^10 slopes s16.17 shared
  localparam int G2_CHANNELS = 48;
  localparam int G2_BITS = 30;
  localparam int G2_FRAC = 29;
  localparam int G2_ACC_BITS = 30;
  localparam logic [1:0] G2_SYMMETRY = SYMMETRY_PLAIN;
  localparam int G2_SEGMENTS = 64;
  localparam int G2_SEGMENT_LOG2 = 10;
  localparam int G2_FUNCTIONS = 1;
  localparam int G2_OUTPUTS = 1;
  localparam int G2_OFFSET = 32768;
  localparam int G2_BASIS_ACC_BITS = 31;
  localparam int G2_SLOPES_BITS = 16;
  localparam int G2_SLOPES_FRAC = 17;
  localparam int G2_SLOPES_WORDS = 64;
  localparam G2_SLOPES_FILE = "g2_slopes.mem";
  localparam int G2_BASES_BITS = 20;
  localparam int G2_BASES_FRAC = 19;
  localparam int G2_BASES_WORDS = 64;
  localparam G2_BASES_FILE = "g2_bases.mem";
  localparam int G2_WEIGHTS_BITS = 16;
  localparam int G2_WEIGHTS_FRAC = 17;
  localparam int G2_WEIGHTS_WORDS = 64;
  localparam G2_WEIGHTS_FILE = "g2_weights.mem";
  typedef logic signed [29:0] g2_t;

  // h2 = requantize %g2 s16.15 half_up saturate
  localparam int H2_CHANNELS = 48;
  localparam int H2_BITS = 16;
  localparam int H2_FRAC = 15;
  localparam int H2_ACC_BITS = 30;
  localparam int H2_SHIFT = 14;
  localparam logic [1:0] H2_ROUNDING = ROUND_HALF_UP;
  localparam logic [1:0] H2_OVERFLOW = OVERFLOW_SATURATE;
  localparam int H2_MIN = -32768;
  localparam int H2_MAX = 32767;
  typedef logic signed [15:0] h2_t;
  function automatic h2_t requantize_h2(input g2_t value);
    logic signed [30:0] wide;
    wide = 31'(value);
    wide = (wide + 31'sh2000) >>> 14;
    if (wide > 31'sh7fff) wide = 31'sh7fff;
    if (wide < 31'sh7fff8000) wide = 31'sh7fff8000;
    return wide[15:0];
  endfunction

  // c3d = convolution %h2 real taps 48x1x5 s16.14 groups 48
  localparam int C3D_CHANNELS = 48;
  localparam int C3D_BITS = 32;
  localparam int C3D_FRAC = 29;
  localparam int C3D_ACC_BITS = 32;
  localparam int C3D_KERNEL = 5;
  localparam int C3D_GROUPS = 48;
  localparam int C3D_DILATION = 1;
  localparam int C3D_MEMORY = 4;
  localparam bit C3D_COMPLEX = 1'b0;
  localparam int C3D_TAPS_BITS = 16;
  localparam int C3D_TAPS_FRAC = 14;
  localparam int C3D_TAPS_WORDS = 240;
  localparam C3D_TAPS_FILE = "c3d_taps.mem";
  typedef logic signed [31:0] c3d_t;

  // c3d_leaky = rectify %c3d slope 2^-1
  localparam int C3D_LEAKY_CHANNELS = 48;
  localparam int C3D_LEAKY_BITS = 32;
  localparam int C3D_LEAKY_FRAC = 30;
  localparam int C3D_LEAKY_ACC_BITS = 32;
  localparam bit C3D_LEAKY_RELU = 1'b0;
  localparam int C3D_LEAKY_SLOPE_LOG2 = 1;
  typedef logic signed [31:0] c3d_leaky_t;

  // a3d = requantize %c3d_leaky s16.14 half_up saturate
  localparam int A3D_CHANNELS = 48;
  localparam int A3D_BITS = 16;
  localparam int A3D_FRAC = 14;
  localparam int A3D_ACC_BITS = 32;
  localparam int A3D_SHIFT = 16;
  localparam logic [1:0] A3D_ROUNDING = ROUND_HALF_UP;
  localparam logic [1:0] A3D_OVERFLOW = OVERFLOW_SATURATE;
  localparam int A3D_MIN = -32768;
  localparam int A3D_MAX = 32767;
  typedef logic signed [15:0] a3d_t;
  function automatic a3d_t requantize_a3d(input c3d_leaky_t value);
    logic signed [32:0] wide;
    wide = 33'(value);
    wide = (wide + 33'sh8000) >>> 16;
    if (wide > 33'sh7fff) wide = 33'sh7fff;
    if (wide < 33'sh1ffff8000) wide = 33'sh1ffff8000;
    return wide[15:0];
  endfunction

  // c3p = convolution %a3d real taps 48x48x1 s16.9
  localparam int C3P_CHANNELS = 48;
  localparam int C3P_BITS = 31;
  localparam int C3P_FRAC = 23;
  localparam int C3P_ACC_BITS = 31;
  localparam int C3P_KERNEL = 1;
  localparam int C3P_GROUPS = 1;
  localparam int C3P_DILATION = 1;
  localparam int C3P_MEMORY = 0;
  localparam bit C3P_COMPLEX = 1'b0;
  localparam int C3P_TAPS_BITS = 16;
  localparam int C3P_TAPS_FRAC = 9;
  localparam int C3P_TAPS_WORDS = 2304;
  localparam C3P_TAPS_FILE = "c3p_taps.mem";
  localparam int C3P_BIAS_BITS = 30;
  localparam int C3P_BIAS_FRAC = 23;
  localparam int C3P_BIAS_WORDS = 48;
  localparam C3P_BIAS_FILE = "c3p_bias.mem";
  typedef logic signed [30:0] c3p_t;

  // c3p_leaky = rectify %c3p slope 2^-1
  localparam int C3P_LEAKY_CHANNELS = 48;
  localparam int C3P_LEAKY_BITS = 32;
  localparam int C3P_LEAKY_FRAC = 24;
  localparam int C3P_LEAKY_ACC_BITS = 32;
  localparam bit C3P_LEAKY_RELU = 1'b0;
  localparam int C3P_LEAKY_SLOPE_LOG2 = 1;
  typedef logic signed [31:0] c3p_leaky_t;

  // a3 = requantize %c3p_leaky s16.10 half_up saturate
  localparam int A3_CHANNELS = 48;
  localparam int A3_BITS = 16;
  localparam int A3_FRAC = 10;
  localparam int A3_ACC_BITS = 32;
  localparam int A3_SHIFT = 14;
  localparam logic [1:0] A3_ROUNDING = ROUND_HALF_UP;
  localparam logic [1:0] A3_OVERFLOW = OVERFLOW_SATURATE;
  localparam int A3_MIN = -32768;
  localparam int A3_MAX = 32767;
  typedef logic signed [15:0] a3_t;
  function automatic a3_t requantize_a3(input c3p_leaky_t value);
    logic signed [32:0] wide;
    wide = 33'(value);
    wide = (wide + 33'sh2000) >>> 14;
    if (wide > 33'sh7fff) wide = 33'sh7fff;
    if (wide < 33'sh1ffff8000) wide = 33'sh1ffff8000;
    return wide[15:0];
  endfunction

  // c4d = convolution %a3 real taps 48x1x5 s16.14 groups 48
  localparam int C4D_CHANNELS = 48;
  localparam int C4D_BITS = 31;
  localparam int C4D_FRAC = 24;
  localparam int C4D_ACC_BITS = 31;
  localparam int C4D_KERNEL = 5;
  localparam int C4D_GROUPS = 48;
  localparam int C4D_DILATION = 1;
  localparam int C4D_MEMORY = 4;
  localparam bit C4D_COMPLEX = 1'b0;
  localparam int C4D_TAPS_BITS = 16;
  localparam int C4D_TAPS_FRAC = 14;
  localparam int C4D_TAPS_WORDS = 240;
  localparam C4D_TAPS_FILE = "c4d_taps.mem";
  typedef logic signed [30:0] c4d_t;

  // c4d_leaky = rectify %c4d slope 2^-1
  localparam int C4D_LEAKY_CHANNELS = 48;
  localparam int C4D_LEAKY_BITS = 32;
  localparam int C4D_LEAKY_FRAC = 25;
  localparam int C4D_LEAKY_ACC_BITS = 32;
  localparam bit C4D_LEAKY_RELU = 1'b0;
  localparam int C4D_LEAKY_SLOPE_LOG2 = 1;
  typedef logic signed [31:0] c4d_leaky_t;

  // a4d = requantize %c4d_leaky s16.11 half_up saturate
  localparam int A4D_CHANNELS = 48;
  localparam int A4D_BITS = 16;
  localparam int A4D_FRAC = 11;
  localparam int A4D_ACC_BITS = 32;
  localparam int A4D_SHIFT = 14;
  localparam logic [1:0] A4D_ROUNDING = ROUND_HALF_UP;
  localparam logic [1:0] A4D_OVERFLOW = OVERFLOW_SATURATE;
  localparam int A4D_MIN = -32768;
  localparam int A4D_MAX = 32767;
  typedef logic signed [15:0] a4d_t;
  function automatic a4d_t requantize_a4d(input c4d_leaky_t value);
    logic signed [32:0] wide;
    wide = 33'(value);
    wide = (wide + 33'sh2000) >>> 14;
    if (wide > 33'sh7fff) wide = 33'sh7fff;
    if (wide < 33'sh1ffff8000) wide = 33'sh1ffff8000;
    return wide[15:0];
  endfunction

  // c4p = convolution %a4d real taps 32x48x1 s16.14
  localparam int C4P_CHANNELS = 32;
  localparam int C4P_BITS = 32;
  localparam int C4P_FRAC = 25;
  localparam int C4P_ACC_BITS = 32;
  localparam int C4P_KERNEL = 1;
  localparam int C4P_GROUPS = 1;
  localparam int C4P_DILATION = 1;
  localparam int C4P_MEMORY = 0;
  localparam bit C4P_COMPLEX = 1'b0;
  localparam int C4P_TAPS_BITS = 16;
  localparam int C4P_TAPS_FRAC = 14;
  localparam int C4P_TAPS_WORDS = 1536;
  localparam C4P_TAPS_FILE = "c4p_taps.mem";
  typedef logic signed [31:0] c4p_t;

  // z = requantize %c4p s16.13 half_up saturate
  localparam int Z_CHANNELS = 32;
  localparam int Z_BITS = 16;
  localparam int Z_FRAC = 13;
  localparam int Z_ACC_BITS = 32;
  localparam int Z_SHIFT = 12;
  localparam logic [1:0] Z_ROUNDING = ROUND_HALF_UP;
  localparam logic [1:0] Z_OVERFLOW = OVERFLOW_SATURATE;
  localparam int Z_MIN = -32768;
  localparam int Z_MAX = 32767;
  typedef logic signed [15:0] z_t;
  function automatic z_t requantize_z(input c4p_t value);
    logic signed [32:0] wide;
    wide = 33'(value);
    wide = (wide + 33'sh800) >>> 12;
    if (wide > 33'sh7fff) wide = 33'sh7fff;
    if (wide < 33'sh1ffff8000) wide = 33'sh1ffff8000;
    return wide[15:0];
  endfunction

  // y = output %z
  localparam int Y_CHANNELS = 32;
  localparam int Y_BITS = 16;
  localparam int Y_FRAC = 13;
  localparam int Y_ACC_BITS = 16;
  typedef logic signed [15:0] y_t;

endpackage
/* verilator lint_on UNUSEDSIGNAL */
/* verilator lint_on UNUSEDPARAM */
