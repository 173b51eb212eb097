/**
 * Two views of a policy for whoever asks what is possible rather than what one request may do.
 * Who asks, for what, through which service and now is settled; from where, with which second
 * factor or tags in the request is not. Seen at most, every unsettled condition lets the request
 * through; seen at least, none does. What is allowed at least is allowed; what is allowed at most
 * only is allowed under a condition.
 */
import { parseDocument, type Statement } from "./document.ts";

export type Extent = "most" | "least";

/** The document with settled conditions only, or undefined if it says nothing then. */
export function seenAt(extent: Extent, text: string): string | undefined {
  const document = parseDocument(text);
  const statements = document.Statement.flatMap((each) => seenStatement(extent, each) ?? []);
  if (statements.length === 0) return undefined;
  return JSON.stringify({ ...document, Statement: statements });
}

/** The condition keys of a statement that are not settled, as it writes them. */
export function unsettledKeys({ Condition = {} }: Statement): string[] {
  return Object.values(Condition)
    .flatMap((keys) => Object.keys(keys))
    .filter((key) => !isSettled(key));
}

function seenStatement(extent: Extent, statement: Statement): Statement | undefined {
  if (unsettledKeys(statement).length === 0) return statement;
  // An Allow that may hold counts at most, a Deny that may hold at least.
  const counts = (statement.Effect === "Allow") === (extent === "most");
  if (!counts) return undefined;
  const { Condition = {}, ...rest } = statement;
  const kept = Object.entries(Condition)
    .map(
      ([operator, keys]) =>
        [operator, Object.entries(keys).filter(([key]) => isSettled(key))] as const,
    )
    .filter(([, keys]) => keys.length > 0)
    .map(([operator, keys]) => [operator, Object.fromEntries(keys)]);
  return kept.length === 0 ? rest : { ...rest, Condition: Object.fromEntries(kept) };
}

function isSettled(key: string): boolean {
  const folded = key.toLowerCase();
  return settled.has(folded) || settledTags.some((start) => folded.startsWith(start));
}

const settled: ReadonlySet<string> = new Set([
  "aws:currenttime",
  "aws:epochtime",
  "aws:principalaccount",
  "aws:principalarn",
  "aws:principalisawsservice",
  "aws:principaltype",
  "aws:requestedregion",
  "aws:resourceaccount",
  "aws:tokenissuetime",
  "aws:username",
  "kms:calleraccount",
  "kms:encryptionalgorithm",
  "kms:encryptioncontext:parameter_arn",
  "kms:encryptioncontext:secretarn",
  "kms:viaservice",
  "secretsmanager:secretid",
  "ssm:overwrite",
  "ssm:recursive",
]);

const settledTags = [
  "aws:principaltag/",
  "aws:resourcetag/",
  "secretsmanager:resourcetag/",
  "ssm:resourcetag/",
];
