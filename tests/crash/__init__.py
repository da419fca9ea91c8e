"""What is killed in the middle of its work, and whether everything is there in the end."""
