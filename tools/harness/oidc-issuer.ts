/**
 * A stand-in for an identity provider: discovery and keys over TLS on loopback, and tokens signed
 * with those keys, as a Kubernetes API server, GitHub Actions or GitLab has them.
 */
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { type Authority, makeAuthority } from "./certificates.ts";
import { signedToken, type TokenPart } from "./json-web-token.ts";

export interface OidcIssuer {
  /** `https://127.0.0.1:PORT`: the tokens' `iss`. */
  readonly url: string;
  /** The same without its scheme, as IAM and condition keys have it. */
  readonly name: string;
  /** Of the authority that vouches for the server. */
  readonly thumbprint: string;
  readonly authority: Authority;
  /** Paths that were asked for, in their order. */
  readonly asked: string[];
  /** What a path is answered with instead; "silence" keeps the client waiting. */
  readonly answers: Map<string, Answer | "silence">;
  /** A token by the newest key; `iss`, `iat` and `exp` as usual unless given. */
  token(claims: TokenPart, header?: TokenPart): string;
  /** Signs with another key from now on, and publishes it beside the others. */
  rotate(algorithm?: "RS256" | "ES256"): void;
  /** The public key of the newest key, in PEM. */
  publicKey(): string;
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

interface SigningKey {
  readonly kid: string;
  readonly alg: "RS256" | "ES256";
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export const keysPath = "/keys";
export const discoveryPath = "/.well-known/openid-configuration";

export async function startOidcIssuer(): Promise<OidcIssuer> {
  const authority = makeAuthority("Claviger test authority");
  const asked: string[] = [];
  const answers: OidcIssuer["answers"] = new Map();
  const keys: SigningKey[] = [makeKey("key-1", "RS256")];
  const newest = () => keys.at(-1) as SigningKey;
  const documents: Readonly<Record<string, () => object>> = {
    [discoveryPath]: () => ({ issuer: url, jwks_uri: `${url}${keysPath}` }),
    [keysPath]: () => ({ keys: keys.map(published) }),
  };
  const server = createServer(authority.issue(), (request, reply) => {
    const path = request.url ?? "";
    asked.push(path);
    const answer = answers.get(path);
    if (answer === "silence") return;
    if (answer !== undefined) {
      reply.writeHead(answer.status, answer.headers).end(answer.body);
      return;
    }
    const document = documents[path]?.();
    reply.writeHead(document === undefined ? 404 : 200).end(JSON.stringify(document ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const name = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const url = `https://${name}`;
  return {
    url,
    name,
    thumbprint: authority.thumbprint,
    authority,
    asked,
    answers,
    token(claims, header) {
      const now = Math.floor(Date.now() / 1000);
      const { kid, alg, privateKey } = newest();
      const times = { iat: now, exp: now + 600 };
      return signedToken(
        { typ: "JWT", kid, ...header, alg },
        { iss: url, ...times, ...claims },
        privateKey,
      );
    },
    rotate(algorithm = "RS256") {
      keys.push(makeKey(`key-${keys.length + 1}`, algorithm));
    },
    publicKey: () => newest().publicKey.export({ type: "spki", format: "pem" }).toString(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function makeKey(kid: string, alg: SigningKey["alg"]): SigningKey {
  const pair =
    alg === "RS256"
      ? generateKeyPairSync("rsa", { modulusLength: 2048 })
      : generateKeyPairSync("ec", { namedCurve: "P-256" });
  return { kid, alg, ...pair };
}

function published({ kid, alg, publicKey }: SigningKey): object {
  return { ...publicKey.export({ format: "jwk" }), kid, alg, use: "sig" };
}
