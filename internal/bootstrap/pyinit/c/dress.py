# The rest of a start, in Python; see dress.c. In: sites.
import sys

# Each line is written out even into a pipe or a file, as it is on a terminal.
# Python would keep 8 KiB there, which puts its output after everything Go prints
# meanwhile, and loses it when Go dies of a panic.
if sys.stdout is not None:
    sys.stdout.reconfigure(line_buffering=True)
sys.path += sites
for site in sites:
    # For editable installs. Importing site costs milliseconds.
    from os import listdir
    from os.path import isdir
    if isdir(site) and any(name.endswith(".pth") for name in listdir(site)):
        from site import addsitedir
        addsitedir(site)
