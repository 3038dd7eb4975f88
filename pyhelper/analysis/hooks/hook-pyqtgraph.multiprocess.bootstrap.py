"""Children are started with this file as their script: byte code would not do."""

module_collection_mode = "pyz+py"
