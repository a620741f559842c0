export function Incidents() {
  return null;
}
export function NewIncident() {
  return null;
}
export function Incident() {
  return null;
}
