import { systemIds } from '@everfold/core';
import { surrounding } from './provided.js';

export const ids = surrounding('ids', () => systemIds);
