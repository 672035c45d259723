import { createTracker } from '@everfold/saga';
import { fulfilment } from '../fulfilment.js';

/** Where the fulfilment of each order is, why, and by when something must have happened. */
export const tracker = createTracker(fulfilment);
