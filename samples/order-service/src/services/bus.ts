import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { surrounding } from './provided.js';
import { variable } from './variable.js';

/** The bus that the service's events are published on. */
export const bus = surrounding('bus', () => ({ client: new EventBridgeClient({}), busName: variable('BUS_NAME') }));
