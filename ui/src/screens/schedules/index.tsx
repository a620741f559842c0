export function Schedules() {
  return null;
}
export function Schedule() {
  return null;
}
