"""Signing in by an identity provider: who is let in, and every way in which somebody else is not."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import RSAKey

from pipeline.doors import Doors, Oidc
from pipeline.room import oidc as oidc_
from pipeline.room.accounts import Role
from pipeline.room.app import create
from pipeline.settings import Settings
from tests import oidc_provider
from tests.oidc_provider import CLIENT, SECRET, Provider, agreed
from tests.room.conftest import HOST, PASSWORD, Browser

Opens = Callable[..., Browser]
BACK = "/sign-in/oidc/return"


@pytest.fixture
def provider() -> Iterator[Provider]:
    with oidc_provider.provider() as made:
        yield made


@pytest.fixture
def opens(settings: Settings, provider: Provider, tmp_path: Path, cheap: None) -> Iterator[Opens]:
    """Browsers of a room that asks the provider; the provider's person has an account."""
    secret = tmp_path / "secret"
    secret.write_text(SECRET + "\n")
    made: dict[str, Any] = {}
    opened: list[Browser] = []

    def open_(claim: str = "sub", called: str = "subject-1") -> Browser:
        if claim not in made:
            doors = Doors(HOST, Oidc(provider.issuer, CLIENT, secret, claim))
            made[claim] = create(replace(settings, doors=doors))
        application = made[claim]
        accounts = application.state.room.accounts
        if not accounts.any():
            accounts.add("林審閱", frozenset({Role.REVIEWER}), PASSWORD)
        accounts.set_outside(accounts.named("林審閱").number, called)
        browser = Browser(application, base_url=HOST, follow_redirects=False)
        browser.headers.update({"origin": HOST, "accept": "text/html"})
        opened.append(browser)
        return browser

    yield open_
    for one in opened:
        one.close()


def there_and_back(browser: Browser, provider: Provider) -> tuple[int, str]:
    """Go to the provider, agree, and come back: status and text of the answer."""
    gone = browser.get("/sign-in/oidc")
    assert gone.status_code == 303, gone.text
    answer = browser.get(agreed(provider, gone.headers["location"]))
    return answer.status_code, answer.text


def refused(browser: Browser, provider: Provider) -> str:
    status, text = there_and_back(browser, provider)
    assert status == 403
    assert browser.get("/").status_code == 303, "nobody is signed in"
    return text


def test_whom_the_provider_knows_and_an_account_names_is_let_in(opens: Opens, provider: Provider) -> None:
    one = opens()
    assert "/sign-in/oidc" in one.get("/sign-in").text
    status, text = there_and_back(one, provider)
    assert status == 200
    assert 'http-equiv="refresh" content="0; url=/"' in text, "a strict cookie comes along from here only"
    assert "林審閱" in one.get("/account").text
    assert "zhuzi-oidc" not in one.cookies
    assert '"route": "/sign-in/oidc/return"' in one.app.state.room.audit.path.read_text()  # type: ignore[attr-defined]


def test_roles_stay_in_the_account(opens: Opens, provider: Provider) -> None:
    one = opens()
    provider.claims = lambda claims: {**claims, "roles": ["admin"], "groups": ["admin"]}
    there_and_back(one, provider)
    assert one.get("/accounts").status_code == 403


@pytest.mark.parametrize("called", ["subject-2", "SUBJECT-1", ""])
def test_an_unknown_person_gets_nothing(opens: Opens, provider: Provider, called: str) -> None:
    assert "No account here is yours" in refused(opens(called=called), provider)


def test_a_shut_account_stays_shut(opens: Opens, provider: Provider) -> None:
    one = opens()
    accounts = one.app.state.room.accounts  # type: ignore[attr-defined]
    accounts.add("管理者", frozenset({Role.ADMIN}), PASSWORD)
    accounts.shut(accounts.named("林審閱").number)
    refused(one, provider)


def test_a_verified_address_can_be_the_name(opens: Opens, provider: Provider) -> None:
    one = opens("email", "lin@example")
    for unverified in ({}, {"email_verified": False}, {"email_verified": "true"}, {"email_verified": 1}):
        provider.claims = lambda claims, more=unverified: {**claims, **more}  # type: ignore[misc]
        assert "not verified" in refused(one, provider)
    provider.claims = lambda claims: {**claims, "email_verified": True}
    assert there_and_back(one, provider)[0] == 200


NOW = int(time.time())


@pytest.mark.parametrize(
    "wrong",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"iss": "https://elsewhere.example"},
        {"iss": None},
        {"aud": "another client"},
        {"aud": ["room", "another client"]},
        {"aud": None},
        {"azp": "another client"},
        {"exp": NOW - 3600},
        {"exp": None},
        {"nbf": NOW + 3600},
        {"iat": NOW + 3600},
        {"sub": None},
        {"sub": ["subject-1"]},
        {"sub": " "},
        {"at_hash": "AAAA"},
    ],
    ids="".join,  # of its claims: what the clock says now is no name for a test
)
def test_a_token_that_says_something_else_lets_nobody_in(
    opens: Opens, provider: Provider, wrong: dict[str, Any]
) -> None:
    def changed(claims: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in {**claims, **wrong}.items() if value is not None}

    provider.claims = changed
    text = refused(opens(), provider)
    assert "did not let you in" in text
    assert "elsewhere.example" not in text


