/** A user of a vault who may do a few things, and what they type and see. */
import { IAM } from "@aws-sdk/client-iam";
import { clientConfiguration } from "../../../tools/prove/client-configuration.ts";
import { type Type, typeAs } from "./typed-here.fixture.ts";

type Environment = Readonly<Record<string, string>>;

/** Whoever may do these, and nothing else. `environment` is the root user's. */
export async function userWho(
  environment: Environment,
  UserName: string,
  Action: readonly string[],
  Resource: readonly string[] = ["*"],
): Promise<Type> {
  const iam = new IAM(clientConfiguration(environment));
  await iam.createUser({ UserName });
  const Statement = { Effect: "Allow", Action, Resource };
  const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
  await iam.putUserPolicy({ UserName, PolicyName: "own", PolicyDocument });
  const { AccessKey } = await iam.createAccessKey({ UserName });
  return typeAs(() => ({
    ...environment,
    AWS_ACCESS_KEY_ID: AccessKey?.AccessKeyId ?? "",
    AWS_SECRET_ACCESS_KEY: AccessKey?.SecretAccessKey ?? "",
  }));
}
