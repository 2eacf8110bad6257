// An application with Auth.js, in its stock settings: an OpenID provider by issuer, id and secret.
//
// Environment: ISSUER, CLIENT_ID, CLIENT_SECRET. Prints the port that it listens on.

import { createServer } from "node:http";
import { webcrypto } from "node:crypto";
import { Auth } from "@auth/core";

globalThis.crypto ??= webcrypto; // Node.js 18

const config = {
  basePath: "/auth",
  secret: "for this test alone, and long enough",
  trustHost: true,
  providers: [
    {
      id: "latchkey",
      name: "Latchkey",
      type: "oidc",
      issuer: process.env.ISSUER,
      clientId: process.env.CLIENT_ID,
      clientSecret: process.env.CLIENT_SECRET,
    },
  ],
};

async function body(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const server = createServer(async (incoming, outgoing) => {
  const url = new URL(incoming.url, `http://${incoming.headers.host}`);
  if (url.pathname === "/") url.pathname = "/auth/session"; // where Auth.js leads after sign-in
  const method = incoming.method;
  const request = new Request(url, {
    method,
    headers: incoming.headers,
    body: method === "POST" ? await body(incoming) : undefined,
  });
  const answer = await Auth(request, config);
  outgoing.statusCode = answer.status;
  for (const [name, value] of answer.headers) if (name !== "set-cookie") outgoing.setHeader(name, value);
  outgoing.setHeader("set-cookie", answer.headers.getSetCookie());
  outgoing.end(Buffer.from(await answer.arrayBuffer()));
});

server.listen(0, "127.0.0.1", () => console.log(`listening on ${server.address().port}`));
