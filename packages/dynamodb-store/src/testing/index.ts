export { createTestClient, createTestTable } from './test-table.js';
export type { TestTable } from './test-table.js';
