/** Numbers as people read them. */

export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** With as many decimals as matter at its size. */
export function amount(value: number): string {
  if (value === 0) return '0';
  const decimals = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

export function seconds(value: number | null): string {
  return value === null ? '-' : `${amount(value)} s`;
}

export function milliseconds(value: number | undefined): string {
  return value === undefined ? '-' : `${value.toFixed(0)} ms`;
}

export function dollars(value: number): string {
  return `$${value.toFixed(3)}`;
}

export function signed(value: number): string {
  return value > 0 ? `+${count(value)}` : count(value);
}

export function ratio(value: number | undefined): string {
  return value === undefined ? '-' : value.toFixed(2);
}
