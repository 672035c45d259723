/* Words of diagrams. */

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
] as const;

/** A span of time for people: in the largest unit of which it is a whole number. */
export function spanOf(ms: number): string {
  const [unit, size] = UNITS.find(([, each]) => ms >= each && ms % each === 0) ?? ['s', 1_000];
  return `${ms / size} ${unit}`;
}

/**
 * Text that Mermaid shows as it is: without what ends its lines, and with what would mean something to it as entities.
 * Source: Mermaid documentation, "Flowcharts", "Entity codes to escape characters".
 */
export function textOf(text: string): string {
  return text.replaceAll(/[#;"<>]/g, (character) => `#${character.codePointAt(0)};`).replaceAll(/\s+/g, ' ');
}
