#!/usr/bin/env python3
"""A person who uses an application: opens its addresses one after the other, signs in where that is asked, and prints
what the last page says.

Environment: USERNAME, PASSWORD. Arguments: addresses, in order; `press=PART` before them names a form of the
application's own that is pressed, by a part of its address; `errors` takes a page of an error for an answer.
"""

import os
import sys

from browser import Browser


def main(arguments):
    press = [argument.removeprefix("press=") for argument in arguments if argument.startswith("press=")]
    addresses = [argument for argument in arguments if argument.startswith("http")]
    browser = Browser(os.environ["USERNAME"], os.environ["PASSWORD"], press)
    for address in addresses:
        answer = browser.open(address, errors="errors" in arguments)
        print(f"{answer.status_code} {answer.url}\n{answer.text}\n", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
