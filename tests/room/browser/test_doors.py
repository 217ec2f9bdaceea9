"""The doors in a real browser: what only a browser does with cookies, origins and referrers."""

from __future__ import annotations

import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium

from pipeline.doors import Oidc
from pipeline.room.accounts import Role
from pipeline.settings import Settings
from tests import oidc_provider
from tests.oidc_provider import CLIENT, SECRET
from tests.room.browser.conftest import room
from tests.room.conftest import PASSWORD


def test_the_first_admin_comes_in_by_the_link_and_hands_one_on(
    chromium: Chromium, settings: Settings, cheap: None
) -> None:
    with room(settings) as (url, application), chromium.new_context() as context:
        page = context.new_page()
        page.goto(url + application.state.room.links.first())
        page.fill("#name", "管理員甲")
        for field in ("#password", "#again"):
            page.fill(field, PASSWORD)
        page.click("main button")
        page.wait_for_url(f"{url}/")
        page.goto(f"{url}/accounts")
        page.fill("form.narrow #name", "周新人")
        page.check("form.narrow input[value=reviewer]")
        page.click("form.narrow button")
        link = page.input_value("#link")
        assert re.match(re.escape(url) + "/link/", link)
        with chromium.new_context() as other:
            theirs = other.new_page()
            theirs.goto(link)
            for field in ("#password", "#again"):
                theirs.fill(field, PASSWORD)
            theirs.click("main button")
            theirs.wait_for_url(f"{url}/")
            assert theirs.get_by_text("周新人").is_visible()
            page.goto(f"{url}/accounts")
            page.locator("article", has_text="周新人").get_by_text("關閉帳號").click()
            theirs.goto(f"{url}/")
            assert theirs.url == f"{url}/sign-in"


def test_somebody_comes_back_from_a_provider_of_another_site(
    chromium: Chromium, settings: Settings, tmp_path: Path, cheap: None
) -> None:
    secret = tmp_path / "secret"
    secret.write_text(SECRET)
    with (
        oidc_provider.provider() as provider,
        room(settings, Oidc(provider.issuer, CLIENT, secret, "sub")) as (url, application),
        chromium.new_context() as context,
    ):
        accounts = application.state.room.accounts
        accounts.set_outside(accounts.add("林審閱", frozenset({Role.REVIEWER})), "subject-1")
        page = context.new_page()
        page.goto(f"{url}/sign-in")
        page.get_by_role("link", name="用機關帳號登入").click()
        page.wait_for_url(f"{url}/")
        assert page.get_by_text("林審閱").is_visible()
        cookies = {cookie["name"]: cookie for cookie in context.cookies()}
        assert set(cookies) == {"zhuzi"}
        assert cookies["zhuzi"]["sameSite"] == "Strict"


FORGED = """<!doctype html><form method="post" action="{url}/account/sessions"></form>
<img src="{url}/account"><script>document.forms[0].submit()</script>"""


class _Elsewhere(BaseHTTPRequestHandler):
    page = ""

    def log_message(self, *_: object) -> None:  # type: ignore[override]
        """Nothing."""

    def do_GET(self) -> None:
        body = self.page.encode()
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"], ids=["another site", "another port of this one"])
def test_a_page_from_elsewhere_changes_nothing(
    chromium: Chromium, settings: Settings, cheap: None, host: str
) -> None:
    with room(settings) as (url, application), chromium.new_context() as context:
        application.state.room.accounts.add("林審閱", frozenset({Role.REVIEWER}), PASSWORD)
        page = context.new_page()
        page.goto(f"{url}/sign-in")
        page.fill("#name", "林審閱")
        page.fill("#password", PASSWORD)
        page.click("main button")
        page.wait_for_url(f"{url}/")
        before = context.cookies()
        handler = type("Handler", (_Elsewhere,), {"page": FORGED.format(url=url)})
        with ThreadingHTTPServer(("127.0.0.1", 0), handler) as elsewhere:
            thread = threading.Thread(target=elsewhere.serve_forever, kwargs={"poll_interval": 0.02})
            thread.start()
            with page.expect_response(f"{url}/account/sessions") as refused:
                page.goto(f"http://{host}:{elsewhere.server_address[1]}/")
            elsewhere.shutdown()
            thread.join()
        assert refused.value.status == 403
        assert context.cookies() == before
        page.goto(f"{url}/account")
        assert page.url == f"{url}/account"
