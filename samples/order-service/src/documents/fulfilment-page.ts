import type { AnySaga } from '@everfold/saga';
import { mermaidFlow, mermaidSequence, outcomesOf, titleOf } from '@everfold/saga/diagrams';

/** The page of a saga: how it flows, and how a run comes to each outcome. */
export async function sagaPage(saga: AnySaga): Promise<string> {
  const sequences: string[] = [];
  for (const outcome of outcomesOf(saga)) {
    sequences.push(`### ${titleOf(outcome)}`, inFence(await mermaidSequence(saga, outcome)));
  }
  const participants = [...new Set(saga.steps.map(({ by }) => by))].join(', ');
  return [
    `# ${saga.name}, version ${saga.version}`,
    'Made from the definition by `npm run docs:saga`; change the definition, not this page.',
    `It begins with \`${saga.start}\` and ends with \`${saga.end.done.emit}\` or \`${saga.end.cancelled.emit}\`, exactly one of them ` +
      `for each \`${saga.key}\`. Participants: ${participants}.`,
    '## The flow',
    'Solid lines lead forward, dashed ones back. A box is a step that a later failure undoes; a hexagon is the pivot, after which there ' +
      'is no way back; what is rounded follows the pivot and is tried until it succeeds. What is slanted waits for a fact from ' +
      'outside, and a double box is run by another service.',
    inFence(mermaidFlow(saga)),
    '## The outcomes',
    'Arrows are events over the bus, dotted where they take work back; notes are what a step does. Each diagram is the record of a ' +
      'run by the handlers themselves. Deliveries that change nothing are left out.',
    ...sequences,
    '',
  ].join('\n\n');
}

function inFence(diagram: string): string {
  return `\`\`\`mermaid\n${diagram}\n\`\`\``;
}
