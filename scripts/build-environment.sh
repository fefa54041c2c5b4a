# Sourced before functions are built: what would make their bytes depend on where and when that happens is set to the same
# everywhere. `ARCH` is x86_64 (unless told) or arm64.
# shellcheck shell=bash

case "${ARCH:-x86_64}" in
x86_64) lambda_cpu=haswell lambda_target=x86_64-unknown-linux-gnu lambda_option=--x86-64 ;;
arm64) lambda_cpu=neoverse-n1 lambda_target=aarch64-unknown-linux-gnu lambda_option=--arm64 ;;
*)
    printf 'ARCH is x86_64 or arm64, not %s\n' "$ARCH" >&2
    exit 2
    ;;
esac

# Where sources of dependencies lie stands in messages of panics, and the folder's name is cargo's choice.
cargo fetch --quiet --locked
# A panic ends the process at once: tables for unwinding, 0.8 MB of them, would be read by nobody.
lambda_flags=("-Ctarget-cpu=$lambda_cpu" -Cforce-unwind-tables=no "--remap-path-prefix=$PWD=/tablewarden")
for lambda_sources in "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*; do
    lambda_flags+=("--remap-path-prefix=$lambda_sources=/registry")
done
# These take the place of what cargo-lambda sets, which is the processor alone. The separator is one that no path has.
CARGO_ENCODED_RUSTFLAGS=$(IFS=$'\x1f' && printf '%s' "${lambda_flags[*]}")
export CARGO_ENCODED_RUSTFLAGS
unset RUSTFLAGS

# The `ahash` of the Sigma engine draws constants when it is compiled. At run time its keys come from the system: what is fixed
# here protects nothing.
export CONST_RANDOM_SEED=tablewarden

# What builds ISA-L asks for static executables, which zig does not link against the C library; only its library is used.
export CONFIG_SITE=$PWD/scripts/isal.site

# Nothing that is compiled holds a time. The compilers of C would be run anew with each other value of this.
unset SOURCE_DATE_EPOCH
