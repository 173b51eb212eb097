/** The members that OpenID Connect providers' inputs are made of. */
import { ApiError } from "../../errors.ts";
import { list, string } from "../../shapes/shapes.ts";

export const providerArn = string({ min: 20, max: 2048 });
export const clientId = string({ min: 1, max: 255 });

/** SHA-1 in hexadecimal. AWS takes five, whatever its message says, and looks at no character. */
export const thumbprints = list(string({ min: 40, max: 40 }));

const thumbprintsMax = 5;

export function checkThumbprints(given: readonly string[]): void {
  if (given.length > thumbprintsMax) {
    throw new ApiError("InvalidInput", "Thumbprint list must contain fewer than 5 entries.");
  }
}
