/** As much of a step as says more than a customer is to know. */
interface TrackedStep {
  readonly name: string;
  readonly attempts?: { readonly failed: number; readonly next: string };
  readonly parked?: { readonly reason: string; readonly since: string };
}

/** A step without the errors of what it called: their messages name resources, and say what others answered. Those are for staff. */
export function withoutErrors<TStep extends TrackedStep>({ attempts, parked, ...step }: TStep) {
  return {
    ...step,
    ...(attempts && { attempts: { failed: attempts.failed, next: attempts.next } }),
    ...(parked && { parked: { reason: parked.reason, since: parked.since } }),
  };
}
