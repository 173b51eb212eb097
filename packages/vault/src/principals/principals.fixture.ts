/** For tests: principals on real storage in a folder of their own, asked by the account root. */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { authorize, type Permit } from "../authorization/authorize.ts";
import type { Circumstances, Principal, Resource } from "../authorization/types.ts";
import { systemRandomness } from "../clock.ts";
import { rootKeyFrom } from "../encryption/root-keys/root-key.ts";
import { SealedKeys } from "../keys/ring/sealed-keys.ts";
import { cacheStorage } from "../storage/cached-storage.ts";
import { openSqliteStorage } from "../storage/sqlite/sqlite-storage.ts";
import type { UserResource } from "./entities/users.ts";
import { Principals } from "./principals.ts";
import { Sessions } from "./sessions/sessions.ts";

export const accountId = "123456789012";

export const rootCredential = {
  accountId,
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};

const circumstances: Circumstances = {
  now: Date.UTC(2026, 0, 1),
  sourceAddress: "192.0.2.1",
  isSecureTransport: true,
  region: "us-east-1",
  userAgent: "test",
};

export function policy(action: string, resource = "*"): string {
  const statement = { Effect: "Allow", Action: action, Resource: resource };
  return JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
}

/** Trusts everybody in the account whose own policies allow it, and the root. */
export const trustsAccount = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { AWS: `arn:aws:iam::${accountId}:root` },
      Action: "sts:AssumeRole",
    },
  ],
});

export async function openPrincipals() {
  const directory = mkdtempSync(join(tmpdir(), "claviger-principals-"));
  const storage = cacheStorage(await openSqliteStorage({ directory }), { bytesMax: 1024 * 1024 });
  const rootKey = rootKeyFrom(randomBytes(32));
  const clock = { time: Date.UTC(2026, 0, 1), now: () => clock.time };
  const principals = new Principals(storage, rootKey, clock, systemRandomness, rootCredential);
  const sealedKeys = new SealedKeys(storage, rootKey, systemRandomness);
  const newSessions = () => new Sessions(sealedKeys, principals, clock, systemRandomness);
  const root = (await (
    await principals.credential(rootCredential.accessKeyId)
  )?.principal()) as Principal;

  const permit = <Action extends string, Located extends Resource>(
    action: Action,
    resource: Located,
  ): Permit<Action, Located> => authorize(root, action, resource, circumstances);

  const user = (name: string): Promise<UserResource> => principals.users.locate(accountId, name);

  return {
    principals,
    storage,
    sessions: newSessions(),
    newSessions,
    clock,
    permit,
    user,
    async createUser(name: string, tags: Readonly<Record<string, string>> = {}) {
      const planned = principals.users.planned(accountId, "/", name);
      return principals.users.create(permit("iam:CreateUser", planned), {
        tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
      });
    },
    async createRole(name: string, trustPolicy = trustsAccount) {
      const planned = principals.roles.planned(accountId, "/", name);
      return principals.roles.create(permit("iam:CreateRole", planned), {
        description: undefined,
        maxSessionDurationSeconds: 3600,
        trustPolicy,
        tags: [],
      });
    },
    async createAccessKey(userName: string) {
      return principals.users.accessKeys.create(
        permit("iam:CreateAccessKey", await user(userName)),
      );
    },
    async startSession(roleName: string, sessionName = "session", durationSeconds = 3600) {
      const arn = `arn:aws:iam::${accountId}:role/${roleName}`;
      const role = await principals.roles.locateForSession(arn);
      const request = { sessionName, durationSeconds };
      return newSessions().issue(permit("sts:AssumeRole", role), request);
    },
    async close() {
      await storage.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export type OpenPrincipals = Awaited<ReturnType<typeof openPrincipals>>;
