"""What AWS was recorded to answer, asked again: each test here ties recorded answers to calls that give the same."""
