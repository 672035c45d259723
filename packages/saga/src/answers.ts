import type { Metadata, NewEvent, RecordedEvent } from '@everfold/core';
import type { BusHandler } from '@everfold/eventbridge';
import { checkOutcome, keyOf, metadataOf } from './context.js';
import { producerOf } from './derive.js';
import { ContractBrokenError } from './errors.js';
import { type Ledger, transition } from './ledger.js';
import { begunUnder, loadLedger } from './loaded-ledger.js';
import { retryConflicts, type SagaPorts, tell } from './ports.js';
import type { AnySaga } from './saga.js';
import { answersOf, type SagaStep } from './step.js';
import type { StepVersion } from './versions.js';

type Delivery = Parameters<BusHandler>[0];

/**
 * Records what another service answers, in the ledger of the step that it runs: from there it is published to the saga, which
 * goes by its own ledgers alone.
 *
 * The detail of an answer is the data of its event, or an envelope that has it as `data`.
 *
 * @param contracted - The step, in each version that has it under a contract; the newest first.
 * @returns Whether the delivery was an answer.
 */
export async function recordAnswer(
  contracted: readonly StepVersion[],
  ports: SagaPorts,
  delivery: Delivery,
): Promise<boolean> {
  const answering = contracted.filter(({ step }) => isAnswer(step, delivery));
  const [newest] = answering;
  if (newest === undefined) return false;
  const answer: NewEvent = { type: delivery['detail-type'], data: dataOf(newest.saga, delivery.detail) };
  const key = keyOf(newest.saga, answer);
  await retryConflicts(ports, async () => {
    // The step's ledger says under which version its run was begun; or, when the answer was faster than its trigger, that of a step before.
    const ledgersOf = ({ saga, step }: StepVersion) => [
      step,
      ...step.on.flatMap((type) => producerOf(type, saga.steps) ?? []),
    ];
    const { saga, step } = (await begunUnder(ports.store, answering, ledgersOf, key)) ?? newest;
    const { ledger, position } = await loadLedger(ports.store, step, key);
    const event = await checkOutcome(saga, step.name, answer, answersOf(step), key);
    if (!isNews(saga, step, ledger, event, delivery)) return;
    const cause = ledger.started?.trigger ?? (await triggerOf(saga, step, ports, key));
    const metadata = metadataOfAnswer(saga, cause, delivery);
    await ports.store.append({ after: position, events: [event], metadata });
    tell(ports.onEntry, { saga: saga.name, step: step.name, key, type: event.type, data: event.data });
  });
  return true;
}

/** What triggered the step, though that has not arrived here: the outcome of the step before. The start is in no ledger. */
async function triggerOf(
  saga: AnySaga,
  { on }: SagaStep,
  { store }: SagaPorts,
  key: string,
): Promise<RecordedEvent | undefined> {
  const before = producerOf(on[0] ?? '', saga.steps);
  return before && (await loadLedger(store, before, key)).ledger.outcome;
}

function isAnswer(step: SagaStep, delivery: Delivery): boolean {
  return delivery.source === step.contract?.source && answersOf(step).includes(delivery['detail-type']);
}

/** @throws ContractBrokenError when the answer contradicts what the step had come to. */
function isNews(saga: AnySaga, step: SagaStep, ledger: Ledger, event: NewEvent, { id, time }: Delivery): boolean {
  const metadata = metadataOfAnswer(saga, ledger.started?.trigger, { id });
  const verdict = judgeAnswer(step, ledger, { ...event, id, stream: '', version: 0, at: time, metadata });
  if (verdict === 'broken')
    throw new ContractBrokenError(step.name, keyOf(saga, event), event.type, {
      status: ledger.status,
      isUnasked: event.type === step.undo?.ok && ledger.asked === undefined,
    });
  return verdict === 'news';
}

/** What an answer is to a ledger: news, known or of no matter any more, or in contradiction to it. */
export function judgeAnswer(step: SagaStep, ledger: Ledger, answer: RecordedEvent): 'news' | 'known' | 'broken' {
  if (transition(step, ledger, answer) !== undefined) return 'news';
  const isFailure = step.fails.includes(answer.type);
  // Behind a fence, what the service did is made void at the service; and what it says twice, it says once.
  const isVoid = ledger.fenced !== undefined;
  // What follows on its work may stand, and is not taken back.
  if (answer.type === step.undo?.ok && ledger.asked === undefined) return isVoid ? 'known' : 'broken';
  const isKnown = isFailure
    ? ledger.status === 'failed'
    : isVoid || ledger.status !== 'failed' || answer.type !== step.ok;
  return isKnown ? 'known' : 'broken';
}

function metadataOfAnswer(saga: AnySaga, trigger: RecordedEvent | undefined, { id }: Pick<Delivery, 'id'>): Metadata {
  const own = { correlationId: id, saga: saga.name, sagaVersion: saga.version };
  return { ...(trigger ? metadataOf(saga, trigger) : own), causationId: id };
}

function dataOf({ key }: AnySaga, detail: unknown): unknown {
  const isEnvelope = typeof detail === 'object' && detail !== null && !Object.hasOwn(detail, key) && 'data' in detail;
  return isEnvelope ? detail.data : detail;
}
