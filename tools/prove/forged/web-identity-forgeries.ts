/** Web identity tokens that no issuer gave, or not for this, or not for now. */
import { generateKeyPairSync, randomInt } from "node:crypto";
import {
  encodedPart as encoded,
  signedToken,
  type TokenPart,
  tokenByMac,
} from "../../harness/json-web-token.ts";
import { audience, type Ground, subject, webRoleArn } from "./ground.ts";
import type { Forgery } from "./signature-forgeries.ts";
import type { SignedRequest } from "./signed-request.ts";

/** AssumeRoleWithWebIdentity, which needs no signature. */
export function assumeWith(token: string, RoleArn = webRoleArn): SignedRequest {
  const body = new URLSearchParams({
    Action: "AssumeRoleWithWebIdentity",
    Version: "2011-06-15",
    RoleArn,
    RoleSessionName: "prove",
    WebIdentityToken: token,
  });
  return {
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: body.toString(),
  };
}

/** The genuine token. */
export function genuineToken(ground: Ground, claims: TokenPart = {}) {
  const now = Math.floor(ground.vault.clock.now() / 1000);
  const times = { iat: now, exp: now + 600 };
  return ground.issuer.token({ sub: subject, aud: audience, ...times, ...claims });
}

function parts(ground: Ground): [string, string, string] {
  return genuineToken(ground).split(".") as [string, string, string];
}

const attacker = generateKeyPairSync("rsa", { modulusLength: 2048 });

/** By a key of the attacker's, under the name of the issuer's. */
function attackersToken(ground: Ground, header: TokenPart): string {
  const now = Math.floor(ground.vault.clock.now() / 1000);
  return signedToken(
    { alg: "RS256", kid: "key-1", ...header },
    { iss: ground.issuer.url, sub: subject, aud: audience, iat: now, exp: now + 600 },
    attacker.privateKey,
  );
}

interface TokenForgery {
  readonly kind: string;
  token(ground: Ground): string;
}

const tokens: readonly TokenForgery[] = [
  {
    kind: "web identity without a signature (alg none)",
    token(ground) {
      const [, payload] = parts(ground);
      const alg = ["none", "None", "NONE", "nOnE"][randomInt(4)];
      return `${encoded({ alg, kid: "key-1" })}.${payload}.`;
    },
  },
  {
    kind: "web identity signed with the public key (HS256)",
    token(ground) {
      const [, payload] = parts(ground);
      return tokenByMac({ alg: "HS256", kid: "key-1" }, payload, ground.issuer.publicKey());
    },
  },
  {
    kind: "web identity with a changed signature",
    token(ground) {
      const [header, payload, signature] = parts(ground);
      const bytes = Buffer.from(signature, "base64url");
      const at = randomInt(bytes.length);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << randomInt(8));
      return `${header}.${payload}.${bytes.toString("base64url")}`;
    },
  },
  {
    kind: "web identity with changed claims",
    token(ground) {
      const [header, payload, signature] = parts(ground);
      const claims = JSON.parse(Buffer.from(payload, "base64url").toString());
      return `${header}.${encoded({ ...claims, exp: claims.exp + 1 + randomInt(1000) })}.${signature}`;
    },
  },
  {
    kind: "truncated web identity",
    token(ground) {
      const token = genuineToken(ground);
      return token.slice(0, 4 + randomInt(token.length - 4));
    },
  },
  { kind: "web identity by another key", token: (ground) => attackersToken(ground, {}) },
  {
    kind: "web identity that brings its key along",
    token: (ground) =>
      attackersToken(ground, { jwk: attacker.publicKey.export({ format: "jwk" }) }),
  },
  {
    kind: "web identity that says where its key is",
    token: (ground) =>
      attackersToken(ground, { jku: `${ground.stranger.url}/keys`, x5u: ground.stranger.url }),
  },
  {
    kind: "web identity with a crafted key id",
    token: (ground) => {
      const kids = ["../../../dev/null", "key-1' OR '1'='1", "", "__proto__", "key-1\0"];
      return attackersToken(ground, { kid: kids[randomInt(kids.length)] });
    },
  },
  {
    kind: "web identity of an issuer that nobody registered",
    token: (ground) => genuineToken(ground, { iss: ground.stranger.url }),
  },
  {
    kind: "web identity of another issuer under this one's name",
    token: (ground) => {
      const now = Math.floor(ground.vault.clock.now() / 1000);
      const claims = { iss: ground.issuer.url, sub: subject, aud: audience };
      return ground.stranger.token({ ...claims, iat: now, exp: now + 600 });
    },
  },
  {
    kind: "web identity for another audience",
    token: (ground) => genuineToken(ground, { aud: `app-${randomInt(1000)}` }),
  },
  {
    kind: "web identity of another subject",
    token: (ground) => genuineToken(ground, { sub: `${subject}-${randomInt(1000)}` }),
  },
  {
    kind: "expired web identity",
    token: (ground) => {
      const now = Math.floor(ground.vault.clock.now() / 1000);
      return genuineToken(ground, { iat: now - 7200, exp: now - 1 - randomInt(3600) });
    },
  },
  {
    kind: "web identity that isn't valid yet",
    token: (ground) => {
      const now = Math.floor(ground.vault.clock.now() / 1000);
      return genuineToken(ground, { nbf: now + 301 + randomInt(250), exp: now + 600 });
    },
  },
  {
    kind: "web identity without an end",
    token: (ground) => genuineToken(ground, { exp: undefined }),
  },
];

export const webIdentityForgeries: readonly Forgery[] = [
  ...tokens.map(({ kind, token }): Forgery => {
    return { kind, make: (ground) => assumeWith(token(ground)) };
  }),
  {
    kind: "web identity for a role of another account",
    make(ground) {
      const arn = webRoleArn.replace(
        "123456789012",
        String(210_000_000_000 + randomInt(1_000_000)),
      );
      return assumeWith(genuineToken(ground), arn);
    },
  },
];
