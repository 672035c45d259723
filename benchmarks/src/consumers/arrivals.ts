/** What is told of an entry that has arrived. */
export interface Arrived {
  readonly id: string;
  readonly stream: string;
  readonly version: number;
}

/**
 * What is wrong with what arrived on a bus: each event has to arrive once.
 *
 * @param inOrder - Whether each stream's have to arrive in version order, too.
 */
export function findArrivalFlaws(
  arrived: readonly Arrived[],
  sent: readonly Pick<Arrived, 'id'>[],
  inOrder: boolean,
): string[] {
  const times = new Map(sent.map(({ id }) => [id, 0]));
  const latest = new Map<string, number>();
  let strangers = 0;
  let early = 0;
  for (const { id, stream, version } of arrived) {
    const before = times.get(id);
    if (before === undefined) strangers++;
    else times.set(id, before + 1);
    if (version < (latest.get(stream) ?? 0)) early++;
    latest.set(stream, version);
  }
  const counts = [...times.values()];
  const lost = counts.filter((count) => count === 0).length;
  const doubled = counts.filter((count) => count > 1).length;
  return [
    ...(lost > 0 ? [`${lost} did not arrive`] : []),
    ...(doubled > 0 ? [`${doubled} arrived more than once`] : []),
    ...(strangers > 0 ? [`${strangers} were never sent`] : []),
    ...(inOrder && early > 0 ? [`${early} arrived after a later one of their stream`] : []),
  ];
}
