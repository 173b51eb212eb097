/**
 * A denial judged again on this machine, by the vault's engine over policies fetched from AWS:
 * for AWS itself, whose messages do not say which statements were looked at.
 */
import { type ConditionKeys, explain, type Trace } from "@claviger/vault/authorization";
import { aws } from "../aws.ts";
import { CommandFailure } from "../failure.ts";
import { fetchAccount } from "./account.ts";
import { Compiler } from "./compile.ts";
import type { DeniedRequest } from "./denial.ts";
import { findResource } from "./resources.ts";
import { holderArn } from "./smallest-change.ts";

/** What is known of the request beside who, what and on what. */
export interface RequestFacts {
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly keys: ConditionKeys;
  readonly region?: string | undefined;
  readonly sourceAddress?: string | undefined;
  readonly userAgent?: string | undefined;
  readonly sessionIssuedAt?: number | undefined;
}

export interface Judged {
  readonly trace: Trace;
  /** What the judgement could not take into account. */
  readonly notes: readonly string[];
}

export async function judgeAgain(denied: DeniedRequest, facts: RequestFacts): Promise<Judged> {
  const [account, caller] = [await fetchAccount(), await aws.caller()];
  const compiler = new Compiler();
  const entity = account.entity(holderArn(denied.principalArn)) ?? pathless(denied.principalArn);
  if (entity === undefined) {
    throw new CommandFailure(
      `account ${caller.accountId} has no policies of ${denied.principalArn}`,
      "use credentials of the account that the denied user or role belongs to",
    );
  }
  const sessionName = denied.principalArn.split("/").at(-1) ?? "";
  const principal = compiler.principal(entity, sessionName, facts.sessionIssuedAt ?? facts.time);
  const resource = await findResource(denied.action, denied.resource, {
    account,
    caller,
    compiler,
  });
  const circumstances = {
    now: facts.time,
    sourceAddress: facts.sourceAddress ?? first(facts.keys, "aws:SourceIp") ?? "",
    isSecureTransport: first(facts.keys, "aws:SecureTransport") !== "false",
    region: facts.region ?? caller.region,
    userAgent: facts.userAgent ?? "",
  };
  const trace = explain(principal, denied.action, resource, circumstances, facts.keys);
  return {
    trace,
    notes: [
      "judged again on this machine, with the policies as they are now",
      "service control policies and session policies are not known here",
      ...[...compiler.problems].map(([name, why]) => `${name} is not understood: ${why}`),
    ],
  };

  /** The ARN of a session leaves out the path of its role. */
  function pathless(arn: string) {
    const name = /:assumed-role\/([^/]+)\//.exec(arn)?.[1];
    return name === undefined ? undefined : account.role(name);
  }
}

function first(keys: ConditionKeys, name: string): string | undefined {
  const folded = name.toLowerCase();
  const values = Object.entries(keys).find(([key]) => key.toLowerCase() === folded)?.[1];
  return typeof values === "string" ? values : values?.[0];
}
