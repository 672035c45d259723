import { createServer } from 'node:http';
import { answerFrom } from './answer.js';

/**
 * A DynamoDB that takes no time, as a process of its own: it says yes to every write, and answers a query from memory
 * once it has asked the real one. What is left to measure is the client.
 *
 * Its argument is the endpoint of the real one; its port goes to the parent process.
 */
const answer = answerFrom(process.argv[2] ?? '');

const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = await answer(String(request.headers['x-amz-target']), request.headers, Buffer.concat(chunks));
  response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0', 'content-length': body.length });
  response.end(body);
});

server.keepAliveTimeout = 0;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address !== null) process.send?.(address.port);
});
process.on('disconnect', () => process.exit());
