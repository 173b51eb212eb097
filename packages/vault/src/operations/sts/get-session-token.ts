/**
 * Gives a user, or the account root, temporary credentials of its own.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html
 */
import { integer, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { responseElements } from "../response-elements.ts";
import { mfaSerialNumber, mfaTokenCode, refuseMfa } from "./members.ts";
import { cannotCallWithSession } from "./own-session.ts";

const userSecondsByDefault = 43_200;
/** What AWS makes of any longer time that the root asks for. */
const rootSecondsMax = 3600;

export const getSessionToken = operation({
  name: "GetSessionToken",
  isReadOnly: true,
  input: structure({
    DurationSeconds: integer({ min: 900, max: 129_600 }),
    SerialNumber: mfaSerialNumber,
    TokenCode: mfaTokenCode,
  }),

  /** AWS asks no policy: nothing is given that the caller didn't have. */
  permit(input, { principal }) {
    if (principal.tokenIssuedAt !== undefined) throw cannotCallWithSession("GetSessionToken");
    refuseMfa(input);
  },

  async run({ DurationSeconds = userSecondsByDefault }, _granted, { principal, vault, notes }) {
    const seconds =
      principal.type === "Root" ? Math.min(DurationSeconds, rootSecondsMax) : DurationSeconds;
    const issued = await vault.sessions.issueForSelf(principal, seconds);
    const Expiration = new Date(issued.expiresAt);
    const { accessKeyId: AccessKeyId } = issued;
    notes.responseElements = responseElements({ Credentials: { AccessKeyId, Expiration } });
    return {
      Credentials: {
        AccessKeyId,
        SecretAccessKey: issued.secretAccessKey,
        SessionToken: issued.sessionToken,
        Expiration,
      },
    };
  },
});
