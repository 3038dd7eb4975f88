# Wraps signal.signal; see handlers.go. In: after.
import _signal

def wrap(install, default, interrupt):
    def signal(signalnum, handler, /):
        previous = install(signalnum, handler)
        after(0 if signalnum == interrupt and handler is default else signalnum)
        return previous
    signal.__doc__ = install.__doc__
    return signal

_signal.signal = wrap(_signal.signal, _signal.default_int_handler, _signal.SIGINT)
