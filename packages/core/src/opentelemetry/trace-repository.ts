import { SpanKind } from '@opentelemetry/api';
import type { CommandMetadata } from '../metadata.js';
import type { ExecuteOptions } from '../repository.js';
import { ATTRIBUTE, spanName } from './attributes.js';
import { causedHere, defaultTracer, inSpan, type TraceOptions } from './in-span.js';

/** What of a repository is traced; any `Repository` has it. */
export interface TraceableRepository {
  execute(id: string, command: never, ...args: never): Promise<{ version: number; events: readonly unknown[] }>;
  decide(id: string, command: never, ...args: never): Promise<{ events: readonly unknown[] } | undefined>;
}

/** What of an aggregate names its spans; any `Aggregate` has it. */
export interface NamedCommands {
  readonly category: string;
  readonly commands: object;
}

/**
 * Wraps a repository, so that each command is a span, `execute order.place`, around all it takes: with a traced store, its
 * loads and appends are children, and each append that came second is an event `conflict`. A decision for a transaction is
 * a span `decide order.place`.
 *
 * The span is a child of the active one, and links to the `traceparent` of the command's metadata if that is of another
 * trace. Without an active span, it is a child of that `traceparent`.
 *
 * Costs no request. Without a registered OpenTelemetry SDK nothing is recorded.
 *
 * @param aggregate - What the repository was made of: it names the spans.
 * @param repository - What it throws is recorded with a status and `everfold.error.code`, rejections too, and thrown on.
 * @param options - The tracer, if not that of the registered provider.
 * @returns A repository of the same type. What it has beside commands is not traced.
 *
 * @example
 * ```ts
 * import { traceEventStore, traceRepository } from '@everfold/core/opentelemetry';
 *
 * const orders = traceRepository(order, createRepository(order, { store: traceEventStore(store) }));
 * await orders.execute('7', 'place', { amountCents: 1250 });
 * ```
 */
export function traceRepository<TRepository extends TraceableRepository>(
  aggregate: NamedCommands,
  repository: TRepository,
  { tracer = defaultTracer() }: TraceOptions = {},
): TRepository {
  const { category, commands } = aggregate;

  function commanding(operation: string, id: string, command: string, cause?: CommandMetadata) {
    // A command that does not exist may come from outside, and would make as many names as there are mistakes.
    const known = Object.hasOwn(commands, command);
    const name = spanName(operation, known ? `${category}.${command}` : category);
    const attributes = {
      [ATTRIBUTE.category]: category,
      [ATTRIBUTE.stream]: `${category}-${id}`,
      [ATTRIBUTE.command]: command,
    };
    return { name, options: { ...causedHere([cause]), kind: SpanKind.INTERNAL, attributes } };
  }

  return {
    ...repository,

    execute(id: string, command: never, ...args: never) {
      const [, executeOptions]: readonly [input?: unknown, options?: ExecuteOptions] = args;
      const { name, options } = commanding('execute', id, command, executeOptions?.metadata);
      return inSpan(tracer, name, options, async (span) => {
        const executed = await repository.execute(id, command, ...args);
        span.setAttributes({ [ATTRIBUTE.version]: executed.version, [ATTRIBUTE.events]: executed.events.length });
        return executed;
      });
    },

    decide(id: string, command: never, ...args: never) {
      const { name, options } = commanding('decide', id, command);
      return inSpan(tracer, name, options, async (span) => {
        const decision = await repository.decide(id, command, ...args);
        span.setAttribute(ATTRIBUTE.events, decision?.events.length ?? 0);
        return decision;
      });
    },
  };
}
