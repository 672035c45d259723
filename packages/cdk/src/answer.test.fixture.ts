/** The handler of a function that only tests deploy. */
export const handler = async () => 'answered';
