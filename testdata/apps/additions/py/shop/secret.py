KEY = "not for the customer"
