/**
 * What comes into being with an organization, and with an account: its row, the hold on its
 * address, and the role by which the management account gets in. All of it is one commit, so that
 * a crash leaves either nothing or an account that works, and there is nothing to resume.
 */
import type { Randomness } from "../../clock.ts";
import type { Change, Row } from "../../storage/storage.ts";
import { rootArn } from "../arns.ts";
import { uniqueId } from "../ids.ts";
import { type Role, rolesTable, rowKey } from "../records.ts";
import {
  type Account,
  accountKey,
  accountsTable,
  emailKey,
  emailsTable,
} from "./account-records.ts";
import {
  type FirstAccount,
  firstAccountKey,
  firstAccountTable,
  type Organization,
} from "./first-account.ts";

/** Twelve random digits. The first is no zero, so that no tool takes the id for a shorter number. */
export function randomAccountId(randomness: Randomness): string {
  const number = randomness.bytes(8).readBigUInt64BE() % 900_000_000_000n;
  return String(100_000_000_000n + number);
}

const base36 = "abcdefghijklmnopqrstuvwxyz0123456789";

/** `count` random letters and digits, as in o-… and car-… */
export function randomWord(count: number, randomness: Randomness): string {
  let word = "";
  while (word.length < count) {
    for (const byte of randomness.bytes(count)) {
      // 252 is the greatest multiple of 36 in a byte: beyond it some characters would be likelier.
      if (byte < 252 && word.length < count) word += base36.charAt(byte % 36);
    }
  }
  return word;
}

/** AWS has an address of every account; the first one was made without. */
export const managementEmail = "management@claviger.invalid";

export function newOrganization(managementAccountId: string, randomness: Randomness): Organization {
  return {
    id: `o-${randomWord(10, randomness)}`,
    rootId: `r-${randomWord(4, randomness)}`,
    managementAccountId,
  };
}

/** Puts the first account into its organization. Fails with a conflict if it is in one. */
export function foundingOf(
  { revision, body }: Row<FirstAccount>,
  organization: Organization,
  joinedAt: number,
): readonly Change[] {
  const account: Account = {
    id: body.accountId,
    name: "management",
    email: managementEmail,
    joinedMethod: "INVITED",
    joinedAt,
  };
  return [
    {
      type: "put",
      table: firstAccountTable,
      key: firstAccountKey,
      body: { ...body, organization },
      expect: revision,
    },
    {
      type: "put",
      table: accountsTable,
      key: accountKey(account.id),
      body: account,
      expect: "absent",
    },
  ];
}

/** Fails with a conflict if the id or the address is taken. */
export function creationOf(
  account: Account,
  roleName: string,
  managementAccountId: string,
  randomness: Randomness,
): readonly Change[] {
  const { id, email } = account;
  const role: Role = {
    kind: "role",
    accountId: id,
    name: roleName,
    uniqueId: uniqueId("AROA", randomness),
    path: "/",
    createdAt: account.joinedAt,
    description: undefined,
    maxSessionDurationSeconds: 3600,
    lastUsed: undefined,
    trustPolicy: trustPolicyFor(managementAccountId),
    trustedIds: {},
    tags: [],
    inlinePolicies: [],
    attachedPolicies: ["arn:aws:iam::aws:policy/AdministratorAccess"],
  };
  return [
    { type: "put", table: accountsTable, key: accountKey(id), body: account, expect: "absent" },
    {
      type: "put",
      table: emailsTable,
      key: emailKey(email),
      body: { accountId: id },
      expect: "absent",
    },
    { type: "put", table: rolesTable, key: rowKey(id, roleName), body: role, expect: "absent" },
  ];
}

function trustPolicyFor(accountId: string): string {
  const statement = {
    Effect: "Allow",
    Principal: { AWS: rootArn(accountId) },
    Action: "sts:AssumeRole",
  };
  return JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
}
