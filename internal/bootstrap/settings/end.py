# The soft end of a program, whichever compiler made it. In: wait. Out: status.
import sys

status = 0

def attempt(step):
    try:
        step()
    except KeyboardInterrupt:
        sys.excepthook(*sys.exc_info())
        return 130
    except BaseException:
        sys.excepthook(*sys.exc_info())
        return 120
    return 0

threading = sys.modules.get("threading")
if wait and threading is not None:
    status = attempt(threading._shutdown)
atexit = sys.modules.get("atexit")
if atexit is not None:
    attempt(atexit._run_exitfuncs)
for stream in (sys.stdout, sys.stderr):
    if stream is not None and not getattr(stream, "closed", False):
        status = attempt(stream.flush) or status
