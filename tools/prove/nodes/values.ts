/** Registers that are values: parameters and secrets, and whether there is a parameter at all. */
import type { GetSecretValueCommandOutput } from "@aws-sdk/client-secrets-manager";
import type { GetParameterCommandOutput } from "@aws-sdk/client-ssm";
import { asRoot } from "../../harness/aws-clients.ts";
import { isOn, isRefusedWith, type MakeRegister } from "./register.ts";

export const parameter: MakeRegister = async ({ ssm }, name) => {
  const Name = `/nodes/${name}`;
  await ssm.putParameter({ Name, Value: "0", Type: "SecureString" });
  return {
    kind: "parameter",
    name: Name,
    write: ({ ssm }, number) =>
      ssm.putParameter({ Name, Value: `${number}`, Type: "SecureString", Overwrite: true }),
    read: (through) => asRoot(through).ssm.getParameter({ Name, WithDecryption: true }),
    shows: (answer, number) =>
      answer.kind === "ok" &&
      (answer.output as GetParameterCommandOutput).Parameter?.Value === `${number}`,
    async missing({ ssm }, numbers) {
      const found = new Set<string | undefined>();
      for (let NextToken: string | undefined; ; ) {
        const page = await ssm.getParameterHistory({ Name, NextToken, WithDecryption: true });
        for (const { Value } of page.Parameters ?? []) found.add(Value);
        NextToken = page.NextToken;
        if (NextToken === undefined) break;
      }
      return numbers.filter((number) => !found.has(`${number}`));
    },
  };
};

export const secret: MakeRegister = async ({ secrets }, name) => {
  const SecretId = `nodes/${name}`;
  await secrets.createSecret({ Name: SecretId, SecretString: "0" });
  const versions = new Map<number, string | undefined>();
  return {
    kind: "secret",
    name: SecretId,
    async write({ secrets }, number) {
      const written = await secrets.putSecretValue({ SecretId, SecretString: `${number}` });
      versions.set(number, written.VersionId);
      return written;
    },
    read: (through) => asRoot(through).secrets.getSecretValue({ SecretId }),
    shows: (answer, number) =>
      answer.kind === "ok" &&
      (answer.output as GetSecretValueCommandOutput).SecretString === `${number}`,
    async missing({ secrets }, numbers) {
      const found = await Promise.all(
        numbers.map(async (number) => {
          const VersionId = versions.get(number);
          const reply = await secrets
            .getSecretValue({ SecretId, VersionId })
            .catch(() => undefined);
          return reply?.SecretString === `${number}`;
        }),
      );
      return numbers.filter((_, at) => !found[at]);
    },
  };
};

/** Deleted and put again and again: what is remembered as absent must not outlive its making. */
export const presence: MakeRegister = async ({ ssm }, name) => {
  const Name = `/nodes/there/${name}`;
  await ssm.putParameter({ Name, Value: "there", Type: "SecureString" });
  return {
    kind: "presence",
    name: Name,
    write: ({ ssm }, number) =>
      isOn(number)
        ? ssm.putParameter({ Name, Value: "there", Type: "SecureString" })
        : ssm.deleteParameter({ Name }),
    read: (through) => asRoot(through).ssm.getParameter({ Name }),
    shows: (answer, number) =>
      isOn(number) ? answer.kind === "ok" : isRefusedWith(answer, /^ParameterNotFound$/),
  };
};
