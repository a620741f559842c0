export function Sources() {
  return null;
}
export function NewSource() {
  return null;
}
export function Source() {
  return null;
}
export function DeadLetters() {
  return null;
}
export function DeadLetter() {
  return null;
}
export function Ledger() {
  return null;
}
