#ifndef TIDEGATE_FUZZ_MAIN_H
#define TIDEGATE_FUZZ_MAIN_H

/// The program's `main` by the name that the package manager gives it: libFuzzer's driver with the arguments, which calls
/// LLVMFuzzerTestOneInput with each input.
int fuzz_main(int argc, char **argv);

#endif
