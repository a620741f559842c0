export function Services() {
  return null;
}
export function Service() {
  return null;
}
export function Teams() {
  return null;
}
export function Team() {
  return null;
}
