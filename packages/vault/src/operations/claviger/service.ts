/** What AWS has no service for: the vault itself. Signed, authorised and audited like all else. */
import type { Service } from "../operation.ts";
import { describeRekey } from "./describe-rekey.ts";
import { startRekey } from "./start-rekey.ts";
import { watchChanges } from "./watch-changes.ts";

export const claviger: Service = {
  name: "claviger",
  protocol: "aws-json",
  targetPrefixes: ["Claviger_20261122."],
  version: "2026-11-22",
  xmlNamespace: undefined,
  operations: [describeRekey, startRekey, watchChanges],
};
