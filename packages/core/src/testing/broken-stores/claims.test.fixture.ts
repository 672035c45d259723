import type { ClaimKey, TransactionPart } from '../../claims.js';
import { startOf } from '../../commit.js';
import { ClaimTakenError } from '../../errors.js';
import type { InMemoryEventStore } from '../../in-memory-store.js';
import { type BrokenStore, type BrokenStores, broken } from './broken-store.test.fixture.js';

const metadata = { correlationId: 'c', causationId: 'k' };
const isAboutClaim = (part: TransactionPart) => 'claim' in part || 'release' in part;
const keyOf = (part: TransactionPart): ClaimKey | undefined => {
  if ('claim' in part) return part.claim;
  return 'release' in part ? part.release : undefined;
};

/** A transaction whose parts are changed one by one, or left out. */
function changing(
  change: (part: TransactionPart, sound: InMemoryEventStore) => Promise<TransactionPart | undefined>,
): BrokenStore {
  return broken((sound) => ({
    transact: async (parts) => {
      const kept: TransactionPart[] = [];
      for (const part of parts) kept.push(...[await change(part, sound)].filter((one) => one !== undefined));
      return kept.length === 0 && parts.length > 0 ? [] : sound.transact(kept);
    },
  }));
}

/** A store that keeps claims under keys of its own making. */
function keyed(key: (key: ClaimKey) => ClaimKey): BrokenStore {
  return broken((sound) => ({
    transact: (parts) =>
      sound.transact(
        parts.map((part) => {
          if ('claim' in part) return { ...part, claim: key(part.claim) };
          return 'release' in part ? { ...part, release: key(part.release) } : part;
        }),
      ),
    holderOf: (of) => sound.holderOf(key(of)),
  }));
}

export const brokenClaims: BrokenStores = {
  'gives a free value to the first who claims it, and says who holds it': {
    'claims nothing': changing(async (part) => (isAboutClaim(part) ? undefined : part)),
    'takes any name, value, holder and time': broken((sound) => ({
      transact: (parts) =>
        sound.transact(
          parts.map((part) =>
            'claim' in part
              ? { claim: { name: 'any', value: JSON.stringify(part.claim).slice(0, 99) }, by: part.by || 'any' }
              : part,
          ),
        ),
    })),
  },
  'refuses a value that somebody holds, be it the same holder': {
    'lets a holder claim again': changing(async (part, sound) =>
      'claim' in part && part.claim.value && (await sound.holderOf(part.claim).catch(() => undefined)) === part.by
        ? undefined
        : part,
    ),
    'does not say who holds it': broken((sound) => ({
      transact: async (parts) => {
        try {
          return await sound.transact(parts);
        } catch (error) {
          if (!(error instanceof ClaimTakenError)) throw error;
          throw new ClaimTakenError({ name: error.claim, value: error.value }, undefined);
        }
      },
    })),
  },
  'keeps a claim when the transaction that releases it fails': {
    'claims first, and then appends': broken((sound) => ({
      transact: async (parts) => {
        const claims = parts.filter(isAboutClaim);
        if (claims.length > 0) await sound.transact(claims);
        const others = parts.filter((part) => !isAboutClaim(part));
        return others.length === 0 && claims.length > 0 ? [] : sound.transact(others);
      },
    })),
  },
  'claims and appends together, or not at all': {
    'appends first, and then claims': broken((sound) => ({
      transact: async (parts) => {
        const claims = parts.filter(isAboutClaim);
        const others = parts.filter((part) => !isAboutClaim(part));
        const commits = others.length === 0 && claims.length > 0 ? [] : await sound.transact(others);
        if (claims.length > 0) await sound.transact(claims);
        return commits;
      },
    })),
  },
  'refuses the release of what somebody else holds, and leaves nothing': {
    'lets anybody release': changing(async (part, sound) => {
      if (!('release' in part)) return part;
      const holder = await sound.holderOf(part.release).catch(() => undefined);
      return holder && part.by ? { ...part, by: holder } : part;
    }),
  },
  'frees a value that its holder releases': {
    'never releases': changing(async (part) => ('release' in part ? undefined : part)),
  },
  'lets a release of what is free be': {
    'misses what it is to release': changing(async (part, sound) => {
      const key = 'release' in part ? part.release : undefined;
      if (key && (await sound.holderOf(key)) === undefined) throw new ClaimTakenError(key, undefined);
      return part;
    }),
  },
  'refuses a value twice in one transaction, whether claimed or released': {
    'takes the last word on a value': broken((sound) => ({
      transact: (parts) =>
        sound.transact(
          parts.filter((part, index) => {
            const key = keyOf(part);
            return !(
              key && parts.slice(index + 1).some((later) => JSON.stringify(keyOf(later)) === JSON.stringify(key))
            );
          }),
        ),
    })),
  },
  'takes odd values as they stand': {
    'takes values for one that look the same': keyed(({ name, value }) => ({ name, value: value.normalize('NFC') })),
    'loses what means something to JavaScript': changing(async (part) =>
      'claim' in part && part.claim.value === '__proto__' ? undefined : part,
    ),
  },
  'takes no two values for one': {
    'takes no notice of capitals': keyed(({ name, value }) => ({ name, value: value.toLowerCase() })),
    'joins name and value with a dot': keyed(({ name, value }) =>
      /^[A-Za-z][\w.]*$/.test(name) && value.length > 0 && value.length < 100
        ? { name: 'all', value: `${name}.${value}` }
        : { name, value },
    ),
  },
  'lets at most one of many claim a value': {
    'looks who holds a value, and then claims it': broken((sound) => ({
      transact: async (parts) => {
        const [part] = parts;
        const alone = parts.length === 1 && part && 'claim' in part ? part.claim : undefined;
        if (!alone || (await sound.holderOf(alone).catch(() => undefined)) !== undefined) return sound.transact(parts);
        try {
          return await sound.transact(parts);
        } catch (error) {
          const by = error instanceof ClaimTakenError ? error.holder : undefined;
          if (by === undefined) throw error;
          await sound.transact([{ release: alone, by }]);
          return sound.transact(parts);
        }
      },
    })),
  },
  'shows claims to nobody who reads, scans or lists streams': {
    'keeps claims as streams': changing(async (part, sound) => {
      if ('claim' in part && part.claim.value) {
        const after = startOf(`${part.claim.name}-${part.claim.value}`);
        await sound.append({ after, events: [{ type: 'Claimed', data: {} }], metadata }).catch(() => undefined);
      }
      return part;
    }),
  },
};

