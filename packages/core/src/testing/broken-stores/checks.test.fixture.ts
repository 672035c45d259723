import type { TransactionPart } from '../../claims.js';
import { isTombstone } from '../../commit.js';
import { InvalidArgumentError } from '../../errors.js';
import { type BrokenStores, broken } from './broken-store.test.fixture.js';

const isCheck = (part: TransactionPart) => 'unchanged' in part;
const metadata = { correlationId: 'c', causationId: 'k' };

/** A transaction of which some parts are left out, and whose fate is theirs. */
const leavingOut = (left: (part: TransactionPart, index: number, parts: readonly TransactionPart[]) => boolean) =>
  broken((sound) => ({
    transact: async (parts) => {
      const kept = parts.filter((...part) => !left(...part));
      return kept.length === 0 ? [] : sound.transact(kept);
    },
  }));

export const brokenChecks: BrokenStores = {
  'leaves nothing when a checked stream has moved on': {
    'checks nothing': leavingOut(isCheck),
    'checks the first stream only': leavingOut(
      (part, index, parts) => isCheck(part) && parts.findIndex(isCheck) < index,
    ),
  },
  'lets a transaction through while the streams it checks stand where they were read': {
    'checks by writing': broken((sound) => ({
      transact: async (parts) => {
        const written = parts.map((part) =>
          'unchanged' in part ? { after: part.unchanged, events: [{ type: 'Checked', data: {} }], metadata } : part,
        );
        const commits = await sound.transact(written);
        return commits.filter(({ events }) => events[0]?.type !== 'Checked');
      },
    })),
    'takes no check for an absent stream': broken((sound) => ({
      transact: async (parts) => {
        for (const part of parts) {
          if (!('unchanged' in part) || part.unchanged.version > 0) continue;
          throw new InvalidArgumentError('There is nothing to check.');
        }
        return sound.transact(parts);
      },
    })),
  },
  'lets at most one of two win that each check what the other writes': {
    'checks first, and then writes': broken((sound) => ({
      transact: async (parts) => {
        const probe = { claim: { name: 'probe', value: 'x' }, by: 'me' } as const;
        const checks = parts.filter(isCheck);
        if (checks.length > 0 && checks.length < parts.length) {
          await sound.transact([...checks, probe]);
          await sound.transact([{ release: probe.claim, by: 'me' }]);
        }
        return sound.transact(checks.length < parts.length ? parts.filter((part) => !isCheck(part)) : parts);
      },
    })),
  },
  'refuses to check a stream that it writes': {
    'checks what it writes': leavingOut(
      (part, _index, parts) =>
        'unchanged' in part && parts.some((other) => 'after' in other && other.after.stream === part.unchanged.stream),
    ),
  },
  'counts a check among the 100 parts': {
    'does not count checks': leavingOut((part, index) => isCheck(part) && index >= 100),
  },
  'refuses a transaction that checks only': {
    'lets a transaction be that checks only': leavingOut((_part, _index, parts) => parts.every(isCheck)),
  },
  'leaves nothing when a checked stream was deleted since': {
    'takes a deleted stream for one that moved on': broken((sound) => ({
      transact: async (parts) => {
        for (const part of parts) {
          if (!('unchanged' in part) || !part.unchanged.deleted) continue;
          const { commits } = await sound.load(part.unchanged.stream);
          if (commits.some(isTombstone)) throw new InvalidArgumentError('It was deleted.');
        }
        return sound.transact(parts);
      },
    })),
  },
};
