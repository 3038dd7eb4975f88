import gc

DURING = gc.get_threshold()
