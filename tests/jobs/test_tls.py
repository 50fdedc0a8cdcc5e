"""Both doors verify who answers them, always."""

from __future__ import annotations

import contextlib
import datetime as dt
import ipaddress
import ssl
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from jobs.attempts import Patience
from jobs.consul.door import Door as ConsulDoor
from jobs.consul.settings import ConsulSettings
from jobs.errors import Unavailable
from jobs.nomad.door import Door as NomadDoor
from jobs.nomad.settings import NomadSettings

AT_ONCE = Patience(attempts=1)
Ask = Callable[[str, str], object]


def ask_nomad(url: str, ca_file: str) -> object:
    return NomadDoor(NomadSettings(url, ca_file=ca_file), AT_ONCE).ask("get", "x").json()


def ask_consul(url: str, ca_file: str) -> object:
    return ConsulDoor(ConsulSettings(url, ca_file=ca_file), AT_ONCE).ask("get", "x").json()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a key and a certificate for 127.0.0.1 that signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = dt.datetime.now(dt.UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


@contextlib.contextmanager
def serving(certificate: Path) -> Iterator[str]:
    """The URL of a server that answers with this certificate."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"[]")

        def log_message(self, format: str, *args: object) -> None:
            pass

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"https://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("ask", [ask_nomad, ask_consul])
def test_a_stranger_is_not_spoken_to(ask: Ask, certificate: Path) -> None:
    with serving(certificate) as url, pytest.raises(Unavailable, match="check the CA file"):
        ask(url, "")


@pytest.mark.parametrize("ask", [ask_nomad, ask_consul])
def test_a_server_that_the_ca_file_vouches_for_is(ask: Ask, certificate: Path) -> None:
    with serving(certificate) as url:
        assert ask(url, str(certificate)) == []


@pytest.mark.parametrize("ask", [ask_nomad, ask_consul])
def test_the_environment_cannot_switch_it_off(
    ask: Ask, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONSUL_HTTP_SSL_VERIFY", "false")
    monkeypatch.setenv("NOMAD_SKIP_VERIFY", "true")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    with serving(certificate) as url, pytest.raises(Unavailable):
        ask(url, "")
