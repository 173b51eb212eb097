/** The newest rotation of a secret: its steps, who lags behind, and who has moved when. */
import { required, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { secretId } from "../secretsmanager/members.ts";
import { runOutput } from "./rotation-output.ts";
import { permitOnSecret } from "./secret-permit.ts";

export const describeRotation = operation({
  name: "DescribeRotation",
  isReadOnly: true,
  input: structure({ SecretId: required(secretId) }),
  permit: ({ SecretId }, call) => permitOnSecret(call, "DescribeRotation", SecretId),
  async run(_input, permit, { vault }) {
    const rotating = await vault.rotationReports.describe(permit);
    const { run } = rotating;
    const readers =
      run?.finishedAt === undefined ? [] : await vault.rotationReports.readers(permit, { run });
    return runOutput(rotating, readers, await vault.rotationReports.revocations(permit));
  },
});
