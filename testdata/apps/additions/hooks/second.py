import shop

shop.HOOKS.append("second")
