"""Programs that nobody knows, tried out: what they say, and what they make of what is said to them."""
