/**
 * A key policy laid out as KMS shows it, however it was written: objects over several lines, lists
 * on one, a space on both sides of a colon. https://github.com/aws/aws-cli/issues/9456 has it as sent.
 * Only what lies between the tokens changes, so that numbers and escapes stay what they were.
 */

const tokens = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/gs;
const closing: Readonly<Record<string, string>> = { "{": "}", "[": "]" };

/** The document must be JSON. */
export function laidOut(document: string): string {
  const given = document.match(tokens) ?? [];
  const open: string[] = [];
  // A list adds no indentation of its own.
  const line = () => `\n${"  ".repeat(open.filter((bracket) => bracket === "{").length)}`;
  let text = "";
  for (const [at, token] of given.entries()) {
    if (closing[token] !== undefined) {
      const isEmpty = given[at + 1] === closing[token];
      open.push(token);
      text += isEmpty || token === "[" ? `${token} ` : token + line();
      continue;
    }
    if (token === "}" || token === "]") {
      const isEmpty = closing[given[at - 1] ?? ""] === token;
      const bracket = open.pop();
      text += isEmpty ? token : (bracket === "{" ? line() : " ") + token;
    } else if (token === ",") text += open.at(-1) === "{" ? `,${line()}` : ", ";
    else text += token === ":" ? " : " : token;
  }
  return text;
}
