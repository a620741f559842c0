export function Config() {
  return null;
}
export function Keys() {
  return null;
}
export function Roles() {
  return null;
}
export function Audit() {
  return null;
}
export function System() {
  return null;
}
export function JobPage() {
  return null;
}
