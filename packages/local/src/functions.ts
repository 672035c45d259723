import { type FunctionDefinition, InvalidArgumentError } from '@everfold/core';
import type { LambdaHandler } from './lambda-context.js';

/** The trigger of one kind, and the function that it calls. */
export type TriggeredBy<TKind extends FunctionDefinition['trigger']['kind']> = FunctionDefinition & {
  readonly trigger: Extract<FunctionDefinition['trigger'], { kind: TKind }>;
};

/** The functions that are triggered in one way. */
export function triggeredBy<TKind extends FunctionDefinition['trigger']['kind']>(
  functions: readonly FunctionDefinition[],
  kind: TKind,
): readonly TriggeredBy<TKind>[] {
  return functions.filter((definition): definition is TriggeredBy<TKind> => definition.trigger.kind === kind);
}

/**
 * Loads the handlers of functions, by name.
 *
 * @throws InvalidArgumentError when a module has no export `handler`.
 */
export async function loadHandlers(
  functions: readonly FunctionDefinition[],
): Promise<ReadonlyMap<string, LambdaHandler<unknown>>> {
  const loaded = await Promise.all(
    functions.map(async ({ name, entry }) => [name, await loadHandler(name, entry)] as const),
  );
  return new Map(loaded);
}

async function loadHandler(name: string, entry: URL): Promise<LambdaHandler<unknown>> {
  const module: { readonly handler?: unknown } = await import(entry.href);
  if (!isHandler(module.handler)) {
    throw new InvalidArgumentError(
      `Function "${name}" has no handler: ${entry.pathname} must export a function "handler".`,
    );
  }
  return module.handler;
}

/** A Lambda handler can be told from another function only by calling it. */
function isHandler(value: unknown): value is LambdaHandler<unknown> {
  return typeof value === 'function';
}
