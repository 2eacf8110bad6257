#!/usr/bin/env python3
"""A Django application with python-social-auth, in its stock settings: an OpenID provider by endpoint, key and secret.

`/` leads to the provider, and then shows who came, after it has refreshed the tokens once.

Environment: ISSUER, CLIENT_ID, CLIENT_SECRET, FOLDER (for its database). Prints the port that it listens on.
"""

import os
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django
from django.conf import settings

settings.configure(
    SECRET_KEY="for this test alone, and long enough for what signs with it",
    DEBUG_PROPAGATE_EXCEPTIONS=True,  # told in the log of the server
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "social_django",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    DATABASES={
        "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.path.join(os.environ["FOLDER"], "django.db")}
    },
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    AUTHENTICATION_BACKENDS=["social_core.backends.open_id_connect.OpenIdConnectAuth"],
    LOGIN_REDIRECT_URL="/",
    SOCIAL_AUTH_OIDC_OIDC_ENDPOINT=os.environ["ISSUER"],
    SOCIAL_AUTH_OIDC_KEY=os.environ["CLIENT_ID"],
    SOCIAL_AUTH_OIDC_SECRET=os.environ["CLIENT_SECRET"],
)
django.setup()

from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import HttpResponse, JsonResponse  # noqa: E402
from django.urls import include, path  # noqa: E402
from social_django.utils import load_strategy  # noqa: E402


def home(request):
    user = request.user
    if not user.is_authenticated:
        return HttpResponse('<form method="post" action="/login/oidc/"><button>Sign in</button></form>')
    social = user.social_auth.get()
    before = social.extra_data["access_token"]
    social.refresh_token(load_strategy(request))
    return JsonResponse(
        {
            "username": user.username,
            "email": user.email,
            "name": user.get_full_name(),
            "is_refreshed": social.extra_data["access_token"] != before,
        }
    )


urlpatterns = [path("", home), path("", include("social_django.urls", namespace="social"))]


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


def main():
    call_command("migrate", verbosity=0)
    server = make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=Quiet)
    print(f"listening on {server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
