export { Incident } from "./Detail";
export { Incidents } from "./List";
export { NewIncident } from "./New";
