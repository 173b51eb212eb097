/**
 * Of names, paths and documents IAM says in a sentence of its own what they must be, where other
 * members of its inputs are told the pattern. One sentence is all that is said then.
 */

const name = "It must contain only alphanumeric characters and/or the following: +=,.@_-";
const path =
  "It must begin and end with / and contain only alphanumeric characters and/or / characters.";
const pathPrefix =
  "It must begin with the / character and contain only alphanumeric characters and/or / characters.";
const printable = "It must contain only printable ASCII characters.";
const accountAlias =
  "It must be a minimum length of 3 characters and maximum length of 63 characters, contain only digits, lowercase letters, and hyphens (-), but cannot begin or end with a hyphen.";

/** By the member, as messages spell it. */
const sentences: ReadonlyMap<string, string> = new Map([
  ["userName", name],
  ["newUserName", name],
  ["groupName", name],
  ["newGroupName", name],
  ["roleName", name],
  ["policyName", name],
  ["instanceProfileName", name],
  ["path", path],
  ["newPath", path],
  ["pathPrefix", pathPrefix],
  ["policyDocument", printable],
  ["assumeRolePolicyDocument", printable],
  ["marker", printable],
  ["accountAlias", accountAlias],
]);

const brokenPattern = /^Value at '([^']*)' failed to satisfy constraint: Member must satisfy reg/;

/** What IAM says instead of `problem`, or undefined where it says no more than others do. */
export function inOwnWords(problem: string): string | undefined {
  const member = brokenPattern.exec(problem)?.[1] ?? "";
  const sentence = sentences.get(member);
  return sentence && `The specified value for ${member} is invalid. ${sentence}`;
}
