/** What counts as "the credential is refused", in a result or an error. */

/** `denied` may also mean that the credential is right and the wish is not. */
export type Refusal = "refused" | "denied" | undefined;

/** HTTP's 401 and 403, and PostgreSQL's invalid_password. */
export function refusalIn(answer: unknown): Refusal {
  if (typeof answer !== "object" || answer === null) return undefined;
  const { status, statusCode, code } = answer as Record<string, unknown>;
  if (status === 401 || statusCode === 401 || code === "28P01") return "refused";
  return status === 403 || statusCode === 403 ? "denied" : undefined;
}
