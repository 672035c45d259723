import type { IncomingMessage } from 'node:http';

/** An HTTP request as it came in. */
export interface HttpRequest {
  readonly method: string;
  /** Percent-encoded, as sent. */
  readonly path: string;
  /** Without the question mark; empty when there is none. */
  readonly query: string;
  /** Names in any case; a name may come more than once. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
  readonly sourceIp: string;
  /** Such as `HTTP/1.1`. */
  readonly protocol: string;
}

/** What a request says before its body. */
export function toRequestHead(
  incoming: IncomingMessage,
): Pick<HttpRequest, 'path' | 'query' | 'headers' | 'sourceIp' | 'protocol'> {
  const [path = '', query = ''] = (incoming.url ?? '/').split(/\?(.*)/s);
  const headers: [string, string][] = [];
  for (let index = 0; index + 1 < incoming.rawHeaders.length; index += 2) {
    headers.push([incoming.rawHeaders[index] ?? '', incoming.rawHeaders[index + 1] ?? '']);
  }
  return {
    path,
    query,
    headers,
    sourceIp: incoming.socket.remoteAddress ?? '',
    protocol: `HTTP/${incoming.httpVersion}`,
  };
}

/**
 * The parts between the slashes of a path, decoded; none for the root.
 *
 * @returns Nothing when a percent sign is not followed by a character's code.
 */
export function decodedSegments(path: string): readonly string[] | undefined {
  try {
    return path === '/' ? [] : path.slice(1).split('/').map(decodeURIComponent);
  } catch {
    return undefined;
  }
}
