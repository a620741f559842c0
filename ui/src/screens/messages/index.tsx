export function Messages() {
  return null;
}
export function Message() {
  return null;
}
