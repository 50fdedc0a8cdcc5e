"""The default policies to come: measured by the benchmark, not yet used by the loop.

They know no framework, server or clock. Written over lanes: one place of every array is one
service, or one run beside others. `web.step` and `worker.step` are `(state, readings, now) ->
(wanted, state, why)`; the state that is given is used up, because its arrays are written in place.
What counts are decided by today is `scaler/rules`.
"""
