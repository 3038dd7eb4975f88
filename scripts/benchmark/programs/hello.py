"""What testdata/apps/hello does, in Python alone."""

print("Hello, World!")
print("Grüße aus Python ✓")
