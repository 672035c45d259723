/** Orders above it go to nobody without somebody's approval. */
export const APPROVAL_ABOVE_CENTS = 500_000;
