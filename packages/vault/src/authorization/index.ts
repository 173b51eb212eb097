/**
 * The policy engine by itself, for the command: policies fetched from AWS are judged by the same
 * code that judges the vault's own requests. Pure: nothing here reads, writes or knows a vault.
 */
export { type CompiledPolicy, compilePolicy, type PolicyKind } from "./compile.ts";
export { type Decision, type DenialReason, decide } from "./decide.ts";
export {
  type ConditionTrace,
  explain,
  type Outcome,
  type PolicyTrace,
  type StatementTrace,
  type Trace,
} from "./explain.ts";
export type { Circumstances, ConditionKeys, Principal, Resource } from "./types.ts";
