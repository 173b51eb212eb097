/** The names of two users that take turns, as AWS's functions name them. */
const cloneSuffix = "_clone";

export function isClone(username: string): boolean {
  return username.endsWith(cloneSuffix);
}

export function baseOf(username: string): string {
  return isClone(username) ? username.slice(0, -cloneSuffix.length) : username;
}

/** Whose turn is next. */
export function otherOf(username: string): string {
  return isClone(username) ? baseOf(username) : username + cloneSuffix;
}
