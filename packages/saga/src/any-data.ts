import type { EventSchemas } from '@everfold/core';

/** Takes any data as it stands: where it was checked before, or is never looked at. */
export const ANY_DATA: EventSchemas[string] = {
  '~standard': { version: 1, vendor: 'everfold', validate: (value) => ({ value }) },
};
