"""GraphiQL and Swagger UI in a real browser that asks a real service."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Page, Request, expect

from service.app import create_app
from service.graph.session import Graph
from service.model.viewer import Scope
from service.operations.keys import OPERATOR, create_key
from service.operations.network import Network
from tests.browser.chromium import chromium
from tests.doors.http.serving import serving
from tests.operations.writers import made

WAIT_MILLISECONDS = 20_000


@dataclass
class Visit:
    """A page, where it asked for something, and what it complained about."""

    page: Page
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def note_request(self, request: Request) -> None:
        self.asked.append(request.url)

    def note_message(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)


@asynccontextmanager
async def visit(browser: Browser, address: str) -> AsyncIterator[Visit]:
    page = await browser.new_page(viewport={"width": 1280, "height": 800})
    noted = Visit(page)
    page.on("request", noted.note_request)
    page.on("console", noted.note_message)
    page.on("pageerror", lambda error: noted.complaints.append(str(error)))
    await page.goto(address)
    yield noted
    await page.close()


@pytest_asyncio.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as opened:
        yield opened


@pytest_asyncio.fixture(scope="module")
async def network(graph: Graph) -> Network:
    return Network(graph)


@pytest_asyncio.fixture(scope="module")
async def address(network: Network) -> AsyncIterator[str]:
    async with serving(create_app(network)) as found:
        yield found


async def test_graphiql_asks_with_the_key_from_its_address_and_shows_the_answer(
    browser: Browser, address: str, network: Network
) -> None:
    key = await create_key(network, OPERATOR, name="the browser", scopes=[Scope.integrate])

    async with visit(browser, f"{address}/graphql#key={key.token}") as visited:
        await visited.page.locator(".graphiql-execute-button").click(timeout=WAIT_MILLISECONDS)
        answer = visited.page.locator(".graphiql-response")
        await expect(answer).to_contain_text("integrate", timeout=WAIT_MILLISECONDS)
        await expect(answer).to_contain_text("stories", timeout=WAIT_MILLISECONDS)

        assert visited.page.url == f"{address}/graphql"
        assert visited.complaints == []
        elsewhere = [url for url in visited.asked if not url.startswith((address, "data:", "blob:"))]
        assert elsewhere == []
        kept = await visited.page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})")
        assert key.token not in kept


async def test_graphiql_watches_a_cascade(browser: Browser, address: str, network: Network) -> None:
    key = await create_key(network, OPERATOR, name="the browser", scopes=[Scope.integrate])
    story = await made(network, "Story", title="Seen from a browser", content="Told")
    document = f'subscription {{ cascade(item: "{story}") {{ size }} }}'

    async with visit(browser, f"{address}/graphql#key={key.token}") as visited:
        await visited.page.locator(".graphiql-query-editor .view-lines").click(timeout=WAIT_MILLISECONDS)
        await visited.page.keyboard.press("Control+A")
        await visited.page.keyboard.insert_text(document)
        # The editor reads a document a moment after the last key, and until then runs the operation before it.
        await visited.page.wait_for_timeout(1_500)
        await visited.page.locator(".graphiql-execute-button").click(timeout=WAIT_MILLISECONDS)
        await expect(visited.page.locator(".graphiql-response")).to_contain_text('"size": 1', timeout=WAIT_MILLISECONDS)


async def test_graphiql_explores_the_schema(browser: Browser, address: str, network: Network) -> None:
    key = await create_key(network, OPERATOR, name="the browser", scopes=[Scope.integrate])

    async with visit(browser, f"{address}/graphql#key={key.token}") as visited:
        await visited.page.get_by_label("Show Documentation Explorer").click(timeout=WAIT_MILLISECONDS)
        explorer = visited.page.locator(".graphiql-plugin")
        await expect(explorer).to_contain_text("Query", timeout=WAIT_MILLISECONDS)
        await explorer.get_by_text("Query", exact=True).click()
        await expect(explorer).to_contain_text("stories", timeout=WAIT_MILLISECONDS)


async def test_graphiql_without_a_key_says_what_is_missing(browser: Browser, address: str) -> None:
    async with visit(browser, f"{address}/graphql") as visited:
        await expect(visited.page.locator(".graphiql-response")).to_contain_text(
            "Authorization: Bearer", timeout=WAIT_MILLISECONDS
        )


async def test_swagger_ui_lists_the_routes_of_rest(browser: Browser, address: str) -> None:
    async with visit(browser, f"{address}/docs") as visited:
        routes = visited.page.locator(".opblock-summary-path")
        await expect(routes.filter(has_text="reach").first).to_be_visible(timeout=WAIT_MILLISECONDS)
        # The page draws what is looked at.
        await visited.page.mouse.wheel(0, 3000)
        await expect(routes.filter(has_text="viewer").first).to_be_visible(timeout=WAIT_MILLISECONDS)
        assert visited.complaints == []
        elsewhere = [url for url in visited.asked if not url.startswith((address, "data:", "blob:"))]
        assert elsewhere == []
