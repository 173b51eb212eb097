/**
 * Where AWS's documentation decides against the oracle (docs/decisions/0011). Each is told by
 * rewriting the case into one that means the same to AWS and that the oracle understands: only if
 * the two then agree, and the vault says of both what it said of the first, is it that difference.
 */
import { arnOf, type Case, type Document, home, roleArnOf, type Statement } from "./cases.ts";
import { contextOf } from "./engines.ts";
import { type Line, withArns, withLines, withStatements } from "./rewriting.ts";

export interface Documented {
  readonly name: string;
  /** Gives an equal case where there is nothing to rewrite. */
  rewrite(given: Case): Case;
}

/** Neither an ARN nor a text that anything has. */
const nothing = "arn:aws:s3:::nothing";

const everything: Document = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: ["*"], Resource: ["*"] }],
};

export const documented: readonly Documented[] = [
  {
    name: "the account root needs no identity policy",
    rewrite: (given) =>
      given.caller.type === "Root" ? { ...given, identity: [everything] } : given,
  },
  {
    name: "a grant to the session itself is not bounded by its session policy",
    rewrite(given) {
      const { caller, session, resource } = given;
      const isNamed = (resource?.Statement ?? []).some((each) => isGrantTo(each, arnOf(caller)));
      if (!isNamed || session === undefined || caller.accountId !== home) return given;
      const denies = session.Statement.filter(({ Effect }) => Effect === "Deny");
      const Statement = [...everything.Statement, ...denies];
      return { ...given, session: { ...session, Statement } };
    },
  },
  {
    name: "NotPrincipal exempts only whom it lists by every name",
    rewrite: (given) =>
      withStatements(given, (statement) => {
        const { NotPrincipal } = statement;
        if (NotPrincipal === undefined || isListed(given, NotPrincipal.AWS)) return statement;
        return { ...statement, NotPrincipal: { AWS: [`arn:aws:iam::${home}:user/nobody`] } };
      }),
  },
  {
    name: "a variable is filled in before its ARN is taken apart",
    rewrite: (given) => withArns(given, (pattern) => filled(pattern, given) ?? pattern),
  },
  {
    name: "a variable without a value is like no resource and equal to nothing",
    rewrite(given) {
      const settled = (text: string) => (filled(text, given) === undefined ? nothing : text);
      const isText = ({ operator }: Line) => /String|Arn/.test(operator);
      return withLines(withArns(given, settled), (line) =>
        isText(line) ? { ...line, operands: line.operands.map(settled) } : line,
      );
    },
  },
  {
    name: "a date may be written as epoch seconds",
    rewrite: (given) =>
      withLines(given, (line) => {
        if (!line.operator.includes("Date")) return line;
        const isEpoch = line.key.toLowerCase() === "aws:epochtime";
        return { ...line, operands: line.operands.map((operand) => dateLike(operand, isEpoch)) };
      }),
  },
  {
    name: "a range of no bits holds every address of its family",
    rewrite: (given) =>
      withLines(given, (line) => ({
        ...line,
        operands: line.operands.flatMap((operand) =>
          operand === "0.0.0.0/0" ? ["0.0.0.0/1", "128.0.0.0/1"] : operand,
        ),
      })),
  },
  {
    name: "an address is outside of every range of the other family",
    rewrite(given) {
      if (!given.context.sourceAddress.includes(":")) return given;
      return withLines(given, (line) => {
        if (!line.operator.includes("NotIpAddress")) return line;
        const operands = line.operands.filter((operand) => operand.includes(":"));
        return operands.length > 0 ? { ...line, operands } : undefined;
      });
    },
  },
  {
    name: "${*} is a star where no wildcards are",
    rewrite: (given) =>
      withLines(given, (line) =>
        /String(?:Not)?Equals/.test(line.operator)
          ? { ...line, operands: line.operands.map((operand) => operand.replace("${*}", "*")) }
          : line,
      ),
  },
  {
    name: "IfExists holds where the key is absent, of sets as well",
    rewrite: (given) =>
      withLines(given, (line) =>
        /^ForAnyValue:.*IfExists$/.test(line.operator) && valuesOf(line.key, given) === undefined
          ? undefined
          : line,
      ),
  },
  {
    name: "to ForAllValues an empty text is an empty set",
    rewrite: (given) =>
      withLines(given, (line) =>
        line.operator.startsWith("ForAllValues:") && valuesOf(line.key, given) === ""
          ? undefined
          : line,
      ),
  },
];

function isGrantTo({ Effect, Principal }: Statement, arn: string): boolean {
  if (Effect !== "Allow" || Principal === undefined) return false;
  return Principal === "*" || Principal.AWS.some((name) => name === "*" || name === arn);
}

/** By every name that the caller has, or as everybody. */
function isListed({ caller }: Case, listed: readonly string[]): boolean {
  if (listed.includes("*")) return true;
  const account = [caller.accountId, `arn:aws:iam::${caller.accountId}:root`];
  if (!account.some((name) => listed.includes(name))) return false;
  if (caller.type === "Root") return true;
  const own = [arnOf(caller), ...(caller.type === "AssumedRole" ? [roleArnOf(caller)] : [])];
  return own.every((name) => listed.includes(name));
}

function valuesOf(key: string, given: Case): string | readonly string[] | undefined {
  const folded = key.toLowerCase();
  return Object.entries(contextOf(given)).find(([name]) => name.toLowerCase() === folded)?.[1];
}

/** The text with its variables filled in; undefined where one of them has no value. */
function filled(text: string, given: Case): string | undefined {
  const context = contextOf(given);
  let isWhole = true;
  const result = text.replace(/\$\{(aws:[^,}]+)(?:, '(.*?)')?\}/g, (_, key: string, other = "") => {
    const value = context[key] || other;
    isWhole &&= value !== "";
    return String(value).replaceAll("*", "${*}");
  });
  return isWhole ? result : undefined;
}

/** As the key's own values are written. */
function dateLike(operand: string, isEpoch: boolean): string {
  const milliseconds = /^\d+$/.test(operand) ? Number(operand) * 1000 : Date.parse(operand);
  return isEpoch ? String(milliseconds / 1000) : new Date(milliseconds).toISOString();
}
