/** Session tokens that were tampered with, have ended, or belong to somebody else. */
import { randomBytes, randomInt } from "node:crypto";
import type { Ground } from "./ground.ts";
import { type Forgery, readParameter } from "./signature-forgeries.ts";
import type { SignedRequest } from "./signed-request.ts";

const sealBytes = 16;

/** Signed with the session's own key: only the token is wrong. */
function withToken(ground: Ground, change: (token: string) => string | undefined): SignedRequest {
  const { session } = ground;
  return readParameter(ground, { ...session, sessionToken: change(session.sessionToken ?? "") });
}

function withBytes(ground: Ground, change: (bytes: Buffer) => Buffer): SignedRequest {
  return withToken(ground, (token) => change(Buffer.from(token, "base64")).toString("base64"));
}

export const tokenForgeries: readonly Forgery[] = [
  {
    kind: "session token with a flipped bit",
    make: (ground) =>
      withBytes(ground, (bytes) => {
        const at = randomInt(bytes.length);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << randomInt(8));
        return bytes;
      }),
  },
  {
    kind: "session token with another seal",
    make: (ground) =>
      withBytes(ground, (bytes) =>
        Buffer.concat([bytes.subarray(0, -sealBytes), randomBytes(sealBytes)]),
      ),
  },
  {
    kind: "truncated session token",
    make: (ground) => withToken(ground, (token) => token.slice(0, 1 + randomInt(token.length - 1))),
  },
  {
    kind: "session token of another format or key",
    make: (ground) =>
      withBytes(ground, (bytes) => {
        const at = randomInt(2);
        bytes[at] = (bytes[at] ?? 0) + 1 + randomInt(255);
        return bytes;
      }),
  },
  {
    kind: "made-up session token",
    make: (ground) => withToken(ground, () => randomBytes(64 + randomInt(512)).toString("base64")),
  },
  {
    kind: "no session token",
    make: (ground) => withToken(ground, () => undefined),
  },
  {
    kind: "respelled session token",
    make: (ground) => withToken(ground, (token) => `${token.replace(/=+$/, "")}====`),
  },
  {
    kind: "another session's token",
    make: (ground) => withToken(ground, () => ground.otherSession.sessionToken),
  },
  {
    kind: "another session's key with its own token",
    make: (ground) => {
      const { sessionToken } = ground.session;
      return readParameter(ground, { ...ground.otherSession, sessionToken });
    },
  },
  {
    kind: "another account's token",
    make: (ground) => withToken(ground, () => ground.otherAccount.sessionToken),
  },
  {
    kind: "another vault's session",
    make: (ground) => readParameter(ground, ground.otherVault),
  },
  {
    kind: "a session token with a long-term key",
    make: (ground) => {
      const { sessionToken } = ground.session;
      return readParameter(ground, { ...ground.user, sessionToken });
    },
  },
  {
    kind: "expired session",
    make: (ground) => readParameter(ground, ground.expired),
  },
  {
    kind: "session of a role that was created again",
    make: (ground) => readParameter(ground, ground.ofDeletedRole),
  },
];
