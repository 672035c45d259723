/* A function of several parts, some of which a bundle may do without. */

declare const EVERFOLD_WITHOUT_LAMPS: true | undefined;
declare const EVERFOLD_WITHOUT_CHAIRS: true | undefined;

export async function handler(): Promise<readonly string[]> {
  const lamps = typeof EVERFOLD_WITHOUT_LAMPS === 'undefined' ? ['a lamp'] : [];
  const chairs = typeof EVERFOLD_WITHOUT_CHAIRS === 'undefined' ? ['a chair'] : [];
  return [...lamps, ...chairs];
}
