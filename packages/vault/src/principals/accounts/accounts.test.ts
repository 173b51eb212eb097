import { afterEach, beforeEach, expect, test } from "vitest";
import type { Randomness } from "../../clock.ts";
import type { Change, Storage } from "../../storage/storage.ts";
import { accountId, type OpenPrincipals, openPrincipals } from "../principals.fixture.ts";
import { randomAccountId, randomWord } from "./account-creation.ts";
import { Accounts } from "./accounts.ts";
import { firstAccountOf } from "./first-account.ts";

let vault: OpenPrincipals;
let storage: Storage;
/** How many commits there have been, and whether the next one finds the machine gone. */
let commits: number;
let isCrashing: boolean;

beforeEach(async () => {
  vault = await openPrincipals();
  await firstAccountOf(vault.storage, accountId, 0);
  commits = 0;
  isCrashing = false;
  storage = new Proxy(vault.storage, {
    get(target, name) {
      if (name !== "commit") return Reflect.get(target, name).bind(target);
      return (changes: readonly Change[]) => {
        if (isCrashing) throw new Error("the machine is gone");
        commits++;
        return target.commit(changes);
      };
    },
  });
});
afterEach(() => vault.close());

const everything = { arn: "*", accountId, tags: {} };
const wanted = { name: "b", email: "b@example.com", roleName: "Entrance" };

function accounts(randomness: Randomness = random()): Accounts {
  return new Accounts(storage, vault.clock, randomness);
}

let drawn = 0;
function random(): Randomness {
  return {
    bytes: (count: number) => Buffer.from(Array.from({ length: count }, () => (++drawn * 7) & 255)),
    uuid: () => "",
  };
}

const mayCreate = () => vault.permit("organizations:CreateAccount", everything);
const list = () =>
  accounts().list(vault.permit("organizations:ListAccounts", everything), {
    after: undefined,
    limit: 20,
  });

test("account, address, role, status and organization are one commit: a crash leaves nothing", async () => {
  isCrashing = true;
  await expect(accounts().createAccount(mayCreate(), wanted)).rejects.toThrow("gone");
  expect(await accounts().organizationId()).toBeUndefined();
  isCrashing = false;
  const creation = await accounts().createAccount(mayCreate(), wanted);
  expect(creation.state).toBe("SUCCEEDED");
  expect(commits).toBe(1);
  expect((await list()).items.map(({ id }) => id).toSorted()).toEqual(
    [accountId, creation.accountId].toSorted(),
  );
  const role = await vault.principals.roles.locate(creation.accountId ?? "", "Entrance");
  expect(role.row?.body.attachedPolicies).toEqual(["arn:aws:iam::aws:policy/AdministratorAccess"]);
});

test("the organization's id is every principal's", async () => {
  await accounts().createAccount(mayCreate(), wanted);
  const credential = await vault.principals.credential("AKIAIOSFODNN7EXAMPLE");
  expect((await credential?.principal())?.organizationId).toBe(await accounts().organizationId());
});

test("an account's number is twelve digits, and one that is taken is drawn again", async () => {
  for (const byte of [0, 255]) {
    const id = randomAccountId({ bytes: (count) => Buffer.alloc(count, byte), uuid: () => "" });
    expect(id).toMatch(/^[1-9]\d{11}$/);
  }
  const first = await accounts().createAccount(mayCreate(), wanted);
  let draws = 0;
  const repeating = {
    ...random(),
    bytes: (count: number) => {
      // The number that was drawn before, once; then others.
      const isNumber = count === 8;
      if (isNumber && draws++ === 0) return numberOf(first.accountId ?? "");
      return random().bytes(count);
    },
  };
  const second = await accounts(repeating).createAccount(mayCreate(), {
    ...wanted,
    email: "c@example.com",
  });
  expect(draws).toBe(2);
  expect(second.accountId).not.toBe(first.accountId);
});

function numberOf(id: string): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(id) - 100_000_000_000n);
  return bytes;
}

test("each letter and digit of a word is equally likely", () => {
  const counts = new Map<string, number>();
  let next = 0;
  const everyByte = { bytes: () => Buffer.from([next++ & 255]), uuid: () => "" };
  for (const character of randomWord(252, everyByte)) {
    counts.set(character, (counts.get(character) ?? 0) + 1);
  }
  expect(counts.size).toBe(36);
  expect(new Set(counts.values())).toEqual(new Set([7]));
});
