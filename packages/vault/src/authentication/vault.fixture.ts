/** For tests: authentication as a vault has it, with real principals and sessions on a database. */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { authorize, type Permit } from "../authorization/authorize.ts";
import type { Circumstances, Principal, Resource } from "../authorization/types.ts";
import { systemRandomness } from "../clock.ts";
import { rootKeyFrom } from "../encryption/root-keys/root-key.ts";
import { ApiError } from "../errors.ts";
import { SealedKeys } from "../keys/ring/sealed-keys.ts";
import type { HttpRequest } from "../message.ts";
import { Principals } from "../principals/principals.ts";
import { Sessions } from "../principals/sessions/sessions.ts";
import { openSqliteStorage } from "../storage/sqlite/sqlite-storage.ts";
import { GuessLimit } from "../throttling/guess-limit.ts";
import { Authenticator } from "./authenticate.ts";
import { type Keys, start } from "./signers.fixture.ts";

export const accountId = "123456789012";
export const rootCredentials = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};

class StoppedClock {
  milliseconds = start;

  now(): number {
    return this.milliseconds;
  }
}

/** A vault's authentication; `close()` it. */
export async function startAuthentication() {
  const directory = mkdtempSync(join(tmpdir(), "claviger-authentication-"));
  const storage = await openSqliteStorage({ directory });
  const clock = new StoppedClock();
  const rootKey = rootKeyFrom(randomBytes(32));
  const principals = new Principals(storage, rootKey, clock, systemRandomness, {
    accountId,
    ...rootCredentials,
  });
  const sealedKeys = new SealedKeys(storage, rootKey, systemRandomness);
  const sessions = new Sessions(sealedKeys, principals, clock, systemRandomness);
  const root = (await (
    await principals.credential(rootCredentials.accessKeyId)
  )?.principal()) as Principal;

  function permit<Action extends string, Located extends Resource>(
    action: Action,
    resource: Located,
  ): Permit<Action, Located> {
    return authorize(root, action, resource, circumstances(clock.now()));
  }

  // Tests guess more than anybody may, to see each guess checked.
  const unlimited = { perSecond: 1000, burst: 1_000_000 };
  const guessLimit = new GuessLimit(
    { wrong: 0, limited: 0 },
    { address: unlimited, claim: unlimited, pair: unlimited },
  );
  const authenticator = new Authenticator(principals, sessions, clock, guessLimit);

  return {
    authenticate: async (request: HttpRequest, service = "secretsmanager") =>
      authenticator.authenticate(request, service),
    /** The error that the request is refused with. */
    async refusal(request: HttpRequest, service = "secretsmanager"): Promise<ApiError> {
      try {
        await authenticator.authenticate(request, service);
      } catch (error) {
        if (error instanceof ApiError) return error;
        throw error;
      }
      throw new Error("the request passed");
    },
    clock,
    principals,
    permit,
    /** A new user's access key. */
    async userKeys(name: string): Promise<Keys> {
      const { users } = principals;
      const user = await users.locate(accountId, name);
      await users.create(permit("iam:CreateUser", user), { tags: [] });
      const located = permit("iam:CreateAccessKey", await users.locate(accountId, name));
      const { accessKey, secretAccessKey } = await users.accessKeys.create(located);
      return { accessKeyId: accessKey.accessKeyId, secretAccessKey };
    },
    /** An hour's session of a new role. */
    async roleKeys(name: string): Promise<Keys> {
      const { roles } = principals;
      await roles.create(permit("iam:CreateRole", await roles.locate(accountId, name)), {
        description: undefined,
        maxSessionDurationSeconds: 3600,
        trustPolicy: trustsAccount,
        tags: [],
      });
      const arn = `arn:aws:iam::${accountId}:role/${name}`;
      const role = await roles.locateForSession(arn);
      return sessions.issue(permit("sts:AssumeRole", role), {
        sessionName: "session",
        durationSeconds: 3600,
      });
    },
    async close() {
      await storage.close();
      rmSync(directory, { recursive: true });
    },
  };
}

const trustsAccount = JSON.stringify({
  Version: "2012-10-17",
  Statement: {
    Effect: "Allow",
    Principal: { AWS: `arn:aws:iam::${accountId}:root` },
    Action: "sts:AssumeRole",
  },
});

function circumstances(now: number): Circumstances {
  return {
    now,
    sourceAddress: "127.0.0.1",
    isSecureTransport: false,
    region: "us-east-1",
    userAgent: "",
  };
}
