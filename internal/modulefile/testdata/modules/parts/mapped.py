NAME = "in the module file"
