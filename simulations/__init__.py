"""What could happen.

Where things are: `setup` makes a scenario ready; `draws` and `months` are luck and time; `lives` is what happens to
citizens; `spans`, `refusion`, `self_support` and `high_cost` what it costs whom; `measuring` what is measured; `facts`
is what a contract reads of it; `calendar` the parties' dates in SimPy; `world` and `designs` one block of replications;
`run` all of them, `results`, `earned`, `maximum` and `statistics` what is found; `record` plays a replication through
the real contracts.
"""
