// odd_bfan_mimo: formats, sizes and constants of every node, docs/spec/datapath.md and docs/spec/fixed_point.md.
// *_BITS and *_FRAC: value = integer * 2^-FRAC. *_ACC_BITS: proven to hold every intermediate value of the node, partial
// sums in any order included. *_FILE: the table, beside this file; words in the order that its head states.
// *_SHIFT of a requantizer: right by that many bits, negative: left. requantize_<node>: all of that node, one channel.
/* verilator lint_off UNUSEDPARAM */
/* verilator lint_off UNUSEDSIGNAL */
package odd_bfan_mimo_pkg;

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
  localparam logic [255:0] GRAPH_SHA256 = 256'ha34c646679a12f312c19f9f3efb0249228447193dcd58fb0f1a3d6d7869b6fa0;
  localparam int DELAY_SAMPLES = 3;  // z[n] estimates the received sample n - DELAY_SAMPLES
  localparam int WARMUP_SAMPLES = 6;  // past samples on which an output may depend
  localparam int GOLDEN_SAMPLES = 2048;  // samples of each channel in ../golden/stimulus.hex and expected.hex
  localparam int NODES_SAMPLES = 64;  // samples of each channel in golden/<node>.hex

  // x = input 16 channels s16.15
  localparam int X_CHANNELS = 16;
  localparam int X_BITS = 16;
  localparam int X_FRAC = 15;
  localparam int X_ACC_BITS = 16;
  typedef logic signed [15:0] x_t;

  // K = convolution %x complex taps 8x1x2x3 s16.15 groups 8
  localparam int K_CHANNELS = 16;
  localparam int K_BITS = 31;
  localparam int K_FRAC = 30;
  localparam int K_ACC_BITS = 31;
  localparam int K_KERNEL = 3;
  localparam int K_GROUPS = 8;
  localparam int K_DILATION = 1;
  localparam int K_MEMORY = 2;
  localparam bit K_COMPLEX = 1'b1;
  localparam int K_TAPS_BITS = 16;
  localparam int K_TAPS_FRAC = 15;
  localparam int K_TAPS_WORDS = 48;
  localparam K_TAPS_FILE = "K_taps.mem";
  typedef logic signed [30:0] K_t;

  // u = requantize %K s16.15 half_up saturate
  localparam int U_CHANNELS = 16;
  localparam int U_BITS = 16;
  localparam int U_FRAC = 15;
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

  // Phi = convolution %u real taps 8x16x1 s16.13
  localparam int PHI_CHANNELS = 8;
  localparam int PHI_BITS = 32;
  localparam int PHI_FRAC = 28;
  localparam int PHI_ACC_BITS = 32;
  localparam int PHI_KERNEL = 1;
  localparam int PHI_GROUPS = 1;
  localparam int PHI_DILATION = 1;
  localparam int PHI_MEMORY = 0;
  localparam bit PHI_COMPLEX = 1'b0;
  localparam int PHI_TAPS_BITS = 16;
  localparam int PHI_TAPS_FRAC = 13;
  localparam int PHI_TAPS_WORDS = 128;
  localparam PHI_TAPS_FILE = "Phi_taps.mem";
  typedef logic signed [31:0] Phi_t;

  // a = requantize %Phi s16.14 half_up saturate
  localparam int A_CHANNELS = 8;
  localparam int A_BITS = 16;
  localparam int A_FRAC = 14;
  localparam int A_ACC_BITS = 32;
  localparam int A_SHIFT = 14;
  localparam logic [1:0] A_ROUNDING = ROUND_HALF_UP;
  localparam logic [1:0] A_OVERFLOW = OVERFLOW_SATURATE;
  localparam int A_MIN = -32768;
  localparam int A_MAX = 32767;
  typedef logic signed [15:0] a_t;
  function automatic a_t requantize_a(input Phi_t value);
    logic signed [32:0] wide;
    wide = 33'(value);
    wide = (wide + 33'sh2000) >>> 14;
    if (wide > 33'sh7fff) wide = 33'sh7fff;
    if (wide < 33'sh1ffff8000) wide = 33'sh1ffff8000;
    return wide[15:0];
  endfunction

  // f = piecewise %a odd segments 16 of 2^10 slopes s16.15 shared
  localparam int F_CHANNELS = 8;
  localparam int F_BITS = 31;
  localparam int F_FRAC = 29;
  localparam int F_ACC_BITS = 31;
  localparam logic [1:0] F_SYMMETRY = SYMMETRY_ODD;
  localparam int F_SEGMENTS = 16;
  localparam int F_SEGMENT_LOG2 = 10;
  localparam int F_FUNCTIONS = 1;
  localparam int F_OUTPUTS = 1;
  localparam int F_OFFSET = 0;
  localparam int F_BASIS_ACC_BITS = 31;
  localparam int F_SLOPES_BITS = 16;
  localparam int F_SLOPES_FRAC = 15;
  localparam int F_SLOPES_WORDS = 16;
  localparam F_SLOPES_FILE = "f_slopes.mem";
  localparam int F_BASES_BITS = 19;
  localparam int F_BASES_FRAC = 19;
  localparam int F_BASES_WORDS = 16;
  localparam F_BASES_FILE = "f_bases.mem";
  localparam int F_WEIGHTS_BITS = 16;
  localparam int F_WEIGHTS_FRAC = 15;
  localparam int F_WEIGHTS_WORDS = 16;
  localparam F_WEIGHTS_FILE = "f_weights.mem";
  typedef logic signed [30:0] f_t;

  // c = requantize %f s16.15 half_up saturate
  localparam int C_CHANNELS = 8;
  localparam int C_BITS = 16;
  localparam int C_FRAC = 15;
  localparam int C_ACC_BITS = 31;
  localparam int C_SHIFT = 14;
  localparam logic [1:0] C_ROUNDING = ROUND_HALF_UP;
  localparam logic [1:0] C_OVERFLOW = OVERFLOW_SATURATE;
  localparam int C_MIN = -32768;
  localparam int C_MAX = 32767;
  typedef logic signed [15:0] c_t;
  function automatic c_t requantize_c(input f_t value);
    logic signed [31:0] wide;
    wide = 32'(value);
    wide = (wide + 32'sh2000) >>> 14;
    if (wide > 32'sh7fff) wide = 32'sh7fff;
    if (wide < 32'shffff8000) wide = 32'shffff8000;
    return wide[15:0];
  endfunction

  // Psi = convolution %c real taps 16x8x1 s16.13
  localparam int PSI_CHANNELS = 16;
  localparam int PSI_BITS = 32;
  localparam int PSI_FRAC = 28;
  localparam int PSI_ACC_BITS = 32;
  localparam int PSI_KERNEL = 1;
  localparam int PSI_GROUPS = 1;
  localparam int PSI_DILATION = 1;
  localparam int PSI_MEMORY = 0;
  localparam bit PSI_COMPLEX = 1'b0;
  localparam int PSI_TAPS_BITS = 16;
  localparam int PSI_TAPS_FRAC = 13;
  localparam int PSI_TAPS_WORDS = 128;
  localparam PSI_TAPS_FILE = "Psi_taps.mem";
  typedef logic signed [31:0] Psi_t;

  // v = requantize %Psi s16.13 half_up saturate
  localparam int V_CHANNELS = 16;
  localparam int V_BITS = 16;
  localparam int V_FRAC = 13;
  localparam int V_ACC_BITS = 32;
  localparam int V_SHIFT = 15;
  localparam logic [1:0] V_ROUNDING = ROUND_HALF_UP;
  localparam logic [1:0] V_OVERFLOW = OVERFLOW_SATURATE;
  localparam int V_MIN = -32768;
  localparam int V_MAX = 32767;
  typedef logic signed [15:0] v_t;
  function automatic v_t requantize_v(input Psi_t value);
    logic signed [32:0] wide;
    wide = 33'(value);
    wide = (wide + 33'sh4000) >>> 15;
    if (wide > 33'sh7fff) wide = 33'sh7fff;
    if (wide < 33'sh1ffff8000) wide = 33'sh1ffff8000;
    return wide[15:0];
  endfunction

  // G = convolution %v complex taps 8x1x2x5 s16.13 groups 8
  localparam int G_CHANNELS = 16;
  localparam int G_BITS = 32;
  localparam int G_FRAC = 26;
  localparam int G_ACC_BITS = 32;
  localparam int G_KERNEL = 5;
  localparam int G_GROUPS = 8;
  localparam int G_DILATION = 1;
  localparam int G_MEMORY = 4;
  localparam bit G_COMPLEX = 1'b1;
  localparam int G_TAPS_BITS = 16;
  localparam int G_TAPS_FRAC = 13;
  localparam int G_TAPS_WORDS = 80;
  localparam G_TAPS_FILE = "G_taps.mem";
  typedef logic signed [31:0] G_t;

  // z = requantize %G s16.13 half_up saturate
  localparam int Z_CHANNELS = 16;
  localparam int Z_BITS = 16;
  localparam int Z_FRAC = 13;
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
  localparam int Y_CHANNELS = 16;
  localparam int Y_BITS = 16;
  localparam int Y_FRAC = 13;
  localparam int Y_ACC_BITS = 16;
  typedef logic signed [15:0] y_t;

endpackage
/* verilator lint_on UNUSEDSIGNAL */
/* verilator lint_on UNUSEDPARAM */
