/**
 * A profile's short-lived credentials: of its role, or of the user itself. The user's own may not
 * call IAM, on AWS neither, which is why administrators work as a role.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html
 */
import { type Profile, userNameOf } from "../profiles/profile.ts";
import { stsAt } from "./clients.ts";

export interface SessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

/** An hour is what every role allows. */
export const durationSeconds = 3600;

/** Rejects with the SDK's error. */
export async function sessionCredentials(profile: Profile): Promise<SessionCredentials> {
  const sts = await stsAt(profile, profile.key);
  const { roleArn: RoleArn } = profile;
  const { Credentials } =
    RoleArn === undefined
      ? await sts.getSessionToken({ DurationSeconds: durationSeconds })
      : await sts.assumeRole({
          RoleArn,
          RoleSessionName: userNameOf(profile),
          DurationSeconds: durationSeconds,
        });
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials ?? {};
  if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration) {
    throw new Error("STS answered without credentials");
  }
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expiration: Expiration,
  };
}
