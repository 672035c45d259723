import { type Attributes, context, type Span, SpanKind, type Tracer, trace } from '@opentelemetry/api';
import type { EventStore, StreamStore } from '../event-store.js';
import { ATTRIBUTE, categoryIn, countAttributes, spanName, streamAttributes } from './attributes.js';
import { recordFailure } from './failure.js';
import { inSpan } from './in-span.js';
import { through } from './through.js';

/** The operations that write nothing. */
export function tracedReads(store: StreamStore, tracer: Tracer): Pick<StreamStore, 'load' | 'read'> {
  return {
    load: (stream, query) =>
      asking(tracer, spanName('load', categoryIn(stream)), streamAttributes(stream), async (span) => {
        const latest = await store.load(stream, query);
        const { snapshot, commits } = latest;
        span.setAttributes({
          ...countAttributes(commits),
          [ATTRIBUTE.snapshot]: snapshot !== undefined,
          [ATTRIBUTE.version]: commits.at(-1)?.last ?? (snapshot?.position ?? query?.after)?.version ?? 0,
        });
        return latest;
      }),

    read(stream, range) {
      let [commits, events, version] = [0, 0, 0];
      return readingAll(
        tracer,
        { name: spanName('read', categoryIn(stream)), attributes: streamAttributes(stream) },
        store.read(stream, range),
        (commit, span) => {
          commits += 1;
          events += commit.events.length;
          version = Math.max(version, commit.last);
          span.setAttributes({
            [ATTRIBUTE.commits]: commits,
            [ATTRIBUTE.events]: events,
            [ATTRIBUTE.version]: version,
          });
        },
      );
    },
  };
}

/** The operations of tools. A saved snapshot is no news to anybody, so nothing continues its span. */
export function tracedTools(store: EventStore, tracer: Tracer): Omit<EventStore, keyof StreamStore> {
  return {
    saveSnapshot: (of, snapshot) =>
      asking(
        tracer,
        spanName('saveSnapshot', categoryIn(of.stream)),
        { ...streamAttributes(of.stream), [ATTRIBUTE.version]: of.version },
        async (span) => {
          const kept = await store.saveSnapshot(of, snapshot);
          span.setAttribute(ATTRIBUTE.snapshot, kept);
          return kept;
        },
      ),

    holderOf: (key) =>
      asking(tracer, spanName('holderOf', key.name), { [ATTRIBUTE.claim]: key.name }, () => store.holderOf(key)),

    scan(options) {
      const category = options?.category;
      const attributes = category === undefined ? {} : { [ATTRIBUTE.category]: category };
      return through(store.scan(options), (next) =>
        asking(tracer, spanName('scan', category), attributes, async (span) => {
          const page = await next();
          span.setAttributes(countAttributes(page.done ? [] : page.value.commits));
          return page;
        }),
      );
    },

    streams: (category, options) =>
      readingAll(
        tracer,
        { name: spanName('streams', category), attributes: { [ATTRIBUTE.category]: category } },
        store.streams(category, options),
        () => undefined,
      ),
  };
}

function asking<TResult>(
  tracer: Tracer,
  name: string,
  attributes: Attributes,
  ask: (span: Span) => Promise<TResult>,
): Promise<TResult> {
  const options = { parent: context.active(), links: [], kind: SpanKind.CLIENT, attributes };
  return inSpan(tracer, name, options, ask);
}

/** One span for all items, from the first one asked for to the end of the reading. */
async function* readingAll<TItem>(
  tracer: Tracer,
  { name, attributes }: { readonly name: string; readonly attributes: Attributes },
  items: AsyncIterable<TItem>,
  onItem: (item: TItem, span: Span) => void,
): AsyncIterable<TItem> {
  const parent = context.active();
  const span = tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes }, parent);
  const within = trace.setSpan(parent, span);
  try {
    // Only the store works within the span: its reader has a context of its own.
    for await (const item of through(items, (next) => context.with(within, next))) {
      onItem(item, span);
      yield item;
    }
  } catch (error) {
    recordFailure(span, error);
    throw error;
  } finally {
    span.end();
  }
}
