/** How a command line names a place, and where the vault there looks for its root key. */
import { type Place, placeName } from "@claviger/vault";

/** Without a password: that belongs into CLAVIGER_DATABASE. */
export function placeWords(place: Place): string {
  return place.type === "folder" ? `--data ${place.directory}` : `--database ${placeName(place)}`;
}

export function rootKeyPlace(place: Place): string {
  return place.type === "folder"
    ? `to ${place.directory}/root.key, or name it in CLAVIGER_ROOT_KEY`
    : "to every node and name it in CLAVIGER_ROOT_KEY";
}
