"""What was agreed, what happened, what is owed.

Where things are: `money`, `dates`, `values` and `privacy` are the ground. `terms` is what was agreed (`checks` and
`problems`: what contradicts itself in it) and `compiled` the same made ready for arrays. `entitlement` and
`settlement` are the one settlement. `events`, `commands`, `state`, `observing`, `settling`, `lifecycle` and
`aggregate` are a contract as its event log, `external` and `internal` (with `fund`) its two kinds. `encoding` and
`register` keep logs, `audit` replays and verifies them, `ledger` has the postings between parties.
"""
