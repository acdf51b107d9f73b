"""awsim's speed, as ratios measured in one run: ``python -m benchmarks``."""
