/** Names of the fields of JSON secrets: whoever needs one of them gets them all. Never a value. */
import { aws } from "../aws.ts";
import { isOneOf } from "../aws-failure.ts";
import type { Item } from "./inventory.ts";

/** The fields of a secret that groups several; none for other secrets and for those out of reach. */
export async function fieldsOf({ arn }: Item): Promise<readonly string[]> {
  const secretsManager = await aws.secretsManager();
  try {
    const { SecretString = "" } = await secretsManager.getSecretValue({ SecretId: arn });
    const names = namesIn(SecretString);
    return names.length > 1 ? names : [];
  } catch (error) {
    if (isOneOf(error, "AccessDeniedException", "ResourceNotFoundException")) return [];
    throw error;
  }
}

function namesIn(text: string): readonly string[] {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.keys(value)
      : [];
  } catch {
    return [];
  }
}
