import colorsys  # what a hook imports travels
import sys

import shop

shop.HOOKS.append(f"first: frozen {sys.frozen}, {sys._MEIPASS.endswith('site-packages')}")
assert colorsys
