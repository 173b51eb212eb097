/** A denial as a person reads it: what was asked, what was looked at, what would allow it. */

import type {
  ConditionTrace,
  PolicyTrace,
  StatementTrace,
  Trace,
} from "@claviger/vault/authorization";
import { coloured, type Style } from "../terminal/colour.ts";
import { lineWidth, wrapped } from "../terminal/table.ts";
import { printDocument } from "./document.ts";
import type { Change, Near } from "./smallest-change.ts";

export function printTrace(trace: Trace, changes: readonly Change[]): string {
  const { isAllowed, principal, action, resource, reason, policies } = trace;
  const title = isAllowed
    ? `${coloured(["bold", "green"], "Allowed")} now: ${action}`
    : `${coloured(["bold", "red"], "Denied")}: ${action}`;
  const sections = [
    [
      title,
      ...field("by", principal.arn),
      ...field("on", resource),
      ...(isAllowed ? [] : field("because", reasons[reason])),
    ],
    policies.length === 0
      ? ["No policy speaks about the caller or the resource."]
      : [coloured("bold", "What was looked at"), ...policies.flatMap(printPolicy)],
    changes.length === 0
      ? []
      : [coloured("bold", "What would allow it"), ...changes.flatMap(printChange)],
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join("\n")}\n`)
    .join("\n");
}

const reasons: Readonly<Record<Trace["reason"], string>> = {
  allowed: "it is allowed",
  "explicit-deny-in-identity-policy": "an identity policy denies it",
  "explicit-deny-in-boundary": "the permissions boundary denies it",
  "explicit-deny-in-session-policy": "a session policy denies it",
  "explicit-deny-in-resource-policy": "the resource's own policy denies it",
  "no-identity-policy": "no identity policy allows it",
  "no-boundary": "the permissions boundary does not allow it",
  "no-session-policy": "no session policy allows it",
  "no-resource-policy": "the resource's own policy does not allow it",
};

const kinds: Readonly<Record<PolicyTrace["kind"], string>> = {
  identity: "identity",
  boundary: "boundary",
  session: "session",
  resource: "resource",
};

function printPolicy({ kind, name, statements }: PolicyTrace): string[] {
  return [
    ...hanging(`  ${coloured("dim", kinds[kind].padEnd(8))}  `, name, 12),
    ...statements.flatMap((statement) => printStatement(statement)),
  ];
}

const outcomes: Readonly<Record<StatementTrace["outcome"], string>> = {
  applies: "applies",
  "other-action": "is about other actions",
  "other-resource": "is about other resources",
  "other-principal": "is about other principals",
  "condition-fails": "its condition does not hold",
};

function printStatement(statement: StatementTrace): string[] {
  const { effect, outcome, conditions = [], written } = statement;
  const isApplied = outcome === "applies";
  const style: Style = isApplied ? (effect === "Allow" ? "green" : "red") : "dim";
  const [element, values = []] =
    Object.entries(written).find(([name]) => name.endsWith(asked[outcome] ?? " ")) ?? [];
  return [
    `            ${coloured(style, `${effect.padEnd(5)} ${nameOf(statement)}: ${outcomes[outcome]}`)}`,
    ...(element === undefined
      ? []
      : hanging(" ".repeat(14), `${element} ${values.join(", ")}`, 16)),
    ...conditions.flatMap(printCondition),
  ];
}

/** Which element kept the statement from applying. */
const asked: Readonly<Record<StatementTrace["outcome"], string | undefined>> = {
  applies: undefined,
  "condition-fails": undefined,
  "other-action": "Action",
  "other-resource": "Resource",
  "other-principal": "Principal",
};

function printCondition({ operator, key, expected, actual, holds }: ConditionTrace): string[] {
  const was = actual === undefined ? "the request has none" : `was ${actual.join(", ")}`;
  const text = `${operator} ${key} ${expected.join(", ")}: ${was}`;
  const lines = hanging(" ".repeat(14), text, 16);
  return holds ? lines : lines.map((line) => coloured("yellow", line));
}

function printChange(change: Change, at: number): string[] {
  const number = `  ${at + 1}. `;
  if (change.type === "remove-deny") {
    const { policy, statement } = change;
    return hanging(
      number,
      `${capital(nameOf(statement))} of ${policy} denies it, and no Allow outweighs that: take it out, or let its condition make an exception.`,
      5,
    );
  }
  const { to, statement, unmet, elsewhere } = change;
  const json = printDocument(statement).split("\n");
  return [
    ...unmet.flatMap((near) => hanging(number, unmetSentence(near), 5)),
    ...hanging(
      unmet.length > 0 ? "     " : number,
      `${unmet.length > 0 ? "Or add" : "Add"} this statement to ${to}:`,
      5,
    ),
    ...json.map((line) => `       ${line}`),
    ...elsewhere
      .slice(0, 1)
      .flatMap((near) =>
        hanging(
          "     ",
          `or add its resource to ${nameOf(near.statement)} of ${near.policy}, which allows the action elsewhere.`,
          5,
        ),
      ),
  ];
}

function unmetSentence({ policy, statement }: Near): string {
  const failing = (statement.conditions ?? []).filter(({ holds }) => !holds);
  const wanted = failing.map(
    ({ operator, key, expected, actual }) =>
      `${key} ${actual === undefined ? "was not there" : `was ${actual.join(", ")}`}, and ${operator} wants ${expected.join(" or ")}`,
  );
  return `${capital(nameOf(statement))} of ${policy} allows it where its condition holds: ${wanted.join("; ")}.`;
}

function nameOf({ sid, index }: StatementTrace): string {
  return sid === undefined || sid === ""
    ? `statement ${index + 1}`
    : `statement ${index + 1} "${sid}"`;
}

function field(name: string, value: string): string[] {
  return hanging(`  ${coloured("dim", name.padEnd(8))}  `, value, 12);
}

/** Text after a lead of `indent` columns, its further lines below its first. */
function hanging(lead: string, text: string, indent: number): string[] {
  const [first = "", ...others] = wrapped(text, lineWidth() - indent);
  return [lead + first, ...others.map((line) => " ".repeat(indent) + line)];
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
