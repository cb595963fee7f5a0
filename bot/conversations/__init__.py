"""What is known of each conversation: its settings and reach, its staff, what was said there just before."""
