"""Fallback: what awsim does not simulate, an installed moto may answer. Off unless asked for, and then imported at the
first such call only."""
