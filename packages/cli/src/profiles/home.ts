/** The home folder, of whoever has one. */
import { homedir } from "node:os";

/** The root folder for a user that the machine doesn't know, as containers run: nothing is there. */
export function home(): string {
  try {
    return homedir();
  } catch {
    return "/";
  }
}
