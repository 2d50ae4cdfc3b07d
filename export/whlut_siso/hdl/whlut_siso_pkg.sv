// whlut_siso: formats, sizes and constants of every node, docs/spec/datapath.md and docs/spec/fixed_point.md.
// *_BITS and *_FRAC: value = integer * 2^-FRAC. *_ACC_BITS: proven to hold every intermediate value of the node, partial
// sums in any order included. *_FILE: the table, beside this file; words in the order that its head states.
// *_SHIFT of a requantizer: right by that many bits, negative: left. requantize_<node>: all of that node, one channel.
/* verilator lint_off UNUSEDPARAM */
/* verilator lint_off UNUSEDSIGNAL */
package whlut_siso_pkg;

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
  localparam logic [255:0] GRAPH_SHA256 = 256'h90f63907a07497248127cfe4b0154d353ab0b8773abc749644637ae373d1b7dd;
  localparam int DELAY_SAMPLES = 7;  // z[n] estimates the received sample n - DELAY_SAMPLES
  localparam int WARMUP_SAMPLES = 14;  // past samples on which an output may depend
  localparam int GOLDEN_SAMPLES = 8192;  // samples of each channel in ../golden/stimulus.hex and expected.hex
  localparam int NODES_SAMPLES = 256;  // samples of each channel in golden/<node>.hex

  // x = input 2 channels s16.15
  localparam int X_CHANNELS = 2;
  localparam int X_BITS = 16;
  localparam int X_FRAC = 15;
  localparam int X_ACC_BITS = 16;
  typedef logic signed [15:0] x_t;

  // K = convolution %x complex taps 1x1x2x7 s16.14
  localparam int K_CHANNELS = 2;
  localparam int K_BITS = 31;
  localparam int K_FRAC = 29;
  localparam int K_ACC_BITS = 31;
  localparam int K_KERNEL = 7;
  localparam int K_GROUPS = 1;
  localparam int K_DILATION = 1;
  localparam int K_MEMORY = 6;
  localparam bit K_COMPLEX = 1'b1;
  localparam int K_TAPS_BITS = 16;
  localparam int K_TAPS_FRAC = 14;
  localparam int K_TAPS_WORDS = 14;
  localparam K_TAPS_FILE = "K_taps.mem";
  typedef logic signed [30:0] K_t;

  // u = requantize %K s16.14 half_up saturate
  localparam int U_CHANNELS = 2;
  localparam int U_BITS = 16;
  localparam int U_FRAC = 14;
  localparam int U_ACC_BITS = 31;
  localparam int U_SHIFT = 15;
  localparam logic [1:0] U_ROUNDING = ROUND_HALF_UP;
  localparam logic [1:0] U_OVERFLOW = OVERFLOW_SATURATE;
  localparam int U_MIN = -32768;
  localparam int U_MAX = 32767;
  typedef logic signed [15:0] u_t;
  function automatic u_t requantize_u(input K_t value);
    logic signed [31:0] wide;
    wide = 32'(value);
    wide = (wide + 32'sh4000) >>> 15;
    if (wide > 32'sh7fff) wide = 32'sh7fff;
    if (wide < 32'shffff8000) wide = 32'shffff8000;
    return wide[15:0];
  endfunction

  // m = magnitude %u sqrt
  localparam int M_CHANNELS = 1;
  localparam int M_BITS = 15;
  localparam int M_FRAC = 14;
  localparam int M_ACC_BITS = 31;
  localparam logic [1:0] M_KIND = MAGNITUDE_SQRT;
  localparam int M_ALPHA = 0;
  localparam int M_BETA = 0;
  localparam int M_COEFFICIENTS_FRAC = 0;
  typedef logic [14:0] m_t;

  // r = requantize %m u16.15 half_up saturate
  localparam int R_CHANNELS = 1;
  localparam int R_BITS = 16;
  localparam int R_FRAC = 15;
  localparam int R_ACC_BITS = 17;
  localparam int R_SHIFT = -1;
  localparam logic [1:0] R_ROUNDING = ROUND_HALF_UP;
  localparam logic [1:0] R_OVERFLOW = OVERFLOW_SATURATE;
  localparam int R_MIN = 0;
  localparam int R_MAX = 65535;
  typedef logic [15:0] r_t;
  function automatic r_t requantize_r(input m_t value);
    logic signed [17:0] wide;
    wide = 18'(value);
    wide = wide <<< 1;
    if (wide > 18'shffff) wide = 18'shffff;
    if (wide < 18'sh0) wide = 18'sh0;
    return wide[15:0];
  endfunction

  // lut = piecewise %r index segments 32 of 2^10 slopes s16.15 shared outputs 2
  localparam int LUT_CHANNELS = 2;
  localparam int LUT_BITS = 30;
  localparam int LUT_FRAC = 30;
  localparam int LUT_ACC_BITS = 30;
  localparam logic [1:0] LUT_SYMMETRY = SYMMETRY_INDEX;
  localparam int LUT_SEGMENTS = 32;
  localparam int LUT_SEGMENT_LOG2 = 10;
  localparam int LUT_FUNCTIONS = 1;
  localparam int LUT_OUTPUTS = 2;
  localparam int LUT_OFFSET = 0;
  localparam int LUT_BASIS_ACC_BITS = 32;
  localparam int LUT_SLOPES_BITS = 16;
  localparam int LUT_SLOPES_FRAC = 15;
  localparam int LUT_SLOPES_WORDS = 64;
  localparam LUT_SLOPES_FILE = "lut_slopes.mem";
  localparam int LUT_BASES_BITS = 20;
  localparam int LUT_BASES_FRAC = 20;
  localparam int LUT_BASES_WORDS = 64;
  localparam LUT_BASES_FILE = "lut_bases.mem";
  localparam int LUT_WEIGHTS_BITS = 16;
  localparam int LUT_WEIGHTS_FRAC = 15;
  localparam int LUT_WEIGHTS_WORDS = 64;
  localparam LUT_WEIGHTS_FILE = "lut_weights.mem";
  typedef logic signed [29:0] lut_t;

  // gain = requantize %lut s16.16 half_up saturate
  localparam int GAIN_CHANNELS = 2;
  localparam int GAIN_BITS = 16;
  localparam int GAIN_FRAC = 16;
  localparam int GAIN_ACC_BITS = 30;
  localparam int GAIN_SHIFT = 14;
  localparam logic [1:0] GAIN_ROUNDING = ROUND_HALF_UP;
  localparam logic [1:0] GAIN_OVERFLOW = OVERFLOW_SATURATE;
  localparam int GAIN_MIN = -32768;
  localparam int GAIN_MAX = 32767;
  typedef logic signed [15:0] gain_t;
  function automatic gain_t requantize_gain(input lut_t value);
    logic signed [30:0] wide;
    wide = 31'(value);
    wide = (wide + 31'sh2000) >>> 14;
    if (wide > 31'sh7fff) wide = 31'sh7fff;
    if (wide < 31'sh7fff8000) wide = 31'sh7fff8000;
    return wide[15:0];
  endfunction

  // ug = multiply %u %gain complex
  localparam int UG_CHANNELS = 2;
  localparam int UG_BITS = 31;
  localparam int UG_FRAC = 30;
  localparam int UG_ACC_BITS = 31;
  localparam bit UG_COMPLEX = 1'b1;
  typedef logic signed [30:0] ug_t;

  // v = requantize %ug s16.16 half_up saturate
  localparam int V_CHANNELS = 2;
  localparam int V_BITS = 16;
  localparam int V_FRAC = 16;
  localparam int V_ACC_BITS = 31;
  localparam int V_SHIFT = 14;
  localparam logic [1:0] V_ROUNDING = ROUND_HALF_UP;
  localparam logic [1:0] V_OVERFLOW = OVERFLOW_SATURATE;
  localparam int V_MIN = -32768;
  localparam int V_MAX = 32767;
  typedef logic signed [15:0] v_t;
  function automatic v_t requantize_v(input ug_t value);
    logic signed [31:0] wide;
    wide = 32'(value);
    wide = (wide + 32'sh2000) >>> 14;
    if (wide > 32'sh7fff) wide = 32'sh7fff;
    if (wide < 32'shffff8000) wide = 32'shffff8000;
    return wide[15:0];
  endfunction

  // G = convolution %v complex taps 1x1x2x9 s16.11
  localparam int G_CHANNELS = 2;
  localparam int G_BITS = 32;
  localparam int G_FRAC = 27;
  localparam int G_ACC_BITS = 32;
  localparam int G_KERNEL = 9;
  localparam int G_GROUPS = 1;
  localparam int G_DILATION = 1;
  localparam int G_MEMORY = 8;
  localparam bit G_COMPLEX = 1'b1;
  localparam int G_TAPS_BITS = 16;
  localparam int G_TAPS_FRAC = 11;
  localparam int G_TAPS_WORDS = 18;
  localparam G_TAPS_FILE = "G_taps.mem";
  typedef logic signed [31:0] G_t;

  // z = requantize %G s16.14 half_up saturate
  localparam int Z_CHANNELS = 2;
  localparam int Z_BITS = 16;
  localparam int Z_FRAC = 14;
  localparam int Z_ACC_BITS = 32;
  localparam int Z_SHIFT = 13;
  localparam logic [1:0] Z_ROUNDING = ROUND_HALF_UP;
  localparam logic [1:0] Z_OVERFLOW = OVERFLOW_SATURATE;
  localparam int Z_MIN = -32768;
  localparam int Z_MAX = 32767;
  typedef logic signed [15:0] z_t;
  function automatic z_t requantize_z(input G_t value);
    logic signed [32:0] wide;
    wide = 33'(value);
    wide = (wide + 33'sh1000) >>> 13;
    if (wide > 33'sh7fff) wide = 33'sh7fff;
    if (wide < 33'sh1ffff8000) wide = 33'sh1ffff8000;
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
