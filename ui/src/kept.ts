/** What this browser keeps for itself; a browser that forbids storage keeps nothing and nothing breaks. */
export function kept(name: string): string | null {
  try {
    return localStorage.getItem(`tocsin.${name}`);
  } catch {
    return null;
  }
}

export function keep(name: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(`tocsin.${name}`);
    else localStorage.setItem(`tocsin.${name}`, value);
  } catch {
    // private windows may forbid it
  }
}
