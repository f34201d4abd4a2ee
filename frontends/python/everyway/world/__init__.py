"""What surrounds a program under check: its standard library, its process, its end."""
