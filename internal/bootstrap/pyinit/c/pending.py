# An exception that the program ignored; see end.c. In: pending. Out: status, -1 for
# death by SIGINT.
import sys

if isinstance(pending, SystemExit):
    status = 0 if pending.code is None else pending.code
    if not isinstance(status, int):
        print(status, file=sys.stderr)
        status = 1
    status &= 255
else:
    sys.excepthook(type(pending), pending, pending.__traceback__)
    status = -1 if isinstance(pending, KeyboardInterrupt) else 1
