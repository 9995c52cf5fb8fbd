"""What can be told of somebody's programs by reading them, and the profile that is written of it: pure."""
