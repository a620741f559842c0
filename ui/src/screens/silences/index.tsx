export function Silences() {
  return null;
}
export function NewSilence() {
  return null;
}
export function Silence() {
  return null;
}
