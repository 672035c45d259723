import { type Attributes, type Span, SpanKind, type Tracer, trace } from '@opentelemetry/api';
import type { Append, Commit } from '../commit.js';
import type { StreamStore } from '../event-store.js';
import type { Metadata } from '../metadata.js';
import { isAppend } from '../transaction.js';
import { ATTRIBUTE, categoryIn, commitAttributes, spanName, streamAttributes } from './attributes.js';
import { recordConflict } from './failure.js';
import { causedHere, inSpan } from './in-span.js';
import { writeTraceContext } from './trace-context.js';

/** What appends to a store that takes such parts of a transaction. */
type Writes<TPart> = Pick<StreamStore, 'append' | 'delete'> & {
  readonly transact: (parts: readonly TPart[]) => Promise<readonly Commit[]>;
};

/** The operations that append. Their spans are what consumers continue, so they are producers. */
export function tracedWrites<TPart extends object>(store: Writes<TPart>, tracer: Tracer): Writes<TPart> {
  async function producing<TResult>(
    operation: string,
    { streams, causes, attributes }: Production,
    write: (span: Span) => Promise<TResult>,
  ): Promise<TResult> {
    const [stream] = streams;
    const around = trace.getActiveSpan();
    const options = {
      ...causedHere(causes),
      kind: SpanKind.PRODUCER,
      attributes: { ...(stream === undefined ? {} : streamAttributes(stream)), ...attributes },
    };
    return inSpan(tracer, spanName(operation, stream && categoryIn(stream)), options, async (span) => {
      try {
        return await write(span);
      } catch (error) {
        recordConflict(around, error);
        throw error;
      }
    });
  }

  return {
    append: (append) =>
      producing('append', productionOf([append]), async (span) => {
        const commit = await store.append(under(span, append));
        span.setAttributes(commitAttributes(commit));
        return commit;
      }),

    transact(parts) {
      const appends = parts.flatMap((part) => (isAppend(part) ? [part] : []));
      const production = productionOf(appends);
      const attributes = { ...production.attributes, [ATTRIBUTE.transactionStreams]: [...production.streams] };
      return producing('transact', { ...production, attributes }, async (span) => {
        const commits = await store.transact(parts.map((part) => (isAppend(part) ? under(span, part) : part)));
        span.setAttribute(
          ATTRIBUTE.transactionCommits,
          commits.map(({ id }) => id),
        );
        return commits;
      });
    },

    delete: (after, metadata) =>
      producing('delete', { streams: [after.stream], causes: [metadata], attributes: {} }, async (span) => {
        const commit = await store.delete(after, writeTraceContext(metadata, span.spanContext()));
        span.setAttributes(commitAttributes(commit));
        return commit;
      }),
  };
}

/** What a span that appends is about. The first stream gives it its name. */
interface Production {
  readonly streams: readonly string[];
  readonly causes: readonly Metadata[];
  readonly attributes: Attributes;
}

function productionOf(appends: readonly Append[]): Production {
  return {
    streams: appends.map(({ after }) => after.stream),
    causes: appends.map(({ metadata }) => metadata),
    attributes: { [ATTRIBUTE.events]: appends.reduce((sum, { events }) => sum + events.length, 0) },
  };
}

/** The append with the span in its metadata; the very same one, if the span is in no trace. */
function under<TAppend extends Append>(span: Span, append: TAppend): TAppend {
  const metadata = writeTraceContext(append.metadata, span.spanContext());
  return metadata === append.metadata ? append : { ...append, metadata };
}
