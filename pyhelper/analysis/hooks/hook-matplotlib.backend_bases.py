"""savefig takes the format from the name of the file, and imports its back end.

PyInstaller's own hook brings the back ends that the program selects; these are
what any of them hands a figure over to (matplotlib.backend_bases, the table of
default back ends).
"""

hiddenimports = [
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_pdf",
    "matplotlib.backends.backend_pgf",
    "matplotlib.backends.backend_ps",
    "matplotlib.backends.backend_svg",
]
