export { Alert } from "./Detail";
export { Alerts } from "./Feed";
