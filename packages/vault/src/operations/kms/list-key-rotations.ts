/** The rotations of a key that are done, oldest first; on request its first material too. */
import { versionsPrefix } from "../../keys/key-record.ts";
import { required, string, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { authorizeOwnKey } from "./authorize-key.ts";
import { pageOutput } from "./key-page.ts";
import { keyId, limit, marker } from "./members.ts";

const limitDefault = 100;

export const listKeyRotations = operation({
  name: "ListKeyRotations",
  isReadOnly: true,
  input: structure({
    KeyId: required(keyId),
    IncludeKeyMaterial: string({ enum: ["ALL_KEY_MATERIAL", "ROTATIONS_ONLY"] }),
    Limit: limit,
    Marker: marker,
  }),
  permit: ({ KeyId }, call) => authorizeOwnKey(call, "kms:ListKeyRotations", KeyId),
  async run({ IncludeKeyMaterial, Limit = limitDefault, Marker }, permit, { vault }) {
    const { rotation, markers } = vault.keys;
    const isAll = IncludeKeyMaterial === "ALL_KEY_MATERIAL";
    const { record } = permit.resource;
    const list = `rotations ${JSON.stringify([versionsPrefix(record), isAll])}`;
    const page = await markers.page(list, Marker, (after) =>
      rotation.list(permit, isAll, Limit, after),
    );
    const rotations = page.items.map(({ materialId, createdAt, rotationType, isCurrent }) => ({
      KeyId: record.keyId,
      KeyMaterialId: materialId,
      KeyMaterialState: isCurrent ? "CURRENT" : "NON_CURRENT",
      ...(rotationType !== undefined && {
        RotationDate: new Date(createdAt),
        RotationType: rotationType,
      }),
    }));
    return pageOutput("Rotations", page, rotations);
  },
});
