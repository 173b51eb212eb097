/**
 * A denial judged again on this machine, by the vault's engine over policies fetched from AWS:
 * for AWS itself, whose messages do not say which statements were looked at.
 */
import { type ConditionKeys, explain, type Trace } from "@claviger/vault/authorization";
import { aws } from "../aws.ts";
import { CommandFailure } from "../failure.ts";
import { type Account, type Entity, fetchAccount } from "./account.ts";
import { Compiler } from "./compile.ts";
import type { DeniedRequest } from "./denial.ts";
import { findResource } from "./resources.ts";

/** What is known of the request beside who, what and on what. */
export interface RequestFacts {
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly region?: string | undefined;
  readonly sourceAddress?: string | undefined;
  readonly userAgent?: string | undefined;
  readonly sessionIssuedAt?: number | undefined;
}

/** One thing that the request needed, with its own condition keys. */
export interface Question extends DeniedRequest {
  readonly keys: ConditionKeys;
}

export interface Judged {
  readonly trace: Trace;
  /** What the judgement could not take into account. */
  readonly notes: readonly string[];
}

/** The trace of the first question that is denied; of the first of all if none is. */
export async function judgeAgain(
  questions: readonly [Question, ...Question[]],
  facts: RequestFacts,
): Promise<Judged> {
  const [account, caller] = [await fetchAccount(), await aws.caller()];
  const compiler = new Compiler();
  const { principalArn } = questions[0];
  const entity = findEntity(account, principalArn);
  if (entity === undefined) {
    throw new CommandFailure(
      `account ${caller.accountId} has no policies of ${principalArn}`,
      "use credentials of the account that the denied user or role belongs to",
    );
  }
  const sessionName = principalArn.split("/").at(-1) ?? "";
  const principal = compiler.principal(entity, sessionName, facts.sessionIssuedAt ?? facts.time);
  const traces: Trace[] = [];
  for (const { action, resource: named, keys } of questions) {
    const resource = await findResource(action, named, { account, caller, compiler });
    const circumstances = {
      now: facts.time,
      sourceAddress: facts.sourceAddress ?? first(keys, "aws:SourceIp") ?? "",
      isSecureTransport: first(keys, "aws:SecureTransport") !== "false",
      region: facts.region ?? caller.region,
      userAgent: facts.userAgent ?? "",
    };
    traces.push(explain(principal, action, resource, circumstances, keys));
  }
  const [trace] = [...traces.filter(({ isAllowed }) => !isAllowed), ...traces];
  if (trace === undefined) throw new Error("there was no question");
  return {
    trace,
    notes: [
      "judged again on this machine, with the policies as they are now",
      "service control policies and session policies are not known here",
      ...[...compiler.problems].map(([name, why]) => `${name} is not understood: ${why}`),
    ],
  };
}

/** The ARN of a session leaves out the path of its role. */
function findEntity(account: Account, arn: string): Entity | undefined {
  const roleName = /:assumed-role\/([^/]+)\//.exec(arn)?.[1];
  return roleName === undefined ? account.entity(arn) : account.role(roleName);
}

function first(keys: ConditionKeys, name: string): string | undefined {
  const folded = name.toLowerCase();
  const values = Object.entries(keys).find(([key]) => key.toLowerCase() === folded)?.[1];
  return typeof values === "string" ? values : values?.[0];
}
