"""Internal investment pools over their whole life, for all replications at once.

Where things are: `pipeline`, the investments by age and who applies when; `terms`, a design compiled; `loans`, what is
approved, as columns; `calls`, applications and approvals; `years`, a pool's course from year to year; `compare`, all
designs over many replications; `results`, what is kept of them; `record`, one replication as a real `InternalFund`.
"""
