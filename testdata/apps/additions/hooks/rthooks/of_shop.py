import shop

shop.HOOKS.append("rthooks.dat")
