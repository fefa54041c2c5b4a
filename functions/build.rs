//! Leaves the tables for unwinding out of the functions: 0.8 MB that nobody reads where a panic ends the process at once. Most are
//! there because the standard library was compiled with them, which no option of the compiler changes.

use std::env;
use std::path::Path;

fn main() {
    println!("cargo::rerun-if-changed=../no-unwinding.ld");
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|set| set == value);
    // A panic is an end in the release profile alone, which cargo does not tell in `CARGO_CFG_PANIC`.
    if is("PROFILE", "release") && is("CARGO_CFG_TARGET_OS", "linux") {
        let folder = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
        let script = Path::new(&folder).with_file_name("no-unwinding.ld");
        println!("cargo::rustc-link-arg-bins=-Wl,-T,{}", script.display());
    }
}
