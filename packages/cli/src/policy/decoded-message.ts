/** The JSON that sts:DecodeAuthorizationMessage gives, here with the vault's whole trace in it. */
import type { ConditionKeys, Trace } from "@claviger/vault/authorization";
import type { DeniedRequest } from "./denial.ts";

export interface Decoded {
  readonly denied: DeniedRequest;
  /** Values that the request had for condition keys. */
  readonly keys: ConditionKeys;
  /** undefined on AWS. */
  readonly trace: (Trace & { readonly statementsLeftOut?: number }) | undefined;
}

interface Items<Item> {
  readonly items?: readonly Item[];
}

export function readDecoded(json: string): Decoded {
  const { context = {}, trace } = JSON.parse(json);
  const conditions: Items<{ key: string; values?: Items<{ value: string }> }> =
    context.conditions ?? {};
  return {
    denied: {
      principalArn: context.principal?.arn ?? "",
      action: context.action ?? "",
      resource: context.resource,
    },
    keys: Object.fromEntries(
      (conditions.items ?? []).map(({ key, values }) => [
        key,
        (values?.items ?? []).map(({ value }) => value),
      ]),
    ),
    trace,
  };
}
