/** How a place is named to whoever goes on from there, and where its vault looks for the root key. */
import type { Place } from "@claviger/vault";

/** A command for the place. The URL of a database has a password, which no output repeats. */
export function commandFor(place: Place, command: string): string {
  return place.type === "folder"
    ? `claviger ${command} --data ${place.directory}`
    : `claviger ${command} (with the database's whole URL in CLAVIGER_DATABASE)`;
}

export function rootKeyPlace(place: Place): string {
  return place.type === "folder"
    ? `to ${place.directory}/root.key, or name it in CLAVIGER_ROOT_KEY`
    : "to every node and name it in CLAVIGER_ROOT_KEY";
}
