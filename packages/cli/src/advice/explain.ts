/** What advice says of one secret or parameter, in sentences. Never its value. */

import { prices } from "../prices.ts";
import { printed } from "../stores/reference.ts";
import { bytesOf } from "../stores/value.ts";
import { age } from "../terminal/age.ts";
import { coloured } from "../terminal/colour.ts";
import { lineWidth, wrapped } from "../terminal/table.ts";
import type { Finding } from "./rules.ts";
import { chooseStore, storeNames } from "./store-choice.ts";
import type { Subject } from "./subject.ts";

export function explain(subject: Subject, findings: readonly Finding[]): string {
  const { reference } = subject;
  const { store, reasons, costs } = chooseStore(subject);
  // Which store suits it stands above.
  const others = findings.filter(({ rule }) => rule !== "other-store");
  const isThere = reference.service === store;
  const verdict = isThere
    ? `${storeNames[store]}, where it is, suits it:`
    : `${storeNames[store]} suits it better than ${storeNames[reference.service]}, where it is:`;
  const money = (["ssm", "secretsmanager"] as const).map((each) => {
    const { inWords, isPossible } = costs[each];
    return `  ${storeNames[each].padEnd(16)} ${isPossible ? inWords : "can't hold it"}`;
  });
  return [
    coloured("bold", printed(reference)),
    factsOf(subject),
    "",
    verdict,
    ...reasons.flatMap((reason) => item(reason)),
    "",
    `A month on AWS (US East, prices of ${prices.date}; a vault takes nothing):`,
    ...money,
    "",
    ...(others.length === 0
      ? ["There is nothing else to say of it alone."]
      : others.flatMap(({ rule, says, hint }) => [
          ...item(`${rule}: ${says}`),
          ...item(hint, "    "),
        ])),
    "",
    "Whether its value stands elsewhere too: claviger advise --all",
    "",
  ].join("\n");
}

function factsOf({ type, isAdvanced, owner, value, writtenAt }: Subject): string {
  return [
    isAdvanced ? `${type}, advanced` : type,
    ...(value === undefined ? [] : [`${bytesOf(value).length} bytes`]),
    owner ? `owner ${owner}` : owner === null ? "no owner" : "owner unknown",
    ...(writtenAt === undefined ? [] : [`written ${sinceWords(writtenAt)}`]),
  ].join(", ");
}

function sinceWords(date: Date): string {
  const long = age(date);
  return long === "now" ? "just now" : `${long} ago`;
}

/** Wrapped, its further lines below the first. */
function item(text: string, before = "  - "): string[] {
  const further = " ".repeat(before.length);
  return wrapped(text, lineWidth() - before.length).map(
    (line, at) => `${at === 0 ? before : further}${line}`,
  );
}
