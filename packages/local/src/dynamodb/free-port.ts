import { createServer } from 'node:net';

/** A TCP port that nobody listens on at the moment. */
export function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, () => {
      const address = server.address();
      server.close(() => {
        if (address === null || typeof address === 'string')
          reject(new Error('The machine gave no port to listen on.'));
        else resolve(address.port);
      });
    });
  });
}
