/**
 * Which services a user or role has used at all, of those that the trail doesn't show.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetServiceLastAccessedDetails.html
 */
import { setTimeout as sleep } from "node:timers/promises";
import { aws } from "../aws.ts";
import { isOneOf } from "../aws-failure.ts";

const pollMilliseconds = 500;
const pollsMax = 60;

/** In lower case; undefined where the service has no such data. */
export async function servicesAccessed(
  Arn: string,
  from: Date,
): Promise<ReadonlySet<string> | undefined> {
  const iam = await aws.iam();
  try {
    const { JobId = "" } = await iam.generateServiceLastAccessedDetails({ Arn });
    for (let poll = 0; poll < pollsMax; poll++) {
      const { JobStatus, ServicesLastAccessed = [] } = await iam.getServiceLastAccessedDetails({
        JobId,
        MaxItems: 1000,
      });
      if (JobStatus === "FAILED") return undefined;
      if (JobStatus === "COMPLETED") {
        const since = ServicesLastAccessed.filter(
          ({ LastAuthenticated }) => LastAuthenticated !== undefined && LastAuthenticated >= from,
        );
        return new Set(since.map(({ ServiceNamespace = "" }) => ServiceNamespace.toLowerCase()));
      }
      await sleep(pollMilliseconds);
    }
    return undefined;
  } catch (error) {
    if (isOneOf(error, "InvalidAction", "AccessDenied")) return undefined;
    throw error;
  }
}
