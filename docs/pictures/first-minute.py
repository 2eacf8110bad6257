#!/usr/bin/env python3
"""Makes the pictures of the first minute that README shows: sign-in, consent and account, light and dark.

    cargo build --release && docs/pictures/first-minute.py target/release/latchkey

It starts `latchkey dev` in a folder that is deleted afterwards, signs in as the demo person with Chromium, and composes what it photographed.
It needs Python 3, chromedriver with Chromium, and ImageMagick; everything stays on loopback.
"""

import base64
import json
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

FOLDER = pathlib.Path(__file__).resolve().parent
PAGE = (420, 790)  # of a photographed page, in CSS pixels
SCALE = 2
LARGEST = 100 * 1024
LOOKS = {
    "light": {"ground": "#eef1f7", "text": "#1b2333", "muted": "#5a6579", "line": "#d5dbe7"},
    "dark": {"ground": "#10141d", "text": "#e8ecf4", "muted": "#9aa5b8", "line": "#2a3242"},
}


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for(url, seconds=30):
    end = time.monotonic() + seconds
    while True:
        try:
            return urllib.request.urlopen(url).read()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


class Browser:
    """Chromium, by the WebDriver protocol."""

    def __init__(self, port):
        self.base = f"http://127.0.0.1:{port}"
        arguments = ["--headless=new", "--no-sandbox", "--hide-scrollbars", "--disable-gpu", "--lang=en"]
        wanted = {"browserName": "chrome", "goog:chromeOptions": {"args": arguments}}
        answer = self.send("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
        self.base += f"/session/{answer['sessionId']}"

    def send(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, {"Content-Type": "application/json"}, method=method)
        return json.load(urllib.request.urlopen(request))["value"]

    def cdp(self, command, **parameters):
        return self.send("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def show(self, look, size, scale):
        self.cdp("Emulation.setDeviceMetricsOverride", width=size[0], height=size[1], deviceScaleFactor=scale, mobile=False)
        self.cdp("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": look}])

    def go(self, url):
        self.send("POST", "/url", {"url": url})

    def url(self):
        return self.send("GET", "/url")

    def element(self, selector):
        found = self.send("POST", "/element", {"using": "css selector", "value": selector})
        return "/element/" + next(iter(found.values()))

    def type(self, selector, text):
        self.send("POST", self.element(selector) + "/value", {"text": text})

    def press(self, selector):
        before = self.url()
        self.send("POST", self.element(selector) + "/click", {})
        end = time.monotonic() + 20
        while self.url() == before and time.monotonic() < end:
            time.sleep(0.1)

    def photograph(self):
        self.send("POST", "/execute/sync", {"script": "document.activeElement.blur()", "args": []})
        time.sleep(0.4)  # transitions
        return base64.b64decode(self.send("GET", "/screenshot"))

    def end(self):
        self.send("DELETE", "")


def first_minute(browser, site, look):
    """What somebody sees who signs in at the demo application, and then looks at their account."""
    browser.show(look, PAGE, SCALE)
    browser.cdp("Network.clearBrowserCookies")
    browser.go(f"{site}/demo")
    browser.press("#demo-login")
    browser.type("#username", "ada")
    browser.type("#password", "analytical engine 1843")
    seen = [browser.photograph()]
    browser.press("#login-submit")
    seen.append(browser.photograph())
    browser.press("#consent-allow")
    browser.go(f"{site}/account")
    seen.append(browser.photograph())
    return seen


def composed(browser, photographs, look):
    """The photographs beside each other, each with what is done there."""
    colours = LOOKS[look]
    steps = ["Sign in", "Decide what the application may see", "Look after the account"]
    figures = "".join(
        f"<figure><figcaption><b>{number}</b>{step}</figcaption>"
        f"<img src='data:image/png;base64,{base64.b64encode(picture).decode()}'></figure>"
        for number, (step, picture) in enumerate(zip(steps, photographs), 1)
    )
    page = f"""<!doctype html><meta charset="utf-8"><style>
        body {{ margin: 0; padding: 28px; display: flex; gap: 28px; background: {colours["ground"]}; color: {colours["text"]};
               font: 500 19px/1.3 "Inter", "Noto Sans", "DejaVu Sans", sans-serif; }}
        figure {{ margin: 0; }}
        figcaption {{ margin-bottom: 16px; display: flex; gap: 12px; align-items: center; }}
        b {{ border-radius: 50%; width: 30px; height: 30px; display: grid; place-items: center; font-size: 16px;
             color: {colours["ground"]}; background: {colours["text"]}; }}
        img {{ display: block; width: {PAGE[0]}px; border-radius: 14px; border: 1px solid {colours["line"]}; }}
        </style>{figures}"""
    width = 3 * (PAGE[0] + 2) + 4 * 28
    browser.show(look, (width, PAGE[1] + 2 + 2 * 28 + 46), 1.25)
    with tempfile.NamedTemporaryFile("w", suffix=".html") as file:
        file.write(page)
        file.flush()
        browser.go(f"file://{file.name}")
        return browser.photograph()


def write(picture, target):
    """As WebP, as good as the bound on its size lets it be."""
    for quality in range(92, 40, -4):
        command = ["convert", "png:-", "-strip", "-define", "webp:method=6", "-quality", str(quality), f"webp:{target}"]
        subprocess.run(command, input=picture, check=True)
        if target.stat().st_size <= LARGEST:
            print(f"{target}: {target.stat().st_size // 1024} KiB, quality {quality}")
            return
    sys.exit(f"{target} stays larger than {LARGEST} bytes")


def main(latchkey):
    data, port, driver_port = tempfile.mkdtemp(), free_port(), free_port()
    started = [
        subprocess.Popen([latchkey, "dev", "--port", str(port), "--data", data], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL),
        subprocess.Popen(["chromedriver", f"--port={driver_port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL),
    ]
    try:
        wait_for(f"http://localhost:{port}/readyz")
        wait_for(f"http://127.0.0.1:{driver_port}/status")
        browser = Browser(driver_port)
        for look in LOOKS:
            photographs = first_minute(browser, f"http://localhost:{port}", look)
            write(composed(browser, photographs, look), FOLDER / f"first-minute-{look}.webp")
            # The second one is asked again.
            subprocess.run([latchkey, "--config", f"{data}/latchkey.toml", "consent", "revoke", "--user", "ada"], check=True, stdout=subprocess.DEVNULL)
        browser.end()
    finally:
        for process in started:
            process.terminate()
            process.wait()
        shutil.rmtree(data)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
