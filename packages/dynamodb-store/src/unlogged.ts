import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** A command of the SDK, as far as its middleware goes. */
interface Command {
  readonly middlewareStack: {
    add(
      middleware: <TNext>(next: TNext, context: { logger?: unknown }) => TNext,
      options: { readonly step: 'initialize'; readonly priority: 'high'; readonly name: string },
    ): void;
  };
}

/**
 * Keeps the SDK from preparing a log entry that nobody reads. It copies every request and every response for the client's
 * logger, deeply, and the logger it has by default does nothing: a third of the time of reading 1,000 items.
 *
 * @param client - The client that the command is sent by.
 * @returns The command; unchanged when the client's logger does something.
 *
 * @example
 * ```ts
 * import { ScanCommand } from '@aws-sdk/client-dynamodb';
 *
 * const { Items = [] } = await client.send(unlogged(client, new ScanCommand({ TableName: 'events' })));
 * ```
 */
export function unlogged<TCommand extends Command>(client: DynamoDBClient, command: TCommand): TCommand {
  if (doesNothing(client.config.logger?.info)) {
    command.middlewareStack.add(
      (next, context) => {
        delete context.logger;
        return next;
      },
      { step: 'initialize', priority: 'high', name: 'forgetLogger' },
    );
  }
  return command;
}

/** Whether a function has no body: the SDK's default logger has no other mark that outlives a bundler. */
function doesNothing(log: unknown): boolean {
  return typeof log === 'function' && /\{\s*\}$/.test(Function.prototype.toString.call(log));
}
