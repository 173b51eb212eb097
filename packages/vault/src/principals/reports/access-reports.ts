/**
 * Access reports: which services a user, role, group or policy lets somebody use, and when that
 * was last done. A report keeps only what it is about and the moment it was asked for; the trail
 * tells the rest whenever it is read.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed.html
 */
import type { Permit } from "../../authorization/authorize.ts";
import type { Resource } from "../../authorization/types.ts";
import type { Clock, Randomness } from "../../clock.ts";
import { ApiError } from "../../errors.ts";
import { type Row, type Storage, type Table, table } from "../../storage/storage.ts";
import { parseIamArn } from "../arns.ts";
import { policyNotFound } from "../errors.ts";
import { allRows } from "../page.ts";
import { awsManagedPolicy } from "../policies/aws-managed-policies.ts";
import { customerPolicy } from "../policies/customer-policy.ts";
import { existingHolder, type PolicyHolders } from "../policies/policy-holders.ts";
import {
  type Group,
  groupsTable,
  type Role,
  rolesTable,
  type User,
  usersTable,
} from "../records.ts";

export type Granularity = "SERVICE_LEVEL" | "ACTION_LEVEL";

export interface AccessReport {
  readonly jobId: string;
  readonly accountId: string;
  /** Of the user, role, group or policy that the report is about. */
  readonly arn: string;
  readonly granularity: Granularity;
  /** The ARN of who asked for it: nobody else may read it. */
  readonly requestedBy: string;
  readonly createdAt: number;
}

/** What a report is about, as it is now. */
export interface ReportSubject {
  /** The documents that grant. */
  readonly documents: readonly string[];
  /** Who can use what they grant: one for a user or role, many for a group or policy. */
  readonly users: readonly (User | Role)[];
}

type Reading = Permit<
  "iam:GetServiceLastAccessedDetails" | "iam:GetServiceLastAccessedDetailsWithEntities",
  Resource
>;

const reportsTable = table<AccessReport>("access_reports");
/** As long as AWS keeps one. */
const lifetimeMilliseconds = 7 * 86_400_000;
const removedMax = 100;
/** The oldest first, so that the expired ones are found however many there are. */
const ageIndex = "age";

export class AccessReports {
  readonly #storage: Storage;
  readonly #holders: PolicyHolders;
  readonly #clock: Clock;
  readonly #randomness: Randomness;

  constructor(storage: Storage, holders: PolicyHolders, clock: Clock, randomness: Randomness) {
    this.#storage = storage;
    this.#holders = holders;
    this.#clock = clock;
    this.#randomness = randomness;
  }

  /** Makes a report and gives its id; some of those that have expired make room. */
  async generate(
    permit: Permit<"iam:GenerateServiceLastAccessedDetails", Resource>,
    asked: Pick<AccessReport, "accountId" | "granularity" | "requestedBy">,
  ): Promise<string> {
    const jobId = this.#randomness.uuid();
    const report: AccessReport = {
      ...asked,
      jobId,
      arn: permit.resource.arn,
      createdAt: this.#clock.now(),
    };
    // What is not there has no report.
    await this.subject(report);
    await this.#storage.commit([
      {
        type: "put",
        table: reportsTable,
        key: reportKey(report),
        body: report,
        indexes: { [ageIndex]: agePosition(report) },
      },
      ...(await this.#expired(report.accountId)).map(
        ({ key }) => ({ type: "delete", table: reportsTable, key }) as const,
      ),
    ]);
    return jobId;
  }

  /** The report of this id, for whoever asked for it. */
  async get(permit: Reading, jobId: string, requestedBy: string): Promise<AccessReport> {
    const { accountId } = permit.resource;
    const row = await this.#storage.get(reportsTable, reportKey({ accountId, jobId }));
    if (row === undefined || row.body.requestedBy !== requestedBy || this.#isExpired(row)) {
      throw new ApiError("NoSuchEntity", `The job with id ${jobId} cannot be found.`);
    }
    return row.body;
  }

  async subject({ accountId, arn }: AccessReport): Promise<ReportSubject> {
    if (parseIamArn(arn)?.type === "policy") {
      const policy =
        awsManagedPolicy(arn) ?? (await customerPolicy(this.#storage, accountId, arn))?.body;
      if (policy === undefined) throw policyNotFound(arn);
      return { documents: [policy.document], users: await this.#attachedTo(accountId, arn) };
    }
    const holder = existingHolder(await this.#holders.locate(arn));
    const documents = (await this.#holders.policiesOf(holder)).map(({ document }) => document);
    const users = holder.kind === "group" ? await this.#members(holder) : [holder];
    return { documents, users };
  }

  /** Users and roles that the policy is attached to, users also by their groups. */
  async #attachedTo(accountId: string, arn: string): Promise<readonly (User | Role)[]> {
    const groups = new Set<string>();
    for await (const group of allRows(this.#storage, groupsTable, accountId)) {
      if (group.attachedPolicies.includes(arn)) groups.add(group.name);
    }
    const found: (User | Role)[] = [];
    const tables: readonly Table<User | Role>[] = [usersTable, rolesTable];
    for (const each of tables) {
      for await (const entity of allRows(this.#storage, each, accountId)) {
        const isInGroup =
          entity.kind === "user" && entity.groupNames?.some((name) => groups.has(name));
        if (isInGroup || entity.attachedPolicies.includes(arn)) found.push(entity);
      }
    }
    return found;
  }

  async #members({ accountId, name }: Group): Promise<readonly User[]> {
    const members: User[] = [];
    for await (const user of allRows(this.#storage, usersTable, accountId)) {
      if (user.groupNames?.includes(name)) members.push(user);
    }
    return members;
  }

  async #expired(accountId: string): Promise<readonly Row<AccessReport>[]> {
    const range = { prefix: `${accountId}/`, limit: removedMax };
    const rows = await this.#storage.listByIndex(reportsTable, ageIndex, range);
    return rows.filter((row) => this.#isExpired(row));
  }

  #isExpired({ body }: Row<AccessReport>): boolean {
    return this.#clock.now() - body.createdAt >= lifetimeMilliseconds;
  }
}

function reportKey({ accountId, jobId }: Pick<AccessReport, "accountId" | "jobId">): string {
  return `${accountId}/jobs/${jobId}`;
}

function agePosition({ accountId, createdAt }: AccessReport): string {
  return `${accountId}/${String(createdAt).padStart(15, "0")}`;
}
