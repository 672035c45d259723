import type { Attempt } from './choose-backend.js';
import { whyNoAnswer } from './http-answer.js';
import type { Server } from './server.js';

/** Uses a DynamoDB that runs already. Costs one request. */
export async function useEndpoint(endpoint: string | undefined): Promise<Attempt<Server>> {
  if (!endpoint) return { reason: 'It is not set.' };
  if (!/^https?:$/.test(protocolOf(endpoint))) {
    return { reason: `It is "${endpoint}", which is not an http or https URL.` };
  }
  const trouble = await whyNoAnswer(endpoint, 5_000);
  if (trouble !== undefined) return { reason: `It is ${endpoint}, but nothing answers there (${trouble}).` };
  return { server: { endpoint, stop: async () => undefined } };
}

function protocolOf(url: string): string {
  return URL.canParse(url) ? new URL(url).protocol : '';
}
