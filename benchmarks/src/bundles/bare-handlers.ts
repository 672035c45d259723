import type { FunctionDefinition, Touches } from '@everfold/core';

const BARE = ['dynamodb', 'eventbridge', 'dynamodb-eventbridge', 'dynamodb-scheduler'] as const;
export type BareName = (typeof BARE)[number];

/** Handlers of the SDK alone, each with the clients in its name. */
export const bareHandlers: readonly FunctionDefinition[] = BARE.map((name) => ({
  name: `bare-${name}`,
  entry: new URL(`./bare/${name}.js`, import.meta.url),
  trigger: { kind: 'http', route: `GET /${name}` },
}));

/** The bare handler that has the clients which a function needs for what it touches. */
export function bareFor({ events, readModels, tables, bus, timers }: Touches = {}): BareName {
  const isOnDynamoDB = events !== undefined || readModels !== undefined || tables !== undefined;
  if (timers !== undefined) return 'dynamodb-scheduler';
  if (bus === undefined) return 'dynamodb';
  return isOnDynamoDB ? 'dynamodb-eventbridge' : 'eventbridge';
}
