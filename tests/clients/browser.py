"""What a person's browser does, without JavaScript: cookies, redirects, and the forms of Latchkey's pages."""

from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import requests

TIMEOUT = 30  # seconds for one answer
PAGES = 25  # pages and redirects before a flow counts as going in circles


class Failure(Exception):
    """A step did not hold."""


def require(condition, message):
    if not condition:
        raise Failure(message)


class Forms(HTMLParser):
    """The forms of a page: action, method, fields, and buttons by their attributes."""

    def __init__(self, page):
        super().__init__()
        self.forms = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        attributes = {name: value if value is not None else "" for name, value in attributes}
        if tag == "form":
            form = {"action": attributes.get("action", ""), "method": attributes.get("method", "get").lower()}
            self.forms.append({**form, "fields": {}, "names": set(), "buttons": []})
        elif self.forms and tag == "input" and attributes.get("name"):
            form = self.forms[-1]
            form["names"].add(attributes["name"])
            kind = attributes.get("type", "text")
            if kind not in ("submit", "checkbox", "radio") or "checked" in attributes:
                form["fields"][attributes["name"]] = attributes.get("value", "")
        elif self.forms and tag == "button":
            self.forms[-1]["buttons"].append(attributes)


class Browser:
    """Goes where pages lead. `press` names forms of an application by a part of their address."""

    def __init__(self, username, password, press=()):
        self.username, self.password, self.press = username, password, press
        self.http = requests.Session()
        self.http.trust_env = False

    def open(self, url, stop=None, errors=False):
        """Goes to `url` and on, answering the pages it knows, until a redirect to `stop`, whose URL it returns, or a
        page with nothing to do, for which it returns the response. A page of an error is a failure, or with `errors`
        such a page."""
        answer = self.fetch("GET", url)
        for _ in range(PAGES):
            if answer.is_redirect:
                require(answer.status_code in (302, 303, 307), f"a redirect with status {answer.status_code}")
                target = urljoin(answer.url, answer.headers["Location"])
                if stop and target.startswith(stop):
                    return target
                answer = self.fetch("GET", target)
                continue
            if errors and answer.status_code >= 400:
                return answer
            require(answer.status_code < 400, f"{answer.url} said {answer.status_code}:\n{answer.text}")
            submitted = self.submit(answer)
            if submitted is None:
                return answer
            answer = submitted
        raise Failure(f"{PAGES} pages and no end, the last was {answer.url}")

    def submit(self, page):
        """Fills in the form of a sign-in, consent or sign-out page and sends it; `None` for other pages."""
        for form in Forms(page.text).forms:
            if {"username", "password"} <= form["names"]:
                typed = {"username": self.username, "password": self.password}
                return self.send(page, form, typed, {"id": "login-submit"})
            for wanted in ({"name": "decision", "value": "allow"}, {"id": "logout-confirm"}):
                if any(wanted.items() <= button.items() for button in form["buttons"]):
                    return self.send(page, form, {}, wanted)
            if any(part in form["action"] for part in self.press):
                return self.send(page, form, {}, {"name": ""})
        return None

    def send(self, page, form, typed, wanted):
        """Presses the wanted button, as a browser does: hidden fields, typed fields, and the button's own value."""
        fields = {**form["fields"], **typed}
        for button in form["buttons"]:
            if wanted.items() <= button.items() and button.get("name"):
                fields[button["name"]] = button.get("value", "")
        require(form["method"] == "post", f"a form with method {form['method']} at {page.url}")
        split = urlsplit(page.url)
        headers = {"Origin": f"{split.scheme}://{split.netloc}", "Referer": page.url, "Sec-Fetch-Site": "same-origin"}
        return self.fetch("POST", urljoin(page.url, form["action"]), data=fields, headers=headers)

    def fetch(self, method, url, **rest):
        return self.http.request(method, url, allow_redirects=False, timeout=TIMEOUT, **rest)
