"""Every policy that the benchmark knows, in the order of the report. A new one is a row here."""

from __future__ import annotations

from bench.scaling.entry import Entry
from bench.scaling.own import DEFAULT
from bench.scaling.peers.aws import AWS
from bench.scaling.peers.hpa import HPA, KEDA
from bench.scaling.peers.nomad_policies import TARGET_VALUE, THRESHOLD
from bench.scaling.peers.one_step import ONE_STEP
from bench.scaling.peers.static import STATIC

POLICIES: dict[str, Entry] = {
    entry.name: entry
    for entry in (HPA, TARGET_VALUE, THRESHOLD, KEDA, AWS, ONE_STEP, STATIC, DEFAULT)
}
