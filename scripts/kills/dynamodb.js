// DynamoDB Local in a process of its own, so that it can be killed: node scripts/kills/dynamodb.js DIRECTORY PORT
import { startDynamoDB } from '../../packages/local/dist/index.js';

const [dataDirectory = '', port] = process.argv.slice(2);
const dynamodb = await startDynamoDB({ use: 'java', dataDirectory, port: Number(port) });
console.log(dynamodb?.endpoint);
process.once('SIGTERM', async () => {
  await dynamodb?.stop();
  process.exit();
});
// Its child and the watchdog of it keep the process alive.
