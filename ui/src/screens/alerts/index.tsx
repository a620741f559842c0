export function Alerts() {
  return null;
}
export function Alert() {
  return null;
}
