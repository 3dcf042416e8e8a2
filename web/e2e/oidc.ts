import { createHash, createSign, generateKeyPairSync, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** An OpenID Connect provider: it asks nobody, signs one person in, and checks PKCE, the client and the redirect. */
export interface Provider {
  issuer: string;
  /** How many codes were exchanged. */
  exchanged: () => number;
  stop: () => Promise<void>;
}

export const client = { id: "thalweg", secret: "hush" };

export async function provide(person: { email: string; name: string }): Promise<Provider> {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const asked = new Map<string, URLSearchParams>();
  let exchanged = 0;
  let issuer = "";
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const token = (nonce: string | null) => {
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: issuer, aud: client.id, sub: "s-1", iat: now, exp: now + 600, nonce, email_verified: true };
    const text = `${part({ alg: "RS256", kid: "k", typ: "JWT" })}.${part({ ...claims, ...person })}`;
    return `${text}.${createSign("RSA-SHA256").update(text).sign(privateKey, "base64url")}`;
  };
  const server = createServer(async (req, res) => {
    const url = new URL(req.url ?? "/", issuer);
    const json = (status: number, value: unknown) => {
      res.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(value));
    };
    if (url.pathname === "/.well-known/openid-configuration")
      return json(200, {
        issuer,
        authorization_endpoint: `${issuer}/auth`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/keys`,
        response_types_supported: ["code"],
        subject_types_supported: ["public"],
        id_token_signing_alg_values_supported: ["RS256"],
      });
    if (url.pathname === "/keys")
      return json(200, { keys: [{ ...publicKey.export({ format: "jwk" }), kid: "k", alg: "RS256", use: "sig" }] });
    if (url.pathname === "/auth") {
      const code = randomBytes(16).toString("hex");
      asked.set(code, url.searchParams);
      const back = new URL(url.searchParams.get("redirect_uri") ?? "");
      back.searchParams.set("code", code);
      back.searchParams.set("state", url.searchParams.get("state") ?? "");
      return res.writeHead(302, { Location: back.toString() }).end();
    }
    if (url.pathname === "/token") {
      const form = new URLSearchParams(await bodyOf(req));
      const of = asked.get(form.get("code") ?? "");
      asked.delete(form.get("code") ?? "");
      const challenge = createHash("sha256")
        .update(form.get("code_verifier") ?? "")
        .digest("base64url");
      const basic = Buffer.from(`${client.id}:${client.secret}`).toString("base64");
      if (
        of?.get("code_challenge_method") !== "S256" ||
        of.get("code_challenge") !== challenge ||
        of.get("redirect_uri") !== form.get("redirect_uri") ||
        req.headers.authorization !== `Basic ${basic}`
      )
        return json(400, { error: "invalid_grant" });
      exchanged++;
      return json(200, { access_token: "a", token_type: "Bearer", id_token: token(of.get("nonce")) });
    }
    return json(404, {});
  });
  await new Promise<void>((r) => server.listen(0, "127.0.0.1", r));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    issuer,
    exchanged: () => exchanged,
    stop: () => new Promise((r) => server.close(() => r())),
  };
}

async function bodyOf(req: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of req) text += chunk;
  return text;
}
