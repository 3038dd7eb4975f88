"""What a program uses while it runs, for `llgo py trace`.

:mod:`pyhelper.tracing.record` is copied beside the program's own modules and
runs in its interpreter, whatever version that is.
"""