@pytest.mark.parametrize(
    "signed", [oidc_provider.with_the_secret, oidc_provider.with_another_key, oidc_provider.unsigned]
)
def test_a_token_that_the_provider_did_not_sign_lets_nobody_in(
    opens: Opens, provider: Provider, signed: Callable[[Provider, dict[str, Any]], str]
) -> None:
    provider.signed = signed
    assert "did not let you in" in refused(opens(), provider)


def test_new_keys_of_the_provider_are_asked_for(opens: Opens, provider: Provider) -> None:
    one = opens()
    there_and_back(one, provider)
    provider.key = RSAKey.generate_key(2048, {"kid": "new"})
    assert there_and_back(one, provider)[0] == 200
    assert provider.asked.count("/keys") == 2


@pytest.mark.parametrize(
    "returned", [{"state": "another"}, {"state": ""}, {"iss": "https://elsewhere.example"}]
)
def test_an_answer_to_another_question_lets_nobody_in(
    opens: Opens, provider: Provider, returned: dict[str, str]
) -> None:
    provider.returned = returned
    refused(opens(), provider)


def test_an_answer_is_good_once_and_in_the_browser_that_asked(opens: Opens, provider: Provider) -> None:
    one, other = opens(), opens()
    back = agreed(provider, one.get("/sign-in/oidc").headers["location"])
    assert other.get(back).status_code == 403, "somebody else's answer"
    other.get("/sign-in/oidc")
    assert other.get(back).status_code == 403, "in place of one's own"
    assert one.get(back).status_code == 200
    assert one.get(back).status_code == 403


def test_an_answer_that_comes_too_late_lets_nobody_in(
    opens: Opens, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = opens()
    back = agreed(provider, one.get("/sign-in/oidc").headers["location"])
    now = time.monotonic()
    monkeypatch.setattr(oidc_.time, "monotonic", lambda: now + oidc_.WITHIN_S + 1)
    assert one.get(back).status_code == 403


@pytest.mark.parametrize("query", ["", "?error=access_denied&state=x", "?code=x&state=x", "?code=x"])
def test_nobody_comes_back_who_never_went(opens: Opens, provider: Provider, query: str) -> None:
    assert opens().get(BACK + query).status_code == 403


def test_a_provider_that_says_no_or_knows_no_such_code(opens: Opens, provider: Provider) -> None:
    one = opens()
    back = agreed(provider, one.get("/sign-in/oidc").headers["location"])
    assert one.get(back.replace("code=", "error=access_denied&x=")).status_code == 403
    provider.returned = {"code": "made up"}
    assert "did not let you in" in refused(one, provider)


@pytest.mark.parametrize(
    "about",
    [
        {"issuer": "https://elsewhere.example"},
        {"token_endpoint": "http://elsewhere.example/token"},
        {"jwks_uri": None},
    ],
)
def test_a_provider_that_says_it_is_another_one_is_not_asked(
    opens: Opens, provider: Provider, about: dict[str, Any]
) -> None:
    provider.discovery = about
    answer = opens().get("/sign-in/oidc")
    assert answer.status_code == 403
    assert "ZHUZI_OIDC_ISSUER" in answer.text


def test_a_provider_that_is_not_there_leaves_the_password(opens: Opens, provider: Provider) -> None:
    provider.issuer = "http://127.0.0.1:9"
    one = opens()
    assert "cannot be asked" in one.get("/sign-in/oidc").text
    assert one.post("/sign-in", data={"name": "林審閱", "password": PASSWORD}).status_code == 303


def test_whoever_goes_there_again_and_again_keeps_nobody_elsewhere_from_it(
    opens: Opens, provider: Provider
) -> None:
    one = opens()
    answers = [one.get("/sign-in/oidc") for _ in range(61)]
    assert [answer.status_code for answer in answers] == [303] * 60 + [403]
    assert "too often" in answers[-1].text
    elsewhere = Browser(one.app, base_url=HOST, follow_redirects=False, client=("192.0.2.1", 1))
    assert elsewhere.get("/sign-in/oidc").status_code == 303


def test_without_a_provider_there_is_no_such_page(browser: Opens) -> None:
    one = browser()
    assert "/sign-in/oidc" not in one.get("/sign-in").text
    assert one.get("/sign-in/oidc").status_code == 404
    assert one.get(BACK).status_code == 404
