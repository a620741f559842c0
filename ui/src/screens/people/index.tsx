export function People() {
  return null;
}
export function Person() {
  return null;
}
