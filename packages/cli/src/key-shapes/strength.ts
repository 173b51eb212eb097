/**
 * Whether somebody could guess a secret. An estimate from the value alone, which errs to the high
 * side: what it calls weak is weak.
 */

/** What everybody tries first, and what stands where a secret was to be filled in. */
const guessed =
  /^(admin|administrator|root|guest|user|test|testing|secret|s3cret|default|postgres|mysql|redis|rabbit|minio(admin)?|letmein|welcome|qwerty\w*|monkey|dragon|pass|passwd|passw0rd|p@ssw0rd|password|hunter2|abc123|iloveyou|(0?1?2345?6?7?8?9?0?)+)[\d!.@#]*$/i;
const placeholder =
  /^(<.*>|\[.*\]|\{\{?.*\}\}?|x{3,}|\*{3,}|\.{3,}|(to-?do|fix-?me|tbd|none|null|dummy|fake|sample|example|placeholder|changeit)|change[-_ ]?me.*|replace[-_ ]?(me|this|with).*|(put|insert|enter|add|your)[-_ ].*|.*[-_ ](goes[-_ ]?)?here)$/i;

/** As NIST SP 800-63B counts it, a guesser who is slowed down needs this much to fail. */
const bitsMin = 50;
const charactersMin = 12;

/** In words that hold nothing of the value; undefined where it is strong enough. */
export function weakness(secret: string): string | undefined {
  if (placeholder.test(secret)) return "a placeholder, not a secret";
  if (guessed.test(secret)) return "weak: among the first that anybody tries";
  const length = [...secret].length;
  if (length < charactersMin) return `weak: ${length} characters`;
  const bits = Math.floor(estimatedBits(secret));
  return bits < bitsMin ? `weak: guessed in about 2^${bits} tries` : undefined;
}

/** Of the alphabet that it seems to be drawn from, or of its own characters, whatever is less. */
export function estimatedBits(text: string): number {
  const alphabet = [
    [/[a-z]/, 26],
    [/[A-Z]/, 26],
    [/\d/, 10],
    [/[^a-zA-Z\d]/, 33],
  ] as const;
  const size = alphabet.reduce((sum, [some, count]) => sum + (some.test(text) ? count : 0), 0);
  const length = [...text].length;
  return length === 0 ? 0 : Math.min(Math.log2(size), bitsPerCharacter(text)) * length;
}

/** Shannon's entropy of its characters. */
export function bitsPerCharacter(text: string): number {
  const counts = new Map<string, number>();
  for (const each of text) counts.set(each, (counts.get(each) ?? 0) + 1);
  const length = [...text].length;
  return [...counts.values()].reduce((sum, n) => sum - (n / length) * Math.log2(n / length), 0);
}
