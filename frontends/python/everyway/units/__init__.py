"""The units of a check: what each sees, its shape, its probing, its small copies."""
