"""Muster's own policies: what a service is given where nobody chose another rule. Pure.

Written over lanes: one place of every array is one service, or one run beside others. The loop,
shadow mode, the replay and the benchmark call the same functions, `web.step` and `worker.step`:
`(state, readings, now) -> (wanted, state, why)`.
"""
