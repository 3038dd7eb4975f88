"""What apps/dataframe does, in Python alone."""

import pandas as pd

table = pd.DataFrame({"kind": ["a", "b", "a"], "weight": [1.0, 2.0, 4.5]})
print(table.groupby("kind")["weight"].sum())
