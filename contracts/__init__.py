"""What was agreed, what happened, what is owed.

Where things are:

- `money`, `dates`, `values`, `privacy`, `frozen` are the ground; `problems` says what is wrong with data.
- `terms` is what was agreed, composed of `clauses` and `limits`; `checks` and `agreed` find what contradicts itself in
  it, `timetable` its dates. `plans` is the same ready for arrays, made by `compiled`.
- The one settlement: `facts` are what was found, `entitlement` what they entitle to (with `pricing` and `banding`),
  `settlement` what is paid.
- A contract as its event log: `events`, `commands` and `state`; `lifecycle` decides (with `observing`, `changing` and
  `settling`), `folding` remembers; `external` and `internal` (with `fund`) are its two kinds, run by `aggregate`.
- `stated` plays facts that somebody states through such a log; `statement` tells a settlement line by line.
- `encoding` and `register` keep logs, `audit` replays and verifies them, `ledger` has the postings between parties.
"""
