import { BlockList, isIP } from 'node:net';
import { InvalidPatternError } from './invalid-pattern-error.js';
import { type LeafTest, onStrings } from './leaf.js';

const longestMask = { ipv4: 31, ipv6: 127 };

/**
 * Compiles `{"cidr": "10.0.0.0/24"}`, for IPv4 and IPv6.
 *
 * @throws InvalidPatternError when the operand is not a block of addresses. A single address is none: EventBridge refuses `/32` and `/128`.
 */
export function compileCidr(operand: unknown, path: string): LeafTest {
  const [, address, mask] = typeof operand === 'string' ? (/^([^/]+)\/(\d+)$/.exec(operand) ?? []) : [];
  if (address === undefined || mask === undefined || isIP(address) === 0) {
    throw new InvalidPatternError(
      path,
      operand,
      'is not a block of addresses',
      'Write an address and a mask, such as "10.0.0.0/24" or "2001:db8::/32".',
    );
  }
  const family = familyOf(address);
  if (Number(mask) > longestMask[family]) {
    throw new InvalidPatternError(
      path,
      operand,
      `has a mask longer than ${longestMask[family]} bits`,
      'For a single address, write it as a plain string in the list.',
    );
  }
  const block = new BlockList();
  block.addSubnet(address, Number(mask), family);
  return onStrings((text) => isIP(text) !== 0 && familyOf(text) === family && block.check(text, family));
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 4 ? 'ipv4' : 'ipv6';
}
