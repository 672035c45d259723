import { leftOut } from '../left-out.js';
import { ask as askService } from './ask.js';
import { fail as failStep, fence as fenceStep } from './give-up.js';
import { undo as undoStep } from './undo.js';

/* The parts of a step's work that not every step has: a bundle has those that its steps need. See `stepLeavesOut`. */

declare const EVERFOLD_WITHOUT_CONTRACTS: true | undefined;
declare const EVERFOLD_WITHOUT_GIVING_UP: true | undefined;
declare const EVERFOLD_WITHOUT_UNDO: true | undefined;

export const ask = typeof EVERFOLD_WITHOUT_CONTRACTS === 'undefined' ? askService : leftOut('contracts');
export const fail = typeof EVERFOLD_WITHOUT_GIVING_UP === 'undefined' ? failStep : leftOut('giving a step up');
export const fence = typeof EVERFOLD_WITHOUT_GIVING_UP === 'undefined' ? fenceStep : leftOut('giving a step up');
export const undo = typeof EVERFOLD_WITHOUT_UNDO === 'undefined' ? undoStep : leftOut('undoing a step');
