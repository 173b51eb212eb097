/** How IAM measures policies: in characters, white space not counted. */
export function policySize(document: string): number {
  return document.replace(/\s/g, "").length;
}
