import type { Random } from '@everfold/core';

/** A random UUID, version 4. Source: RFC 9562, section 5.4. */
export function uuidFrom(random: Random): string {
  const digit = (below: number) => Math.floor(random() * below);
  return 'xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx'
    .replace(/x/g, () => digit(16).toString(16))
    .replace('y', (8 + digit(4)).toString(16));
}
