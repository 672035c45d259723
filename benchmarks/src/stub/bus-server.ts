import { createServer } from 'node:http';
import { createBusAnswers } from './bus-answers.js';

/**
 * An EventBridge that takes no time, as a process of its own: it takes every entry of a `PutEvents`. A GET is answered
 * with what has arrived since the last one. What is left to measure is the publisher.
 *
 * Its port goes to the parent process.
 */
const answers = createBusAnswers();

const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = request.method === 'GET' ? answers.take() : answers.accept(Buffer.concat(chunks).toString());
  response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1', 'content-length': Buffer.byteLength(body) });
  response.end(body);
});

server.keepAliveTimeout = 0;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address !== null) process.send?.(address.port);
});
process.on('disconnect', () => process.exit());
