#!/bin/sh
# emulate.sh TARGET PROGRAM [ARGUMENT ...]: run a program that the Makefile built, and end with its exit status.
# PIM_QEMU_FLAGS holds more options for QEMU. An argument holds no blanks: semihosting passes all of them as one line.
set -eu
target=$1
program=$2
shift 2
case $target in
aarch64) exec qemu-aarch64 ${PIM_QEMU_FLAGS-} "$program" "$@" ;;
armv7) exec qemu-arm ${PIM_QEMU_FLAGS-} "$program" "$@" ;;
cortex-m4) board=mps2-an386 ;;
cortex-m7) board=mps2-an500 ;;
cortex-m55) board=mps3-an547 ;;
*)
    echo "emulate.sh: $target: no such target" >&2
    exit 2
    ;;
esac
config=enable=on,target=native,arg=harness
for argument in "$@"; do
    config=$config,arg=$(printf %s "$argument" | sed 's/,/,,/g')
done
exec qemu-system-arm -M "$board" -nographic -monitor none -serial none ${PIM_QEMU_FLAGS-} \
    -semihosting-config "$config" -kernel "$program" </dev/null
