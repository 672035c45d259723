import type { StandardSchemaV1 } from '@standard-schema/spec';
import { defined } from '../defined.js';
import { InvalidArgumentError } from '../errors.js';
import { checkWholeNumber } from '../whole-number.js';
import type { SeveralEvents } from './several-events.js';
import { type DecodeEvent, decodeBy, type EncodeEvent, encodeBy, type UpcastEvent, upcastBy } from './upcast.js';

/** Carries what JSON cannot: a date, a bigint, a map. */
export interface EventCodec<TData, TForm> {
  /** Makes of the data, as its schema outputs it, what JSON carries unchanged. */
  readonly encode: (data: TData) => TForm;
  /** Makes the data again of what was recorded. */
  readonly decode: (form: NoInfer<TForm>) => TData;
}

/**
 * How recorded data becomes data of today: what reads and writes go by. It brings the code for that along, so a service
 * whose events never changed has none of it in its bundles.
 */
export interface Evolution {
  /** The revision in which events are recorded now. */
  readonly revision: number;
  /** For each earlier revision, what makes its data into data of the next one, or into several events. */
  readonly upcast: Readonly<Record<number, (data: unknown) => unknown>>;
  readonly codec?: EventCodec<unknown, unknown>;
  /** Brings an event of an earlier revision to the form of today. */
  readonly upcastEvent: UpcastEvent;
  /** Decodes the data of an event of the present revision. */
  readonly decodeEvent: DecodeEvent;
  /** Brings an event into the form in which it is recorded. */
  readonly encodeEvent: EncodeEvent;
}

/** The schema of an event type whose recorded form is not, or was not always, what its schema outputs. */
export interface EvolvingSchema<TInput = unknown, TOutput = TInput> extends StandardSchemaV1<TInput, TOutput> {
  readonly '~evolution': Evolution;
}

/** Upcasters by the revision that each begins with: typed by the form they take, which nothing else knows. */
export type Upcasters = Readonly<Record<number, (data: never) => unknown>>;

/** What upcasters have to give: the form that the next one takes; the last one, the form of today. */
export type UpcasterChain<TUpcasters, TForm> = {
  readonly [TRevision in keyof TUpcasters]: (
    data: FormTaken<TUpcasters[TRevision]>,
  ) => FormAt<TUpcasters, Next<TRevision>, TForm> | SeveralEvents;
};

type FormTaken<TUpcaster> = TUpcaster extends (data: infer TForm) => unknown ? TForm : never;

type FormAt<TUpcasters, TRevision, TForm> = TRevision extends keyof TUpcasters
  ? FormTaken<TUpcasters[TRevision]>
  : TForm;

/** The number after a number, up to 100: the compiler can count, but not add. */
type Next<TNumber, TCounted extends readonly unknown[] = []> = TCounted['length'] extends TNumber | 99
  ? [...TCounted, unknown]['length']
  : Next<TNumber, [...TCounted, unknown]>;

/** How the data of an event type came to its present form, where what is recorded is what the schema outputs. */
export interface Evolving<TSchema extends StandardSchemaV1, TUpcasters extends Upcasters> {
  /** The revision in which events are recorded from now on: a whole number from 1. Count up whenever the form changes. */
  readonly revision: number;
  /** For each earlier revision, what makes its data into data of the next one, or into several events. Pure. */
  readonly upcast: TUpcasters & UpcasterChain<NoInfer<TUpcasters>, StandardSchemaV1.InferOutput<TSchema>>;
  readonly codec?: never;
}

/** The same, where a codec carries what JSON cannot. Upcasters work on what is recorded, before it is decoded. */
export interface EvolvingEncoded<TSchema extends StandardSchemaV1, TUpcasters extends Upcasters, TForm> {
  readonly revision: number;
  readonly upcast?: TUpcasters & UpcasterChain<NoInfer<TUpcasters>, NoInfer<TForm>>;
  readonly codec: EventCodec<StandardSchemaV1.InferOutput<TSchema>, TForm>;
}

