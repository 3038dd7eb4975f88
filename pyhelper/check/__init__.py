"""Operations inspect and imports: what files say about themselves, for the checks.

Nothing here judges, and nothing here trusts what it reads. Every file is read in a
process of its own making (:mod:`pyhelper.check.pool`) that has limits and may die;
its death is then what is known about the file. No module is ever executed.
"""
