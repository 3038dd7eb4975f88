import sys

print("main of", __spec__.name, __package__, sys.argv[1:])
