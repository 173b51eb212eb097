/** AWS's input members, from botocore's models, against what the vault's shapes declare. */
import { services } from "../../../packages/vault/src/compose.ts";
import {
  awsModel,
  declaredMembers,
  undeclared,
  unknownToAws,
} from "../../aws-model/input-members.ts";
import { type Claim, demand } from "../claim.ts";

export const everyMember: Claim = {
  name: "every-member",
  says: "no input member that AWS has is ignored in silence: each is honoured, or refused with a reason",
  async run({ print }) {
    for (const service of services.filter(({ name }) => Object.hasOwn(awsModel, name))) {
      const members = service.operations.flatMap(({ input }) => declaredMembers(input));
      const missing = [...undeclared(service), ...unknownToAws(service)];
      print(`${service.name}: ${service.operations.length} operations, ${members.length} members`);
      demand(missing.length === 0, `${service.name} does not know ${missing.join(", ")}`);
    }
  },
};
