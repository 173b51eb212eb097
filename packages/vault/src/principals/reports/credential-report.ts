/**
 * The credential report: a table of all users and their keys, as the account was when it was asked
 * for. It is made at once; AWS's clients still find the states that they wait for.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html
 */
import type { Permit } from "../../authorization/authorize.ts";
import type { Resource } from "../../authorization/types.ts";
import type { Clock } from "../../clock.ts";
import { ApiError } from "../../errors.ts";
import { type Storage, table } from "../../storage/storage.ts";
import { createdAtOf } from "../accounts/account-records.ts";
import { iamArn, rootArn } from "../arns.ts";
import { allRows } from "../page.ts";
import { type AccessKey, accessKeysTable, type User, usersTable } from "../records.ts";

export interface CredentialReport {
  readonly csv: string;
  readonly generatedAt: number;
}

/** When, where and for what an access key was last used. Time in milliseconds since the epoch. */
export interface KeyUse {
  readonly time: number;
  readonly region: string;
  readonly service: string;
}

/** Asks the trail, which the domain doesn't know. */
export type LastUseOf = (accessKeyId: string) => Promise<KeyUse | undefined>;

const reportsTable = table<CredentialReport>("access_reports");
const lifetimeMilliseconds = 4 * 3_600_000;

const header =
  "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated";
const certificates = ["false", "N/A", "false", "N/A"];
const noKey = ["false", "N/A", "N/A", "N/A", "N/A"];

interface RootKeyFacts {
  readonly accountId: string;
  readonly accessKeyId: string;
  /** False while it is locked away. */
  isActive(): boolean;
}

export class CredentialReports {
  readonly #storage: Storage;
  readonly #clock: Clock;
  readonly #root: RootKeyFacts;

  constructor(storage: Storage, clock: Clock, root: RootKeyFacts) {
    this.#storage = storage;
    this.#clock = clock;
    this.#root = root;
  }

  /** Whether a new report was made: one of the last four hours is kept. */
  async generate(
    permit: Permit<"iam:GenerateCredentialReport", Resource>,
    lastUseOf: LastUseOf,
  ): Promise<boolean> {
    const { accountId } = permit.resource;
    const generatedAt = this.#clock.now();
    const last = await this.#last(accountId);
    if (last !== undefined && generatedAt - last.generatedAt < lifetimeMilliseconds) return false;
    const csv = await this.#csv(accountId, lastUseOf);
    const body = { csv, generatedAt };
    await this.#storage.commit([
      { type: "put", table: reportsTable, key: reportKey(accountId), body },
    ]);
    return true;
  }

  async get(permit: Permit<"iam:GetCredentialReport", Resource>): Promise<CredentialReport> {
    const report = await this.#last(permit.resource.accountId);
    if (report === undefined) throw reportNotPresent();
    if (this.#clock.now() - report.generatedAt >= lifetimeMilliseconds) throw reportExpired();
    return report;
  }

  async #last(accountId: string): Promise<CredentialReport | undefined> {
    return (await this.#storage.get(reportsTable, reportKey(accountId)))?.body;
  }

  async #csv(accountId: string, lastUseOf: LastUseOf): Promise<string> {
    const lines = [header, (await this.#rootLine(accountId, lastUseOf)).join(",")];
    for await (const user of allRows(this.#storage, usersTable, accountId)) {
      lines.push((await this.#userLine(user, lastUseOf)).join(","));
    }
    return lines.join("\n");
  }

  /** Only the first account's root has a key; when that was made is not known. */
  async #rootLine(accountId: string, lastUseOf: LastUseOf): Promise<readonly string[]> {
    const isFirst = accountId === this.#root.accountId;
    const use = isFirst ? await lastUseOf(this.#root.accessKeyId) : undefined;
    const key = isFirst ? [String(this.#root.isActive()), "N/A", ...useFields(use)] : noKey;
    const password = ["not_supported", "no_information", "not_supported", "not_supported"];
    const createdAt = await createdAtOf(this.#storage, accountId);
    const created = createdAt === undefined ? "N/A" : time(createdAt);
    const subject = ["<root_account>", rootArn(accountId), created];
    return [...subject, ...password, "false", ...key, ...noKey, ...certificates];
  }

  async #userLine(user: User, lastUseOf: LastUseOf): Promise<readonly string[]> {
    const rows = await this.#storage.getMany(accessKeysTable, user.accessKeyIds);
    const keys = rows.flatMap((row) => (row === undefined ? [] : [row.body]));
    const fields = async (key: AccessKey | undefined) =>
      key === undefined
        ? noKey
        : [
            String(key.status === "Active"),
            time(key.createdAt),
            ...useFields(await lastUseOf(key.accessKeyId)),
          ];
    return [
      user.name,
      iamArn(user.accountId, "user", user.path, user.name),
      time(user.createdAt),
      ...["false", "N/A", "N/A", "N/A", "false"],
      ...(await fields(keys[0])),
      ...(await fields(keys[1])),
      ...certificates,
    ];
  }
}

function reportKey(accountId: string): string {
  return `${accountId}/credentials`;
}

function useFields(use: KeyUse | undefined): readonly string[] {
  return use === undefined ? ["N/A", "N/A", "N/A"] : [time(use.time), use.region, use.service];
}

/** "2026-01-31T09:05:00+00:00" */
function time(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}+00:00`;
}

/** AWS says no more than the code. */
function reportNotPresent(): ApiError {
  return new ApiError("ReportNotPresent", "");
}

function reportExpired(): ApiError {
  return new ApiError(
    "ReportExpired",
    "The report has expired. Generate a new one with GenerateCredentialReport.",
  );
}
