import { systemClock } from '@everfold/core';
import { surrounding } from './provided.js';

export const clock = surrounding('clock', () => systemClock);
