// Linked into every program of a build with the address sanitizer: so the processes that tests start, whose environment is
// none of ours, do the same as the tests. `REPORTS` is the beginning of the reports' paths.
//
// Leaks are not looked for: Swift keeps a reference with other bits beside the address, in enums and strings, and what only such a
// one holds would count as lost. What stays is looked for by our own tests (LeakTests). What is freed is kept from use for
// 32 MB only, so that the tests that bound a process's memory hold.
const char *__asan_default_options(void) {
    return "log_path='" REPORTS "':log_exe_name=1:detect_leaks=0:quarantine_size_mb=32";
}

// Foundation's Process copies the 256 bytes of a directory entry's name, also where fewer are there behind it (swift-corelibs-foundation,
// `findMaximumOpenFromProcSelfFD`). Tests and `tidegate bench` start processes by it.
const char *__asan_default_suppressions(void) { return "interceptor_via_fun:findMaximumOpenFromProcSelfFD"; }
