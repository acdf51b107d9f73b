"""Facts of AWS that no single service owns."""
