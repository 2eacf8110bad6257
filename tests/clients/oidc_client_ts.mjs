// A single-page application with oidc-client-ts, in its stock settings: it signs in in a popup and renews silently.
//
// Environment: ISSUER, CLIENT_ID. Prints the port that it listens on.

import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const main = createRequire(import.meta.url).resolve("oidc-client-ts");
const library = readFileSync(join(dirname(main), "../browser/oidc-client-ts.min.js"));

const page = () => `<!doctype html><title>App</title>
<button id="sign-in">Sign in</button> <button id="renew">Renew</button> <p id="said">nobody</p>
<script src="/library.js"></script>
<script>
  const manager = new oidc.UserManager({
    authority: ${JSON.stringify(process.env.ISSUER)},
    client_id: ${JSON.stringify(process.env.CLIENT_ID)},
    redirect_uri: location.origin + "/callback",
    scope: "openid profile email",
  });
  const say = (text) => (document.getElementById("said").textContent = text);
  const show = (user) => say("signed in as " + user.profile.name + " <" + user.profile.email + ">");
  document.getElementById("sign-in").onclick = () => manager.signinPopup().then(show, (error) => say(String(error)));
  document.getElementById("renew").onclick = () =>
    manager.signinSilent().then((user) => say("renewed for " + user.profile.name), (error) => say(String(error)));
</script>`;

const callback = `<!doctype html><title>Callback</title><script src="/library.js"></script>
<script>new oidc.UserManager({ authority: "", client_id: "", redirect_uri: "" }).signinCallback();</script>`;

const server = createServer((request, answer) => {
  const path = request.url.split("?")[0];
  if (path === "/library.js") return answer.setHeader("content-type", "text/javascript").end(library);
  answer.setHeader("content-type", "text/html");
  answer.end(path === "/callback" ? callback : page());
});

server.listen(0, "127.0.0.1", () => console.log(`listening on ${server.address().port}`));
