/** MalformedPolicyDocument, in IAM's words. */
import { ApiError } from "../../errors.ts";

export function malformed(message: string): ApiError {
  return new ApiError("MalformedPolicyDocument", message);
}
