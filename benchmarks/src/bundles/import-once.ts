// Imports the module that it is given, in a process that has loaded nothing else, and prints how long that took.
const [, , module = ''] = process.argv;
const cpu = process.cpuUsage();
const start = performance.now();
await import(module);
const wallMs = performance.now() - start;
const { user, system } = process.cpuUsage(cpu);
console.log(JSON.stringify({ wallMs, cpuMs: (user + system) / 1_000 }));
