/** What storage, the audit log and their connections throw when a database can't do its work now. */

/** The database can't be read or written now. */
export class Unavailable extends Error {
  override readonly name = "Unavailable";
}
