"""What help says of the whole program."""

DESCRIPTION = """\
Imports a spreadsheet into LeadSquared as opportunities: checks every row, sends the good ones,
and writes a result workbook that says what became of each.
"""

EXIT_CODES = """\
exit codes:
  0   all rows Created, Duplicate or Skipped
  1   finished; some rows Invalid, Rejected or Unknown
  2   command, mapping or sheet unusable; nothing was sent
  3   stopped by a rule; the same command continues
  4   interrupted; the same command continues
  5   keys refused or LeadSquared unreachable; the same command continues
  6   this sheet is being imported by another run
  7   journal or disk cannot be written; the same command continues
  70  a bug in the importer
"""
