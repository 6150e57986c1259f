/** Finds words in blocks of text, one incident a line, whatever their accents and capitals. */

const PLAIN = /^[\x00-\x7f]*$/; // eslint-disable-line no-control-regex

/** Small letters without accents, so that "Nīnawá" is found by "ninawa". */
export const fold = (text: string): string =>
  PLAIN.test(text) ? text.toLowerCase() : text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

export const termsOf = (words: string): string[] => [...new Set(fold(words).split(/\s+/).filter(Boolean))];

/** Which lines of a folded block hold all terms. */
export function linesWith(block: string, terms: string[]): number[] {
  const found: number[] = [];
  // The longest term is the rarest; lines without it are never cut out.
  const [rarest, ...rest] = [...terms].sort((a, b) => b.length - a.length);
  let line = 0;
  let lineStart = 0;
  let at = block.indexOf(rarest);
  while (at >= 0) {
    let next = block.indexOf("\n", lineStart);
    while (next >= 0 && next < at) {
      line++;
      lineStart = next + 1;
      next = block.indexOf("\n", lineStart);
    }
    const lineEnd = next < 0 ? block.length : next;
    const text = rest.length ? block.slice(lineStart, lineEnd) : "";
    if (rest.every((term) => text.includes(term))) found.push(line);
    at = next < 0 ? -1 : block.indexOf(rarest, lineEnd + 1);
  }
  return found;
}
