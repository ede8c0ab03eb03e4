"""How fast the importer is, beside what else does such work: `python -m tests.bench`. Not a test."""
