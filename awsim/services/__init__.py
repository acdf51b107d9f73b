"""The simulated services, a folder each. A service may import what is shared, never another service."""
