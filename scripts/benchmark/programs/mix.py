"""What apps/mix does, in Python alone."""

import argparse, asyncio, decimal, json, logging, ssl

logging.basicConfig(level=logging.ERROR)
arguments = argparse.ArgumentParser().parse_args([])
print(json.dumps({"third": str(decimal.Decimal(1) / 3), "arguments": vars(arguments)}))
print(asyncio.Queue.__name__, ssl.HAS_TLSv1_3)
