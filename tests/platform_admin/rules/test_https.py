from __future__ import annotations

import pytest

from platform_admin.rules.https import https_errors


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (("", 443, "", ""), ""),
        (("websecure", 8443, "letsencrypt", "edge.example.org"), ""),
        (("websecure", 443, "", "2001:db8::1"), ""),
        (("web", 443, "", ""), "tls_entry_point"),
        (("a`b", 443, "", ""), "tls_entry_point"),
        (("websecure", 0, "", ""), "tls_port"),
        (("", 443, "letsencrypt", ""), "certificate_resolver"),
        (("websecure", 443, "a/b", ""), "certificate_resolver"),
        (("websecure", 443, "", "https://edge"), "domains_lead_to"),
    ],
)
def test_what_can_not_be_is_named_by_its_field(
    given: tuple[str, int, str, str], field: str
) -> None:
    assert list(https_errors(*given)) == ([field] if field else [])
