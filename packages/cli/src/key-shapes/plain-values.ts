/** Values that are no secret, whatever they are called: switches, numbers, addresses, paths. */

const kinds: readonly (readonly [why: string, pattern: RegExp])[] = [
  ["true or false", /^(true|false|yes|no|on|off|enabled?|disabled?)$/i],
  ["a number", /^[-+]?(\d{1,15}|\d{1,9}\.\d{1,9})%?$/],
  ["a duration or a size", /^(\d+(\.\d+)?\s?(ms|s|sec|m|min|h|d|w|y|[kmgt]i?b?|b))+$/i],
  ["an e-mail address", /^([^<>"@]{1,60}<)?[\w.+-]{1,64}@[\w-]+(\.[\w-]+)+>?$/],
  [
    "an address on the network",
    /^(\d{1,3}(\.\d{1,3}){3}|localhost|[a-z][\w-]*(\.[a-z][\w-]*)+)(:\d{1,5})?$|^[a-z][\w-]*:\d{1,5}$/i,
  ],
  ["a version", /^v?\d{1,5}(\.\d{1,5}){1,3}(-[a-z]+(\.\d+)?)?$/i],
  ["a path", /^(~|\.{1,2})?(\/[\w.@-]{1,40}){1,12}\/?$/],
  ["an Amazon resource name", /^arn:aws[\w-]*:[\w-]+:[\w-]*:\d*:[\w/:.*-]+$/],
];

/** Why it is plain; undefined where nothing says so. */
export function plainness(value: string): string | undefined {
  const parts = value.split(/\s*,\s*/);
  const whys = parts.map(ofOne);
  return whys.every((why) => why !== undefined) ? whys[0] : undefined;
}

function ofOne(text: string): string | undefined {
  const found = kinds.find(([, pattern]) => pattern.test(text));
  if (found !== undefined && !hasLongPiece(text)) return found[0];
  return isOpenUrl(text) ? "an address without a password" : undefined;
}

/** Neither a user, nor a query, nor a piece as long as keys are. */
function isOpenUrl(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\/[^\s@?#]+$/i.test(text) && !hasLongPiece(text);
}

function hasLongPiece(text: string): boolean {
  return /(?=[A-Za-z]*\d)[A-Za-z0-9]{16,}/.test(text);
}
