/** What the tagging operations name. Of Systems Manager's resources the vault has parameters. */
import { invalidResourceType } from "../../parameters/errors.ts";
import type { ParameterResource } from "../../parameters/parameters.ts";
import { type Infer, required, string } from "../../shapes/shapes.ts";
import type { Soon } from "../../soon.ts";
import type { Call } from "../operation.ts";

export const taggedResource = {
  ResourceType: required(
    string({
      enum: [
        "Document",
        "ManagedInstance",
        "MaintenanceWindow",
        "Parameter",
        "PatchBaseline",
        "OpsItem",
        "OpsMetadata",
        "Automation",
        "Association",
      ],
    }),
  ),
  ResourceId: required(string()),
};

interface TaggedResource {
  readonly ResourceType: Infer<typeof taggedResource.ResourceType>;
  readonly ResourceId: string;
}

export function locateTagged(
  { ResourceType, ResourceId }: TaggedResource,
  { vault, scope }: Call,
): Soon<ParameterResource> {
  if (ResourceType !== "Parameter") throw invalidResourceType();
  return vault.parameters.locateTagged(scope, ResourceId);
}
