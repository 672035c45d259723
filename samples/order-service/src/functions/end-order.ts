import { createEndHandler } from '@everfold/saga';
import { fulfilment } from '../fulfilment.js';
import { services } from '../services.js';

const { store } = services();

export const handler = createEndHandler(fulfilment, { store });
