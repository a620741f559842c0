export function Ladders() {
  return null;
}
export function Ladder() {
  return null;
}
export function Routes() {
  return null;
}
