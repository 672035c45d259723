/* What keeps a saga safe, each of which can be taken away to see what it is for. */

export const GUARDS = [
  'optimistic lock',
  'fence',
  'tombstone',
  'provider key',
  'provider cancel',
  'terminal guard',
  'undo',
  'ask',
] as const;

/**
 * `optimistic lock`: a ledger is written only if it stands as it was read.
 * `fence`: a step is given up in its ledger before it is given up at the provider.
 * `tombstone`: a step that was not begun is barred.
 * `provider key`: the provider acts once under one key.
 * `provider cancel`: the provider, told that a key is void, takes back what it did and refuses what comes late.
 * `terminal guard`: the terminal event is create-only.
 * `undo`: the work of a step is taken back before that is recorded.
 * `ask`: another service takes back its work when it is asked to, and not when it hears itself of what failed or was cancelled.
 */
export type Guard = (typeof GUARDS)[number];

/**
 * Which guards are in place, and what may therefore be left out of a state. Each of these reductions holds only while its guards do:
 * where one of them is removed, what it stood for is explored act by act.
 */
export interface Rules {
  readonly has: (guard: Guard) => boolean;
  /**
   * A worker that has read and done nothing since is as good as a delivery that has not come yet: when the ledger has not
   * changed meanwhile it does the same, and when it has, its write collides and it reads anew. So reading and the first act
   * after it are one move. Needs the optimistic lock.
   */
  readonly readsWithFirstAct: boolean;
  /**
   * Once a step has recorded its start, a request for its work may reach the provider at any later moment: its sender may have
   * stalled or crashed. Under one key any number of them are as one. So no account is kept of who has sent one. Needs the
   * provider key as well.
   */
  readonly requestsAreOne: boolean;
  /** The same for a request to make the work void, once the fence stands: behind it no harm is done, however late it comes. */
  readonly voidsAreOne: boolean;
  /**
   * What is barred or taken back stays so. So a worker that looks at one step after another, and bars them, need not remember how
   * far it has come: it may as well look at all of them again. Needs the tombstone as well.
   */
  readonly takenBackStays: boolean;
}

/**
 * @param without - The guard that is removed.
 * @param isReduced - Whether what may be left out is left out.
 */
export function rulesWithout(without: Guard | undefined, isReduced: boolean): Rules {
  const has = (guard: Guard) => guard !== without;
  const readsWithFirstAct = isReduced && has('optimistic lock');
  return {
    has,
    readsWithFirstAct,
    requestsAreOne: readsWithFirstAct && has('provider key'),
    voidsAreOne: readsWithFirstAct && has('fence'),
    takenBackStays: readsWithFirstAct && has('tombstone'),
  };
}