export const brokenClaimTimes: BrokenStores = {
  'frees a value when its time is over, for claims and releases by anybody': {
    'holds a value for ever': changing(async (part) => {
      if (!('claim' in part)) return part;
      const { forSeconds, ...claim } = part;
      return claim;
    }),
    'lets only the former holder claim or release what is over': broken((sound) => {
      const former = new Map<string, string>();
      return {
        transact: async (parts) => {
          for (const part of parts) {
            const key = keyOf(part);
            const holder = key && former.get(JSON.stringify(key));
            if (key && 'by' in part && holder !== undefined && holder !== part.by)
              throw new ClaimTakenError(key, holder);
            if ('claim' in part) former.set(JSON.stringify(part.claim), part.by);
          }
          return sound.transact(parts);
        },
      };
    }),
  },
  'holds a value for as long as it is claimed': {
    'holds a value for no time at all': changing(async (part) =>
      'claim' in part && part.forSeconds !== undefined ? undefined : part,
    ),
  },
  'holds a value for no less than the seconds it is claimed for': {
    'holds a value for a second less': {
      ...broken(() => ({})),
      create: ({ clock, ...ports }) => {
        const floored = { ...clock, now: () => Math.floor(clock.now() / 1_000) * 1_000 };
        return broken((sound) => ({ holderOf: (key) => sound.holderOf(key) })).create({ ...ports, clock: floored });
      },
    },
  },
  'lets a claim without a time take the place of one whose time is over, for good': {
    'leaves a value the time that it had': broken((sound) => {
      const times = new Map<string, number>();
      return {
        transact: (parts) =>
          sound.transact(
            parts.map((part) => {
              if (!('claim' in part)) return part;
              const key = JSON.stringify(part.claim);
              const forSeconds = part.forSeconds ?? times.get(key);
              if (forSeconds === undefined) return part;
              times.set(key, forSeconds);
              return { ...part, forSeconds };
            }),
          ),
      };
    }),
  },
};
