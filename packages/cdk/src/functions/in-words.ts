/** A value of a template in one string, as cdk-nag writes it: references in angle brackets. */
export function inWords(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return String(value);
  const [[name, argument] = []] = Object.entries(value);
  if (name === 'Ref') return `<${String(argument)}>`;
  const [, parts] = Array.isArray(argument) ? argument : [];
  return Array.isArray(parts) ? parts.map(inWords).join('') : '';
}
