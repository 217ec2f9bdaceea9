"""A small OpenID Connect provider on loopback, which knows one person and can be told to misbehave."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

CLIENT = "room"
SECRET = "a secret of a test"  # noqa: S105 - of an invented client


@dataclass
class Provider:
    """What it is and does.

    Attributes:
        issuer: its address.
        claims: changes the claims of the next ID tokens.
        signed: makes a token of claims.
        discovery: changes what it says about itself.
        returned: changes what it sends back along.
        codes: what was asked for with each code that was given.
        asked: paths it was asked for.
    """

    issuer: str = ""
    claims: Callable[[dict[str, Any]], dict[str, Any]] = lambda claims: claims
    signed: Callable[[Provider, dict[str, Any]], str] = lambda self, claims: self.sign(claims)
    discovery: dict[str, Any] = field(default_factory=dict)
    returned: dict[str, str] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": secrets.token_hex(4)}))

    def sign(self, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key)

    def about(self) -> dict[str, Any]:
        ends = {
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }
        return {"issuer": self.issuer, **ends, **self.discovery}

    def authorize(self, query: dict[str, str]) -> str:
        """Where somebody who agreed is sent back to."""
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT
        assert query["code_challenge_method"] == "S256"
        assert "openid" in query["scope"].split()
        code = secrets.token_urlsafe()
        self.codes[code] = query
        back = {"code": code, "state": query["state"], "iss": self.issuer, **self.returned}
        return f"{query['redirect_uri']}?{urlencode(back)}"

    def token(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """The answer to a code that is given back by whom it was given to; None to anybody else."""
        asked = self.codes.pop(form.get("code", ""), None)
        verifier = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).rstrip(b"=").decode()
        basic = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if asked is None or asked["code_challenge"] != challenge or authorization != basic:
            return None
        if form.get("redirect_uri") != asked["redirect_uri"]:
            return None
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": "subject-1",
            "email": "lin@example",
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
        }
        said = self.signed(self, self.claims(claims))
        return {"access_token": "x", "token_type": "Bearer", "id_token": said}


class _Handler(BaseHTTPRequestHandler):
    provider: Provider

    def log_message(self, *_: object) -> None:  # type: ignore[override]
        """Nothing."""

    def _said(self, value: object, status: int = 200) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.provider.asked.append(parts.path)
        if parts.path == "/.well-known/openid-configuration":
            self._said(self.provider.about())
        elif parts.path == "/keys":
            self._said(KeySet([self.provider.key]).as_dict(private=False))
        elif parts.path == "/authorize":
            self.send_response(303)
            self.send_header("location", self.provider.authorize(dict(parse_qsl(parts.query))))
            self.end_headers()
        else:
            self._said({}, 404)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        said = self.provider.token(dict(parse_qsl(body)), self.headers.get("authorization", ""))
        self._said(said or {"error": "invalid_grant"}, 200 if said else 400)


@contextmanager
def provider() -> Iterator[Provider]:
    """One that is there."""
    made = Provider()
    handler = type("Handler", (_Handler,), {"provider": made})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        made.issuer = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield made
        finally:
            server.shutdown()
            thread.join()


def agreed(made: Provider, address: str) -> str:
    """Follow somebody to the provider, where they agree; where they are sent back to."""
    parts = urlsplit(address)
    assert address.startswith(f"{made.issuer}/authorize?")
    return made.authorize(dict(parse_qsl(parts.query)))


def with_the_secret(self: Provider, claims: dict[str, Any]) -> str:
    """A token signed with what every client knows."""
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET + "x" * 32))


def with_another_key(self: Provider, claims: dict[str, Any]) -> str:
    """A token of somebody else, who calls the key as the provider calls its own."""
    other = RSAKey.generate_key(2048, {"kid": self.key.kid})
    return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, other)


def unsigned(self: Provider, claims: dict[str, Any]) -> str:
    """A token that nobody signed."""
    parts = [json.dumps(part).encode() for part in ({"alg": "none"}, claims)]
    return ".".join([*(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts), ""])