/**
 * Makes a schema of an event whose form has changed, or that JSON alone cannot carry. Use it where a schema is used.
 *
 * Events are recorded with their revision, and never rewritten. When they are read, the upcasters bring them to the form
 * of today, one after the other, and the codec decodes that. An upcaster may also give `severalEvents`, none among them.
 * To retire a type, upcast it to others and let its schema accept nothing, as `z.never()` does.
 *
 * What was made of events before is not made anew: where another state or other rows come out of them now, count up the
 * `schema` of the aggregate's snapshots and the `version` of projections as well.
 *
 * A reader meets events of a later revision while a new version is rolled out: it refuses them with a
 * `NewerRevisionError`. So deploy readers first, or let consumers try again.
 *
 * @param schema - The schema of the data as commands decide it and reducers see it.
 * @param options - The present revision, how data of each earlier one becomes data of the next, and the codec.
 * @throws InvalidArgumentError when `revision` is not a whole number from 1, or there is not one upcaster for each
 *   earlier revision.
 *
 * @example
 * ```ts
 * const invoiceEvents = defineEvents({
 *   InvoiceSent: evolving(z.object({ cents: z.bigint(), to: z.string() }), {
 *     revision: 3,
 *     upcast: {
 *       1: ({ euros }: { euros: number }) => ({ cents: euros * 100 }),
 *       2: ({ cents }: { cents: number }) => ({ cents: String(cents), to: 'unknown' }),
 *     },
 *     codec: {
 *       encode: ({ cents, to }) => ({ cents: String(cents), to }),
 *       decode: ({ cents, to }) => ({ cents: BigInt(cents), to }),
 *     },
 *   }),
 * });
 * ```
 */
export function evolving<TSchema extends StandardSchemaV1, TUpcasters extends Upcasters, TForm>(
  schema: TSchema,
  options: EvolvingEncoded<TSchema, TUpcasters, TForm>,
): EvolvingSchema<StandardSchemaV1.InferInput<TSchema>, StandardSchemaV1.InferOutput<TSchema>>;
export function evolving<TSchema extends StandardSchemaV1, TUpcasters extends Upcasters>(
  schema: TSchema,
  options: Evolving<TSchema, TUpcasters>,
): EvolvingSchema<StandardSchemaV1.InferInput<TSchema>, StandardSchemaV1.InferOutput<TSchema>>;
// What the compiler knew of the forms ends here: what is recorded has whatever form it has.
export function evolving(
  schema: StandardSchemaV1,
  options: Pick<Evolution, 'revision'> & Partial<Evolution>,
): EvolvingSchema {
  if (evolutionOf(schema) !== undefined) {
    throw new InvalidArgumentError('The schema evolves already. Put all its revisions into one definition.');
  }
  const { revision, upcast = {}, codec } = options;
  checkUpcasters(revision, upcast);
  const upcasters = Object.freeze({ ...upcast });
  const evolution: Evolution = {
    revision,
    upcast: upcasters,
    ...defined({ codec }),
    upcastEvent: upcastBy(upcasters, revision),
    decodeEvent: decodeBy(codec),
    encodeEvent: encodeBy(codec, revision),
  };
  return Object.freeze({ '~standard': schema['~standard'], '~evolution': Object.freeze(evolution) });
}

/** How a schema evolves; `undefined` for any schema that `evolving` did not make. */
export function evolutionOf(schema: StandardSchemaV1 | undefined): Evolution | undefined {
  return schema !== undefined && isEvolving(schema) ? schema['~evolution'] : undefined;
}

/** The revision in which events of a schema are recorded. */
export function revisionOf(schema: StandardSchemaV1 | undefined): number {
  return evolutionOf(schema)?.revision ?? 1;
}

/** Whether a number can be a revision. */
export function isRevision(revision: unknown): revision is number {
  return Number.isSafeInteger(revision) && Number(revision) >= 1;
}

function isEvolving(schema: StandardSchemaV1): schema is EvolvingSchema {
  return '~evolution' in schema;
}

function checkUpcasters(revision: number, upcast: Evolution['upcast']): void {
  checkWholeNumber(`The revision of an event is ${revision}`, revision, 1);
  for (let earlier = 1; earlier < revision; earlier++) {
    if (typeof upcast[earlier] !== 'function') {
      throw new InvalidArgumentError(
        `An event of revision ${revision} has no upcaster for revision ${earlier}. Give one for each earlier revision.`,
      );
    }
  }
  for (const key of Object.keys(upcast)) {
    const earlier = Number(key);
    if (!isRevision(earlier) || earlier >= revision || key !== String(earlier)) {
      throw new InvalidArgumentError(
        `An event of revision ${revision} has an upcaster for revision ${key}, which is not an earlier one. Remove it, or count the revision up.`,
      );
    }
  }
}
