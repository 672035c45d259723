// Loads each bundle as Lambda does, and calls its handler: argument 1 is a file of calls, each with its bundle and its event.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [, , file, endpoint] = process.argv;
for (const { name, code, event } of JSON.parse(readFileSync(file, 'utf8'))) {
  process.env.AWS_ENDPOINT_URL = `${endpoint}/${name}`;
  try {
    const { handler } = await import(pathToFileURL(code).href);
    const answer = await handler(event, { awsRequestId: 'r1', functionName: name, getRemainingTimeInMillis: () => 10_000 });
    console.log(JSON.stringify({ name, answer: answer ?? null }));
  } catch (error) {
    console.log(JSON.stringify({ name, error: `${error.name}: ${error.message}` }));
  }
}
