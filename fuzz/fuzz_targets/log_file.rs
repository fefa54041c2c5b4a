#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tablewarden_fuzz::checks::log_file::check(bytes));
