"""What learns: how many instances by a service's own load, in the loop as in the benchmark.

It knows no framework, server or clock. Written over lanes: one place of every array is one service,
or one run beside others. `web.step` and `worker.step` are `(state, readings, now) -> (wanted,
state, why)`; the state that is given is used up, because its arrays are written in place. The loop
reaches them through `scaler.rules.learning`.
"""
