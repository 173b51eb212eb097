/** What is stored about the accounts of an organization. Times are milliseconds since the epoch. */
import { type Storage, table } from "../../storage/storage.ts";
import { firstAccountRow } from "./first-account.ts";

export interface Account {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  /** The management account was there before its organization: AWS calls that INVITED. */
  readonly joinedMethod: "INVITED" | "CREATED";
  readonly joinedAt: number;
}

/** What became of a request to create an account. */
export interface AccountCreation {
  /** car-… */
  readonly id: string;
  readonly accountName: string;
  readonly state: "SUCCEEDED" | "FAILED";
  readonly requestedAt: number;
  /** Where it succeeded. */
  readonly accountId: string | undefined;
  readonly failureReason: "EMAIL_ALREADY_EXISTS" | "ACCOUNT_LIMIT_EXCEEDED" | undefined;
}

/** Holds an address for the account that has it. */
interface EmailOwner {
  readonly accountId: string;
}

export const accountsTable = table<Account>("accounts");
export const emailsTable = table<EmailOwner>("accounts");
export const creationsTable = table<AccountCreation>("organizations");

export const accountsPrefix = "members/";
export const creationsPrefix = "creations/";

export function accountKey(id: string): string {
  return accountsPrefix + id;
}

/** Addresses are unique without regard to case, as on AWS. */
export function emailKey(email: string): string {
  return `emails/${email.toLowerCase()}`;
}

export function creationKey(id: string): string {
  return creationsPrefix + id;
}

/** Whether an account has another one of this id beside it: all are in one organization. */
export async function isOtherAccount(storage: Storage, id: string): Promise<boolean> {
  return (await storage.get(accountsTable, accountKey(id))) !== undefined;
}

/** When an account was made, the first one too; undefined where nobody noted it. */
export async function createdAtOf(storage: Storage, id: string): Promise<number | undefined> {
  const first = await firstAccountRow(storage);
  if (first?.body.accountId === id) return first.body.createdAt;
  return (await storage.get(accountsTable, accountKey(id)))?.body.joinedAt;
}
