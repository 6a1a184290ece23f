"""What `loadtest/compare` and `loadtest/cluster` are made of. Only Python's standard library."""
