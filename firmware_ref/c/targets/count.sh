#!/bin/sh
# count.sh PLUGIN SAMPLES TARGET PROGRAM [ARGUMENT ...]: print the instructions that the canceller takes a sample.
# The program processes its signal once and then twice; the difference is the canceller alone.
set -eu
plugin=$1
samples=$2
shift 2
counted() {
    log=$(mktemp)
    PIM_QEMU_FLAGS="-plugin $plugin -d plugin -D $log" "$@" >/dev/null
    sed -n 's/^instructions //p' "$log"
    rm -f "$log"
}
once=$(counted sh "$(dirname "$0")/emulate.sh" "$@")
twice=$(counted sh "$(dirname "$0")/emulate.sh" "$@" --repeat 2)
awk "BEGIN { printf \"instructions a sample: %.1f\\n\", ($twice - $once) / $samples }"
