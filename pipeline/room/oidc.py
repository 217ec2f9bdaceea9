"""Authlib's one door: an OpenID Connect provider that says who somebody is (authorization code, PKCE, nonce)."""

from __future__ import annotations

import hmac
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from pipeline.doors import LOOPBACK, Oidc
from pipeline.room.state import WITHIN_S
from speakers.error import AccountError, StorageError

_PENDING = 500
"""People who are there at once; who begins more pushes out the oldest."""

_KEPT_S = 3600
"""How long what the provider says about itself is good."""

_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""Signatures that only the provider can make; none that the client's secret would do for."""

_LEEWAY_S = 60
"""By how much the clocks may differ."""


@dataclass(frozen=True, slots=True)
class _Pending:
    """Somebody who was sent to the provider."""

    state: str
    nonce: str
    verifier: str
    until: float


class Provider:
    """One provider.

    Args:
        oidc: which.
        back: address that it sends people back to.
    """

    def __init__(self, oidc: Oidc, back: str) -> None:
        self._oidc = oidc
        self._return = back
        self._pending: OrderedDict[str, _Pending] = OrderedDict()
        self._lock = threading.Lock()
        self._said: tuple[float, dict[str, Any]] = (0.0, {})
        self._keys: KeySet | None = None

    def start(self) -> tuple[str, str]:
        """Send somebody there.

        Returns:
            The address to send them to, and what their browser has to keep until they come back.

        Raises:
            AccountError: If the provider cannot be asked.
        """
        state, nonce, verifier, binding = (secrets.token_urlsafe(32) for _ in range(4))
        pending = _Pending(state, nonce, verifier, time.monotonic() + WITHIN_S)
        with self._client() as client:
            url, _ = client.create_authorization_url(
                self._about(client)["authorization_endpoint"],
                state=pending.state,
                code_verifier=pending.verifier,
                nonce=pending.nonce,
            )
        with self._lock:
            self._pending[binding] = pending
            while len(self._pending) > _PENDING:
                self._pending.popitem(last=False)
        return url, binding

    def finish(self, binding: str, query: Mapping[str, str]) -> str:
        """Hear who came back.

        Args:
            binding: what their browser kept.
            query: what the provider sent along.

        Returns:
            What the provider calls them.

        Raises:
            AccountError: If it did not let them in, or somebody else says so in its name.
        """
        with self._lock:
            pending = self._pending.pop(binding, None)
        if pending is None or pending.until < time.monotonic():
            raise _refused("it took too long, or began elsewhere")
        if not hmac.compare_digest(query.get("state", "").encode(), pending.state.encode()):
            raise _refused("state")
        if query.get("iss", self._oidc.issuer) != self._oidc.issuer:
            raise _refused("issuer")
        if "code" not in query:
            raise _refused("it said no")
        with self._client() as client:
            about = self._about(client)
            try:
                token = client.fetch_token(
                    about["token_endpoint"], code=query["code"], code_verifier=pending.verifier
                )
                return self._claim(self._checked(client, token, pending.nonce))
            except (JoseError, OAuthError, httpx2.HTTPError, ValueError) as error:
                raise _refused(type(error).__name__) from error

    def _checked(self, client: OAuth2Client, token: Mapping[str, Any], nonce: str) -> CodeIDToken:
        """The claims of an ID token that the provider signed for us, now, for this very person."""
        said = str(token.get("id_token", ""))
        try:
            decoded = jwt.decode(said, self._key_set(client), algorithms=_ALGORITHMS)
        except InvalidKeyIdError:  # it has new keys
            self._keys = None
            decoded = jwt.decode(said, self._key_set(client), algorithms=_ALGORITHMS)
        claims = CodeIDToken(
            decoded.claims,
            decoded.header,
            {"iss": {"value": self._oidc.issuer}, "aud": {"value": self._oidc.client_id}},
            {"nonce": nonce, "client_id": self._oidc.client_id, "access_token": token.get("access_token")},
        )
        claims.validate(leeway=_LEEWAY_S)
        return claims

    def _claim(self, claims: Mapping[str, Any]) -> str:
        value = claims.get(self._oidc.claim)
        if self._oidc.claim == "email" and claims.get("email_verified") is not True:
            raise _refused("the address is not verified")
        if not isinstance(value, str) or not value.strip():
            raise _refused(f"no {self._oidc.claim}")
        return value.strip()

    def _client(self) -> OAuth2Client:
        try:
            secret = self._oidc.secret_file.read_text("utf-8").strip() if self._oidc.secret_file else None
        except (OSError, UnicodeDecodeError) as error:
            raise StorageError(
                "The secret of the identity provider cannot be read.", "Check ZHUZI_OIDC_CLIENT_SECRET_FILE."
            ) from error
        return OAuth2Client(
            self._oidc.client_id,
            secret,
            scope="openid email profile" if self._oidc.claim != "sub" else "openid",
            redirect_uri=self._return,
            code_challenge_method="S256",
            timeout=10,
        )

    def _about(self, client: OAuth2Client) -> dict[str, Any]:
        """What the provider says about itself."""
        at, said = self._said
        if said and time.monotonic() - at < _KEPT_S:
            return said
        address = self._oidc.issuer.rstrip("/") + "/.well-known/openid-configuration"
        said = self._asked(client, address)
        ends = [str(said.get(end, "")) for end in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
        if said.get("issuer") != self._oidc.issuer or not all(_safe(end) for end in ends):
            raise AccountError(
                "The identity provider says that it is another one.",
                "Check ZHUZI_OIDC_ISSUER, letter by letter.",
            )
        self._said = (time.monotonic(), said)
        return said

    def _key_set(self, client: OAuth2Client) -> KeySet:
        if self._keys is None:
            self._keys = KeySet.import_key_set(self._asked(client, self._about(client)["jwks_uri"]))  # type: ignore[arg-type]  # checked there
        return self._keys

    @staticmethod
    def _asked(client: OAuth2Client, address: str) -> dict[str, Any]:
        try:
            answer = client.request("GET", address, withhold_token=True)
            answer.raise_for_status()
            return dict(answer.json().items())
        except (httpx2.HTTPError, ValueError, AttributeError) as error:
            raise AccountError(
                "The identity provider cannot be asked.", "Try again later, or sign in with a password."
            ) from error


def _safe(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def _refused(why: str) -> AccountError:
    return AccountError(f"The identity provider did not let you in ({why}).", "Try again, or ask an admin.")
