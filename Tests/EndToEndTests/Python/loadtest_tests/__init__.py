"""What `loadtest_tools.py` runs: a module for each part of loadtest/harness."""
