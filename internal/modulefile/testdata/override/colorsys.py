MARK = "override"
